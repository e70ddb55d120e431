"""Write question sets with their questions and options."""

from collections.abc import Iterable, Iterator
from typing import Any

from demo.content import Practice
from quizzes.models import Option, Question, QuestionSet


def children(specs: Iterable[Any], rows: Iterable[Any], name: str) -> Iterator[tuple[Any, int, Any]]:
    """Yield ``(parent row, position, child)`` for all children of all parents."""
    for spec, row in zip(specs, rows, strict=True):
        for position, child in enumerate(getattr(spec, name)):
            yield row, position, child


def write_sets(sets: list[tuple[QuestionSet, int, Practice]]) -> list[QuestionSet]:
    """Write question sets with their questions and options; each begins with its owner and type set."""
    for row, position, spec in sets:
        row.title, row.description, row.status = spec.title, spec.description, spec.status
        row.display_order = position
    rows = QuestionSet.objects.bulk_create(row for row, _, _ in sets)
    questions = list(children([spec for _, _, spec in sets], rows, "questions"))
    question_rows = Question.objects.bulk_create(
        Question(
            question_set=parent,
            text=question.text,
            question_type=question.question_type,
            points=question.points,
            explanation=question.explanation,
            display_order=position,
        )
        for parent, position, question in questions
    )
    Option.objects.bulk_create(
        Option(question=row, text=text, is_correct=is_correct, display_order=position)
        for row, position, (text, is_correct) in children(
            [question for _, _, question in questions], question_rows, "options"
        )
    )
    return rows
