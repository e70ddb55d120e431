"""How far users are with tcodes: one row per user and tcode, saved in one statement that asks for access.

Rows belong to a person wherever they belong now and whatever scope they act in. Saving needs access; what is
saved can be read when access has ended.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.models import User
from learning.workshop.domain.access import ACCESS_SQL, caller_parameters, visible_tcode_sql
from tenancy.conditions import in_scope_sql
from tenancy.errors import InvalidError, NotFoundError, RefusedError
from tenancy.facts import Facts, Upsert
from tenancy.sql import fetch_json, fetch_one, page_json, time_json, write

_SHOWN: Final = {
    "tcodeId": "tcode_id",
    "lastSlideSeen": "last_slide_seen",
    "percentComplete": "percent_complete",
    "lastActive": "last_active",
}


def _row(tcode: str) -> str:
    # The same before there is a row.
    return f"""json_build_object(
    'tcodeId', {tcode}, 'lastSlideSeen', COALESCE(p.last_slide_seen, 0),
    'percentComplete', COALESCE(p.percent_complete, 0),
    'lastActive', {time_json("p.last_active")}
)::text"""


_COLUMNS: Final = {
    "tcode_id": "bigint",
    "last_slide_seen": "integer",
    "percent_complete": "double precision",
    "last_active": "timestamptz",
}
_REACHED: Final = Facts(
    "tcode_progress",
    "tcode_progress",
    _COLUMNS,
)

_READ: Final = f"""
    SELECT {_row("t.id")}
    FROM tcodes t
    {_REACHED.one("p", "tcode_id", "t.id")}
    WHERE t.id = %(tcode)s AND {visible_tcode_sql("t")}
"""

_UPSERT: Final = Upsert(
    "tcode_progress",
    {
        "id": "%(id)s::uuid",
        "user_id": "%(user)s",
        "organization_id": "%(organization)s",
        "tcode_id": "%(tcode)s",
        "last_slide_seen": "%(slide)s::integer",
        "percent_complete": "%(percent)s::double precision",
        "last_active": "statement_timestamp()",
    },
    conflict="user_id, tcode_id",
    # Who waited for another to save comes later and looks earlier.
    update="""
        organization_id = EXCLUDED.organization_id,
        last_slide_seen = EXCLUDED.last_slide_seen,
        percent_complete = CASE
            WHEN %(reset)s THEN EXCLUDED.percent_complete
            ELSE GREATEST(p.percent_complete, EXCLUDED.percent_complete)
        END,
        last_active = GREATEST(p.last_active, EXCLUDED.last_active)
    """,
    columns=_COLUMNS,
    told=_row("p.tcode_id"),
    shown=_SHOWN,
)
_MAY_BE_SAVED: Final = "wanted.is_visible AND wanted.is_open AND wanted.last_slide IS NULL"

_SAVE: Final = f"""
    WITH wanted AS MATERIALIZED (
        SELECT t.id, {visible_tcode_sql("t")} AS is_visible, {ACCESS_SQL} AS is_open,
               CASE WHEN t.slide_count > 0 AND %(slide)s::integer > t.slide_count
                    THEN t.slide_count END AS last_slide,
               CASE WHEN p.last_slide_seen = %(slide)s::integer
                     AND p.percent_complete >= %(percent)s::double precision
                     AND (NOT %(reset)s OR p.percent_complete = %(percent)s::double precision)
                    THEN {_row("t.id")} END AS same
        FROM tcodes t
        {_REACHED.one("p", "tcode_id", "t.id")}
        WHERE t.id = %(tcode)s AND {in_scope_sql("t")}
    ),
    saved AS ({_UPSERT.where_there_is("wanted", _MAY_BE_SAVED)})
    SELECT wanted.is_visible, wanted.is_open, wanted.last_slide, COALESCE(saved.told, wanted.same)
    FROM wanted LEFT JOIN saved ON true
"""

_LIST: Final = page_json(
    "tcode_progress", "p", _row("p.tcode_id"), where="p.user_id = %(user)s", newest_by="last_active"
)


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a user says they are.

    Attributes:
        slide: where they are, 0 being before the first.
        percent: from 0 to 100; less than what is saved changes nothing, unless they begin again.
        reset: whether they begin again.
    """

    slide: int
    percent: float
    reset: bool = False


def read_progress(*, user: User, tcode_id: int) -> bytes:
    """Return how far ``user`` is with a tcode, as JSON: zeros and ``null`` before anything was saved.

    Raises:
        NotFoundError: no such tcode for this caller.
    """
    row = fetch_json(_READ, {**caller_parameters(user), "tcode": tcode_id})
    if row is None:
        raise NotFoundError
    return row


def save_progress(*, user: User, tcode_id: int, reached: Reached) -> bytes:
    """Save how far ``user`` is with a tcode, and return it as JSON.

    What is saved already is accepted again, whatever has become of the tcode or of the access to it.

    Raises:
        NotFoundError: no such tcode for this caller.
        RefusedError: ``subscription_required``, they have no access to it now.
        InvalidError: ``max_value``, it has fewer slides.
    """
    values = {
        **caller_parameters(user),
        "id": uuid7(),
        "organization": user.organization_id,
        "tcode": tcode_id,
        "slide": reached.slide,
        "percent": float(reached.percent),
        "reset": reached.reset,
    }
    row = fetch_one(_SAVE, values)
    if row is None:
        raise NotFoundError
    is_visible, is_open, last_slide, text = row
    if text is None and is_visible and is_open and last_slide is None:
        return _UPSERT.json(write(_UPSERT, values))
    if text is not None:
        saved: bytes = text.encode()
        return saved
    if not is_visible:
        raise NotFoundError
    if not is_open:
        raise RefusedError(_("This needs a running subscription."), code="subscription_required")
    raise InvalidError(
        _("Must be at most %(last)d, the number of slides.") % {"last": last_slide},
        code="max_value",
        attr="lastSlideSeen",
    )


def list_progress(*, user: User, limit: int, offset: int) -> bytes:
    """Return ``{"rows": [...], "count": total}`` as JSON: the user's rows, the latest saved first.

    Those of tcodes that they have no access to any more are among them, and of tcodes that are gone.
    """
    rows = fetch_json(_LIST, {"user": user.pk, "limit": limit, "offset": offset})
    assert rows is not None
    return rows
