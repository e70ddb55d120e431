"""Reading GIFT. What has no place among our questions is refused with its line and a sentence.

::

    file     = question, blank line, question ...      a line that begins with // is a comment
    question = [::title::] text { answers } [text]
    answers  = TRUE | FALSE | answer answer ... , each with [#feedback], and [####general feedback] last
    answer   = (= | ~) [%weight%] text

A text behind the answers makes a gap of them. A title names a question in Moodle's bank; ours have none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.models import Question, QuestionType
from quizzes.sets.domain.questions import OptionValues, check_options
from quizzes.sets.gift.text import NotTextError, cut, meaning_of, split
from tenancy.errors import InvalidError

MOST: Final = 500
LONGEST_FILE: Final = 1024 * 1024
TRUE_FALSE: Final = ("True", "False")
POINTS: Final = re.compile(r"// *points: *([0-9]{1,4})")
GAP: Final = "_____"
_LONGEST_TEXT: Final = 5000
_LONGEST_ANSWER: Final = 1000
_MOST_POINTS: Final = 1000
_MOST_TOLD: Final = 20
_WEIGHT: Final = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]+)?)%")
_TITLE: Final = re.compile(r"::(?:\\.|[^\\:]|:(?!:))*::", re.DOTALL)
_TRUTH: Final = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_EQUAL: Final = 0.5
"""Weights are written with a few digits: three thirds of 100 are 33.33333."""


@dataclass(frozen=True, slots=True)
class Read:
    """A question of a file, and the line on which it begins."""

    line: int
    text: str
    question_type: str
    options: tuple[OptionValues, ...]
    explanation: str = ""
    points: int = 1

    def as_question(self, **fields: object) -> Question:
        """Return the unsaved question; it goes to the end of its set."""
        own = {"text": self.text, "question_type": self.question_type, "points": self.points}
        values = {**own, "explanation": self.explanation, "display_order": None, **fields}
        return Question(**values)


class _RefusedError(Exception):
    def __init__(self, reason: str | Promise) -> None:
        super().__init__(str(reason))


_NO_ANSWERS: Final = gettext_lazy("This is a description: there are no answers in braces.")
_ESSAY: Final = gettext_lazy("An essay is not graded: there are no answers between the braces.")
_NUMBER: Final = gettext_lazy("Numerical answers are not supported.")
_MATCHING: Final = gettext_lazy("Matching pairs are not supported.")
_SHORT_ANSWER: Final = gettext_lazy("A short answer is not supported: give wrong answers to choose from.")
_PARTIAL: Final = gettext_lazy(
    "Partly right answers are not known here: right ones share 100% in equal parts, wrong ones get nothing."
)
_NOT_TEXT: Final = gettext_lazy("This holds a picture, a table or another file.")


def read(text: str) -> list[Read]:
    """Return the questions of a file.

    Raises:
        InvalidError: with ``problems`` in its ``meta``: ``(line, sentence)`` of all that is refused.
    """
    found: list[Read] = []
    problems: list[tuple[int, str]] = []
    if len(text) > LONGEST_FILE:
        problems.append((1, _("The file is longer than a million characters.")))
        text = ""
    for line, lines in _blocks(text):
        try:
            question = _question(line, lines)
        except NotTextError:
            problems.append((line, str(_NOT_TEXT)))
        except _RefusedError as refusal:
            problems.append((line, str(refusal)))
        else:
            found.append(question)
    if len(found) > MOST:
        problems.append((found[MOST].line, _("At most %(number)d questions at once.") % {"number": MOST}))
    if problems:
        said = " ".join(
            _("Line %(line)d: %(reason)s") % {"line": n, "reason": why} for n, why in problems[:5]
        )
        raise InvalidError(said, meta={"problems": problems})
    return found


def sentences_of(problems: Sequence[tuple[int, str]]) -> list[str]:
    """Return what is wrong with a file, line by line."""
    return [_("Line %(line)d: %(reason)s") % {"line": line, "reason": why} for line, why in problems]


def _blocks(text: str) -> list[tuple[int, list[str]]]:
    """Return the lines of each question, comments with their points included, and where it begins."""
    blocks: list[tuple[int, list[str]]] = []
    begins = True
    for number, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), 1):
        if not line.strip():
            begins = True
        elif begins:
            blocks.append((number, [line]))
            begins = False
        else:
            blocks[-1][1].append(line)
    return [(number, lines) for number, lines in blocks if any(map(_says_something, lines))]


def _says_something(line: str) -> bool:
    return not line.lstrip().startswith(("//", "$CATEGORY:"))


def _question(line: int, lines: Sequence[str]) -> Read:
    noted = [found for one in lines if (found := POINTS.fullmatch(one.strip()))]
    points = int(noted[-1][1]) if noted else 1
    written = "\n".join(one for one in lines if _says_something(one)).strip()
    title = _TITLE.match(written)
    before, opened, rest = cut(written[title.end() :] if title else written, "{")
    if not opened:
        raise _RefusedError(_NO_ANSWERS)
    inside, closed, after = cut(rest, "}")
    if not closed or cut(after, "{")[1]:
        raise _RefusedError(
            _("Braces enclose the answers once, and are closed; others are written \\{ and \\}.")
        )
    text = meaning_of(before)
    if after := meaning_of(after):
        text = f"{text} {GAP} {after}".strip()
    answers, _mark, general = inside.partition("####")
    question_type, options, told = _answers(answers.strip())
    explanation = "\n".join(filter(None, [meaning_of(general), *told]))
    _check(text, explanation, points, question_type, options)
    return Read(line, text, question_type, tuple(options), explanation, points)


def _answers(written: str) -> tuple[str, list[OptionValues], list[str]]:
    """Return the type of the question, its options, and what was to be said about single ones."""
    if not written:
        raise _RefusedError(_ESSAY)
    if written.startswith("#"):
        raise _RefusedError(_NUMBER)
    word, *feedback = split(written, "#")
    if (truth := _TRUTH.get(word.strip().upper())) is not None:
        options = [OptionValues(name, is_correct=(name == "True") is truth) for name in TRUE_FALSE]
        return QuestionType.TRUE_FALSE, options, [said for one in feedback if (said := meaning_of(one[1:]))]
    beginning, *answers = split(written, "=", "~")
    if beginning.strip():
        raise _RefusedError(_("An answer begins with = or ~."))
    return _choice(answers)


def _choice(answers: Sequence[str]) -> tuple[str, list[OptionValues], list[str]]:
    marked_right = [one for one in answers if one[0] == "="]
    if len(marked_right) == len(answers):
        raise _RefusedError(_MATCHING if all("->" in one for one in answers) else _SHORT_ANSWER)
    texts, weights, told = [], [], []
    for one in answers:
        body, *feedback = split(one[1:].strip(), "#")
        weight = _WEIGHT.match(body)
        text = meaning_of(body[weight.end() :] if weight else body)
        texts.append(text)
        weights.append(float(weight[1]) if weight else 100.0 if one[0] == "=" else 0.0)
        told += [f"{text}: {said}" for part in feedback if (said := meaning_of(part[1:]))]
    right = [weight for weight in weights if weight > 0]
    # What is marked with = is right by itself; otherwise right ones share the points.
    whole = [100.0] if marked_right else [100.0 / len(right)] if right else []
    if any(all(abs(weight - one) > _EQUAL for one in whole) for weight in right):
        raise _RefusedError(_PARTIAL)
    single = len(marked_right) == 1 and len(right) == 1
    options = [OptionValues(text, is_correct=weight > 0) for text, weight in zip(texts, weights, strict=True)]
    return QuestionType.SINGLE_CHOICE if single else QuestionType.MULTIPLE_CHOICE, options, told


def _check(
    text: str, explanation: str, points: int, question_type: str, options: Sequence[OptionValues]
) -> None:
    if not text or not all(option.text for option in options):
        raise _RefusedError(_("A question and each of its answers have a text."))
    if max(len(text), len(explanation)) > _LONGEST_TEXT or max(map(len, (one.text for one in options))) > (
        _LONGEST_ANSWER
    ):
        raise _RefusedError(_("A text of this question is too long."))
    if "\0" in "".join([text, explanation, *(option.text for option in options)]):
        raise _RefusedError(_("Null characters are not allowed."))
    if not 1 <= points <= _MOST_POINTS:
        raise _RefusedError(_("A question has 1 to %(number)d points.") % {"number": _MOST_POINTS})
    try:
        check_options(question_type=question_type, correct=[option.is_correct for option in options])
    except InvalidError as error:
        raise _RefusedError(error.detail) from error
