"""Reports, exports and lists of the admin are read from a replica of the database, where there is one.

What they show is never older than the moment at which they were asked for: whoever has just saved something
finds it. The database says how far it is, and the replica is asked until it has got there too. It is given a
moment for that; then, and while the replica does not answer, the database is read itself.

``DATABASE_REPLICA_URL`` names it (docs/scaling.md). Learners' own paths never come here, and nothing is
written here: ``tests/contracts/test_replica.py`` watches.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

logger = logging.getLogger(__name__)

REPLICA: Final = "replica"

PATIENCE: Final = 0.2
"""How many seconds the replica may take to get as far as the database."""

_PAUSE: Final = 0.005
_LEFT_ALONE: Final = 10.0
"""For how many seconds one that did not answer is not asked again."""

_reading: ContextVar[str] = ContextVar("database_to_read", default=DEFAULT_DB_ALIAS)
_left_alone_until = 0.0


def reading_from() -> str:
    """Return the alias of the database that is read here."""
    return _reading.get()


@contextmanager
def from_replica() -> Iterator[None]:
    """Read from the replica inside, with the ORM and by hand, if it can be."""
    token = _reading.set(alias_to_read())
    try:
        yield
    finally:
        _reading.reset(token)


def alias_to_read() -> str:
    """Return the alias of the replica if it has all that the database has now, else of the database."""
    return REPLICA if REPLICA in settings.DATABASES and _has_caught_up() else DEFAULT_DB_ALIAS


def _has_caught_up() -> bool:
    """Whether the replica shows everything that had been committed when this was asked."""
    global _left_alone_until  # noqa: PLW0603
    # What a transaction has written, and nobody else sees yet, is on no replica.
    if time.monotonic() < _left_alone_until or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return False
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        # What is committed is on disk, so that what is still on its way there needs no waiting for.
        cursor.execute("SELECT pg_current_wal_flush_lsn()::text")
        (wanted,) = cursor.fetchone()
    patience = time.monotonic() + PATIENCE
    try:
        with connections[REPLICA].cursor() as cursor:
            while not _is_at(cursor, wanted):
                if time.monotonic() > patience:
                    return False
                time.sleep(_PAUSE)
    except (OperationalError, InterfaceError) as error:
        _left_alone_until = time.monotonic() + _LEFT_ALONE
        logger.warning("the replica does not answer: %s", str(error).partition("\n")[0])
        return False
    return True


def _is_at(cursor: Any, wanted: str) -> bool:
    # Null where it is no replica at all: whatever that shows may be older.
    cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [wanted])
    (there,) = cursor.fetchone()
    return bool(there)


class Router:
    """Django's router of querysets; there is none without a replica."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return reading_from()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        """Rows read from either are the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
