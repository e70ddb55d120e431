"""Faults of the product to hold a simulation against: conditions left out of the statements it sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper

from learning.workshop.domain.access import NOW
from progress.steps.completions import all_steps
from progress.steps.models import ExceptionKind


@dataclass
class Plant:
    """What stands instead of what, in every statement that has it.

    Attributes:
        sent: how many statements had it.
    """

    right: tuple[str, ...]
    wrong: str
    sent: int = 0

    def grown(self, statement: str) -> str:
        """Return a statement with the fault, if it has a place for it."""
        for right in self.right:
            if right in statement:
                self.sent += 1
                statement = statement.replace(right, self.wrong)
        return statement


_WAIVED = tuple(f"UNION ALL {step._excepted(ExceptionKind.WAIVE)}" for step in all_steps())

FAULTS = {
    "waived steps hold up what comes after them": Plant(_WAIVED, ""),
    "access does not end": Plant((f" AND {NOW} < own.ends_at)",), ")"),
    "the order of steps is that of their ids": Plant(
        ("(e.display_order, e.id) < (i.display_order, i.id)",), "e.id < i.id"
    ),
    "an unlocked step stays so": Plant((f" AND given.until > {NOW}",), ""),
}


@contextmanager
def planted(plant: Plant) -> Iterator[Plant]:
    """Have every statement sent with the fault while the block runs."""
    real = CursorWrapper.execute

    def execute(self: Any, sql: Any, params: Any = None) -> Any:
        return real(self, plant.grown(sql) if isinstance(sql, str) else sql, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", execute)
        yield plant
