"""Questions as people type them: a line for the question, below it one for each answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from quizzes.models import Question, QuestionType
from quizzes.sets.domain.questions import OptionValues, check_options
from tenancy.errors import InvalidError

MOST: Final = 100
LONGEST_TEXT: Final = 5000
LONGEST_ANSWER: Final = 1000
_RIGHT, _WRONG = "*-"


@dataclass(slots=True)
class Typed:
    """A question and its answers, in the order of their lines."""

    line: int
    text: str
    options: list[OptionValues] = field(default_factory=list)

    @property
    def question_type(self) -> str:
        """With more than one right answer it takes several, else one."""
        right = sum(option.is_correct for option in self.options)
        return QuestionType.MULTIPLE_CHOICE if right > 1 else QuestionType.SINGLE_CHOICE

    def as_question(self, **fields: Any) -> Question:
        """Return the unsaved question; it goes to the end of its set."""
        values = {"text": self.text, "question_type": self.question_type, "display_order": None, **fields}
        return Question(**values)


def questions_in(text: str) -> list[Typed]:
    """Return the questions of a text; ``*`` begins a right answer, ``-`` a wrong one.

    Raises:
        InvalidError: naming the line of a question that is none, or of an answer without one.
    """
    found: list[Typed] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words:
            continue
        if words[0] not in (_RIGHT, _WRONG):
            found.append(Typed(number, words))
        elif not found:
            raise _wrong(number, _("This answer has no question above it."))
        elif answer := words[1:].strip():
            found[-1].options.append(OptionValues(answer, is_correct=words[0] == _RIGHT))
    _check(found)
    return found


def _check(found: Sequence[Typed]) -> None:
    if len(found) > MOST:
        raise InvalidError(_("At most %(number)d questions at once.") % {"number": MOST})
    for typed in found:
        if len(typed.text) > LONGEST_TEXT or any(len(one.text) > LONGEST_ANSWER for one in typed.options):
            raise _wrong(typed.line, _("A text of this question is too long."))
        try:
            check_options(
                question_type=typed.question_type, correct=[option.is_correct for option in typed.options]
            )
        except InvalidError as error:
            raise _wrong(typed.line, str(error.detail)) from error


def _wrong(line: int, reason: str) -> InvalidError:
    return InvalidError(_("Line %(line)d: %(reason)s") % {"line": line, "reason": reason})
