"""One statement for everything a request needs to authenticate and authorize.

Hand-written and kept prepared: an ORM load of the same costs ten times as much (``SPEED.md``).
"""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db.models import DEFERRED, Model

from accounts.rights.keys import ROLE_OF_USERS_WITHOUT_ONE
from tenancy.sql import prepared_cursor

ROLE_IN_FORCE: Final = (
    f"COALESCE(u.role_id, (SELECT id FROM roles WHERE name = '{ROLE_OF_USERS_WITHOUT_ONE}'))"
)
"""SQL: the id of the role whose keys the user ``u`` holds."""

VERSION: Final = "concat(u.xmin, u.ctid, k.xmin, k.ctid)"
"""SQL: which version of its own row and of the row of its role ``k`` a principal was read from.

The transaction that wrote a row and the place it was written to tell all its versions apart.
"""

_KEYS_SQL: Final = f"""
    ARRAY(
        SELECT p.codename FROM auth_permission p
        WHERE p.id IN (
            (
                SELECT rp.permission_id FROM roles_permissions rp
                WHERE rp.role_id = {ROLE_IN_FORCE}
                UNION
                SELECT c.permission_id FROM users_custom_permissions c WHERE c.user_id = u.id
            )
            EXCEPT
            SELECT f.permission_id FROM users_custom_permissions_filter f
            WHERE f.user_id = u.id AND NOT COALESCE(r.is_global, false)
        )
    )
"""

# The one rule of who may enter the admin: whose role may, where their organization does not keep it out, and
# who may whatever the role says.
_ENTERS_SQL: Final = """
    (
        u.is_active AND u.deleted IS NULL AND (
            u.is_staff
            OR COALESCE(r.enters_admin, false) AND NOT EXISTS (
                SELECT FROM roles_kept_out k
                WHERE k.organization_id = u.organization_id AND k.role_id = u.role_id
            )
        )
    )
"""

_USER_COLUMNS: Final = (
    "id",
    "email",
    "name",
    "organization_id",
    "school_id",
    "campus_id",
    "classroom_id",
    "role_id",
    "is_active",
    "is_staff",
    "token_version",
    "created_at",
    "deleted",
)
_ROLE_COLUMNS: Final = ("id", "name", "kind", "is_global", "changes_all_content")

_PRINCIPAL_SQL: Final = f"""
    SELECT {", ".join(f"u.{column}" for column in _USER_COLUMNS)},
           {", ".join(f"r.{column}" for column in _ROLE_COLUMNS)},
           {VERSION},
           {_KEYS_SQL}
    FROM users u LEFT JOIN roles r ON r.id = u.role_id LEFT JOIN roles k ON k.id = {ROLE_IN_FORCE}
    WHERE u.id = %(user_id)s
"""

# A session is tied to the password's hash, and pages say where someone is at home.
_PAGE_PRINCIPAL_SQL: Final = f"""
    SELECT {", ".join(f"u.{column}" for column in _USER_COLUMNS)},
           {", ".join(f"r.{column}" for column in _ROLE_COLUMNS)},
           u.password,
           ARRAY_REMOVE(ARRAY[o.name, s.name, c.name, k.name], NULL),
           o.time_zone,
           {_ENTERS_SQL},
           {_KEYS_SQL}
    FROM users u
    LEFT JOIN roles r ON r.id = u.role_id
    JOIN organizations o ON o.id = u.organization_id
    LEFT JOIN schools s ON s.id = u.school_id
    LEFT JOIN campuses c ON c.id = u.campus_id
    LEFT JOIN classrooms k ON k.id = u.classroom_id
    WHERE u.id = %(user_id)s
"""

_MAY_ENTER_SQL: Final = f"""
    SELECT {_ENTERS_SQL} FROM users u LEFT JOIN roles r ON r.id = u.role_id WHERE u.id = %(user_id)s
"""

_PERMISSION_KEYS_SQL: Final = f"""
    SELECT {_KEYS_SQL} FROM users u LEFT JOIN roles r ON r.id = u.role_id WHERE u.id = %(user_id)s
"""

_KEYS_OF_MANY_SQL: Final = f"""
    SELECT u.id, {_KEYS_SQL} FROM users u LEFT JOIN roles r ON r.id = u.role_id WHERE u.id = ANY(%(user_ids)s)
"""


def load_principal(user_id: UUID) -> Any | None:
    """Return the user with role and permission keys, or ``None``; deleted and inactive ones included.

    Other columns are deferred. One prepared statement.
    """
    row = _row_of(_PRINCIPAL_SQL, user_id)
    if row is None:
        return None
    user = _principal(row)
    user.read_as = row[-2]
    return user


def load_page_principal(user_id: UUID) -> Any | None:
    """Return what ``load_principal`` does, with what pages need besides.

    That is the password's hash, the place in words, its time zone, and whether the admin is open to them.
    """
    row = _row_of(_PAGE_PRINCIPAL_SQL, user_id)
    if row is None:
        return None
    user = _principal(row)
    user.password, user.place_names, user.time_zone = row[-5], tuple(row[-4]), row[-3]
    user.may_enter_admin = row[-2]
    return user


def _row_of(sql: str, user_id: UUID) -> tuple[Any, ...] | None:
    with prepared_cursor() as cursor:
        cursor.execute(sql, {"user_id": user_id})
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _principal(row: tuple[Any, ...]) -> Any:
    """Return the user of a row that begins with user and role and ends with the keys."""
    from accounts.models import Role, User

    end = len(_USER_COLUMNS)
    user = _instance(User, _USER_COLUMNS, row)
    user.role = _instance(Role, _ROLE_COLUMNS, row[end:]) if user.role_id else None
    user.__dict__["permission_keys"] = frozenset(row[-1])
    return user


def _instance(model: type[Model], columns: tuple[str, ...], row: tuple[Any, ...]) -> Any:
    """Return a model instance whose other columns are deferred."""
    values = dict(zip(columns, row, strict=False))
    return model.from_db(
        "default", columns, [values.get(f.attname, DEFERRED) for f in model._meta.concrete_fields]
    )


def load_may_enter_admin(user_id: UUID) -> bool:
    """Return whether one user may enter the admin; one that does not exist may not."""
    row = _row_of(_MAY_ENTER_SQL, user_id)
    return row is not None and bool(row[0])


def load_permission_keys(user_id: UUID) -> frozenset[str]:
    """Return the keys in force for one user; empty for one that does not exist."""
    row = _row_of(_PERMISSION_KEYS_SQL, user_id)
    return frozenset(row[0] if row else ())


def load_permission_keys_of(users: Iterable[Any]) -> None:
    """Put the keys in force into each of many users. One statement."""
    by_id = {user.pk: user for user in users}
    with prepared_cursor() as cursor:
        cursor.execute(_KEYS_OF_MANY_SQL, {"user_ids": list(by_id)})
        for user_id, keys in cursor.fetchall():
            by_id[user_id].__dict__["permission_keys"] = frozenset(keys)
