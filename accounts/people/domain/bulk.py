"""Writing many people at once, a few statements for a few thousand. Rules are the callers' part."""

from collections.abc import Sequence
from typing import Final

from django.db import connection

from accounts.models import User
from tenancy.scope import PLATFORM_ID
from tenancy.sql import UUID7_SQL

# Of those who belong somewhere, as their rows say.
_JOIN: Final = f"""
    INSERT INTO memberships (id, user_id, organization_id, school_id, campus_id, classroom_id, role_id,
                             valid_from)
    SELECT {UUID7_SQL}, u.id, u.organization_id, u.school_id, u.campus_id, u.classroom_id, u.role_id,
           clock_timestamp()
    FROM users u
    WHERE u.id = ANY(%s) AND u.is_active AND u.organization_id <> '{PLATFORM_ID}'
"""
_UPDATE: Final = """
    UPDATE users u
    SET name = v.name, role_id = v.role_id, school_id = v.school_id, campus_id = v.campus_id,
        classroom_id = v.classroom_id, updated_at = statement_timestamp()
    FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::uuid[], %s::uuid[], %s::uuid[])
        AS v (id, name, role_id, school_id, campus_id, classroom_id)
    WHERE u.id = v.id
"""


def insert_people(*, people: Sequence[User]) -> None:
    """Insert new people in their places and roles, without passwords, and their memberships.

    Two statements.

    Raises:
        IntegrityError: ``UNIQUE_EMAIL``.
    """
    for person in people:
        person.email = User.normalize_email(person.email)
        person.set_unusable_password()
    User.unscoped.bulk_create(people)
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, [[person.pk for person in people]])


def update_people(*, people: Sequence[User]) -> None:
    """Write name, role, and place within the organization; memberships follow by their trigger.

    One statement, for rows that the caller has locked.
    """
    columns = ("pk", "name", "role_id", "school_id", "campus_id", "classroom_id")
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [[getattr(person, name) for person in people] for name in columns])
