"""The inbox, and sending to a person or to everyone of a place (document 003)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Message, Preferences, User
from accounts.people.domain.membership import place
from tenancy.scope import PLATFORM_ID, Scope, organization_scope
from tests.accounts.messages import CONTENT, INBOX, expired, make_message, messages_of
from tests.conftest import error_of
from tests.factories import CampusFactory, make_user

pytestmark = pytest.mark.django_db


def titles(response):
    return [row["title"] for row in response.json()["rows"]]


def recipients():
    return set(Message.unscoped.values_list("user__email", flat=True))


def test_the_inbox_holds_ones_own_messages_newest_first(as_user, north, sunrise, statements):
    now = timezone.now()
    for n in range(3):
        make_message(north.student, title=f"M{n}", created_at=now - timedelta(hours=n))
    make_message(north.student2, title="not mine")
    make_message(sunrise.student, title="not ours")
    with statements() as sent:
        response = as_user(north.student).get(INBOX)
    assert len(sent) == 2
    assert titles(response) == ["M0", "M1", "M2"]
    assert response.json()["count"] == 3
    row = response.json()["rows"][0]
    assert list(row) == ["id", "tag", "title", "body", "readAt", "createdAt", "expiresAt"]
    assert (row["tag"], row["readAt"], row["expiresAt"]) == ("info", None, None)
    assert parse_datetime(row["createdAt"]) == now
    assert titles(as_user(north.admin).get(INBOX)) == []
    assert titles(as_user(north.student).get(INBOX, {"limit": 1, "page": 3})) == ["M2"]
    assert as_user(north.student).get(INBOX, {"page": 9}).json() == {"rows": [], "count": 3}


def test_text_goes_through_to_the_letter(as_user, north):
    body = "quotes \" ' and \\ and <script>alert(1)</script> 日本語 \u2028 {x} %s"
    make_message(north.student, body=body)
    assert as_user(north.student).get(INBOX).json()["rows"][0]["body"] == body


def test_it_is_filtered_by_tag_and_by_what_is_unread(as_user, north, sunrise):
    for tag in ("system", "subscription", "info"):
        make_message(north.student, tag=tag, title=tag)
    make_message(north.student, tag="info", title="read", read_at=timezone.now())
    client = as_user(north.student)
    assert titles(client.get(INBOX, {"tag": "system"})) == ["system"]
    assert titles(client.get(INBOX, {"tag": "info"})) == ["read", "info"]
    assert titles(client.get(INBOX, {"unread": "true"})) == ["info", "subscription", "system"]
    assert titles(client.get(INBOX, {"unread": "false"})) == ["read"]
    both = client.get(INBOX, {"unread": "true", "tag": "info"})
    assert (titles(both), both.json()["count"]) == (["info"], 1)


def test_what_has_expired_is_left_out(as_user, north, sunrise):
    gone = expired(north.student)
    make_message(north.student, title="later", expires_at=timezone.now() + timedelta(hours=1))
    response = as_user(north.student).get(INBOX)
    assert (titles(response), response.json()["count"]) == (["later"], 1)
    assert as_user(north.student).post(f"{INBOX}/{gone.pk}/read").status_code == 404


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ({"tag": "news"}, "tag", "invalid_choice"),
        ({"tag": ""}, "tag", "empty_parameter"),
        ({"unread": "yes"}, "unread", "invalid_choice"),
        ({"unread": "True"}, "unread", "invalid_choice"),
        ({"limit": "0"}, "limit", "invalid_limit"),
        ({"userId": "x"}, "userId", "unknown_parameter"),
    ],
    ids=str,
)
def test_a_bad_parameter_is_refused_by_name(as_user, north, query, attr, code):
    response = as_user(north.student).get(INBOX, query)
    assert response.status_code == 400
    assert (error_of(response)["attr"], error_of(response)["code"]) == (attr, code)


def test_reading_keeps_the_first_time_and_is_repeatable(as_user, north, sunrise, statements):
    message = make_message(north.student)
    with statements() as sent:
        first = as_user(north.student).post(f"{INBOX}/{message.pk}/read")
    assert len(sent) == 2
    assert first.status_code == 200
    assert first.json()["readAt"] is not None
    again = as_user(north.student).post(f"{INBOX}/{message.pk}/read")
    assert (again.status_code, again.content) == (200, first.content)
    assert as_user(north.student).get(INBOX, {"unread": "true"}).json()["count"] == 0


def test_a_message_of_someone_else_is_not_found_like_one_that_does_not_exist(
    as_user, north, sunrise, global_admin
):
    nobodys = as_user(north.admin).post(f"{INBOX}/{uuid4()}/read")
    assert nobodys.status_code == 404
    for message in (make_message(north.student), make_message(sunrise.student)):
        for client in (as_user(north.admin), as_user(north.student2), as_user(global_admin)):
            answer = client.post(f"{INBOX}/{message.pk}/read")
            assert (answer.status_code, answer.content) == (404, nobodys.content)
    assert not Message.unscoped.filter(read_at__isnull=False).exists()
    for text in ("1", "x", f"{uuid4().hex}", "0" * 36):
        assert as_user(north.student).post(f"{INBOX}/{text}/read").status_code == 404


def test_the_inbox_goes_along_to_another_organization_and_staff_of_neither_place_change_it(
    as_user, north, sunrise
):
    make_message(north.student, title="from north")
    place(user=north.student, at=sunrise.scope, role=north.student.role)
    moved = User.unscoped.get(pk=north.student.pk)
    assert titles(as_user(moved).get(INBOX)) == ["from north"]
    with organization_scope(sunrise.organization):
        assert not Message.objects.exists()
    with organization_scope(north.organization):
        assert Message.objects.count() == 1


def test_a_message_is_sent_to_one_person(as_user, north, sunrise, statements):
    client = as_user(north.admin)
    with statements() as sent:
        response = client.post(INBOX, {"userId": str(north.student.pk), **CONTENT})
    assert len(sent) == 3
    assert response.status_code == 201
    assert response.json()["recipients"] == 1
    assert as_user(north.student).get(INBOX).json()["rows"] == [response.json()["message"]]
    [message] = messages_of(north.student)
    assert (message.sender_id, message.scope, message.organization_id) == (
        north.admin.pk,
        "",
        north.organization.pk,
    )
    assert message.pk.version == 7
    assert recipients() == {"student@north.test"}


def test_the_tag_is_info_and_nothing_expires_unless_it_is_said(as_user, north):
    body = {"userId": str(north.student.pk), "title": "T", "body": "B"}
    message = as_user(north.admin).post(INBOX, body).json()["message"]
    assert (message["tag"], message["expiresAt"]) == ("info", None)
    later = "2099-01-01T00:00:00+02:00"
    sent = as_user(north.admin).post(INBOX, {**body, "tag": "system", "expiresAt": later}).json()["message"]
    assert (sent["tag"], sent["expiresAt"]) == ("system", "2098-12-31T22:00:00.000000Z")


def test_everyone_at_or_below_a_place_is_reached_in_one_statement(as_user, north, sunrise, statements):
    elsewhere = CampusFactory(school=north.school)
    make_user("far@north.test", "TEACHER", at=elsewhere.scope)
    make_user("gone@north.test", "TEACHER", at=north.campus.scope, is_active=False)
    left = make_user("left@north.test", "TEACHER", at=north.campus.scope)
    User.unscoped.filter(pk=left.pk).update(deleted=timezone.now())
    client = as_user(north.admin)

    def send(scope):
        Message.unscoped.all().delete()
        with statements() as sent:
            response = client.post(INBOX, {"scope": str(scope), **CONTENT})
        assert response.status_code == 201
        assert response.json() == {"recipients": Message.unscoped.count(), "message": None}
        assert set(Message.unscoped.values_list("scope", flat=True)) == {str(scope)}
        return {email.split("@")[0] for email in recipients()}, len(sent)

    in_class = {"teacher", "student", "student2", "guardian", "guest"}
    assert send(north.classroom.scope) == (in_class, 3)
    assert send(north.campus.scope) == (in_class | {"support"}, 3)
    assert send(north.school.scope) == (in_class | {"support", "principal", "far"}, 3)
    everyone, _ = send(north.scope)
    assert everyone == in_class | {"support", "principal", "far", "admin", "instructor"}
    assert all(message.pk.version == 7 for message in Message.unscoped.all())
    for n in range(20):
        make_user(f"more{n}@north.test", "STUDENT", at=north.classroom.scope)
    reached, number = send(north.classroom.scope)
    assert (len(reached), number) == (25, 3)


def test_a_place_with_nobody_in_it_gets_none(as_user, north):
    empty = CampusFactory(school=north.school)
    answer = as_user(north.admin).post(INBOX, {"scope": str(empty.scope), **CONTENT})
    assert (answer.status_code, answer.json()["recipients"]) == (201, 0)


def test_a_scope_that_is_not_at_or_below_the_active_one_is_not_found_like_x_scope(
    as_user, grant, north, sunrise, independent
):
    grant(north.support, "messages.send")
    client = as_user(north.support)
    for scope in (sunrise.scope, north.scope, north.school.scope, sunrise.classroom.scope, Scope(uuid4())):
        answer = client.post(INBOX, {"scope": str(scope), **CONTENT})
        assert (answer.status_code, error_of(answer)["code"]) == (404, "scope_not_found")
    assert client.post(INBOX, {"scope": str(north.campus.scope), **CONTENT}).status_code == 201
    drilled = as_user(north.admin, north.campus.scope)
    assert drilled.post(INBOX, {"scope": str(north.scope), **CONTENT}).status_code == 404
    assert drilled.post(INBOX, {"scope": str(north.classroom.scope), **CONTENT}).status_code == 201
    grant(independent, "messages.send")
    for scope in (Scope(PLATFORM_ID), north.scope):
        assert as_user(independent).post(INBOX, {"scope": str(scope), **CONTENT}).status_code == 404


@pytest.mark.parametrize(
    "scope", ["", "campus", "campus:1", "planet:" + "0" * 36, "organization:", "x" * 101]
)
def test_a_malformed_scope_is_refused_by_name(as_user, north, scope):
    answer = as_user(north.admin).post(INBOX, {"scope": scope, **CONTENT})
    assert answer.status_code == 400
    assert error_of(answer)["attr"] == "scope"
    assert error_of(answer)["code"] in ("invalid_scope", "blank", "max_length")


def test_a_person_out_of_scope_is_refused_like_one_who_does_not_exist(as_user, grant, north, sunrise):
    grant(north.support, "messages.send")
    inactive = make_user("gone@north.test", "STUDENT", at=north.classroom.scope, is_active=False)
    client, outcome = as_user(north.support), set()
    for pk in (uuid4(), sunrise.student.pk, north.admin.pk, north.principal.pk, inactive.pk):
        answer = client.post(INBOX, {"userId": str(pk), **CONTENT})
        outcome.add((answer.status_code, answer.content))
    assert len(outcome) == 1
    assert (answer.status_code, error_of(answer)["attr"], error_of(answer)["code"]) == (
        400,
        "userId",
        "does_not_exist",
    )
    assert not Message.unscoped.exists()


def test_an_independent_learner_with_the_key_reaches_only_themselves(as_user, grant, independent):
    other = make_user("other@demo.test")
    grant(independent, "messages.send")
    answer = as_user(independent).post(INBOX, {"userId": str(other.pk), **CONTENT})
    assert (answer.status_code, error_of(answer)["attr"]) == (400, "userId")
    assert as_user(independent).post(INBOX, {"userId": str(independent.pk), **CONTENT}).status_code == 201


def test_a_global_user_who_acts_nowhere_reaches_whom_they_name(
    as_user, north, sunrise, global_admin, independent
):
    client = as_user(global_admin)
    assert client.post(INBOX, {"scope": str(sunrise.classroom.scope), **CONTENT}).status_code == 201
    assert {m.organization_id for m in Message.unscoped.all()} == {sunrise.organization.pk}
    assert client.post(INBOX, {"userId": str(independent.pk), **CONTENT}).status_code == 201
    assert messages_of(independent)[0].organization_id == PLATFORM_ID
    drilled = as_user(global_admin, north.scope)
    assert drilled.post(INBOX, {"scope": str(sunrise.scope), **CONTENT}).status_code == 404
    assert drilled.post(INBOX, {"userId": str(independent.pk), **CONTENT}).status_code == 400


def test_sending_needs_the_key(as_user, north):
    for caller in ("student", "teacher", "principal", "support", "guest"):
        client = as_user(north.people[caller])
        for body in (
            {"userId": str(north.student.pk), **CONTENT},
            {"scope": str(north.scope), **CONTENT},
            {},
        ):
            assert client.post(INBOX, body).status_code == 403
    assert not Message.unscoped.exists()


@pytest.mark.parametrize(
    ("changed", "attr", "code"),
    [
        ({"userId": None}, "userId", "null"),
        ({"userId": 5}, "userId", "invalid"),
        ({"userId": "nobody"}, "userId", "invalid"),
        ({"scope": "organization:1"}, "userId", "ambiguous_recipient"),
        ({"tag": "news"}, "tag", "invalid_choice"),
        ({"tag": None}, "tag", "null"),
        ({"title": ""}, "title", "blank"),
        ({"title": "  \n "}, "title", "blank"),
        ({"title": "x" * 201}, "title", "max_length"),
        ({"title": 5}, "title", "invalid"),
        ({"title": "nul\0"}, "title", "null_characters_not_allowed"),
        ({"body": ""}, "body", "blank"),
        ({"body": "x" * 5001}, "body", "max_length"),
        ({"body": ["x"]}, "body", "invalid"),
        ({"expiresAt": "2001-01-01T00:00:00Z"}, "expiresAt", "in_the_past"),
        ({"expiresAt": "2099-01-01T00:00:00Z\0"}, "expiresAt", "invalid"),
        ({"expiresAt": "tomorrow"}, "expiresAt", "invalid"),
        ({"expiresAt": 5}, "expiresAt", "invalid"),
        ({"expiresAt": "0001-01-01T00:00:00+14:00"}, "expiresAt", "overflow"),
    ],
    ids=str,
)
def test_a_bad_message_is_refused_by_name(as_user, north, changed, attr, code):
    body = {"userId": str(north.student.pk), **CONTENT, **changed}
    answer = as_user(north.admin).post(INBOX, body)
    assert answer.status_code == 400
    assert (error_of(answer)["attr"], error_of(answer)["code"]) == (attr, code)
    assert not Message.unscoped.exists()


def test_a_message_without_anyone_to_get_it_is_refused(as_user, north):
    answer = as_user(north.admin).post(INBOX, CONTENT)
    assert (answer.status_code, error_of(answer)["attr"], error_of(answer)["code"]) == (
        400,
        "userId",
        "required",
    )


def test_the_longest_message_is_kept_whole(as_user, north):
    longest = {"title": "ü" * 200, "body": "x" * 5000, "expiresAt": "9999-12-31T23:59:59Z"}
    answer = as_user(north.admin).post(INBOX, {"userId": str(north.student.pk), **longest})
    assert answer.status_code == 201
    assert answer.json()["message"]["expiresAt"] == "9999-12-31T23:59:59.000000Z"
    assert len(answer.json()["message"]["body"]) == 5000


def test_an_idempotency_key_sends_once(as_user, north, sunrise):
    client = as_user(north.admin)
    for body in (
        {"scope": str(north.classroom.scope), **CONTENT},
        {"userId": str(north.student.pk), **CONTENT},
    ):
        Message.unscoped.all().delete()
        key = f"key {len(body['title'])} {'scope' in body}"
        first = client.post(INBOX, body, HTTP_IDEMPOTENCY_KEY=key)
        number = Message.unscoped.count()
        again = client.post(INBOX, body, HTTP_IDEMPOTENCY_KEY=key)
        assert (again.status_code, again.content) == (201, first.content)
        assert Message.unscoped.count() == number > 0
        other = client.post(INBOX, {**body, "title": "Other"}, HTTP_IDEMPOTENCY_KEY=key)
        assert (other.status_code, error_of(other)["code"]) == (409, "idempotency_key_reused")


def test_a_copy_is_queued_for_those_who_want_one(as_user, north, sunrise):
    for user, wanted in ((north.student, True), (north.student2, False)):
        Preferences.unscoped.create(user=user, organization=north.organization, email_copies=wanted)
    as_user(north.admin).post(INBOX, {"scope": str(north.classroom.scope), **CONTENT})
    as_user(north.admin).post(INBOX, {"userId": str(north.student.pk), **CONTENT})
    queued = Message.unscoped.filter(mail_state="queued", mail_due_at__isnull=False)
    assert [message.user_id for message in queued] == [north.student.pk] * 2
    others = Message.unscoped.exclude(user=north.student)
    assert {(m.mail_state, m.mail_due_at) for m in others} == {("", None)}
