"""An organization of its own full of safety quiz results, to measure reports with.

The database writes everything itself: a Python object for each of five million rows would take an hour.
Results cannot be removed again, so this belongs into a database that is for measuring only.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Final

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Role
from accounts.rights.keys import RoleKind
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.weeks import Week, current_week
from tenancy.models import Campus, Organization, School
from tenancy.scope import organization_scope

SLUG: Final = "safety-quiz-fill"
STAFF_OF_A_CAMPUS: Final = 500
CAMPUSES_OF_A_SCHOOL: Final = 5
MEMBERS_SINCE: Final = datetime(1990, 1, 1, tzinfo=UTC)

# The first is an administrator of the organization, the first of each other campus its principal.
_STAFF: Final = """
    INSERT INTO users (id, email, name, password, organization_id, school_id, campus_id, role_id)
    SELECT gen_random_uuid(), 'staff' || n || '@' || %(slug)s || '.test', 'Staff ' || lpad(n::text, 6, '0'),
        %(password)s, %(organization)s,
        CASE WHEN n > 0 THEN campus.school_id END, CASE WHEN n > 0 THEN campus.id END,
        CASE WHEN n = 0 THEN %(admin)s WHEN n %% %(size)s = 0 THEN %(principal)s ELSE %(teacher)s END
    FROM generate_series(0, %(staff)s - 1) n
    JOIN unnest(%(campuses)s::uuid[]) WITH ORDINALITY place (id, number) ON place.number = n / %(size)s + 1
    JOIN campuses campus ON campus.id = place.id
"""
_MEMBERSHIPS: Final = """
    INSERT INTO memberships
        (id, user_id, organization_id, school_id, campus_id, role_id, valid_from)
    SELECT gen_random_uuid(), id, organization_id, school_id, campus_id, role_id, %(since)s
    FROM users WHERE organization_id = %(organization)s
"""
# Each week a tenth of the staff, always another, is pending, and one in twenty-five did the quiz twice.
# The id is a UUIDv7 of the moment: random bytes behind the milliseconds, with the version's bits set.
_RESULTS: Final = f"""
    INSERT INTO safety_quiz_results (
        id, organization_id, school_id, campus_id, user_id, quiz_id, quiz_title, week_of, user_name,
        user_role, score, total_questions, answers, completed_at, created_by_id, updated_by_id, created_at,
        updated_at
    )
    SELECT encode(set_bit(set_bit(overlay(
            uuid_send(gen_random_uuid())
            PLACING substring(int8send((extract(epoch FROM done.at) * 1000)::bigint) FROM 3) FROM 1 FOR 6
        ), 52, 1), 53, 1), 'hex')::uuid,
        u.organization_id, u.school_id, u.campus_id, u.id, 'quiz-' || %(number)s,
        'De-escalation, week ' || %(number)s, %(week_of)s, u.name, r.name,
        7 + (n + try.number)::int %% 4, 10, '[0, 2, 1, 3, 0, 1, 2, 2, 0, 1]'::jsonb, done.at, u.id, u.id,
        done.at, done.at
    FROM (
        SELECT users.*, row_number() OVER (ORDER BY email) AS n FROM users
        WHERE organization_id = %(organization)s
            AND role_id IN (SELECT id FROM roles WHERE kind = '{RoleKind.STAFF}')
    ) u
    JOIN roles r ON r.id = u.role_id
    CROSS JOIN generate_series(1, 2) try (number)
    CROSS JOIN LATERAL (
        SELECT %(monday)s::timestamptz + (n %% 4000 + 1000 * try.number) * interval '1 minute' AS at
    ) done
    WHERE (n + %(number)s) %% 10 > 0 AND (try.number = 1 OR (n + %(number)s) %% 25 = 1)
    ORDER BY done.at
    LIMIT %(wanted)s
"""


def fill(*, staff: int, results: int, written: Callable[[int], object] = int) -> Organization:
    """Write the organization with its people if it is missing, and results until there are as many.

    Weeks are filled from the current one backwards, each in a transaction of its own; a further call with
    a larger number goes on where the last one ended. A campus has 500 people.

    Args:
        staff: how many people to write; those of an organization that is there already stay as many.
        written: told how many results are there after each week.
    """
    organization = Organization.unscoped.filter(slug=SLUG).first() or _write_organization(staff)
    present = SafetyQuizResult.unscoped.filter(organization=organization)
    count = present.count()
    earliest = present.order_by("completed_at").values_list("week_of", flat=True).first()
    known = Week.named(earliest) if earliest else None
    week = known.back(1) if known else current_week(timezone.now())
    while count < results:
        count += _write_week(organization, week, wanted=results - count)
        written(count)
        week = week.back(1)
    return organization


def settle() -> None:
    """Do at once what the database would do by itself in a while. Not within a transaction.

    Figures are read from indexes alone only when no row of the table is in doubt.
    """
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE safety_quiz_results, memberships, users")


@transaction.atomic
def _write_organization(staff: int) -> Organization:
    organization: Organization = Organization.unscoped.create(slug=SLUG, name="Safety quiz measurements")
    with organization_scope(organization):
        campuses = -(-staff // STAFF_OF_A_CAMPUS)
        schools = [
            School.objects.create(organization=organization, name=f"School {number + 1}")
            for number in range(-(-campuses // CAMPUSES_OF_A_SCHOOL))
        ]
        places = [
            Campus.objects.create(school=schools[number // CAMPUSES_OF_A_SCHOOL], name=f"Campus {number + 1}")
            for number in range(campuses)
        ]
        roles = {role.name: role.pk for role in Role.objects.all()}
    with connection.cursor() as cursor:
        cursor.execute(
            _STAFF,
            {
                "slug": SLUG,
                "password": UNUSABLE_PASSWORD_PREFIX,
                "organization": organization.pk,
                "campuses": [place.pk for place in places],
                "size": STAFF_OF_A_CAMPUS,
                "staff": staff,
                "admin": roles["ADMIN"],
                "principal": roles["PRINCIPAL"],
                "teacher": roles["TEACHER"],
            },
        )
        cursor.execute(_MEMBERSHIPS, {"organization": organization.pk, "since": MEMBERS_SINCE})
    return organization


def _write_week(organization: Organization, week: Week, *, wanted: int) -> int:
    """Write the results of one week, at most ``wanted``; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            _RESULTS,
            {
                "organization": organization.pk,
                "number": week.monday.toordinal() // 7,
                "week_of": str(week),
                "monday": datetime.combine(week.monday, time.min, UTC),
                "wanted": wanted,
            },
        )
        return int(cursor.rowcount)
