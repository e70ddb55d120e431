"""The names that the source documents give: tables, columns, indexes and what clients are answered.

Literal on purpose. Columns that the documents write in camelCase are in snake_case in the database.
"""

import pytest
from django.db import connection

from tests.contracts.documents import resolved, response_schema

pytestmark = pytest.mark.django_db

TEXT, JSON, UUID, TIME = {"text", "varchar"}, {"jsonb"}, {"uuid"}, {"timestamptz"}
INTEGER = {"int4"}
ID = {"int4", "int8"}

# Of each column: its types, and whether the document lets it be null.
COLUMNS = {
    # 000, "Data Contract"
    "user_progress": {
        "progress_type": (TEXT, False),
        "item_id": (TEXT, False),
        "value": (TEXT, True),
        "score": (INTEGER, True),
        "metadata": (JSON, True),
        "import_hash": (TEXT, True),
        "organization_id": (UUID, False),
        "user_id": (UUID, False),
        "created_by_id": (UUID, False),
        "campus_id": (UUID, True),
        "updated_by_id": (UUID, True),
        "created_at": (TIME, False),
        "updated_at": (TIME, False),
    },
    # 001, "Data Contract"
    "safety_quiz_results": {
        "quiz_id": (TEXT, False),
        "quiz_title": (TEXT, False),
        "week_of": (TEXT, False),
        "user_name": (TEXT, False),
        "user_role": (TEXT, False),
        "score": (INTEGER, False),
        "total_questions": (INTEGER, False),
        "answers": (JSON, False),
        "completed_at": (TIME, False),
        "import_hash": (TEXT, True),
        # The document lets these two be null; null would be nobody's.
        "organization_id": (UUID, False),
        "user_id": (UUID, False),
        "campus_id": (UUID, True),
        "created_by_id": (UUID, True),
        "updated_by_id": (UUID, True),
    },
    # 003, sections 1, 2, 4, 5, 6 and 8; its user_progress is tcode_progress beside the one of 000
    "users": {
        "id": (UUID, False),
        "email": (TEXT, False),
        "password": (TEXT, False),
        "created_at": (TIME, False),
    },
    "user_preferences": {
        "user_id": (UUID, False),
        "theme": (TEXT, False),
        "language": (TEXT, False),
        "playback_speed": ({"float8"}, False),
    },
    "tcode_progress": {
        "user_id": (UUID, False),
        "tcode_id": (ID, False),
        "last_slide_seen": (INTEGER, False),
        "percent_complete": ({"float8"}, False),
        "last_active": (TIME, False),
    },
    "user_interactions": {
        "user_id": (UUID, False),
        "type": (TEXT, False),
        "payload": (JSON, False),
        "created_at": (TIME, False),
    },
    "tcodes": {"id": (ID, False)},
    "subscriptions": {
        "user_id": (UUID, False),
        "tcode_id": (ID, True),
        "subscription_type": (TEXT, False),
        "start_date": (TIME, False),
        "duration_days": (INTEGER, False),
        "status": (TEXT, False),
    },
    "messages": {"tag": (TEXT, False)},
    # 004, sections 1, 2 and 4
    "course_categories": {"display_order": (INTEGER, False)},
    "courses": {"display_order": (INTEGER, False)},
    "sub_courses": {
        "course_id": (ID, False),
        "title": (TEXT, False),
        "level": (TEXT, False),
        "sub_level": (TEXT, False),
        "display_order": (INTEGER, False),
    },
    "sub_course_videos": {"display_order": (INTEGER, False), "status": (TEXT, False)},
    "question_sets": {
        "set_type": (TEXT, False),
        "owner_type": (TEXT, False),
        "status": (TEXT, False),
        "display_order": (INTEGER, False),
    },
    "user_sub_course_video_progress": {"user_id": (UUID, False), "video_id": (ID, False)},
    "user_practice_progress": {"user_id": (UUID, False), "question_set_id": (ID, False)},
}

RESULT = (
    "id quiz_id quiz_title week_of score total_questions answers user_name user_role completed_at "
    "organizationId campusId userId createdAt updatedAt"
)
ANSWERS = {
    # 000: "DTO fields"
    ("post", "user_progress", 200): (
        "id progress_type item_id value score metadata organizationId campusId userId createdAt updatedAt"
    ),
    ("delete", "user_progress/by-item", 200): "deletedCount",
    # 001: "DTO fields", "API"
    ("post", "safety_quiz_results", 201): RESULT,
    ("get", "safety_quiz_results/me", 200): "completed result",
    ("get", "safety_quiz_results/completion", 200): "summary rows",
}
# 003 says "Fields" of its tables; what is answered may hold more.
FIELDS = {
    ("get", "v1/users/me", 200): "id email createdAt",
    ("get", "v1/users/me/preferences", 200): "theme language playbackSpeed",
    ("get", "v1/tcodes/<id>/progress", 200): "tcodeId lastSlideSeen percentComplete lastActive",
}
ROWS = {
    ("get", "v1/interactions", 200): "userId type payload createdAt",
    ("get", "v1/subscriptions", 200): "userId tcodeId subscriptionType startDate durationDays status",
    ("get", "v1/messages", 200): "tag",
}


def fetched(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def keys(schema):
    return set(resolved(schema)["properties"])


@pytest.mark.parametrize("table", COLUMNS)
def test_tables_and_columns_are_called_what_the_documents_call_them(table):
    rows = fetched(
        "SELECT column_name, udt_name, is_nullable FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s",
        table,
    )
    there = {name: (kind, nullable == "YES") for name, kind, nullable in rows}
    wrong = {
        name: there.get(name)
        for name, (kinds, nullable) in COLUMNS[table].items()
        if name not in there or there[name][0] not in kinds or there[name][1] is not nullable
    }
    assert not wrong


def test_the_index_of_levels_has_the_name_that_document_004_gives():
    [(definition,)] = fetched(
        "SELECT indexdef FROM pg_indexes WHERE indexname = %s", "idx_sub_courses_level_sub_level"
    )
    assert definition.endswith("ON public.sub_courses USING btree (level, sub_level)")
    assert fetched("SELECT 1 FROM pg_indexes WHERE indexname = 'sub_course_level_and_sub_level'") == []


@pytest.mark.parametrize("operation", ANSWERS, ids=str)
def test_answers_hold_the_fields_of_the_document_and_no_others(operation):
    assert keys(response_schema(*operation)) == set(ANSWERS[operation].split())


@pytest.mark.parametrize("operation", FIELDS, ids=str)
def test_answers_hold_the_fields_of_the_documents_tables(operation):
    assert keys(response_schema(*operation)) >= set(FIELDS[operation].split())


@pytest.mark.parametrize("operation", ROWS, ids=str)
def test_rows_hold_the_fields_of_the_documents_tables(operation):
    rows = resolved(response_schema(*operation))["properties"]["rows"]
    assert keys(rows["items"]) >= set(ROWS[operation].split())
