"""One status for all that learners are shown, and the older word for it that clients of the API may use."""

import pytest
from django.db import connection

from learning.models import Course, CourseCategory, SubCourse
from tests import factories
from tests.conftest import error_of

BASE = "/api/v1/course-management"
KINDS = {
    "categories": (CourseCategory, lambda tenant: {}),
    "courses": (Course, lambda tenant: {"category_id": tenant.category.pk}),
    "sub-courses": (
        SubCourse,
        lambda tenant: {"course_id": tenant.course.pk, "level": "BEGINNER", "sub_level": "A1"},
    ),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def row_of(tenant, kind):
    return {"categories": tenant.category, "courses": tenant.course, "sub-courses": tenant.sub_course}[kind]


def test_what_is_new_is_a_draft_unless_it_is_said_otherwise(kind, north, sunrise, as_user):
    client = as_user(north.admin)
    model, parent = KINDS[kind]
    for sent, status in (
        ({}, "DRAFT"),
        ({"is_active": True}, "PUBLISHED"),
        ({"is_active": False}, "DRAFT"),
        ({"status": "ARCHIVED"}, "ARCHIVED"),
        ({"status": "PUBLISHED", "is_active": True}, "PUBLISHED"),
    ):
        made = client.post(f"{BASE}/{kind}", {"title": "New", **parent(north), **sent})
        assert made.status_code == 201, made.content
        assert (made.json()["status"], made.json()["is_active"]) == (status, status == "PUBLISHED"), sent
        assert model.unscoped.get(pk=made.json()["id"]).status == status


def test_a_row_is_hidden_and_shown_by_either_word(kind, north, sunrise, as_user):
    client, row = as_user(north.admin), row_of(north, kind)
    for sent, status in (
        ({"is_active": False}, "DRAFT"),
        ({"status": "ARCHIVED"}, "ARCHIVED"),
        ({"is_active": False}, "ARCHIVED"),
        ({"title": "Renamed"}, "ARCHIVED"),
        ({"is_active": True}, "PUBLISHED"),
        ({"status": "DRAFT", "is_active": False}, "DRAFT"),
    ):
        changed = client.patch(f"{BASE}/{kind}/{row.pk}", sent)
        assert changed.status_code == 200, changed.content
        assert (changed.json()["status"], changed.json()["is_active"]) == (status, status == "PUBLISHED"), (
            sent
        )


def test_both_words_must_say_the_same(kind, north, sunrise, as_user):
    client, row = as_user(north.admin), row_of(north, kind)
    for sent in ({"status": "DRAFT", "is_active": True}, {"status": "PUBLISHED", "is_active": False}):
        refused = client.patch(f"{BASE}/{kind}/{row.pk}", sent)
        assert refused.status_code == 400
        assert (error_of(refused)["code"], error_of(refused)["attr"]) == ("contradiction", "is_active")
    for sent, attr in (({"status": "GONE"}, "status"), ({"is_active": 1}, "is_active")):
        refused = client.patch(f"{BASE}/{kind}/{row.pk}", sent)
        assert (refused.status_code, error_of(refused)["attr"]) == (400, attr)
    assert type(row).unscoped.get(pk=row.pk).status == "PUBLISHED"


def test_lists_are_narrowed_by_either_word(north, sunrise, as_user):
    for status in ("DRAFT", "ARCHIVED", "PUBLISHED"):
        factories.CourseFactory(category=north.category, status=status)
        factories.CourseFactory(category=sunrise.category, status=status)
    client = as_user(north.admin)
    for query, count in (
        ("status=ARCHIVED", 1),
        ("status=PUBLISHED", 2),
        ("is_active=true", 2),
        ("is_active=false", 2),
        ("", 4),
    ):
        assert client.get(f"{BASE}/courses?{query}").json()["count"] == count, query


def test_what_is_archived_is_hidden_from_learners_with_all_in_it(kind, north, sunrise, as_user):
    learner, staff = as_user(north.student), as_user(north.admin)
    path = f"{BASE}/courses/{north.course.pk}/learning-path"
    assert staff.patch(f"{BASE}/{kind}/{row_of(north, kind).pk}", {"status": "ARCHIVED"}).status_code == 200
    seen = learner.get(path)
    assert seen.status_code == 404 or not seen.json()["sub_courses"]
    assert learner.get(f"{BASE}/videos/{north.videos[0].pk}").status_code == 404
    assert learner.get("/api/v1/me/courses").json()["count"] == 0
    told = staff.get(path).json()
    assert {told["status"], *(one["status"] for one in told["sub_courses"])} <= {"PUBLISHED", "ARCHIVED"}


def test_programs_that_fill_the_tables_publish_what_they_say_nothing_of(kind, north, sunrise):
    row = row_of(north, kind)
    fields = [
        one.column for one in row._meta.concrete_fields if not one.has_db_default() and not one.primary_key
    ]
    columns = ", ".join(f'"{column}"' for column in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {row._meta.db_table} ({columns}) SELECT {columns} FROM {row._meta.db_table}"
            " WHERE id = %s RETURNING id, status",
            [row.pk],
        )
        made, status = cursor.fetchone()
    assert made != row.pk
    assert status == "PUBLISHED"
