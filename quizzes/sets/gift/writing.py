"""Writing questions as GIFT, so that reading them again gives the same.

Points are a comment, which Moodle does not read: there, a question gets its points in a quiz. A true-or-false
question whose answers have other names than ``True`` and ``False`` becomes a single choice.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from quizzes.models import QuestionType
from quizzes.sets.gift.reading import TRUE_FALSE
from quizzes.sets.gift.text import escaped


def write(questions: Iterable[Any]) -> str:
    """Return questions as a file; each has ``options`` in order."""
    return "".join(_written(number, question) for number, question in enumerate(questions, 1))


def _written(number: int, question: Any) -> str:
    points = f"// points: {question.points}\n" if question.points != 1 else ""
    explanation = f"\n\t####{escaped(question.explanation)}" if question.explanation.strip() else ""
    options = list(question.options)
    if _is_true_or_false(question, options):
        inside = "TRUE" if options[0].is_correct else "FALSE"
    else:
        inside = "".join(f"\n\t{line}" for line in _choices(question, options))
    return f"{points}::{number}::{escaped(question.text)} {{{inside}{explanation}\n}}\n\n"


def _is_true_or_false(question: Any, options: list[Any]) -> bool:
    return (
        question.question_type == QuestionType.TRUE_FALSE
        and tuple(option.text for option in options) == TRUE_FALSE
    )


def _choices(question: Any, options: list[Any]) -> Iterator[str]:
    several = question.question_type == QuestionType.MULTIPLE_CHOICE
    right = sum(option.is_correct for option in options)
    share = f"{100 / right:.5f}".rstrip("0").rstrip(".") if right else "0"
    for option in options:
        text = escaped(option.text)
        if several:
            yield f"~%{share if option.is_correct else '-100'}%{text}"
        else:
            # What begins like a weight is told apart from one by a weight.
            weight = ("%100%" if option.is_correct else "%0%") if text.startswith("%") else ""
            yield f"{'=' if option.is_correct else '~'}{weight}{text}"
