"""Subscriptions (document 003, section 6): who can use which tcode, from when until when."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import User
from accounts.people.domain.membership import place
from learning.models import MAX_DAYS, Subscription, SubscriptionChange
from learning.workshop.domain import subscription_changes as managing
from learning.workshop.domain import subscription_clock as processing
from learning.workshop.domain import subscriptions
from learning.workshop.packages import PACKAGES
from tenancy.errors import ConflictError, InvalidError
from tenancy.scope import every_organization, organization_scope
from tests import factories
from tests.conftest import error_of
from tests.factories import make_subscription

URL = "/api/v1/subscriptions"
DAY = timedelta(days=1)


@pytest.fixture
def tcode(north, sunrise):
    return factories.TcodeFactory()


@pytest.fixture
def norths(north):
    return factories.TcodeFactory(organization=north.organization)


@pytest.fixture
def sunrises(sunrise):
    return factories.TcodeFactory(organization=sunrise.organization)


def trial(tcode):
    return {"tcodeId": tcode.pk, "subscriptionType": "trial"}


def changes(row):
    """Return what happened to a subscription: ``(kind, days, reason, by)`` from the first on."""
    found = SubscriptionChange.unscoped.filter(subscription_id=row.pk).order_by("created_at", "id")
    return list(found.values_list("kind", "days", "reason", "by"))


# --- Starting alone ---------------------------------------------------------------------------------


def test_a_learner_starts_a_trial_and_has_access_for_its_days(tcode, independent, as_user):
    client = as_user(independent)
    answer = client.post(URL, trial(tcode))
    assert answer.status_code == 201, answer.content
    row = Subscription.unscoped.get()
    assert answer.json() == {
        "accessBeginsAt": answer.json()["startDate"],
        "id": str(row.pk),
        "userId": str(independent.pk),
        "tcodeId": tcode.pk,
        "subscriptionType": "trial",
        "startDate": row.start_date.isoformat().replace("+00:00", "Z"),
        "durationDays": 14,
        "endsAt": (row.start_date + 14 * DAY).isoformat().replace("+00:00", "Z"),
        "status": "active",
        "createdAt": row.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert client.get(f"/api/v1/tcodes/{tcode.pk}/access").json()["allowed"] is True
    listed = {name: value for name, value in answer.json().items() if name != "accessBeginsAt"}
    assert client.get(URL).json() == {"rows": [listed], "count": 1}
    assert row.granted_by is None
    assert changes(row) == [("started", 14, "", independent.pk)]


def test_access_ends_when_the_days_are_over(tcode, independent, as_user):
    """Access is determined by checking the current date against start date plus duration."""
    client = as_user(independent)
    client.post(URL, trial(tcode))
    row = Subscription.unscoped.get()
    for moved, allowed in ((14 * DAY - timedelta(seconds=30), True), (14 * DAY, False)):
        Subscription.unscoped.update(start_date=row.start_date - moved)
        answer = client.get(f"/api/v1/tcodes/{tcode.pk}/access").json()
        assert answer["allowed"] is allowed
        shown = client.get(URL).json()["rows"][0]["status"]
        assert (answer["reason"], shown) == (
            ("active_subscription", "active") if allowed else ("expired", "expired")
        )
    assert Subscription.unscoped.get().status == "active", "nothing has marked it yet"


def test_a_trial_is_started_once_for_each_tcode(tcode, norths, north, as_user):
    client = as_user(north.student)
    assert client.post(URL, trial(tcode)).status_code == 201
    again = client.post(URL, trial(tcode))
    assert (again.status_code, error_of(again)["code"]) == (409, "already_started")
    assert client.post(URL, trial(norths)).status_code == 201
    assert as_user(north.student2).post(URL, trial(tcode)).status_code == 201
    Subscription.unscoped.update(status="expired")
    assert client.post(URL, trial(tcode)).status_code == 409


def test_the_database_itself_refuses_a_second_trial(tcode, north):
    make_subscription(north.student, tcode, subscription_type="trial", start_number=1)
    with pytest.raises(IntegrityError, match="subscription_started_once_per_number"), transaction.atomic():
        make_subscription(north.student, tcode, subscription_type="trial", start_number=1)
    make_subscription(north.student, None, subscription_type="trial", start_number=1)
    with pytest.raises(IntegrityError, match="subscription_started_once_per_number"), transaction.atomic():
        make_subscription(north.student, None, subscription_type="trial", start_number=1)


def test_a_package_may_be_started_as_often_as_its_rule_says(tcode, north, as_user, monkeypatch):

    monkeypatch.setitem(PACKAGES, "trial", replace(PACKAGES["trial"], starts_alone=2))
    client = as_user(north.student)
    assert [client.post(URL, trial(tcode)).status_code for _ in range(3)] == [201, 201, 409]
    monkeypatch.setitem(PACKAGES, "trial", replace(PACKAGES["trial"], starts_alone=None))
    assert client.post(URL, trial(tcode)).status_code == 201
    numbers = Subscription.unscoped.order_by("start_number").values_list("start_number", flat=True)
    assert list(numbers) == [1, 2, 3]


def test_nobody_ends_what_renews_itself_by_starting_a_trial(tcode, norths, north, sunrise, as_user):
    monthly = make_subscription(north.student, tcode, renewal="automatic")
    client = as_user(north.student)
    refused = client.post(URL, trial(tcode))
    assert (refused.status_code, error_of(refused)["code"]) == (409, "renews_itself")
    assert client.post(URL, trial(norths)).status_code == 201
    assert as_user(sunrise.student).post(URL, trial(tcode)).status_code == 201
    Subscription.unscoped.filter(pk=monthly.pk).update(renewal="none")
    assert client.post(URL, trial(tcode)).status_code == 201


@pytest.mark.parametrize("package", ["monthly", "yearly"])
def test_what_is_not_self_service_is_not_started_alone_whatever_the_role(
    package, tcode, north, global_admin, as_user
):
    for person in (north.student, north.admin, global_admin):
        answer = as_user(person).post(URL, {"tcodeId": tcode.pk, "subscriptionType": package})
        assert (answer.status_code, error_of(answer)["code"]) == (403, "not_self_service")
    answer = as_user(north.admin).post(URL, {"subscriptionType": "internal-access"})
    assert (answer.status_code, error_of(answer)["code"]) == (403, "not_self_service")
    assert not Subscription.unscoped.exists()


def test_a_tcode_that_the_caller_does_not_see_does_not_exist(sunrises, norths, north, independent, as_user):
    hidden = factories.TcodeFactory(is_published=False)
    gone = factories.TcodeFactory()
    gone.delete()
    nobodys = as_user(north.student).post(URL, {"tcodeId": 10**12, "subscriptionType": "trial"})
    assert (nobodys.status_code, error_of(nobodys)["attr"]) == (400, "tcodeId")
    assert error_of(nobodys)["code"] == "does_not_exist"
    for user, row in (
        (north.student, sunrises),
        (north.student, hidden),
        (north.student, gone),
        (independent, norths),
    ):
        assert as_user(user).post(URL, trial(row)).content == nobodys.content
    assert not Subscription.unscoped.exists()


BAD = [
    ({}, "subscriptionType"),
    ({"subscriptionType": "gold"}, "subscriptionType"),
    ({"subscriptionType": 1}, "subscriptionType"),
    ({"subscriptionType": "x" * 51}, "subscriptionType"),
    ({"subscriptionType": "trial"}, "tcodeId"),
    ({"subscriptionType": "trial", "tcodeId": None}, "tcodeId"),
    ({"subscriptionType": "trial", "tcodeId": "1"}, "tcodeId"),
    ({"subscriptionType": "trial", "tcodeId": True}, "tcodeId"),
    ({"subscriptionType": "trial", "tcodeId": 0}, "tcodeId"),
    ({"subscriptionType": "trial", "tcodeId": 10**30}, "tcodeId"),
    ({"subscriptionType": "trial", "tcodeId": 1, "userId": "me"}, "userId"),
    ({"subscriptionType": "trial", "tcodeId": 1, "userId": 7}, "userId"),
]


@pytest.mark.parametrize(("body", "attr"), BAD)
def test_a_bad_body_is_refused_by_the_name_of_the_field(body, attr, north, sunrise, as_user):
    answer = as_user(north.admin).post(URL, body)
    assert answer.status_code == 400
    assert attr in [error["attr"] for error in answer.json()["errors"]]


def test_what_opens_all_tcodes_names_none(tcode, north, as_user):
    body = {"subscriptionType": "internal-access", "userId": str(north.student.pk)}
    refused = as_user(north.admin).post(URL, {**body, "tcodeId": tcode.pk})
    assert (refused.status_code, error_of(refused)["code"]) == (400, "opens_all")
    assert as_user(north.admin).post(URL, body).json()["tcodeId"] is None


def test_a_key_sent_again_grants_nothing_again(tcode, north, as_user):
    client = as_user(north.admin)
    body = {**trial(tcode), "subscriptionType": "monthly", "userId": str(north.student.pk)}
    first = client.post(URL, body, HTTP_IDEMPOTENCY_KEY="once")
    again = client.post(URL, body, HTTP_IDEMPOTENCY_KEY="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert Subscription.unscoped.count() == 1


# --- One's own list ---------------------------------------------------------------------------------


def test_people_see_their_own_subscriptions_and_those_they_manage(tcode, norths, north, sunrise, as_user):
    own = make_subscription(north.student, tcode)
    others = make_subscription(north.student2, tcode)
    make_subscription(sunrise.student, tcode)
    assert [row["id"] for row in as_user(north.student).get(URL).json()["rows"]] == [str(own.pk)]
    assert as_user(north.teacher).get(URL).json() == {"rows": [], "count": 0}
    managed = as_user(north.admin).get(URL).json()["rows"]
    assert {row["id"] for row in managed} == {str(own.pk), str(others.pk)}


def test_ones_own_are_told_wherever_one_belongs_by_now(tcode, north, sunrise, as_user):
    row = make_subscription(north.student, tcode, organization_id=sunrise.organization.pk)
    assert [one["id"] for one in as_user(north.student).get(URL).json()["rows"]] == [str(row.pk)]


def test_the_list_is_newest_first_and_narrowed_by_status_and_tcode(tcode, norths, north, as_user):
    over = make_subscription(north.student, tcode, starts=-40 * DAY)
    runs = make_subscription(north.student, tcode)
    other = make_subscription(north.student, norths)
    managed = as_user(north.admin).post(f"{URL}/{other.pk}/revoke", {"reason": "By mistake."})
    assert managed.status_code == 200
    client = as_user(north.student)

    def found(query):
        return [row["id"] for row in client.get(f"{URL}{query}").json()["rows"]]

    assert found("") == [str(row.pk) for row in (other, runs, over)]
    assert found("?status=expired") == [str(over.pk)]
    assert found("?status=active") == [str(runs.pk)]
    assert found("?status=revoked") == [str(other.pk)]
    assert found(f"?tcodeId={tcode.pk}&status=active") == [str(runs.pk)]
    assert found(f"?tcodeId={10**12}") == []
    assert found("?limit=1&page=3") == [str(over.pk)]
    for query in ("?status=over", "?tcodeId=x", "?status=", "?type=trial"):
        assert client.get(f"{URL}{query}").status_code == 400


def test_statements_of_the_list_do_not_grow(tcode, north, as_user, statements):
    client = as_user(north.student)
    make_subscription(north.student, tcode)
    with statements() as few:
        client.get(URL)
    for _ in range(5):
        make_subscription(north.student, factories.TcodeFactory())
    with statements() as many:
        assert client.get(URL).json()["count"] == 6
    assert len(many) == len(few) == 3


# --- Granting ---------------------------------------------------------------------------------------


def grant_body(tcode, user, package="monthly"):
    return {"tcodeId": tcode.pk, "subscriptionType": package, "userId": str(user.pk)}


def test_who_holds_the_key_grants_any_package_with_its_terms(tcode, norths, north, sunrise, as_user):
    answer = as_user(north.admin).post(URL, grant_body(tcode, north.student))
    assert answer.status_code == 201, answer.content
    assert answer.json()["userId"] == str(north.student.pk)
    row = Subscription.unscoped.get()
    assert (row.organization_id, row.granted_by_id) == (north.organization.pk, north.admin.pk)
    assert (row.price, row.currency, row.renewal) == (Decimal("9.90"), "EUR", "automatic")
    assert (row.overlap, row.period_days, row.start_number) == ("stack", 30, None)
    assert changes(row) == [("granted", 30, "", north.admin.pk)]
    assert as_user(north.admin).post(URL, grant_body(norths, north.student)).status_code == 201


def test_changing_a_package_later_changes_nothing_already_granted(tcode, north, as_user, monkeypatch):

    as_user(north.admin).post(URL, grant_body(tcode, north.student))
    before = Subscription.unscoped.values().get()
    dearer = replace(PACKAGES["monthly"], price=Decimal("19.90"), duration_days=28)
    monkeypatch.setitem(PACKAGES, "monthly", dearer)
    assert Subscription.unscoped.values().get() == before
    as_user(north.admin).post(URL, grant_body(tcode, north.student2))
    assert Subscription.unscoped.get(user=north.student2).price == Decimal("19.90")


def test_without_the_key_nobody_grants_whoever_is_named(tcode, north, sunrise, as_user):
    answers = [
        as_user(person).post(URL, {**trial(tcode), "userId": str(user)})
        for person in (north.student, north.teacher, north.principal)
        for user in (person.pk, north.student2.pk, sunrise.student.pk, uuid4())
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1
    assert not Subscription.unscoped.exists()


def test_someone_out_of_scope_is_answered_like_nobody(tcode, north, sunrise, independent, as_user):
    client = as_user(north.admin)
    nobodys = client.post(URL, {**trial(tcode), "userId": str(uuid4())})
    assert (nobodys.status_code, error_of(nobodys)["attr"]) == (400, "userId")
    User.unscoped.filter(pk=north.guest.pk).update(is_active=False)
    for person in (sunrise.student, independent, north.guest):
        assert client.post(URL, grant_body(tcode, person)).content == nobodys.content
    assert not Subscription.unscoped.exists()


def test_a_global_user_grants_nobody_what_they_cannot_see(norths, north, sunrise, global_admin, as_user):
    client = as_user(global_admin)
    assert client.post(URL, grant_body(norths, north.student)).status_code == 201
    refused = client.post(URL, grant_body(norths, sunrise.student))
    assert (refused.status_code, error_of(refused)["code"]) == (400, "out_of_reach")


def test_a_school_manages_its_own_people_only(tcode, north, as_user):
    other = factories.SchoolFactory(organization=north.organization)
    outside = factories.make_user("outside@north.test", "STUDENT", at=other.scope)
    head = factories.make_user("head@north.test", "ADMIN", at=north.school.scope)
    assert as_user(head).post(URL, grant_body(tcode, north.student)).status_code == 201
    assert as_user(head).post(URL, grant_body(tcode, outside)).status_code == 400
    row = make_subscription(outside, tcode)
    assert as_user(head).post(f"{URL}/{row.pk}/revoke", {"reason": "No."}).status_code == 404


# --- Overlapping ------------------------------------------------------------------------------------


def test_a_second_grant_of_a_stacking_package_begins_when_the_first_ends(tcode, north, as_user):
    client = as_user(north.admin)
    first = client.post(URL, grant_body(tcode, north.student)).json()
    second = client.post(URL, grant_body(tcode, north.student, "yearly")).json()
    third = client.post(URL, grant_body(tcode, north.student))
    assert second["startDate"] == first["endsAt"]
    assert third.json()["startDate"] == second["endsAt"]
    assert third.status_code == 201


def test_stacking_minds_neither_other_tcodes_nor_other_people_nor_what_is_over(tcode, norths, north, as_user):
    make_subscription(north.student, norths)
    make_subscription(north.student2, tcode)
    make_subscription(north.student, tcode, starts=-40 * DAY)
    gone = make_subscription(north.student, tcode)
    as_user(north.admin).post(f"{URL}/{gone.pk}/revoke", {"reason": "By mistake."})
    row = as_user(north.admin).post(URL, grant_body(tcode, north.student)).json()
    assert row["startDate"] == row["createdAt"]


def test_a_second_grant_of_an_extending_package_lengthens_the_first(tcode, north, as_user):
    client = as_user(north.admin)
    body = {"subscriptionType": "internal-access", "userId": str(north.student.pk)}
    first, second = client.post(URL, body), client.post(URL, body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {
        **first.json(),
        "durationDays": 730,
        "endsAt": second.json()["endsAt"],
    }
    row = Subscription.unscoped.get()
    assert row.ends_at == row.start_date + 730 * DAY
    assert [kind for kind, *_ in changes(row)] == ["granted", "extended"]


def test_an_extending_package_that_has_ended_begins_anew(north, sunrise, as_user):
    make_subscription(north.student, None, starts=-40 * DAY, overlap="extend")
    body = {"subscriptionType": "internal-access", "userId": str(north.student.pk)}
    assert as_user(north.admin).post(URL, body).status_code == 201


def test_nothing_is_lengthened_beyond_a_hundred_years(north, sunrise, as_user):
    make_subscription(north.student, None, days=MAX_DAYS, overlap="extend")
    body = {"subscriptionType": "internal-access", "userId": str(north.student.pk)}
    answer = as_user(north.admin).post(URL, body)
    assert (answer.status_code, error_of(answer)["code"]) == (409, "too_long")


def test_many_are_granted_in_statements_that_do_not_grow(tcode, north, sunrise, statements):
    def grant_to(*people):
        with statements() as sent, organization_scope(north.organization):
            given = subscriptions.grant(
                people=User.objects.filter(pk__in=[person.pk for person in people]),
                package_name="monthly",
                tcode=tcode,
                by=north.admin,
                reason="For the class.",
            )
        return given, len(sent)

    one, few = grant_to(north.student)
    several, many = grant_to(north.student, north.student2, north.guest, north.teacher, sunrise.student)
    assert few == many <= 4
    assert (len(one.made), len(several.made)) == (1, 4)
    rows = Subscription.unscoped.filter(user=north.student).order_by("start_date")
    assert rows[1].start_date == rows[0].ends_at
    assert not Subscription.unscoped.filter(user=sunrise.student).exists()
    assert changes(rows[0]) == [("granted", 30, "For the class.", north.admin.pk)]


def test_of_many_some_are_lengthened_and_the_others_begin(north, sunrise):
    with organization_scope(north.organization):
        people = User.objects.filter(pk__in=[north.student.pk, north.student2.pk])
        give = {"package_name": "internal-access", "tcode": None, "by": north.admin}
        subscriptions.grant(people=people.filter(pk=north.student.pk), **give)
        given = subscriptions.grant(people=people, **give)
    assert (len(given.made), len(given.extended)) == (1, 1)


# --- Extending --------------------------------------------------------------------------------------


def extended(client, row, days=7, reason="Was ill."):
    return client.post(f"{URL}/{row.pk}/extend", {"days": days, "reason": reason})


def test_extending_makes_the_window_longer_and_says_why(tcode, north, as_user):
    row = make_subscription(north.student, tcode)
    answer = extended(as_user(north.admin), row)
    assert answer.status_code == 200
    assert answer.json()["durationDays"] == 37
    assert answer.json()["startDate"] == row.start_date.isoformat().replace("+00:00", "Z")
    row.refresh_from_db()
    assert row.ends_at == row.start_date + 37 * DAY
    assert changes(row) == [("extended", 7, "Was ill.", north.admin.pk)]


def test_what_has_expired_runs_again_when_it_reaches_beyond_now(tcode, north, as_user):
    row = make_subscription(north.student, tcode, starts=-32 * DAY, status="expired")
    answer = extended(as_user(north.admin), row)
    assert (answer.status_code, answer.json()["status"]) == (200, "active")
    assert as_user(north.student).get(f"/api/v1/tcodes/{tcode.pk}/access").json()["allowed"] is True


def test_what_would_still_be_over_is_not_extended(tcode, north, as_user):
    row = make_subscription(north.student, tcode, starts=-90 * DAY, status="expired")
    answer = extended(as_user(north.admin), row)
    assert (answer.status_code, error_of(answer)["code"]) == (409, "still_over")
    assert changes(row) == []


def test_what_another_has_taken_over_from_is_not_extended_beside_it(tcode, norths, north, as_user):
    row = make_subscription(north.student, tcode, starts=-32 * DAY, status="expired")
    elsewhere = make_subscription(north.student, norths, starts=-32 * DAY, status="expired")
    behind = make_subscription(north.student, tcode, starts=-2 * DAY)
    make_subscription(north.student2, norths, starts=-2 * DAY)
    answer = extended(as_user(north.admin), row)
    assert (answer.status_code, error_of(answer)["code"]) == (409, "taken_over")
    assert changes(row) == changes(behind) == []
    assert extended(as_user(north.admin), behind).status_code == 200
    assert extended(as_user(north.admin), elsewhere).status_code == 200


def test_what_was_revoked_is_not_extended(tcode, north, as_user):
    row = make_subscription(north.student, tcode)
    as_user(north.admin).post(f"{URL}/{row.pk}/revoke", {"reason": "Left."})
    answer = extended(as_user(north.admin), row)
    assert (answer.status_code, error_of(answer)["code"]) == (409, "subscription_revoked")


def test_what_is_queued_behind_moves_along(tcode, norths, north, as_user):
    first = make_subscription(north.student, tcode)
    second = make_subscription(north.student, tcode, starts=30 * DAY)
    third = make_subscription(north.student, tcode, starts=61 * DAY)
    apart = make_subscription(north.student, norths, starts=30 * DAY)
    others = make_subscription(north.student2, tcode, starts=30 * DAY)
    assert extended(as_user(north.admin), first).status_code == 200
    for row, moved in ((second, 7), (third, 7), (apart, 0), (others, 0)):
        before = row.start_date
        row.refresh_from_db()
        assert row.start_date - before == moved * DAY
        assert row.duration_days == 30
        assert changes(row) == ([("moved", 7, "Was ill.", north.admin.pk)] if moved else [])


def test_what_is_queued_elsewhere_since_moves_along(tcode, north, sunrise, as_user):
    """Someone has gone to another organization, which granted more; their windows are one queue."""
    first = make_subscription(north.student, tcode)
    place(user=north.student, at=sunrise.classroom.scope, role=north.student.role)
    second = make_subscription(north.student, tcode, starts=30 * DAY)
    assert second.organization_id == sunrise.organization.pk
    assert extended(as_user(north.admin), first).status_code == 200
    before = second.start_date
    second.refresh_from_db()
    assert second.start_date - before == 7 * DAY


def test_a_window_and_the_one_behind_it_are_extended_together(tcode, north):
    first = make_subscription(north.student, tcode)
    second = make_subscription(north.student, tcode, starts=29 * DAY + timedelta(hours=1))
    with organization_scope(north.organization):
        managing.extend(subscriptions=[second, first], days=10, reason="Both.", by=north.admin)
    before = second.start_date
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.duration_days, second.duration_days) == (40, 40)
    assert second.start_date == before + 10 * DAY
    assert sorted(changes(second)) == [
        ("extended", 10, "Both.", north.admin.pk),
        ("moved", 10, "Both.", north.admin.pk),
    ]


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"reason": "x"}, "days"),
        ({"days": 7}, "reason"),
        ({"days": 7, "reason": ""}, "reason"),
        ({"days": 7, "reason": "x" * 501}, "reason"),
        ({"days": 0, "reason": "x"}, "days"),
        ({"days": -1, "reason": "x"}, "days"),
        ({"days": True, "reason": "x"}, "days"),
        ({"days": "7", "reason": "x"}, "days"),
        ({"days": MAX_DAYS, "reason": "x"}, "days"),
        ({"days": 10**30, "reason": "x"}, "days"),
    ],
)
def test_a_bad_extension_is_refused_by_name(body, attr, tcode, north, as_user):
    row = make_subscription(north.student, tcode)
    answer = as_user(north.admin).post(f"{URL}/{row.pk}/extend", body)
    assert (answer.status_code, error_of(answer)["attr"]) == (400, attr)
    row.refresh_from_db()
    assert row.duration_days == 30


# --- Revoking ---------------------------------------------------------------------------------------


def test_revoking_ends_access_at_once_and_keeps_the_reason(tcode, north, as_user):
    row = make_subscription(north.student, tcode)
    answer = as_user(north.admin).post(f"{URL}/{row.pk}/revoke", {"reason": "Left the team."})
    assert (answer.status_code, answer.json()["status"]) == (200, "revoked")
    told = as_user(north.student).get(f"/api/v1/tcodes/{tcode.pk}/access").json()
    assert (told["allowed"], told["reason"]) == (False, "revoked")
    again = as_user(north.admin).post(f"{URL}/{row.pk}/revoke", {"reason": "Again."})
    assert (again.status_code, again.content) == (200, answer.content)
    assert changes(row) == [("revoked", None, "Left the team.", north.admin.pk)]


def test_what_has_ended_by_itself_is_not_revoked(tcode, north, as_user):
    for status in ("active", "expired"):
        row = make_subscription(north.student, tcode, starts=-40 * DAY, status=status)
        answer = as_user(north.admin).post(f"{URL}/{row.pk}/revoke", {"reason": "Late."})
        assert (answer.status_code, error_of(answer)["code"]) == (409, "subscription_expired")


def test_what_waits_to_be_renewed_is_revoked_and_stays_so(tcode, north, as_user):
    row = make_subscription(north.student, tcode, starts=-32 * DAY, renewal="automatic")
    answer = as_user(north.admin).post(f"{URL}/{row.pk}/revoke", {"reason": "Left the team."})
    assert (answer.status_code, answer.json()["status"]) == (200, "revoked")
    assert processing.process() == processing.Processed()
    assert Subscription.unscoped.get(pk=row.pk).status == "revoked"


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": 7}, {"reason": " "}, {"reason": "a\0"}])
def test_revoking_takes_a_reason(body, tcode, north, as_user):
    row = make_subscription(north.student, tcode)
    answer = as_user(north.admin).post(f"{URL}/{row.pk}/revoke", body)
    assert (answer.status_code, error_of(answer)["attr"]) == (400, "reason")


@pytest.mark.parametrize("verb", ["extend", "revoke"])
def test_another_tenants_subscription_is_answered_like_one_that_does_not_exist(
    verb, tcode, north, sunrise, independent, as_user
):
    body = {"days": 7, "reason": "Mine."}
    client = as_user(north.admin)
    nobodys = client.post(f"{URL}/{uuid4()}/{verb}", body)
    assert nobodys.status_code == 404
    for person in (sunrise.student, independent):
        row = make_subscription(person, tcode)
        assert client.post(f"{URL}/{row.pk}/{verb}", body).content == nobodys.content
        assert changes(row) == []
    for person in (north.student, north.teacher):
        own = make_subscription(person, tcode)
        assert as_user(person).post(f"{URL}/{own.pk}/{verb}", body).status_code == 403
        assert as_user(person).post(f"{URL}/{uuid4()}/{verb}", body).status_code == 403


def test_who_has_moved_away_takes_the_right_along_and_leaves_its_management(tcode, north, sunrise, as_user):
    """North gave it, so north may end it; sunrise, where the learner is by now, does not see it."""
    row = make_subscription(north.student, tcode)
    User.unscoped.filter(pk=north.student.pk).update(
        organization=sunrise.organization, school=None, campus=None, classroom=None
    )
    moved = User.unscoped.get(pk=north.student.pk)
    assert as_user(moved).get(f"/api/v1/tcodes/{tcode.pk}/access").json()["allowed"] is True
    body = {"reason": "Moved away."}
    assert as_user(sunrise.admin).post(f"{URL}/{row.pk}/revoke", body).status_code == 404
    assert as_user(north.admin).post(f"{URL}/{row.pk}/revoke", body).status_code == 200


# --- Letting end ------------------------------------------------------------------------------------


def test_renewal_is_stopped_without_taking_days_away(tcode, north, sunrise):
    row = make_subscription(north.student, tcode, renewal="automatic")
    with organization_scope(north.organization):
        managing.stop_renewal(subscriptions=[row], reason="Cancelled.", by=north.admin)
        with pytest.raises(ConflictError) as refusal:
            managing.stop_renewal(subscriptions=[row], reason="Again.", by=north.admin)
    assert refusal.value.error_code == "does_not_renew"
    row.refresh_from_db()
    assert (row.renewal, row.status, row.duration_days) == ("none", "active", 30)
    assert changes(row) == [("renewal_stopped", None, "Cancelled.", north.admin.pk)]


@pytest.mark.parametrize("act", [managing.extend, managing.revoke, managing.stop_renewal])
def test_many_are_managed_in_statements_that_do_not_grow(act, tcode, north, sunrise, statements):
    more = {"days": 3} if act is managing.extend else {}

    def manage(number):
        rows = [
            make_subscription(person, factories.TcodeFactory(), renewal="automatic")
            for person in (north.student, north.student2)
            for _ in range(number)
        ]
        with statements() as sent, organization_scope(north.organization):
            act(subscriptions=rows, reason="All.", by=north.admin, **more)
        return len(sent)

    assert manage(1) == manage(4) <= 4
    assert SubscriptionChange.unscoped.count() == 10


@pytest.mark.parametrize("act", [managing.extend, managing.revoke])
def test_all_are_managed_or_none(act, tcode, north, sunrise):
    more = {"days": 3} if act is managing.extend else {}
    good = make_subscription(north.student, tcode)
    bad = make_subscription(north.student2, tcode, starts=-90 * DAY)
    with organization_scope(north.organization), pytest.raises(ConflictError):
        act(subscriptions=[good, bad], reason="All.", by=north.admin, **more)
    good.refresh_from_db()
    assert (good.status, good.duration_days) == ("active", 30)
    assert not SubscriptionChange.unscoped.exists()


def test_the_record_of_what_happened_is_never_changed(tcode, north):
    with organization_scope(north.organization):
        people = User.objects.filter(pk=north.student.pk)
        subscriptions.grant(people=people, package_name="monthly", tcode=tcode, by=north.admin)
    for act in (lambda rows: rows.update(reason="Other."), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            act(SubscriptionChange.unscoped.all())


def test_a_grant_of_an_unknown_package_is_refused_by_the_domain(tcode, north):
    with every_organization(), pytest.raises(InvalidError) as refusal:
        subscriptions.grant(people=User.objects.all(), package_name="gold", tcode=tcode, by=north.admin)
    assert refusal.value.error_code == "unknown_package"
