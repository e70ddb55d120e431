"""Document 003, "user_progress", sentence by sentence: how far someone is with a tcode."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.people.domain.membership import place
from learning.models import Subscription, Tcode
from progress.models import TcodeProgress
from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.conftest import error_of

LIST = "/api/v1/progress/tcodes"
FIELDS = {"tcodeId", "lastSlideSeen", "percentComplete", "lastActive"}
NOBODY = 10**12


def url(tcode):
    return f"/api/v1/tcodes/{getattr(tcode, 'pk', tcode)}/progress"


def saved(client, tcode, slide=3, percent=15, **more):
    response = client.put(url(tcode), {"lastSlideSeen": slide, "percentComplete": percent, **more})
    assert response.status_code == 200, response.content
    return response.json()


def read(client, tcode):
    response = client.get(url(tcode))
    assert response.status_code == 200, response.content
    return response.json()


def listed(client, **query):
    response = client.get(LIST, query)
    assert response.status_code == 200, response.content
    return response.json()


@pytest.fixture
def tcode(north, sunrise):
    """Shared, of 20 slides, and open to the student of each tenant."""
    made = factories.TcodeFactory()
    for tenant in (north, sunrise):
        factories.make_subscription(tenant.student, made)
    return made


@pytest.fixture
def student(as_user, north):
    return as_user(north.student)


# --- One row per (userId, tcodeId) ----------------------------------------------------------------


def test_before_the_first_time_there_are_zeros_and_null(student, tcode):
    nothing = {"tcodeId": tcode.pk, "lastSlideSeen": 0, "percentComplete": 0, "lastActive": None}
    assert read(student, tcode) == nothing
    assert listed(student) == {"rows": [], "count": 0}
    assert not TcodeProgress.unscoped.exists()


def test_saving_answers_200_and_the_row_whether_it_is_the_first_time_or_not(student, tcode, north):
    first = saved(student, tcode, 3, 15)
    assert first.keys() == FIELDS
    assert (first["tcodeId"], first["lastSlideSeen"], first["percentComplete"]) == (tcode.pk, 3, 15)
    assert datetime.fromisoformat(first["lastActive"]) > timezone.now() - timedelta(minutes=1)
    second = saved(student, tcode, 4, 20)
    assert (second["lastSlideSeen"], second["percentComplete"]) == (4, 20)
    assert second["lastActive"] > first["lastActive"]
    row = TcodeProgress.unscoped.get()
    assert (row.user_id, row.tcode_id) == (north.student.pk, tcode.pk)
    assert (row.last_slide_seen, row.percent_complete) == (4, 20)
    assert read(student, tcode) == second


def test_each_user_has_a_row_for_each_tcode(student, as_user, tcode, sunrise, north):
    other = factories.TcodeFactory()
    factories.make_subscription(north.student, other)
    saved(student, tcode, 1)
    saved(student, other, 2)
    saved(as_user(sunrise.student), tcode, 3)
    rows = {(r.user_id, r.tcode_id): r.last_slide_seen for r in TcodeProgress.unscoped.all()}
    assert rows == {
        (north.student.pk, tcode.pk): 1,
        (north.student.pk, other.pk): 2,
        (sunrise.student.pk, tcode.pk): 3,
    }


def test_saving_and_reading_are_one_statement_besides_who_they_are(student, tcode, statements):
    for call in (saved, saved, read):
        with statements() as sent:
            call(student, tcode)
        assert len(sent) == 2


# --- percentComplete never goes down unless reset; lastSlideSeen is where one is ------------------


def test_percent_complete_never_goes_down(student, tcode):
    for percent, kept in ((40, 40), (10, 40), (0, 40), (40.5, 40.5), (40.4, 40.5), (100, 100), (99.99, 100)):
        assert saved(student, tcode, 1, percent)["percentComplete"] == kept
    assert read(student, tcode)["percentComplete"] == 100


def test_the_last_slide_goes_back_with_the_user(student, tcode):
    for slide in (20, 1, 0):
        assert saved(student, tcode, slide, 50)["lastSlideSeen"] == slide


def test_with_reset_both_are_saved_as_they_are_sent(student, tcode):
    saved(student, tcode, 20, 100)
    assert saved(student, tcode, 2, 10, reset=False)["percentComplete"] == 100
    row = saved(student, tcode, 2, 10, reset=True)
    assert (row["lastSlideSeen"], row["percentComplete"]) == (2, 10)
    assert saved(student, tcode, 1, 5)["percentComplete"] == 10


def test_reset_alone_begins_at_zero(student, tcode):
    before = saved(student, tcode, 20, 100)
    response = student.put(url(tcode), {"reset": True})
    assert response.status_code == 200
    row = response.json()
    assert (row["lastSlideSeen"], row["percentComplete"]) == (0, 0)
    assert row["lastActive"] > before["lastActive"]


def test_last_active_is_the_servers_to_say_and_never_goes_back(student, tcode):
    row = saved(student, tcode, lastActive="2020-01-01T00:00:00Z", last_active="2020-01-01T00:00:00Z")
    assert row["lastActive"] > "2026"
    later = timezone.now() + timedelta(hours=1)
    TcodeProgress.unscoped.update(last_active=later)
    again = saved(student, tcode, 1, 1, reset=True)
    assert datetime.fromisoformat(again["lastActive"]) == later


# --- Access ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["admin", "principal", "teacher", "instructor", "student2", "guest"])
def test_no_role_opens_a_tcode(role, as_user, tcode, north):
    client = as_user(north.people[role])
    response = client.put(url(tcode), {"lastSlideSeen": 1, "percentComplete": 1})
    assert response.status_code == 403
    assert error_of(response)["code"] == "subscription_required"
    assert read(client, tcode)["lastActive"] is None
    assert not TcodeProgress.unscoped.exists()


def test_a_global_user_needs_a_subscription_too_and_no_organization(as_user, global_admin, tcode, north):
    clients = [as_user(global_admin), as_user(global_admin, north.scope)]
    for client in clients:
        response = client.put(url(tcode), {"lastSlideSeen": 1, "percentComplete": 1})
        assert error_of(response)["code"] == "subscription_required"
    factories.make_subscription(global_admin, None)
    for slide, client in enumerate(clients):
        assert saved(client, tcode, slide)["lastSlideSeen"] == slide
    assert TcodeProgress.unscoped.count() == 1


def test_an_independent_learner_saves_with_a_subscription(as_user, independent, tcode):
    client = as_user(independent)
    assert client.put(url(tcode), {"lastSlideSeen": 1, "percentComplete": 1}).status_code == 403
    factories.make_subscription(independent, tcode)
    row = saved(client, tcode)
    assert listed(client) == {"rows": [row], "count": 1}
    assert TcodeProgress.unscoped.get().organization_id == PLATFORM_ID


def test_a_subscription_to_all_tcodes_opens_each(as_user, independent, tcode):
    factories.make_subscription(independent, None)
    assert saved(as_user(independent), tcode)["tcodeId"] == tcode.pk


@pytest.mark.parametrize(
    ("starts", "days", "fields"),
    [
        (timedelta(days=-30), 30, {}),
        (timedelta(hours=1), 30, {}),
        (timedelta(days=-1), 30, {"status": "revoked", "revoked_at": timezone.now()}),
        (timedelta(days=-1), 30, {"status": "expired"}),
    ],
    ids=["over", "not begun", "revoked", "expired"],
)
def test_outside_the_window_saving_is_refused_and_what_is_saved_can_be_read(
    starts, days, fields, as_user, independent, tcode
):
    client = as_user(independent)
    running = factories.make_subscription(independent, tcode)
    row = saved(client, tcode, 5, 25)
    Subscription.unscoped.filter(pk=running.pk).delete()
    factories.make_subscription(independent, tcode, starts=starts, days=days, **fields)
    response = client.put(url(tcode), {"lastSlideSeen": 6, "percentComplete": 30})
    assert response.status_code == 403
    assert error_of(response)["code"] == "subscription_required"
    assert client.put(url(tcode), {"reset": True}).status_code == 403
    assert read(client, tcode) == row
    assert listed(client)["rows"] == [row]


def test_a_subscription_of_another_user_or_tcode_opens_nothing(as_user, independent, tcode, north):
    factories.make_subscription(independent, factories.TcodeFactory())
    response = as_user(independent).put(url(tcode), {"lastSlideSeen": 1, "percentComplete": 1})
    assert response.status_code == 403


# --- Tcodes one may know of -----------------------------------------------------------------------


def test_an_unknown_unpublished_or_foreign_tcode_is_not_found(student, tcode, north, sunrise):
    draft = factories.TcodeFactory(organization=north.organization, is_published=False)
    foreign = factories.TcodeFactory(organization=sunrise.organization)
    factories.make_subscription(north.student, None)
    nobodys = student.get(url(NOBODY))
    assert nobodys.status_code == 404
    for other in (draft, foreign):
        for response in (
            student.get(url(other)),
            student.put(url(other), {"lastSlideSeen": 1, "percentComplete": 1}),
        ):
            assert (response.status_code, response.content) == (404, nobodys.content)
    assert student.put(url(NOBODY), {"reset": True}).content == nobodys.content
    assert not TcodeProgress.unscoped.exists()


def test_a_tcode_of_ones_own_organization_is_found(student, tcode, north):
    own = factories.TcodeFactory(organization=north.organization)
    factories.make_subscription(north.student, own)
    assert saved(student, own)["tcodeId"] == own.pk


def test_staff_reach_an_unpublished_one_with_a_subscription(as_user, tcode, north):
    draft = factories.TcodeFactory(organization=north.organization, is_published=False)
    factories.make_subscription(north.teacher, draft)
    assert saved(as_user(north.teacher), draft)["tcodeId"] == draft.pk


def test_a_deleted_tcode_is_not_found_and_stays_in_the_list(student, tcode):
    row = saved(student, tcode)
    Tcode.unscoped.filter(pk=tcode.pk).update(deleted=timezone.now())
    assert student.get(url(tcode)).status_code == 404
    assert student.put(url(tcode), {"reset": True}).status_code == 404
    assert listed(student)["rows"] == [row]


# --- All of one's rows ----------------------------------------------------------------------------


def test_the_list_holds_ones_own_rows_the_latest_first_in_pages(student, as_user, tcode, north, sunrise):
    factories.make_subscription(north.student, None)
    others = [factories.TcodeFactory() for _ in range(3)]
    rows = [saved(student, one) for one in (tcode, *others)]
    rows.append(saved(student, tcode, 9, 90))
    saved(as_user(sunrise.student), tcode)
    expected = [rows[4], rows[3], rows[2], rows[1]]
    assert listed(student) == {"rows": expected, "count": 4}
    assert listed(student, limit=2, page=2) == {"rows": expected[2:], "count": 4}
    assert listed(student, limit=2, page=3) == {"rows": [], "count": 4}
    assert student.get(LIST, {"limit": 0}).status_code == 400
    assert error_of(student.get(LIST, {"tcodeId": 1}))["code"] == "unknown_parameter"


def test_a_longer_list_costs_no_more_statements(student, tcode, north, statements):
    factories.make_subscription(north.student, None)
    for _ in range(2):
        with statements() as sent:
            listed(student)
        assert len(sent) == 2
        for _ in range(5):
            saved(student, factories.TcodeFactory())


def test_progress_goes_with_the_person_to_another_organization(student, as_user, tcode, north, sunrise):
    saved(student, tcode, 5, 25)
    user = north.student
    place(user=user, at=sunrise.scope, role=user.role)
    moved = as_user(User.unscoped.get(pk=user.pk))
    assert read(moved, tcode)["percentComplete"] == 25
    row = saved(moved, tcode, 6, 20)
    assert (row["lastSlideSeen"], row["percentComplete"]) == (6, 25)
    assert listed(moved) == {"rows": [row], "count": 1}
    assert TcodeProgress.unscoped.get().organization_id == sunrise.organization.pk


def test_nobody_reads_or_writes_the_progress_of_another(student, as_user, tcode, north, sunrise):
    row = saved(student, tcode, 5, 25)
    for user in (north.admin, north.teacher, north.student2, sunrise.student, sunrise.admin):
        client = as_user(user)
        assert listed(client) == {"rows": [], "count": 0}
        assert read(client, tcode)["lastActive"] is None
    saved(as_user(sunrise.student), tcode, 1, 1, userId=str(north.student.pk), user=str(north.student.pk))
    assert read(student, tcode) == row


@pytest.mark.parametrize("method", ["get", "put"])
def test_it_needs_a_token(method, client, tcode):
    assert getattr(client, method)(url(tcode)).status_code == 401
    assert client.get(LIST).status_code == 401


# --- Input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "attr"),
    [
        ({"lastSlideSeen": -1}, "min_value", "lastSlideSeen"),
        ({"lastSlideSeen": 2**31}, "max_value", "lastSlideSeen"),
        ({"lastSlideSeen": 10**19}, "max_value", "lastSlideSeen"),
        ({"lastSlideSeen": "1"}, "invalid", "lastSlideSeen"),
        ({"lastSlideSeen": True}, "invalid", "lastSlideSeen"),
        ({"lastSlideSeen": None}, "null", "lastSlideSeen"),
        ({"percentComplete": -0.01}, "min_value", "percentComplete"),
        ({"percentComplete": 100.01}, "max_value", "percentComplete"),
        ({"percentComplete": 1e300}, "max_value", "percentComplete"),
        ({"percentComplete": "50"}, "invalid", "percentComplete"),
        ({"percentComplete": False}, "invalid", "percentComplete"),
        ({"percentComplete": None}, "null", "percentComplete"),
        ({"percentComplete": [1]}, "invalid", "percentComplete"),
        ({"reset": 1}, "invalid", "reset"),
        ({"reset": "true"}, "invalid", "reset"),
    ],
)
def test_wrong_values_are_refused_by_name(change, code, attr, student, tcode):
    response = student.put(url(tcode), {"lastSlideSeen": 1, "percentComplete": 1} | change)
    assert response.status_code == 400
    assert (error_of(response)["code"], error_of(response)["attr"]) == (code, attr)
    assert not TcodeProgress.unscoped.exists()


def test_both_are_required_without_reset(student, tcode):
    for body, missing in (
        ({}, {"lastSlideSeen", "percentComplete"}),
        ({"lastSlideSeen": 1}, {"percentComplete"}),
        ({"percentComplete": 1, "reset": False}, {"lastSlideSeen"}),
    ):
        response = student.put(url(tcode), body)
        assert response.status_code == 400
        errors = response.json()["errors"]
        assert {error["attr"] for error in errors} == missing
        assert {error["code"] for error in errors} == {"required"}


@pytest.mark.parametrize("percent", [0, 100, 0.1, 33.333333333333336, 99.99999999999999, 5e-324])
def test_a_percentage_is_kept_as_it_was_sent(percent, student, tcode):
    assert saved(student, tcode, 1, percent)["percentComplete"] == percent
    assert read(student, tcode)["percentComplete"] == percent


def test_zero_has_one_sign(student, tcode):
    saved_now = student.put(url(tcode), {"lastSlideSeen": 0, "percentComplete": -0.0}).json()
    assert str(saved_now["percentComplete"]) in ("0", "0.0")
    assert str(read(student, tcode)["percentComplete"]) in ("0", "0.0")


def test_a_slide_beyond_the_last_is_refused_where_the_tcode_says_how_many_there_are(student, tcode):
    assert saved(student, tcode, 20)["lastSlideSeen"] == 20
    for body in ({"lastSlideSeen": 21, "percentComplete": 1}, {"lastSlideSeen": 21, "reset": True}):
        response = student.put(url(tcode), body)
        assert response.status_code == 400
        error = error_of(response)
        assert (error["code"], error["attr"]) == ("max_value", "lastSlideSeen")
        assert "20" in error["detail"]
    assert read(student, tcode)["lastSlideSeen"] == 20
    Tcode.unscoped.filter(pk=tcode.pk).update(slide_count=0)
    assert saved(student, tcode, 2**31 - 1)["lastSlideSeen"] == 2**31 - 1
