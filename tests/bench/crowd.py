"""People and what they have done, as many as a large installation has: written by the database itself."""

from typing import Final

from django.db import connection

PEOPLE: Final = 50_000
"""At scale 1. Each has 100 typed items, 80 interactions and 70 completions."""

_PEOPLE: Final = """
    INSERT INTO users (id, email, name, password, organization_id, role_id)
    SELECT gen_random_uuid(), 'crowd' || n || '@bench.test', 'Person ' || n, '!', %(organization)s,
        (SELECT id FROM roles WHERE name = 'STUDENT')
    FROM generate_series(1, %(people)s) n ON CONFLICT DO NOTHING
"""
_OF: Final = """(
    SELECT id, organization_id FROM users WHERE organization_id = %(organization)s AND name LIKE 'Person %%'
) u"""
# In the order of time, as in real life: what is next to one row belongs to others.
_FACTS: Final = (
    f"""
    INSERT INTO user_progress (id, user_id, organization_id, progress_type, item_id, value, score, metadata,
        created_by_id, updated_by_id, created_at, updated_at)
    SELECT gen_random_uuid(), u.id, u.organization_id,
        CASE WHEN n <= 60 THEN 'sign_learned' ELSE 'zone_checkin' END,
        'item-' || n, 'learned', n, jsonb_build_object('unit', 'greetings', 'tries', n), u.id, u.id,
        now() - make_interval(hours => 101 - n), now()
    FROM generate_series(1, 100) n CROSS JOIN {_OF}
    """,
    f"""
    INSERT INTO user_interactions (id, user_id, organization_id, type, payload, created_at)
    SELECT gen_random_uuid(), u.id, u.organization_id, 'viewed-slide',
        jsonb_build_object('tcodeId', 12, 'slide', n, 'seconds', n), now() - make_interval(hours => 81 - n)
    FROM generate_series(1, 80) n CROSS JOIN {_OF}
    """,
    f"""
    INSERT INTO user_sub_course_video_progress (id, user_id, organization_id, video_id, completed_at)
    SELECT gen_random_uuid(), u.id, u.organization_id, v.id, now() - make_interval(mins => v.display_order)
    FROM (SELECT v.id, v.display_order FROM sub_course_videos v JOIN sub_courses s ON s.id = v.sub_course_id
        WHERE s.course_id = %(course)s AND v.display_order < 7) v CROSS JOIN {_OF}
    """,
)
_TABLES: Final = "users, memberships, user_progress, user_interactions, user_sub_course_video_progress"


def write(*, organization: object, course: int, people: int) -> None:
    """Write them once; a database keeps what it has."""
    values = {"organization": organization, "course": course, "people": people}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM user_progress WHERE user_id IN (SELECT id FROM {_OF})", values)
        if cursor.fetchone()[0] >= people * 100:
            return
        # Foreign keys and triggers of each row would take an hour; what they see to is seen to here.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_PEOPLE, values)
        for sql in _FACTS:
            cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(f"VACUUM ANALYZE {_TABLES}")
