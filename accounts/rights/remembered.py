"""Callers whom a process has read before: remembered, and made sure of by the statement that acts for them.

Reading who calls is a round trip, as dear as all the rest of a small request. Hot statements begin with
``CALLER`` instead: one row while what decides about the caller is as it was read, and none from the moment
that anything of it is changed, by whomever. Then they do nothing, and the request is answered for a caller
who is read anew (``accounts.api.base``): nobody is served by what they were, not even for a second.

What decides about a caller are two rows, their own and that of their role. Triggers write those again when
their permissions change, so that the version of both (``accounts.rights.principal``) covers all of it.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models.base import ModelState
from django.utils.translation import gettext_lazy as _

from accounts.rights.principal import ROLE_IN_FORCE, VERSION
from tenancy.errors import ConflictError
from tenancy.facts import Upsert
from tenancy.sql import fetch_one, write

if TYPE_CHECKING:
    from accounts.models import User

CALLER: Final = f"""
    caller AS MATERIALIZED (
        SELECT FROM users u LEFT JOIN roles k ON k.id = {ROLE_IN_FORCE}
        WHERE u.id = %(user)s AND (%(caller)s::text IS NULL OR {VERSION} = %(caller)s)
    )
"""
"""SQL: the ``WITH`` query that a statement for a caller begins with; sent by ``fetch_for``."""

_CHECK: Final = f"WITH {CALLER} SELECT FROM caller"


def about_caller(sql: str) -> str:
    """SQL: a statement about facts alone that begins with ``CALLER`` and asks for a row ``FROM caller``.

    Facts that are distributed are on another machine than what decides about the caller, who is made sure of
    by a statement before.
    """
    return sql.replace("FROM caller", "") if settings.DISTRIBUTED else f"WITH {CALLER} {sql}"


LIMIT: Final = 16_384
"""Callers, of a few kilobytes each."""

_callers: Final[dict[UUID, "User"]] = {}


class CallerChangedError(ConflictError):
    """The caller is not as they were read any more; nothing has been done."""

    code = "caller_changed"
    detail = _("Your permissions are being changed right now. Try again.")


def fetch_for(user: "User", sql: Any, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """Return the row of a prepared statement that depends on ``CALLER``; ``None`` where there is none.

    Raises:
        CallerChangedError: there is none, perhaps because what decides about the caller has been changed.
    """
    if settings.DISTRIBUTED and user.is_remembered and CALLER not in sql:
        fetch_for(user, _CHECK, {})
    version = user.read_as if user.is_remembered else None
    row = fetch_one(sql, {**values, "user": user.pk, "caller": version})
    if row is None and user.is_remembered:
        raise CallerChangedError
    user.is_remembered = False
    return row


def json_for(user: "User", sql: Any, values: dict[str, Any]) -> bytes:
    """Return the JSON that a prepared statement makes of ``CALLER``, as it goes to a client.

    Raises:
        CallerChangedError: what decides about the caller has been changed.
    """
    row = fetch_for(user, sql, values)
    if row is None:
        raise CallerChangedError
    made: bytes = row[0].encode()
    return made


def upsert_for(user: "User", upsert: Upsert, values: dict[str, Any]) -> bytes:
    """Write a fact of the caller, and return what is told of it, as it goes to a client.

    Raises:
        CallerChangedError: what decides about the caller has been changed.
    """
    if not settings.DISTRIBUTED:
        return json_for(user, _upsert_sql(upsert), values)
    fetch_for(user, _CHECK, {})
    return upsert.json(write(upsert, {**values, "user": user.pk}))


@cache
def _upsert_sql(upsert: Upsert) -> str:
    return f"WITH {CALLER} {upsert.where_there_is('caller')}"


def remember(user: "User") -> None:
    """Keep a caller for requests to come."""
    if len(_callers) >= LIMIT:
        _callers.clear()
    _callers[user.pk] = _copy(user)


def remembered(user_id: UUID) -> "User | None":
    """Return a caller as they were; only for what ends in ``fetch_for``, which makes sure of them."""
    if (known := _callers.get(user_id)) is None:
        return None
    user = _copy(known)
    user.is_remembered = True
    return user


def forget(user: "User") -> None:
    """Have a caller read anew."""
    _callers.pop(user.pk, None)


def _copy(user: "User") -> "User":
    """Return the same row as another object; ``copy.copy`` takes ten times as long for a model."""
    made = type(user).__new__(type(user))
    made.__dict__.update(user.__dict__)
    made._state = ModelState()
    made._state.adding, made._state.db = False, user._state.db
    made._state.fields_cache = user._state.fields_cache.copy()  # type: ignore[attr-defined]
    return made
