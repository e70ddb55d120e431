"""The catalogue (document 003, section 5): metadata of what there is, and who may use it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from learning.models import Tcode
from learning.workshop.domain.access import access_sql, access_to, caller_parameters
from tenancy.models import Organization
from tenancy.scope import organization_scope, scope_entered
from tenancy.sql import prepared_cursor
from tests import factories
from tests.factories import make_subscription

URL = "/api/v1/tcodes"
DAY = timedelta(days=1)


@pytest.fixture
def shared(north, sunrise):
    return factories.TcodeFactory(title="Fire safety", code="FIRE-1", subject="Safety")


@pytest.fixture
def norths(north):
    return factories.TcodeFactory(organization=north.organization, title="House rules", subject="Rules")


@pytest.fixture
def sunrises(sunrise):
    return factories.TcodeFactory(organization=sunrise.organization, title="Assembly", subject="Rules")


def listed(client, query=""):
    answer = client.get(f"{URL}{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_each_row_is_one_course_subject_or_unit(shared, as_user, independent):
    row = as_user(independent).get(f"{URL}/{shared.pk}").json()
    assert row == {
        "id": shared.pk,
        "code": "FIRE-1",
        "title": "Fire safety",
        "subject": "Safety",
        "description": "What it is about.",
        "slideCount": 20,
        "contentUrl": None,
        "isPublished": True,
        "hasAccess": False,
        "accessEndsAt": None,
    }
    assert listed(as_user(independent)) == {"rows": [row], "count": 1}


def test_everyone_sees_shared_tcodes_and_those_of_their_own_organization(
    shared, norths, sunrises, north, sunrise, independent, global_admin, as_user
):
    def seen(user):
        return {row["id"] for row in listed(as_user(user))["rows"]}

    for person in (north.student, north.guest, north.admin):
        assert seen(person) == {shared.pk, norths.pk}
    assert seen(sunrise.teacher) == {shared.pk, sunrises.pk}
    assert seen(independent) == {shared.pk}
    assert seen(global_admin) == {shared.pk, norths.pk, sunrises.pk}


def test_another_tenants_tcode_is_answered_like_one_that_does_not_exist(sunrises, north, as_user):
    client = as_user(north.student)
    for page in ("", "/access"):
        theirs, nobodys = client.get(f"{URL}/{sunrises.pk}{page}"), client.get(f"{URL}/{10**12}{page}")
        assert theirs.status_code == 404
        assert theirs.content == nobodys.content


def test_nobody_sees_the_catalogue_without_a_token(shared, client):
    assert client.get(URL).status_code == 401
    assert client.get(f"{URL}/{shared.pk}/access").status_code == 401


def test_learners_see_only_what_is_published_and_staff_see_drafts(norths, north, as_user):
    Tcode.unscoped.update(is_published=False)
    assert listed(as_user(north.student))["count"] == 0
    assert as_user(north.student).get(f"{URL}/{norths.pk}").status_code == 404
    [row] = listed(as_user(north.teacher))["rows"]
    assert row["isPublished"] is False
    assert as_user(north.teacher).get(f"{URL}/{norths.pk}/access").status_code == 200


def test_a_deleted_tcode_is_gone_for_everyone(norths, north, as_user):
    norths.delete()
    for person in (north.student, north.admin):
        assert listed(as_user(person))["count"] == 0
        assert as_user(person).get(f"{URL}/{norths.pk}").status_code == 404


def test_a_tcode_says_whether_and_until_when_the_caller_may_use_it(shared, norths, north, as_user):
    running = make_subscription(north.student, shared)
    make_subscription(north.student, norths, starts=2 * DAY)
    make_subscription(north.student2, norths)
    rows = {row["id"]: row for row in listed(as_user(north.student))["rows"]}
    assert rows[shared.pk]["hasAccess"] is True
    assert rows[shared.pk]["accessEndsAt"] == running.ends_at.isoformat().replace("+00:00", "Z")
    assert (rows[norths.pk]["hasAccess"], rows[norths.pk]["accessEndsAt"]) == (False, None)


def test_access_ends_where_the_last_of_several_in_a_row_does(shared, independent, as_user):
    first = make_subscription(independent, shared, days=10)
    second = make_subscription(independent, shared, starts=9 * DAY - timedelta(seconds=1), days=10)
    make_subscription(independent, shared, starts=40 * DAY, days=10)
    [row] = listed(as_user(independent))["rows"]
    assert first.ends_at < second.ends_at
    assert row["accessEndsAt"] == second.ends_at.isoformat().replace("+00:00", "Z")


def test_the_address_of_the_content_is_told_to_those_who_have_access(shared, north, as_user):
    """Content itself is static: whoever knows the address has the content."""
    for person in (north.student, north.admin):
        assert as_user(person).get(f"{URL}/{shared.pk}").json()["contentUrl"] is None
    make_subscription(north.student, shared)
    assert as_user(north.student).get(f"{URL}/{shared.pk}").json()["contentUrl"] == shared.content_url
    assert listed(as_user(north.student))["rows"][0]["contentUrl"] == shared.content_url


def test_the_catalogue_is_narrowed_by_subject_code_and_text(shared, norths, north, as_user):
    client = as_user(north.student)

    def found(query):
        return [row["id"] for row in listed(client, query)["rows"]]

    assert found("") == [norths.pk, shared.pk]
    assert found("?subject=Safety") == [shared.pk]
    assert found("?subject=safety") == []
    assert found("?code=fire-1") == [shared.pk]
    assert found("?search=HOUSE") == [norths.pk]
    assert found("?search=fire-") == found("?search=saf") == [shared.pk]
    assert found("?search=") == found("?search=%20") == found("")
    assert found("?limit=1&page=2") == [shared.pk]


@pytest.mark.parametrize("query", ["?subject=", "?colour=red", "?limit=0", "?page=x", "?search=%00"])
def test_a_bad_parameter_is_refused_by_name(query, shared, north, as_user):
    answer = as_user(north.student).get(f"{URL}{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == query[1:].split("=")[0]


def test_statements_do_not_grow_with_tcodes_or_subscriptions(shared, independent, as_user, statements):
    client = as_user(independent)
    with statements() as few:
        listed(client)
    for _ in range(5):
        tcode = factories.TcodeFactory()
        make_subscription(independent, tcode)
        make_subscription(independent, tcode, starts=30 * DAY)
    with statements() as many:
        assert listed(client)["count"] == 6
    assert len(many) == len(few) == 3


def test_a_code_is_used_once_in_an_organization_in_any_case_and_freed_by_deleting(norths, north, sunrise):
    def another(code, organization):
        with transaction.atomic():
            return factories.TcodeFactory(organization=organization, code=code)

    with pytest.raises(IntegrityError):
        another(norths.code.lower(), north.organization)
    another(norths.code, sunrise.organization)
    norths.delete()
    another(norths.code, north.organization)


def test_changes_of_a_tcode_are_recorded(norths):
    Tcode.unscoped.filter(pk=norths.pk).update(title="New title")
    events = Tcode._meta.apps.get_model("learning", "TcodeEvent").unscoped.filter(pgh_obj=norths)
    assert list(events.order_by("pgh_id").values_list("title", flat=True)) == ["House rules", "New title"]


# --- Access -----------------------------------------------------------------------------------------


def access_of(client, tcode):
    answer = client.get(f"{URL}/{tcode.pk}/access")
    assert answer.status_code == 200, answer.content
    return answer.json()


STATES = {
    "active_subscription": {},
    "not_started": {"starts": DAY},
    "expired": {"starts": -40 * DAY},
    "revoked": {"status": "revoked"},
}


@pytest.mark.parametrize("reason", STATES)
def test_access_is_explained(reason, shared, independent, as_user):
    fields = dict(STATES[reason])
    if reason == "revoked":
        fields["revoked_at"] = timezone.now()
    row = make_subscription(independent, shared, **fields)
    answer = access_of(as_user(independent), shared)
    assert (answer["allowed"], answer["reason"]) == (reason == "active_subscription", reason)
    assert answer["subscription"]["id"] == str(row.pk)


def test_without_any_subscription_there_is_none_to_explain_with(shared, norths, north, sunrise, as_user):
    make_subscription(sunrise.student, shared)
    make_subscription(north.student, norths)
    none = {"allowed": False, "reason": "no_subscription", "subscription": None}
    assert access_of(as_user(north.student), shared) == none


def test_what_runs_explains_before_what_comes_and_what_comes_before_what_was(shared, independent, as_user):
    client = as_user(independent)
    over = make_subscription(independent, shared, starts=-40 * DAY)
    assert access_of(client, shared)["subscription"]["id"] == str(over.pk)
    to_come = make_subscription(independent, shared, starts=9 * DAY)
    assert access_of(client, shared)["subscription"]["id"] == str(to_come.pk)
    make_subscription(independent, shared, days=2)
    longer = make_subscription(independent, shared, days=3)
    assert access_of(client, shared)["subscription"]["id"] == str(longer.pk)


def test_roles_open_nothing_and_internal_access_opens_everything(
    shared, norths, north, global_admin, as_user
):
    """Privileged access is granted through subscription types."""
    for person in (north.admin, global_admin):
        assert access_of(as_user(person), norths)["reason"] == "no_subscription"
        row = make_subscription(person, None)
        for tcode in (shared, norths):
            answer = access_of(as_user(person), tcode)
            assert (answer["allowed"], answer["reason"]) == (True, "internal_access")
            assert answer["subscription"]["tcodeId"] is None
            assert answer["subscription"]["id"] == str(row.pk)
        assert all(tcode["hasAccess"] for tcode in listed(as_user(person))["rows"])


def test_access_goes_with_the_user_not_with_the_organization_that_gave_it(shared, north, sunrise, as_user):
    make_subscription(north.student, shared, organization_id=sunrise.organization.pk)
    assert access_of(as_user(north.student), shared)["allowed"] is True


def test_the_window_is_half_open(shared, independent):
    row = make_subscription(independent, shared)
    tick = timedelta(microseconds=1)
    with scope_entered(independent.own_scope):
        for at, reason in (
            (row.start_date - tick, "not_started"),
            (row.start_date, "active_subscription"),
            (row.ends_at - tick, "active_subscription"),
            (row.ends_at, "expired"),
        ):
            assert access_to(user=independent, tcode=shared, at=at).reason == reason, at


def test_the_rule_can_be_a_condition_of_another_statement(shared, norths, north, sunrise, independent):
    """As what saves progress uses it: a text with a user and a tcode in it."""
    make_subscription(north.student, norths)
    sql = f"SELECT {access_sql(user='%(user)s', tcode='t.id')} FROM tcodes t WHERE t.id = %(tcode)s"
    for user, tcode, expected in (
        (north.student, norths, True),
        (north.student, shared, False),
        (independent, norths, False),
    ):
        with organization_scope(north.organization), prepared_cursor() as cursor:
            cursor.execute(sql, {**caller_parameters(user), "tcode": tcode.pk})
            assert cursor.fetchone() == (expected,)


def test_an_end_is_what_start_and_days_say_whatever_the_time_zone(shared, independent):
    row = make_subscription(independent, shared, days=200)
    assert row.ends_at == row.start_date + timedelta(days=200)
    type(row).unscoped.filter(pk=row.pk).update(duration_days=1)
    row.refresh_from_db()
    assert row.ends_at == row.start_date + DAY


def test_the_reserved_organization_is_where_shared_tcodes_are(shared):
    assert Organization.unscoped.get(pk=shared.organization_id).is_platform
