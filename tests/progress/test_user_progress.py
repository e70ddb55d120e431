"""Document 000, sentence by sentence, as a client sees it. Its edges: ``test_user_progress_input``."""

import datetime
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from progress.models import ItemProgress, ProgressType
from tests import citus, factories
from tests.conftest import error_of
from tests.progress.items import BY_ITEM, FIELDS, URL, delete, deleted, listed, names, only_row, save, saved


@pytest.fixture
def student(as_user, north, sunrise):
    return as_user(north.student)


# --- Purpose --------------------------------------------------------------------------------------


def test_progress_is_stored_per_user_type_and_item(student, as_user, north):
    saved(student, "hello", value="mine")
    saved(student, "thanks", value="mine too")
    saved(student, "hello", "zone_checkin", value="another type")
    saved(as_user(north.student2), "hello", value="another user")
    stored = {(row.user_id, row.progress_type, row.item_id): row.value for row in ItemProgress.unscoped.all()}
    assert stored == {
        (north.student.pk, "sign_learned", "hello"): "mine",
        (north.student.pk, "sign_learned", "thanks"): "mine too",
        (north.student.pk, "zone_checkin", "hello"): "another type",
        (north.student2.pk, "sign_learned", "hello"): "another user",
    }


def test_the_types_are_signs_learned_and_zone_checkins(student):
    assert ProgressType.values == ["sign_learned", "zone_checkin"]
    for name in ProgressType.values:
        assert saved(student, "a", name)["progress_type"] == name


def test_there_is_one_row_per_user_type_and_item(student):
    first, second = saved(student, value="a"), saved(student, value="b")
    assert first["id"] == second["id"]
    assert only_row().value == "b"


# --- API ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), [("get", URL), ("post", URL), ("delete", BY_ITEM)])
def test_all_routes_require_a_token(method, path, client, db):
    response = getattr(client, method)(path)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


@citus.PLANNED_HERE
def test_a_list_is_planned_once_and_not_with_every_request(student, north):
    with connection.cursor() as cursor:
        # Rows that earlier tests rolled back still fill pages, and plans are compared by the number of pages.
        cursor.execute("TRUNCATE user_progress")
    ItemProgress.unscoped.bulk_create(
        ItemProgress(
            user=north.student,
            organization=north.organization,
            progress_type="sign_learned",
            item_id=f"sign-{number}",
            created_by=north.student,
        )
        for number in range(400)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE user_progress")
        for _ in range(9):
            assert listed(student)["count"] == 400
        cursor.execute(
            "SELECT sum(generic_plans) FROM pg_prepared_statements WHERE statement ~ 'FROM user_progress'"
        )
        assert cursor.fetchone()[0] > 0


def test_a_slash_at_the_end_is_tolerated(student):
    body = {"data": {"progress_type": "sign_learned", "item_id": "hello"}}
    assert student.post(f"{URL}/", body).status_code == 200
    assert student.get(f"{URL}/?progress_type=sign_learned").json()["count"] == 1
    query = "progress_type=sign_learned&item_id=hello"
    assert student.delete(f"{BY_ITEM}/?{query}").json() == {"deletedCount": 1}


def test_a_list_answers_rows_and_count(student):
    assert listed(student) == {"rows": [], "count": 0}
    row = saved(student, value="seen", score=2, metadata={"a": 1})
    assert listed(student) == {"rows": [row], "count": 1}


def test_a_list_needs_a_valid_type(student):
    for query, code in (
        ({}, "required"),
        ({"progress_type": "other"}, "invalid_choice"),
        ({"progress_type": "SIGN_LEARNED"}, "invalid_choice"),
        ({"progress_type": " sign_learned"}, "invalid_choice"),
        ({"progress_type": ""}, "empty_parameter"),
    ):
        response = student.get(URL, query)
        assert response.status_code == 400
        error = error_of(response)
        assert (error["code"], error["attr"]) == (code, "progress_type")


def test_a_list_holds_rows_of_the_type_only(student):
    saved(student, "hello")
    saved(student, "green", "zone_checkin")
    assert names(listed(student, "sign_learned")) == ["hello"]
    assert names(listed(student, "zone_checkin")) == ["green"]


def test_a_list_can_be_narrowed_to_an_item(student):
    saved(student, "hello")
    saved(student, "hello there")
    assert names(listed(student, item_id="hello")) == ["hello"]
    assert names(listed(student, item_id=" hello ")) == ["hello"]
    assert listed(student, item_id="Hello") == {"rows": [], "count": 0}


def test_a_list_is_ordered_by_creation_newest_first_and_saving_again_moves_nothing(student):
    for item in ("a", "b", "c"):
        saved(student, item)
    saved(student, "a", value="again")
    assert names(listed(student)) == ["c", "b", "a"]


def test_rows_made_at_one_moment_are_ordered_by_id(student, north):
    at = timezone.now()
    rows = [
        ItemProgress(
            user=north.student,
            organization=north.organization,
            progress_type="sign_learned",
            item_id=str(n),
            created_by=north.student,
            created_at=at,
        )
        for n in range(5)
    ]
    ItemProgress.unscoped.bulk_create(rows[::2] + rows[1::2])
    assert names(listed(student)) == ["4", "3", "2", "1", "0"]
    assert names(listed(student, limit=2, page=2)) == ["2", "1"]


def test_a_list_is_paginated_with_the_defaults_of_every_list(student, north):
    ItemProgress.unscoped.bulk_create(
        ItemProgress(
            user=north.student,
            organization=north.organization,
            progress_type="sign_learned",
            item_id=str(n),
            created_by=north.student,
        )
        for n in range(201)
    )
    assert len(listed(student)["rows"]) == 50
    assert len(listed(student, limit=200)["rows"]) == 200
    assert names(listed(student, limit=100, page=3)) == names(listed(student, limit=200, page=2))
    assert listed(student, page=6) == {"rows": [], "count": 201}
    for query in ({"limit": 201}, {"limit": 0}, {"page": 0}, {"page": "x"}, {"limit": ""}):
        assert student.get(URL, {"progress_type": "sign_learned", **query}).status_code == 400


def test_a_post_answers_200_and_the_saved_row_whether_it_creates_or_updates(student):
    first = saved(student, value="a", score=1, metadata={"a": [1]})
    assert (first["value"], first["score"], first["metadata"]) == ("a", 1, {"a": [1]})
    second = saved(student, value="b")
    assert (second["value"], second["score"], second["metadata"]) == ("b", None, None)
    assert listed(student)["rows"] == [second]
    assert second["createdAt"] == first["createdAt"]
    assert second["updatedAt"] > first["updatedAt"] == first["createdAt"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"data": None}, "required"),
        ([], "required"),
        ({"data": []}, "invalid"),
        ({"data": "x"}, "invalid"),
        ({"progress_type": "sign_learned", "item_id": "hello"}, "required"),
    ],
)
def test_the_body_of_a_post_is_wrapped_in_data(student, body, code):
    response = student.post(URL, body)
    assert response.status_code == 400
    assert (error_of(response)["code"], error_of(response)["attr"]) == (code, "data")
    assert not ItemProgress.unscoped.exists()


def test_a_delete_answers_how_many_rows_it_deleted(student):
    saved(student)
    assert deleted(student) == 1
    assert deleted(student) == 0
    assert listed(student) == {"rows": [], "count": 0}


def test_a_delete_needs_type_and_item(student):
    saved(student)
    for query, attr in (
        ({"progress_type": "sign_learned"}, "item_id"),
        ({"item_id": "hello"}, "progress_type"),
        ({"progress_type": "sign_learned", "item_id": ""}, "item_id"),
        ({"progress_type": "sign_learned", "item_id": "  "}, "item_id"),
        ({"progress_type": "other", "item_id": "hello"}, "progress_type"),
    ):
        response = student.delete(BY_ITEM, query_params=query)
        assert response.status_code == 400
        assert error_of(response)["attr"] == attr
    assert listed(student)["count"] == 1


def test_a_delete_takes_that_type_and_item_only(student):
    saved(student, "hello")
    saved(student, "thanks")
    saved(student, "hello", "zone_checkin")
    assert deleted(student, " hello ") == 1
    assert names(listed(student)) == ["thanks"]
    assert names(listed(student, "zone_checkin")) == ["hello"]


# --- Access rules ---------------------------------------------------------------------------------


def test_an_independent_learner_is_no_tenant_user(as_user, independent, north, sunrise):
    client = as_user(independent)
    for response in (
        save(client),
        save(client, None),
        client.get(URL),
        client.get(URL, {"progress_type": "sign_learned"}),
        delete(client),
    ):
        assert response.status_code == 403
        assert error_of(response)["code"] == "tenant_required"
    assert not ItemProgress.unscoped.exists()


@pytest.mark.parametrize(
    "role", ["admin", "principal", "teacher", "instructor", "support", "student", "guardian", "guest"]
)
def test_every_role_of_a_tenant_may_do_everything_with_their_own(role, as_user, north, sunrise):
    client = as_user(north.people[role])
    assert saved(client)["userId"] == str(north.people[role].pk)
    assert listed(client)["count"] == 1
    assert deleted(client) == 1


def test_keys_that_were_taken_away_make_no_difference(as_user, north, sunrise):
    user = north.student
    user.custom_permissions_filter.set(user.role.permissions.all())
    assert saved(as_user(user))["userId"] == str(user.pk)


def test_nobody_reads_changes_or_deletes_the_progress_of_another(student, as_user, north, global_admin):
    row = saved(student, value="mine")
    others = [as_user(north.people[name]) for name in ("admin", "principal", "teacher", "student2")]
    for other in (*others, as_user(global_admin), as_user(global_admin, north.scope)):
        assert listed(other)["rows"] == []
    for other in others:
        assert deleted(other) == 0
        assert saved(other, value="theirs")["id"] != row["id"]
    assert listed(student)["rows"] == [row]


def test_names_and_roles_in_the_body_are_not_trusted(student, north, sunrise):
    other = sunrise.admin
    row = saved(
        student,
        organizationId=str(sunrise.organization.pk),
        organization_id=str(sunrise.organization.pk),
        campusId=str(sunrise.campus.pk),
        userId=str(other.pk),
        user={"id": str(other.pk)},
        createdById=str(other.pk),
        updatedById=str(other.pk),
        role="ADMIN",
        user_name="Somebody Else",
        id=str(other.pk),
        createdAt="2020-01-01T00:00:00Z",
        updatedAt="2020-01-01T00:00:00Z",
        deletedAt="2020-01-01T00:00:00Z",
        importHash="x",
        import_hash="x",
    )
    assert row.keys() == FIELDS
    assert row["id"] != str(other.pk)
    assert row["organizationId"] == str(north.organization.pk)
    assert row["campusId"] == str(north.campus.pk)
    assert row["userId"] == str(north.student.pk)
    assert row["createdAt"] > "2026"
    stored = only_row()
    assert (stored.created_by_id, stored.updated_by_id) == (north.student.pk, north.student.pk)
    assert (stored.deleted, stored.import_hash) == (None, None)


# --- Tenant scope ---------------------------------------------------------------------------------


def test_a_user_sees_and_writes_the_rows_of_their_own_organization_only(as_user, north, sunrise):
    user = north.student
    here = saved(as_user(user), value="north")
    moved = {"organization": sunrise.organization, "school": None, "campus": None, "classroom": None}
    User.unscoped.filter(pk=user.pk).update(**moved)
    client = as_user(user)
    assert listed(client)["rows"] == []
    assert deleted(client) == 0
    there = saved(client, value="sunrise")
    assert there["id"] != here["id"]
    assert there["organizationId"] == str(sunrise.organization.pk)
    assert listed(client)["rows"] == [there]
    assert only_row(pk=here["id"]).value == "north"


def test_a_global_user_reads_their_rows_of_all_organizations_and_narrows_with_a_scope(
    as_user, global_admin, north, sunrise
):
    in_north, in_sunrise = as_user(global_admin, north.scope), as_user(global_admin, sunrise.scope)
    rows = [saved(in_north, value="n"), saved(in_sunrise, value="s")]
    assert listed(as_user(global_admin))["rows"] == rows[::-1]
    assert listed(in_north)["rows"] == rows[:1]
    assert listed(in_sunrise)["rows"] == rows[1:]


def test_a_global_user_who_acts_in_no_organization_writes_nothing(as_user, global_admin, north, sunrise):
    saved(as_user(global_admin, north.scope))
    client = as_user(global_admin)
    for response in (save(client), delete(client)):
        assert response.status_code == 400
        assert error_of(response)["code"] == "organization_required"
    assert listed(client)["count"] == 1


def test_a_global_user_deletes_in_the_organization_they_act_in_only(as_user, global_admin, north, sunrise):
    in_north, in_sunrise = as_user(global_admin, north.scope), as_user(global_admin, sunrise.scope)
    saved(in_north)
    kept = saved(in_sunrise)
    assert deleted(in_north) == 1
    assert listed(as_user(global_admin))["rows"] == [kept]


def test_the_campus_is_that_of_the_active_scope_and_else_the_users_own(as_user, north, sunrise):
    other = factories.CampusFactory(school=north.school)
    classroom = factories.ClassroomFactory(campus=other)
    own = str(north.campus.pk)
    for user, scope, campus in (
        (north.student, None, own),
        (north.support, None, own),
        (north.support, north.classroom.scope, own),
        (north.principal, None, None),
        (north.principal, other.scope, str(other.pk)),
        (north.admin, None, None),
        (north.admin, north.school.scope, None),
        (north.admin, classroom.scope, str(other.pk)),
    ):
        assert saved(as_user(user, scope))["campusId"] == campus


def test_saving_again_elsewhere_moves_the_campus(as_user, north, sunrise):
    assert saved(as_user(north.principal, north.campus.scope))["campusId"] == str(north.campus.pk)
    assert saved(as_user(north.principal))["campusId"] is None


def test_a_global_user_takes_no_campus_of_another_organization_along(as_user, global_admin, north, sunrise):
    places = {"organization": sunrise.organization, "school": sunrise.school, "campus": sunrise.campus}
    User.unscoped.filter(pk=global_admin.pk).update(**places)
    assert saved(as_user(global_admin, north.scope))["campusId"] is None
    assert saved(as_user(global_admin, sunrise.scope))["campusId"] == str(sunrise.campus.pk)


def test_saving_in_a_child_scope_is_stored_and_listed_from_everywhere(as_user, north, sunrise):
    drilled = as_user(north.principal, north.classroom.scope)
    row = saved(drilled)
    assert listed(drilled)["rows"] == listed(as_user(north.principal))["rows"] == [row]
    assert deleted(as_user(north.principal, north.campus.scope)) == 1


def test_a_scope_that_is_not_at_or_below_ones_own_is_not_found(as_user, north, sunrise):
    for scope in (sunrise.scope, north.scope):
        client = as_user(north.student, scope)
        for response in (save(client), client.get(URL, {"progress_type": "sign_learned"}), delete(client)):
            assert response.status_code == 404
            assert error_of(response)["code"] == "scope_not_found"


def test_the_creator_is_kept_and_who_updates_is_recorded(as_user, north, sunrise):
    """An import may have been somebody else's act."""
    client = as_user(north.student)
    saved(client)
    row = only_row()
    assert row.created_by_id == row.updated_by_id == row.user_id == north.student.pk
    ItemProgress.unscoped.update(created_by=north.admin, updated_by=north.admin)
    saved(client, value="mine")
    row = only_row()
    assert (row.created_by_id, row.updated_by_id) == (north.admin.pk, north.student.pk)


# --- Data contract --------------------------------------------------------------------------------


def test_a_row_has_the_documents_fields_and_no_others(student, north):
    row = saved(student, value="seen", score=7, metadata=[1])
    assert row.keys() == FIELDS
    assert listed(student)["rows"][0].keys() == FIELDS
    assert UUID(row["id"]).version == 7
    assert row["organizationId"] == str(north.organization.pk)
    assert row["campusId"] == str(north.campus.pk)
    assert row["userId"] == str(north.student.pk)
    for name in ("createdAt", "updatedAt"):
        at = datetime.datetime.fromisoformat(row[name])
        assert row[name].endswith("Z")
        assert abs(timezone.now() - at) < datetime.timedelta(minutes=1)


def test_deleting_is_soft(student, north):
    row = saved(student)
    deleted(student)
    stored = only_row()
    assert str(stored.pk) == row["id"]
    assert stored.deleted is not None


def test_an_item_that_was_deleted_can_be_saved_again_and_is_one_live_row(student):
    first = saved(student, value="a", score=1)
    deleted(student)
    second = saved(student)
    assert second["id"] != first["id"]
    assert (second["value"], second["score"]) == (None, None)
    assert listed(student)["rows"] == [second]


def test_deleting_and_saving_again_fifty_times_leaves_at_most_one_live_row(student):
    for _ in range(50):
        saved(student)
        assert ItemProgress.unscoped.filter(deleted=None).count() == 1
        assert deleted(student) == 1
        assert not ItemProgress.unscoped.filter(deleted=None).exists()
    assert ItemProgress.unscoped.count() == 50


def test_what_someone_deactivated_recorded_stays(student, north):
    saved(student)
    User.unscoped.filter(pk=north.student.pk).update(is_active=False)
    assert save(student).status_code == 401
    assert only_row().deleted is None


# --- Statements -----------------------------------------------------------------------------------


def test_each_call_is_one_statement_and_only_to_delete_asks_first_who_calls(student, statements):
    saved(student)  # from now on it is known who they are
    for call in (
        lambda: saved(student, value="new"),
        lambda: saved(student, value="old", score=1, metadata={"a": 1}),
        lambda: listed(student),
        lambda: listed(student, item_id="hello", limit=10, page=2),
    ):
        with statements() as sent:
            call()
        assert len(sent) == 1
    for _ in range(2):
        with statements() as sent:
            deleted(student)
        assert len(sent) == 2


def test_a_long_list_takes_as_many_statements_as_a_short_one(student, north, statements):
    ItemProgress.unscoped.bulk_create(
        ItemProgress(
            user=north.student,
            organization=north.organization,
            progress_type="sign_learned",
            item_id=str(n),
            created_by=north.student,
        )
        for n in range(300)
    )
    with statements() as sent:
        assert len(listed(student, limit=200)["rows"]) == 200
    assert len(sent) == 2
