"""Document 003, "user_interactions", sentence by sentence, as a client sees it.

What may be in a row: ``test_interactions_input``.
"""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.people.domain.membership import place
from progress.models import Interaction
from tenancy.scope import PLATFORM_ID
from tenancy.triggers import erasing
from tests import citus
from tests.conftest import error_of
from tests.progress.interactions import EXAMPLES, FIELDS, URL, VIEWED, listed, logged, slides, stored, viewed


@pytest.fixture
def student(as_user, north, sunrise):
    return as_user(north.student)


# --- Logs all user-initiated actions --------------------------------------------------------------


def test_an_interaction_is_logged_with_user_type_payload_and_time(student, north):
    before = timezone.now()
    row = logged(student)
    assert row.keys() == FIELDS
    assert {name: row[name] for name in ("type", "payload")} == VIEWED
    [kept] = stored()
    assert row["userId"] == str(north.student.pk)
    assert (str(kept.pk), kept.type, kept.payload) == (row["id"], row["type"], row["payload"])
    assert (kept.user_id, kept.organization_id) == (north.student.pk, north.organization.pk)
    assert kept.created_at == datetime.fromisoformat(row["createdAt"])
    assert before - timedelta(seconds=5) < kept.created_at < timezone.now() + timedelta(seconds=5)
    assert UUID(row["id"]).version == 7


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["type"])
def test_every_type_can_be_logged_and_is_listed_as_it_was_sent(example, student):
    row = logged(student, example)
    assert row["payload"] == example["payload"]
    assert listed(student, type=example["type"]) == {"rows": [row], "count": 1}


def test_the_examples_of_the_document_are_types():
    assert {"viewed-slide", "searched", "asked-question"} <= {example["type"] for example in EXAMPLES}


def test_several_are_logged_at_once_in_their_order(student, north):
    answer = logged(student, {"items": [viewed(n) for n in range(500)]})
    assert [row.keys() for row in answer["items"]] == [{"id", "type", "createdAt"}] * 500
    rows = stored()
    assert [str(row.pk) for row in rows] == [row["id"] for row in reversed(answer["items"])]
    assert [row.payload["slide"] for row in rows] == list(reversed(range(500)))
    assert {row.user_id for row in rows} == {north.student.pk}
    assert slides(listed(student, limit=3)) == [499, 498, 497]


def test_the_first_batch_of_a_person_and_their_next_are_kept_as_they_were_sent(
    student, as_user, north, sunrise
):
    logged(as_user(sunrise.student))  # whoever else has some
    texts = ['a "quote"', "back\\slash", "{a,b}", "NULL", "two\nlines", "ü ☃", "", "it's"]
    sent = [viewed(n, note=text) for n, text in enumerate(texts)]
    for batches in (1, 2):
        logged(student, {"items": sent})
        kept = [row for row in reversed(stored()) if row.user_id == north.student.pk]
        assert [row.payload for row in kept] == [item["payload"] for item in sent] * batches


def test_one_and_five_hundred_are_one_statement(student, statements):
    logged(student, VIEWED)  # from now on it is known who they are
    for body in (VIEWED, {"items": [VIEWED]}, {"items": [VIEWED] * 500}):
        with statements() as sent:
            logged(student, body)
        assert len(sent) == 1
    assert Interaction.unscoped.count() == 503


def test_an_item_more_than_five_hundred_is_refused_with_all_of_them(student):
    response = student.post(URL, {"items": [VIEWED] * 501})
    assert response.status_code == 400
    assert (error_of(response)["code"], error_of(response)["attr"]) == ("max_length", "items")
    assert stored() == []


def test_one_wrong_item_refuses_all_and_each_wrong_one_is_named(student):
    items = [VIEWED, viewed(-1), VIEWED, {"type": "other", "payload": {}}, "x", {"payload": {}}]
    response = student.post(URL, {"items": items})
    assert response.status_code == 400
    named = [(error["attr"], error["code"]) for error in response.json()["errors"]]
    assert named == [
        ("items.1.payload.slide", "min_value"),
        ("items.3.type", "invalid_choice"),
        ("items.4", "invalid"),
        ("items.5.type", "required"),
    ]
    assert stored() == []


def test_a_partial_batch_logs_what_is_right_and_says_what_became_of_each(student, north, sunrise):
    items = [viewed(1), viewed(-1), viewed(2), {"type": "other", "payload": {}}, "x", {"payload": {}}]
    response = student.post(URL, {"items": items, "partial": True})
    assert response.status_code == 200
    outcomes = response.json()["items"]
    assert [outcome["status"] for outcome in outcomes] == [201, 400, 201, 400, 400, 400]
    wrong = [outcome["errors"] for outcome in outcomes if outcome["status"] == 400]
    assert [[(error["attr"], error["code"]) for error in errors] for errors in wrong] == [
        [("payload.slide", "min_value")],
        [("type", "invalid_choice")],
        [(None, "invalid")],
        [("type", "required")],
    ]
    rows = [outcome for outcome in outcomes if outcome["status"] == 201]
    assert [str(row.pk) for row in stored()] == [row["id"] for row in reversed(rows)]
    assert slides(listed(student)) == [2, 1]
    assert rows[0].keys() == {"status", "id", "type", "createdAt"}


def test_a_partial_batch_of_which_nothing_is_right_logs_nothing(student):
    response = student.post(URL, {"items": [viewed(-1)] * 2, "partial": True})
    assert (response.status_code, [item["status"] for item in response.json()["items"]]) == (200, [400, 400])
    assert stored() == []


def test_a_partial_batch_is_one_statement_whatever_is_wrong_with_it(student, statements):
    logged(student, VIEWED)
    for items in ([VIEWED], [VIEWED, viewed(-1)] * 250):
        with statements() as sent:
            student.post(URL, {"items": items, "partial": True})
        assert len(sent) == 1
    assert Interaction.unscoped.count() == 252


def test_a_partial_batch_has_the_bounds_of_any_other_and_partial_is_true_or_false(student):
    for body, attr in (
        ({"items": [VIEWED] * 501, "partial": True}, "items"),
        ({"items": [], "partial": True}, "items"),
        ({"items": "x", "partial": True}, "items"),
        ({"items": [VIEWED], "partial": "true"}, "partial"),
        ({"items": [VIEWED], "partial": 1}, "partial"),
        ({"items": [VIEWED], "partial": None}, "partial"),
    ):
        response = student.post(URL, body)
        assert (response.status_code, error_of(response)["attr"]) == (400, attr)
    assert student.post(URL, {"items": [viewed(-1)], "partial": False}).status_code == 400
    assert stored() == []


def test_a_partial_batch_that_is_sent_again_with_its_key_gets_the_same_answer(student):
    body = {"items": [viewed(1), viewed(-1)], "partial": True}
    first, again = (student.post(URL, body, HTTP_IDEMPOTENCY_KEY="offline") for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert len(stored()) == 1


# --- Every logged-in user is treated as a student ---------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_needs_a_token(method, client, db):
    assert getattr(client, method)(URL).status_code == 401


@pytest.mark.parametrize("role", ["admin", "principal", "teacher", "student", "guardian", "guest"])
def test_every_role_logs_and_lists_their_own(role, as_user, north, sunrise):
    client = as_user(north.people[role])
    row = logged(client)
    assert listed(client) == {"rows": [row], "count": 1}


def test_an_independent_learner_logs_and_lists_their_own(as_user, independent, north, sunrise):
    client = as_user(independent)
    row = logged(client)
    assert listed(client) == {"rows": [row], "count": 1}
    assert stored()[0].organization_id == PLATFORM_ID


def test_a_global_user_needs_no_organization_to_log_in_any_scope(as_user, global_admin, north, sunrise):
    rows = [logged(as_user(global_admin, scope)) for scope in (None, north.scope)]
    for scope in (None, north.scope, sunrise.scope):
        assert listed(as_user(global_admin, scope))["rows"] == rows[::-1]
    assert {row.organization_id for row in stored()} == {global_admin.organization_id}


def test_nobody_sees_those_of_another(student, as_user, north, sunrise, global_admin, independent):
    logged(student)
    people = [*(north.people[name] for name in ("admin", "principal", "teacher", "student2")), sunrise.admin]
    for user in (*people, global_admin, independent):
        assert listed(as_user(user)) == {"rows": [], "count": 0}


def test_two_independent_learners_do_not_see_each_other(as_user, independent, north, sunrise):
    other = User.unscoped.create(email="other@demo.test")
    logged(as_user(independent))
    assert listed(as_user(other))["count"] == 0


def test_they_stay_ones_own_in_another_organization_and_in_none(student, as_user, north, sunrise):
    user, first = north.student, logged(student)
    place(user=user, at=sunrise.scope, role=user.role)
    second = logged(as_user(User.unscoped.get(pk=user.pk)))
    place(user=user, at=None, role=None)
    assert listed(as_user(User.unscoped.get(pk=user.pk)))["rows"] == [second, first]
    assert [row.organization_id for row in stored()] == [sunrise.organization.pk, north.organization.pk]


def test_whose_and_when_is_not_the_clients_to_say(student, north, sunrise):
    other = {
        "id": str(sunrise.admin.pk),
        "userId": str(sunrise.admin.pk),
        "user_id": str(sunrise.admin.pk),
        "organizationId": str(sunrise.organization.pk),
        "organization": str(sunrise.organization.pk),
        "createdAt": "2020-01-01T00:00:00Z",
        "created_at": "2020-01-01T00:00:00Z",
    }
    logged(student, {**VIEWED, **other})
    logged(student, {"items": [{**VIEWED, **other}], **other})
    for row in stored():
        assert (row.user_id, row.organization_id) == (north.student.pk, north.organization.pk)
        assert row.pk != sunrise.admin.pk
        assert row.created_at > timezone.now() - timedelta(minutes=1)


# --- Append-only ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_the_api_changes_and_removes_nothing(method, student):
    row = logged(student)
    assert getattr(student, method)(URL, VIEWED).status_code == 405
    assert getattr(student, method)(f"{URL}/{row['id']}", VIEWED).status_code == 404
    assert listed(student)["rows"] == [row]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE user_interactions SET payload = '{}'",
        "UPDATE user_interactions SET created_at = now() - interval '1 day'",
        "DELETE FROM user_interactions",
    ],
)
def test_the_database_refuses_to_change_or_remove_one(sql, student):
    row = logged(student)
    with (
        pytest.raises(ProgrammingError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert listed(student)["rows"] == [row]


APPEND = (
    "INSERT INTO user_interactions (id, user_id, organization_id, type, payload) "
    "SELECT gen_random_uuid(), COALESCE(%s, id), COALESCE(%s, organization_id), 'x-done', '1' FROM users"
)


@citus.ON_ONE_MACHINE
@pytest.mark.parametrize("who", [(UUID(int=1), None), (None, UUID(int=1))])
def test_the_database_refuses_one_of_nobody_or_nowhere(who, north):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(APPEND, who)
    assert stored() == []


@pytest.mark.parametrize("table", ["users", "organizations"])
def test_whoever_has_interactions_is_not_removed_from_the_database(table, student, north):
    logged(student)
    pk = north.student.pk if table == "users" else north.organization.pk
    with (
        pytest.raises(IntegrityError, match="there are interactions"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [pk])


@citus.ON_ONE_MACHINE
def test_a_batch_is_checked_once_and_not_row_by_row(north):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgtype & 1 = 1 FROM pg_trigger WHERE tgrelid = 'user_interactions'::regclass "
            # On INSERT.
            "AND tgtype & 4 = 4"
        )
        assert cursor.fetchall() == [(False,)]


def test_the_orm_cannot_either(student):
    logged(student)
    [row] = stored()
    row.type = "searched"
    for change in (row.save, row.delete, Interaction.unscoped.all().delete):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()
    assert stored()[0].type == "viewed-slide"


def test_what_erases_a_person_says_so_and_nobody_after_it_may(student, as_user, north):
    logged(student)
    logged(as_user(north.student2))
    with erasing():
        Interaction.unscoped.filter(user=north.student).delete()
    assert [row.user_id for row in stored()] == [north.student2.pk]
    with pytest.raises(ProgrammingError), transaction.atomic():
        Interaction.unscoped.all().delete()


# --- Idempotency-Key ------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [VIEWED, {"items": [VIEWED, viewed(5)]}], ids=["one", "several"])
def test_the_same_key_and_body_log_once_and_get_the_same_answer(body, student):
    first = student.post(URL, body, HTTP_IDEMPOTENCY_KEY="k1")
    again = student.post(URL, body, HTTP_IDEMPOTENCY_KEY="k1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert len(stored()) == len(body.get("items", [body]))
    logged(student, body, HTTP_IDEMPOTENCY_KEY="k2")
    assert len(stored()) == 2 * len(body.get("items", [body]))


def test_the_same_key_with_another_body_is_a_conflict(student):
    logged(student, VIEWED, HTTP_IDEMPOTENCY_KEY="k")
    response = student.post(URL, viewed(5), HTTP_IDEMPOTENCY_KEY="k")
    assert response.status_code == 409
    assert error_of(response)["code"] == "idempotency_key_reused"
    assert len(stored()) == 1


def test_a_refused_request_does_not_use_the_key_up(student):
    assert student.post(URL, viewed(-1), HTTP_IDEMPOTENCY_KEY="k").status_code == 400
    logged(student, VIEWED, HTTP_IDEMPOTENCY_KEY="k")


def test_the_same_key_of_another_user_is_another_key(student, as_user, north):
    logged(student, VIEWED, HTTP_IDEMPOTENCY_KEY="k")
    logged(as_user(north.student2), VIEWED, HTTP_IDEMPOTENCY_KEY="k")
    assert len(stored()) == 2


# --- The list -------------------------------------------------------------------------------------


@pytest.fixture
def timeline(student, north):
    """One slide an hour, the first 24 hours ago, and a search between them."""
    start = timezone.now() - timedelta(hours=24)
    rows = [
        Interaction(
            user=north.student,
            organization=north.organization,
            type="searched" if n == 2 else "viewed-slide",
            payload={"query": "x", "slide": n} if n == 2 else {"tcodeId": 1, "slide": n},
            created_at=start + timedelta(hours=n),
        )
        for n in range(5)
    ]
    return Interaction.unscoped.bulk_create(rows[::-1])[::-1]


def test_a_list_is_newest_first_in_pages(student, timeline):
    assert slides(listed(student)) == [4, 3, 2, 1, 0]
    assert slides(listed(student, limit=2, page=2)) == [2, 1]
    assert listed(student, limit=2, page=4) == {"rows": [], "count": 5}
    for query in ({"limit": 201}, {"limit": 0}, {"page": 0}, {"page": ""}):
        assert student.get(URL, query).status_code == 400


def test_a_list_can_be_narrowed_to_a_type(student, timeline):
    assert slides(listed(student, type="searched")) == [2]
    assert listed(student, type="viewed-slide")["count"] == 4
    assert listed(student, type="rated-tcode") == {"rows": [], "count": 0}


def test_since_is_included_and_until_is_not(student, timeline):
    at = [row.created_at.isoformat() for row in timeline]
    assert slides(listed(student, since=at[3])) == [4, 3]
    assert slides(listed(student, until=at[3])) == [2, 1, 0]
    assert slides(listed(student, since=at[1], until=at[3])) == [2, 1]
    assert slides(listed(student, since=at[1], until=at[3], type="viewed-slide")) == [1]
    assert listed(student, since=at[1], until=at[1]) == {"rows": [], "count": 0}
    assert listed(student, since=at[3], until=at[1]) == {"rows": [], "count": 0}


def test_a_time_may_have_any_offset(student, timeline):
    at = timeline[3].created_at.astimezone(timezone.get_fixed_timezone(330)).isoformat()
    assert at.endswith("+05:30")
    assert slides(listed(student, since=at)) == [4, 3]


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "2026-11-16",
        "2026-11-16T08:00:00",
        "2026-02-30T08:00:00Z",
        "2026-11-16T08:00:00 02:00",
        "2026-11-16T08:00:00Z\0",
    ],
)
def test_a_time_without_an_offset_is_refused(name, value, student, timeline):
    response = student.get(URL, {name: value})
    assert response.status_code == 400
    assert (error_of(response)["code"], error_of(response)["attr"]) == ("invalid", name)


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_time_are_times(value, student, timeline):
    assert listed(student, since=value)["count"] + listed(student, until=value)["count"] == 5


def test_an_unknown_type_or_parameter_is_refused_by_name(student, timeline):
    for query, code, name in (
        ({"type": "other"}, "invalid_choice", "type"),
        ({"type": ""}, "empty_parameter", "type"),
        ({"since": ""}, "empty_parameter", "since"),
        ({"userId": "x"}, "unknown_parameter", "userId"),
    ):
        response = student.get(URL, query)
        assert response.status_code == 400
        assert (error_of(response)["code"], error_of(response)["attr"]) == (code, name)


def test_a_longer_list_costs_no_more_statements(student, timeline, statements):
    listed(student)  # from now on it is known who they are
    for _ in range(2):
        with statements() as sent:
            listed(student, type="viewed-slide", since="2020-01-01T00:00:00Z")
        assert len(sent) == 1
        logged(student, {"items": [VIEWED] * 300})


def test_rows_of_one_moment_are_listed_in_the_reverse_of_their_order(student):
    logged(student, {"items": [viewed(n) for n in range(7)]})
    assert len({row.created_at for row in stored()}) == 1
    assert slides(listed(student)) == [6, 5, 4, 3, 2, 1, 0]
    assert slides(listed(student, limit=3, page=2)) == [3, 2, 1]


def test_a_type_that_is_no_longer_known_is_still_listed(student, north):
    Interaction.unscoped.create(
        user=north.student, organization=north.organization, type="once-upon-a-time", payload={"a": 1}
    )
    [row] = listed(student)["rows"]
    assert (row["type"], row["payload"]) == ("once-upon-a-time", {"a": 1})
