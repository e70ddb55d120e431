"""One's own preferences, in one statement whether or not there is a row yet."""

from typing import Any, Final

from psycopg.sql import SQL, Identifier, Placeholder
from uuid_utils.compat import uuid7

from accounts.models import PREFERENCES, User
from tenancy.sql import fetch_one

_COLUMNS: Final = ", ".join(preference.column for preference in PREFERENCES)
# Of two first reads at once one inserts; the assignment that changes nothing shows its row to the other.
_READ: Final = f"""
    WITH found AS (SELECT {_COLUMNS} FROM user_preferences WHERE user_id = %(user)s),
    made AS (
        INSERT INTO user_preferences (id, user_id, organization_id)
        SELECT %(id)s, %(user)s, %(organization)s WHERE NOT EXISTS (SELECT FROM found)
        ON CONFLICT (user_id) DO UPDATE SET user_id = EXCLUDED.user_id
        RETURNING {_COLUMNS}
    )
    SELECT * FROM found UNION ALL SELECT * FROM made
"""
_CHANGE: Final = SQL("""
    INSERT INTO user_preferences (id, user_id, organization_id, {columns})
    VALUES (%(id)s, %(user)s, %(organization)s, {values})
    ON CONFLICT (user_id) DO UPDATE SET {assignments}, updated_at = statement_timestamp()
    RETURNING {all}
""")


def read_preferences(*, user: User) -> dict[str, Any]:
    """Return the value of each preference by its name in JSON; a user without a row gets one."""
    return _fetch(_READ, _whose(user))


def change_preferences(*, user: User, changes: dict[str, Any]) -> dict[str, Any]:
    """Set preferences, by their names in JSON, and leave the others; return all of them.

    Args:
        changes: values that are allowed (``PREFERENCES``).
    """
    columns = {
        preference.column: changes[preference.name]
        for preference in PREFERENCES
        if preference.name in changes
    }
    if not columns:
        return read_preferences(user=user)
    names = [Identifier(column) for column in columns]
    statement = _CHANGE.format(
        columns=SQL(", ").join(names),
        values=SQL(", ").join(Placeholder(column) for column in columns),
        assignments=SQL(", ").join(SQL("{0} = EXCLUDED.{0}").format(name) for name in names),
        all=SQL(_COLUMNS),
    )
    return _fetch(statement, _whose(user) | columns)


def _whose(user: User) -> dict[str, Any]:
    return {"id": uuid7(), "user": user.pk, "organization": user.organization_id}


def _fetch(statement: Any, values: dict[str, Any]) -> dict[str, Any]:
    row = fetch_one(statement, values)
    assert row is not None
    return {preference.name: value for preference, value in zip(PREFERENCES, row, strict=True)}
