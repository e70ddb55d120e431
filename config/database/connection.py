"""A connection that waits for the database only so long, and knows the bounds that were set on it."""

from typing import Any, NamedTuple, TypeVar

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.errors import _WaitTimeout

from tenancy.wall.base import WalledConnection

R = TypeVar("R")

# The server ends a statement itself, and a little later than it should when it is busy.
GRACE = 2
"""Seconds."""


class Timeouts(NamedTuple):
    """What PostgreSQL bounds, in seconds; 0 is no bound.

    Attributes:
        statement: how long one statement may take.
        lock: how long it may wait for what another transaction has locked.
        idle: how long a transaction may stay open while nothing is asked.
    """

    statement: int = 0
    lock: int = 0
    idle: int = 0

    @classmethod
    def parse(cls, name: str, text: str) -> "Timeouts":
        """Return the value of a setting: three whole numbers, separated by commas."""
        parts = [part.strip() for part in text.split(",")]
        if len(parts) != 3 or not all(part.isdecimal() for part in parts):
            raise ImproperlyConfigured(
                f"{name} is {text!r}. Set it to three whole numbers of seconds, such as 5,2,10: for a "
                "statement, for a lock, and for an idle transaction; 0 means no limit."
            )
        return cls(*map(int, parts))

    @property
    def sql(self) -> str:
        """The statements that set them for a session, and that it takes one processor; one round trip.

        What a report would gain from a second processor the learners would lose. And a table of millions that
        is read as a whole by several looks cheaper to the planner than the part of it that an index leads to.
        """
        return (
            f"SET statement_timeout = '{self.statement}s'; SET lock_timeout = '{self.lock}s'; "
            f"SET idle_in_transaction_session_timeout = '{self.idle}s'; "
            "SET max_parallel_workers_per_gather = 0"
        )


class BoundedConnection(WalledConnection):
    """Gives up a database that does not answer at all, as the server cannot end a statement then.

    Attributes:
        timeouts: those that were set on the session; at first none, those of the role hold.
    """

    timeouts = Timeouts()

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        if timeout is not None or not self.timeouts.statement:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.timeouts.statement + GRACE)
        except _WaitTimeout as error:
            # Nobody knows what the server still does with it: of no use to anyone else.
            self.pgconn.finish()
            raise psycopg.OperationalError("the database does not answer") from error

    def bound(self, timeouts: Timeouts) -> None:
        """Set the bounds of the session."""
        self.execute(timeouts.sql, prepare=False)
        self.timeouts = timeouts
