"""How far users are with tcodes: one row per user and tcode, saved in one statement that asks for access.

Rows belong to a person wherever they belong now and whatever scope they act in. Saving needs access; what is
saved can be read when access has ended.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.models import User
from learning.workshop.domain.access import ACCESS_SQL, VISIBLE_TCODE_SQL, caller_parameters
from tenancy.errors import InvalidError, NotFoundError, RefusedError
from tenancy.scope import SHARED_CONTENT_SQL
from tenancy.sql import prepared_cursor

_ROW: Final = """json_build_object(
    'tcodeId', {tcode}, 'lastSlideSeen', COALESCE(p.last_slide_seen, 0),
    'percentComplete', COALESCE(p.percent_complete, 0),
    'lastActive', to_char(p.last_active AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
)::text"""

_READ: Final = f"""
    SELECT {_ROW.format(tcode="t.id")}
    FROM tcodes t
    LEFT JOIN tcode_progress p ON p.user_id = %(user)s AND p.tcode_id = t.id
    WHERE t.id = %(tcode)s AND {VISIBLE_TCODE_SQL.format(alias="t")}
"""

_SAVE: Final = f"""
    WITH wanted AS MATERIALIZED (
        SELECT t.id, {VISIBLE_TCODE_SQL.format(alias="t")} AS is_visible, {ACCESS_SQL} AS is_open,
               CASE WHEN t.slide_count > 0 AND %(slide)s::integer > t.slide_count
                    THEN t.slide_count END AS last_slide,
               CASE WHEN p.last_slide_seen = %(slide)s::integer
                     AND p.percent_complete >= %(percent)s::double precision
                     AND (NOT %(reset)s OR p.percent_complete = %(percent)s::double precision)
                    THEN {_ROW.format(tcode="p.tcode_id")} END AS same
        FROM tcodes t
        LEFT JOIN tcode_progress p ON p.user_id = %(user)s AND p.tcode_id = t.id
        WHERE t.id = %(tcode)s AND {SHARED_CONTENT_SQL.format(alias="t")}
    ),
    saved AS (
        INSERT INTO tcode_progress AS p (
            id, user_id, organization_id, tcode_id, last_slide_seen, percent_complete, last_active
        )
        SELECT %(id)s::uuid, %(user)s, %(organization)s, wanted.id, %(slide)s::integer,
               %(percent)s::double precision, statement_timestamp()
        FROM wanted WHERE wanted.is_visible AND wanted.is_open AND wanted.last_slide IS NULL
        ON CONFLICT (user_id, tcode_id) DO UPDATE SET
            organization_id = EXCLUDED.organization_id,
            last_slide_seen = EXCLUDED.last_slide_seen,
            percent_complete = CASE
                WHEN %(reset)s THEN EXCLUDED.percent_complete
                ELSE GREATEST(p.percent_complete, EXCLUDED.percent_complete)
            END,
            -- Who waited for another to save comes later and looks earlier.
            last_active = GREATEST(p.last_active, EXCLUDED.last_active)
        RETURNING {_ROW.format(tcode="p.tcode_id")} AS row
    )
    SELECT wanted.is_visible, wanted.is_open, wanted.last_slide, COALESCE(saved.row, wanted.same)
    FROM wanted LEFT JOIN saved ON true
"""

_LIST: Final = f"""
    SELECT concat(
        '{{"rows":[',
        (
            SELECT string_agg({_ROW.format(tcode="p.tcode_id")}, ',' ORDER BY p.last_active DESC, p.id DESC)
            FROM (
                SELECT * FROM tcode_progress p WHERE p.user_id = %(user)s
                ORDER BY p.last_active DESC, p.id DESC LIMIT %(limit)s OFFSET %(offset)s
            ) p
        ),
        '],"count":', (SELECT count(*) FROM tcode_progress p WHERE p.user_id = %(user)s), '}}'
    )
"""


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
    row = _fetch(_READ, {**caller_parameters(user), "tcode": tcode_id})
    if row is None:
        raise NotFoundError
    (text,) = row
    return _encoded(text)


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
    row = _fetch(_SAVE, values)
    if row is None:
        raise NotFoundError
    is_visible, is_open, last_slide, text = row
    if text is not None:
        return _encoded(text)
    if not is_visible:
        raise NotFoundError
    if not is_open:
        raise RefusedError(_("This needs a subscription that is running."), code="subscription_required")
    raise InvalidError(
        _("Must be at most %(last)d, the number of slides.") % {"last": last_slide},
        code="max_value",
        attr="lastSlideSeen",
    )


def list_progress(*, user: User, limit: int, offset: int) -> bytes:
    """Return ``{"rows": [...], "count": total}`` as JSON: the user's rows, the latest saved first.

    Those of tcodes that they have no access to any more are among them, and of tcodes that are gone.
    """
    row = _fetch(_LIST, {"user": user.pk, "limit": limit, "offset": offset})
    assert row is not None
    return _encoded(row[0])


def _fetch(sql: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    with prepared_cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _encoded(text: str) -> bytes:
    return text.encode()
