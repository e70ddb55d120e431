"""Several questions about the active scope's rows, answered by one statement."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.db.models import CharField, Count, QuerySet, Value, Window
from django.db.models.expressions import Combinable, F
from django.db.models.functions import Cast


class Rows(NamedTuple):
    """A question: which rows are there?

    Attributes:
        queryset: rows of a tenant model, from one of its scoped managers.
        label: what a row is called.
        shown: how many rows to return, the newest first.
        counted: whether to count all of them; otherwise the answer counts what it returns.
    """

    queryset: "QuerySet[Any, Any]"
    label: Combinable = F("title")
    shown: int = 3
    counted: bool = True


class Found(NamedTuple):
    """An answer: how many rows there are, and the ``(key, label)`` of the first."""

    total: int
    rows: list[tuple[str, str]]


NOTHING: Final = Found(0, [])


def ask(questions: Mapping[str, Rows]) -> dict[str, Found]:
    """Return the answers by the names of the questions, without those that found nothing.

    One statement, whatever the number of questions; none for no question.
    """
    parts = [_part(name, rows) for name, rows in questions.items()]
    if not parts:
        return {}
    first, *others = parts
    answers: dict[str, Found] = {}
    for name, total, key, label in first.union(*others, all=True):
        before = answers.get(name, NOTHING)
        answers[name] = Found(total or len(before.rows) + 1, [*before.rows, (key, label)])
    return answers


def _part(name: str, rows: Rows) -> "QuerySet[Any, Any]":
    return (
        rows.queryset.order_by("-pk")
        .annotate(
            part=Value(name, CharField()),
            total=Window(Count("*")) if rows.counted else Value(0),
            key=Cast("pk", CharField()),
            label=Cast(rows.label, CharField()),
        )
        .values_list("part", "total", "key", "label")[: rows.shown]
    )
