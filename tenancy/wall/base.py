"""PostgreSQL that is told, with each statement, in which organization it acts.

Inside the scope of an organization a statement runs as the role ``TENANT``, whose policies show and take
nothing of another. The role and the organization are set for one transaction: they travel with BEGIN, or in
front of a statement that has a transaction to itself, and so cost no round trip and leave nothing behind on a
connection that the next request takes.

Statements that the server keeps prepared (``tenancy.sql.prepared_cursor``) are behind the wall in a
transaction. With a transaction of their own they are not: they can have nothing in front of them. These are
the hot statements, listed in ``tests/contracts/test_hand_written_sql.py``.
"""

from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import psycopg
from django.conf import settings
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import register_tzloader
from psycopg.generators import execute
from psycopg.pq import ExecStatus, TransactionStatus

from tenancy.middleware import request_user
from tenancy.scope import Scope, active_scope

TENANT: Final = "stepwise_tenant"
"""The role of statements that act in one organization."""

ORGANIZATION: Final = "stepwise.organization"
"""The setting that names it."""

_END: Final = b"; "

DOWN: Final = b"SET LOCAL ROLE NONE; "
"""For what acts in every organization, or before one is known, in a transaction that had a wall."""


CALLER: Final = "stepwise.caller"
"""The setting that names who acts there; nobody's id where nobody does."""

_NOBODY: Final = UUID(int=0)


@lru_cache(maxsize=4096)
def _around(organization: UUID, caller: str) -> bytes:
    # Hexadecimal digits and nothing else: what is no UUID has none.
    person = _NOBODY if caller == "-" else UUID(caller)
    return (
        f"SET LOCAL ROLE {TENANT}; SET LOCAL {ORGANIZATION} = '{organization.hex}'; "
        f"SET LOCAL {CALLER} = '{person.hex}'; "
    ).encode()


def is_up() -> bool:
    """Whether a statement that is sent now is behind the wall."""
    return _walled_scope() is not None


def _walled_scope() -> Scope | None:
    scope = active_scope()
    if isinstance(scope, Scope) and not _is_of_all(scope) and settings.ROW_SECURITY:
        return scope
    return None


def _is_of_all(scope: Scope) -> bool:
    """Whether global users act there on what is everyone's: it concerns the learners of all organizations."""
    return scope.is_platform and scope.only_user_id is None


class WalledConnection(psycopg.Connection[Any]):
    """Knows which wall its transaction began with, and whether another has been put up since."""

    _began = b""
    _changed = False

    def lead(self) -> bytes:
        """Return what has to stand in front of a statement that is sent now."""
        wanted = self._wanted()
        status = self.pgconn.transaction_status
        if status == TransactionStatus.IDLE:
            return wanted
        if status == TransactionStatus.INERROR or (wanted == self._began and not self._changed):
            return b""
        # From now on with each statement: going back to a savepoint takes back what was set after it.
        self._changed = True
        return wanted or DOWN

    def _get_tx_start_command(self) -> bytes:
        self._began, self._changed = self._wanted(), False
        if not self._began:
            return super()._get_tx_start_command()
        return super()._get_tx_start_command() + b"; " + self._began

    def _exec_command(self, command: Any, *how: Any, **named: Any) -> Any:
        """Send one of psycopg's own commands, which may be BEGIN with a wall: it expects a single result."""
        if not (isinstance(command, bytes) and command.endswith(_END)):
            return (yield from super()._exec_command(command, *how, **named))
        self._check_connection_ok()
        self.refuse_pipeline()
        self.pgconn.send_query(command)
        results = yield from execute(self.pgconn)
        for result in results:
            if result.status != ExecStatus.COMMAND_OK:
                raise psycopg.errors.error_from_result(result, encoding=self.pgconn._encoding)
        return results[-1]

    def refuse_pipeline(self) -> None:
        """Rows that follow one another cannot each have a wall in front.

        Raises:
            psycopg.NotSupportedError: the statement comes from ``executemany``.
        """
        if self._pipeline:
            raise psycopg.NotSupportedError("executemany() sends no wall: send the rows in one statement")

    def _wanted(self) -> bytes:
        scope = _walled_scope()
        return b"" if scope is None else _around(scope.organization_id, request_user.get())


class _BehindTheWall:
    """Mixed in before a cursor that binds values itself, and so can send two statements as one."""

    _conn: Any
    _pgconn: Any
    _query: Any
    _before = 0

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:
        lead = self._conn.lead()
        self._before = lead.count(b";")
        if not lead:
            super()._execute_send(query, force_extended=force_extended, binary=binary)  # type: ignore[misc]
        else:
            self._conn.refuse_pipeline()
            self._query = query
            self._pgconn.send_query(lead + query.query)

    def _set_results(self, results: list[Any]) -> None:
        super()._set_results(results[self._before :])  # type: ignore[misc]
        self._before = 0


class Cursor(_BehindTheWall, base.Cursor):  # type: ignore[misc, name-defined]
    """Django's cursor."""


class ServerSideCursor(_BehindTheWall, base.ServerSideCursor):  # type: ignore[misc, name-defined]
    """Django's cursor for rows that are fetched piece by piece."""

    def _describe_gen(self) -> Any:
        self._before = 0  # what was in front of the declaration is not among these results
        return (yield from super()._describe_gen())  # type: ignore[misc]


class WalledInTransactions:
    """Mixed in before a cursor whose statements the server keeps prepared; see above when it has a wall."""

    _conn: Any

    def _maybe_prepare_gen(self, pgq: Any, **how: Any) -> Any:
        in_transaction = self._conn.pgconn.transaction_status != TransactionStatus.IDLE
        if in_transaction and (lead := self._conn.lead()):
            yield from self._conn._exec_command(lead)
        return (yield from super()._maybe_prepare_gen(pgq, **how))  # type: ignore[misc]


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's engine, with these cursors."""

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        # Beside the pool Django connects to make databases, in no scope.
        return params if self.alias == NO_DB_ALIAS else {**params, "cursor_factory": Cursor}

    def create_cursor(self, name: str | None = None) -> Any:
        if name is None:
            return super().create_cursor()
        # As Django's engine does, which has no place to say which class.
        cursor: Any = ServerSideCursor(  # type: ignore[call-arg]
            self.connection, name=name, scrollable=False, withhold=self.connection.autocommit
        )
        register_tzloader(self.timezone, cursor)
        return cursor
