"""``/api/v1/users/{id}/permissions/…``: one permission of a person, and what support may do about it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from accounts.rights.keys import KEYS, REPORT_KEYS
from tests.accounts.person_page import text_of
from tests.conftest import error_of
from tests.contracts.admin_pages import sign_in

READ = "READ_SAFETY_QUIZ_REPORTS"
REPORT = "/api/safety_quiz_results/completion"
REASON = "She leads the campus while the principal is away."


@pytest.fixture
def change(as_user):
    def send(by, person, act, key=READ, **values):
        url = f"/api/v1/users/{person.pk}/permissions/{act}"
        return as_user(by).post(url, {"key": key, "reason": REASON, **values})

    return send


def withhold(person, key=READ):
    person.custom_permissions_filter.add(Permission.objects.get(codename=key))


def test_support_opens_a_report_and_the_next_request_shows_it(change, north, sunrise, as_user):
    assert as_user(north.teacher).get(REPORT).status_code == 403
    assert change(north.support, north.teacher, "give").status_code == 204
    assert as_user(north.teacher).get(REPORT).status_code == 200
    [note] = LogEntry.objects.filter(object_id=str(north.teacher.pk))
    assert note.change_message == f"Give this permission: {READ}: {REASON}"
    assert change(north.support, north.teacher, "take-back").status_code == 204
    assert as_user(north.teacher).get(REPORT).status_code == 403


def test_support_lets_a_report_through_to_someone_who_holds_more_than_they_do(change, north, grant, as_user):
    lead = north.instructor
    grant(lead, READ, "users.update", "subscriptions.manage")
    withhold(lead)
    # From the whole organization: support of a campus does not reach who belongs above it.
    assert change(north.support, lead, "let").status_code == 404
    type(lead).unscoped.filter(pk=north.support.pk).update(school=None, campus=None)
    assert as_user(lead).get(REPORT).status_code == 403
    assert change(north.support, lead, "let").status_code == 204
    assert as_user(lead).get(REPORT).status_code == 200


@pytest.mark.parametrize("act", ["give", "take-back", "let"])
def test_support_opens_nothing_but_reports(act, change, north):
    keys = {*KEYS} - REPORT_KEYS
    withheld = Permission.objects.filter(codename__in=keys)
    assert withheld.count() == len(keys) > 50
    north.teacher.custom_permissions_filter.set(withheld)
    for key in sorted(keys):
        answer = change(north.support, north.teacher, act, key)
        assert answer.status_code == 403, (key, answer.content)
    assert not north.teacher.custom_permissions.exists()
    assert {*north.teacher.custom_permissions_filter.all()} == {*withheld}


def test_reports_are_opened_to_other_staff_of_ones_own_place_alone(change, north, sunrise, global_admin):
    for person, status in (
        (north.support, 403),
        (north.student, 403),
        (north.guardian, 403),
        (north.principal, 404),
        (sunrise.teacher, 404),
        (global_admin, 404),
    ):
        assert change(north.support, person, "give").status_code == status, person
        assert not person.custom_permissions.exists()


def test_the_rules_of_staffing_hold_for_who_may_change_permissions(change, north, sunrise, grant):
    assert change(north.admin, north.teacher, "give", "videos.create").status_code == 204
    withhold(north.admin, "messages.list")
    answer = change(north.admin, north.admin, "take-back", "videos.create")
    assert answer.status_code == 204, "nothing changes"
    grant(north.admin, "roles.list")
    assert error_of(change(north.admin, north.admin, "take-back", "roles.list"))["code"] == "own_account"
    grant(north.instructor, "permissions.update", "users.list")
    answer = change(north.instructor, north.teacher, "give", "videos.create")
    assert (answer.status_code, error_of(answer)["code"]) == (403, "may_not_manage")
    answer = change(north.admin, north.teacher, "give", "roles.create")
    assert (answer.status_code, error_of(answer)["code"]) == (403, "may_not_grant")
    assert change(north.teacher, north.student, "give").status_code == 403
    assert change(north.admin, sunrise.teacher, "give").status_code == 404


def test_what_says_nothing_is_named(change, north):
    answer = change(north.support, north.teacher, "give", "nonsense")
    assert (answer.status_code, error_of(answer)["code"], error_of(answer)["attr"]) == (
        400, "unknown_permission", "key",
    )  # fmt: skip
    answer = change(north.support, north.teacher, "give", reason="")
    assert (answer.status_code, error_of(answer)["attr"]) == (400, "reason")
    assert not north.teacher.custom_permissions.exists()


def test_the_page_offers_what_its_reader_may_do(north, sunrise):
    def page(reader, person, key):
        return text_of(sign_in(reader).get(f"/admin/accounts/user/{person.pk}/person/", {"key": key}))

    give = "Give this permission"
    assert give in page(north.support, north.teacher, READ)
    assert give in page(north.admin, north.teacher, READ)
    for person, key in ((north.teacher, "videos.create"), (north.student, READ), (north.support, READ)):
        assert give not in page(north.support, person, key)
