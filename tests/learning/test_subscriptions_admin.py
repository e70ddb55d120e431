"""Tcodes and subscriptions in the admin."""

import re
from datetime import timedelta

import pytest
from django.test import Client as PageClient
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from learning.models import Subscription, SubscriptionChange, Tcode
from tests import factories
from tests.factories import make_subscription

LIST = "/admin/learning/subscription/"
GRANT = f"{LIST}grant/"
DAY = timedelta(days=1)


def sign_in(user):
    client = PageClient()
    client.force_login(user, backend="accounts.sign_in.authentication.EmailBackend")
    return client


@pytest.fixture
def pages(north, sunrise):
    return sign_in(north.admin)


@pytest.fixture
def tcode(north, sunrise):
    return factories.TcodeFactory(title="Fire safety", code="FIRE-1")


def text_of(page):
    assert page.status_code == 200, page
    return page.content.decode()


def messages_of(page):
    return re.findall(r'<li class="(?:warning|error|info|success)">(.*?)</li>', text_of(page), re.DOTALL)


def told(row):
    found = SubscriptionChange.unscoped.filter(subscription_id=row.pk)
    return list(found.values_list("kind", "days", "reason", "by"))


# --- Tcodes -----------------------------------------------------------------------------------------

TCODE = {
    "code": "NEW-1",
    "title": "New",
    "subject": "Rules",
    "description": "",
    "slide_count": "12",
    "content_url": "https://content.example/new/",
    "is_published": "on",
}


def test_staff_add_and_change_tcodes_of_their_organization(pages, tcode, north, sunrise):
    added = pages.post("/admin/learning/tcode/add/", {**TCODE, "organization": sunrise.organization.pk})
    assert added.status_code == 302
    row = Tcode.unscoped.get(code="NEW-1")
    assert (row.organization_id, row.slide_count, row.is_published) == (north.organization.pk, 12, True)
    address = f"/admin/learning/tcode/{row.pk}/change/"
    assert pages.post(address, {**TCODE, "title": "Newer"}).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.revision) == ("Newer", 1)
    history = text_of(pages.get(f"/admin/learning/tcode/{row.pk}/history/"))
    assert "Newer" in history


def test_a_global_user_is_asked_for_the_organization_once(north, sunrise, global_admin):
    browser = sign_in(global_admin)
    assert 'id="id_organization"' in text_of(browser.get("/admin/learning/tcode/add/"))
    added = browser.post("/admin/learning/tcode/add/", {**TCODE, "organization": north.organization.pk})
    assert added.status_code == 302
    row = Tcode.unscoped.get()
    page = text_of(browser.get(f"/admin/learning/tcode/{row.pk}/change/"))
    assert 'id="id_organization"' not in page
    assert "North" in page


def test_a_code_that_is_taken_is_told_by_the_form(pages, tcode, north, sunrise):
    mine = factories.TcodeFactory(organization=north.organization, code="Mine-1")
    page = pages.post("/admin/learning/tcode/add/", {**TCODE, "code": "MINE-1"})
    assert "Another tcode has this code already." in text_of(page)
    # Another organization's, or a shared one's, is in nobody's way.
    assert pages.post("/admin/learning/tcode/add/", {**TCODE, "code": tcode.code}).status_code == 302
    assert (
        pages.post(f"/admin/learning/tcode/{mine.pk}/change/", {**TCODE, "code": "mine-1"}).status_code == 302
    )


def test_a_deleted_tcode_comes_back_unless_its_code_was_given_away(pages, north, sunrise):
    row = factories.TcodeFactory(organization=north.organization, code="X-1")
    pages.post(f"/admin/learning/tcode/{row.pk}/delete/", {"post": "yes"}, follow=True)
    assert Tcode.unscoped.get(pk=row.pk).deleted is not None
    other = factories.TcodeFactory(organization=north.organization, code="x-1")
    restore = {"action": "restore_selected", "_selected_action": [row.pk]}
    page = pages.post("/admin/learning/tcode/?deleted=yes", restore, follow=True)
    assert messages_of(page) == ["Another tcode has this code already."]
    assert Tcode.unscoped.get(pk=row.pk).deleted is not None
    Tcode.unscoped.filter(pk=other.pk).update(code="other")
    page = pages.post("/admin/learning/tcode/?deleted=yes", restore, follow=True)
    assert messages_of(page) == ["Restored 1 tcode."]


def test_shared_tcodes_are_read_and_not_changed(pages, tcode, north):
    assert "shared" in text_of(pages.get("/admin/learning/tcode/"))
    assert pages.post(f"/admin/learning/tcode/{tcode.pk}/change/", TCODE).status_code == 403
    assert pages.post(f"/admin/learning/tcode/{tcode.pk}/delete/", {"post": "yes"}).status_code == 403


def test_tcodes_are_searched_and_narrowed(pages, tcode, north):
    mine = factories.TcodeFactory(organization=north.organization, subject="Rules", is_published=False)

    def listed(query):
        return list(pages.get(f"/admin/learning/tcode/{query}").context["cl"].result_list)

    assert listed("") == [tcode, mine] or listed("") == [mine, tcode]
    assert listed("?q=fire-1") == [tcode]
    assert listed("?subject=Rules") == listed("?is_published__exact=0") == listed("?shared=no") == [mine]


def test_a_tcode_leads_to_its_subscriptions(pages, tcode, north, sunrise):
    own = make_subscription(north.student, tcode)
    make_subscription(sunrise.student, tcode)
    page = text_of(pages.get("/admin/learning/tcode/"))
    assert f'href="/admin/learning/subscription/?tcode={tcode.pk}">1</a>' in page
    assert list(pages.get(f"{LIST}?tcode={tcode.pk}").context["cl"].result_list) == [own]


# --- The list of subscriptions ----------------------------------------------------------------------


@pytest.fixture
def rows(tcode, north, sunrise):
    """A subscription in each state, and one of another tenant."""
    house = factories.TcodeFactory(organization=north.organization, title="House rules")
    gone = {"status": "revoked", "revoked_at": timezone.now()}
    return {
        "running": make_subscription(north.student, tcode, starts=-25 * DAY),
        "to_come": make_subscription(north.student2, house, starts=DAY, renewal="automatic"),
        "expired": make_subscription(north.student, house, starts=-31 * DAY, subscription_type="yearly"),
        "revoked": make_subscription(north.teacher, tcode, **gone),
        "internal": make_subscription(north.teacher, None),
        "theirs": make_subscription(sunrise.student, tcode),
    }


def test_the_list_is_narrowed_by_state_package_tcode_place_and_what_ends_soon(pages, rows, tcode, north):
    def listed(query):
        found = pages.get(f"{LIST}?{query}").context["cl"].result_list
        return {name for name, row in rows.items() if row.pk in {one.pk for one in found}}

    assert listed("") == {*rows} - {"theirs"}
    assert listed("state=running") == {"running", "internal"}
    assert listed("state=to_come") == {"to_come"}
    assert listed("state=expired") == {"expired"}
    assert listed("state=revoked") == {"revoked"}
    assert listed("ends=7") == {"running"}
    assert listed("ends=30") == {"running", "internal"}
    assert listed("package=yearly") == {"expired"}
    assert listed("renewal=automatic") == {"to_come"}
    assert listed(f"tcode={tcode.pk}") == {"running", "revoked"}
    assert listed(f"school={north.school.pk}") == {*rows} - {"theirs"}
    assert listed("q=fire") == {"running", "revoked"}
    assert listed("q=student2") == {"to_come"}


def test_the_list_says_what_has_become_of_each(pages, rows):
    page = text_of(pages.get(LIST))
    for words in (
        "running",
        "upcoming",
        "expired",
        "revoked",
        "all tcodes",
        "renews automatically",
        "Internal access",
    ):
        assert words in page, words
    assert "sunrise" not in page.lower()


def test_statements_of_the_list_do_not_grow(pages, rows, north, statements):
    with statements() as few:
        pages.get(LIST)
    for _ in range(5):
        make_subscription(north.student, factories.TcodeFactory())
    with statements() as many:
        pages.get(LIST)
    assert len(many) == len(few)


def test_one_is_shown_with_its_terms_and_its_history(pages, rows, north, as_user):
    body = {"days": 3, "reason": "Was ill."}
    as_user(north.admin).post(f"/api/v1/subscriptions/{rows['running'].pk}/extend", body)
    page = text_of(pages.get(f"{LIST}{rows['running'].pk}/change/"))
    assert "9.90 EUR / 30 days" in page
    assert "FIRE-1 Fire safety" in page
    history = text_of(pages.get(f"{LIST}{rows['running'].pk}/history/"))
    assert "Extended by 3 days: Was ill." in history
    assert "north admin" in history


def test_nothing_is_added_changed_or_deleted_by_a_form(pages, rows, global_admin):
    row = rows["running"]
    for browser in (pages, sign_in(global_admin)):
        for page in ("add/", f"{row.pk}/change/", f"{row.pk}/delete/"):
            answer = browser.post(f"{LIST}{page}", {"post": "yes", "duration_days": 1000})
            assert answer.status_code == 403, page


def test_the_pages_name_people_and_take_the_key_to_see_them(rows, north, grant):
    User.unscoped.filter(pk=north.guest.pk).update(is_staff=True)
    for keys, status in ((["subscriptions.list", "subscriptions.manage"], 403), (["users.list"], 200)):
        grant(north.guest, *keys)
        browser = sign_in(north.guest)
        for address in (LIST, GRANT, f"{LIST}{rows['running'].pk}/extend/"):
            assert browser.get(address).status_code == status, address


def test_who_may_only_see_subscriptions_changes_none(rows, north, grant):
    User.unscoped.filter(pk=north.guest.pk).update(is_staff=True)
    grant(north.guest, "subscriptions.list", "users.list")
    browser, row = sign_in(north.guest), rows["running"]
    listed, own = text_of(browser.get(LIST)), text_of(browser.get(f"{LIST}{row.pk}/change/"))
    assert GRANT not in listed
    assert "revoke_selected" not in listed
    assert f"{row.pk}/revoke/" not in own
    for address in (GRANT, f"{LIST}{row.pk}/revoke/"):
        for send in (browser.get, browser.post):
            assert send(address, {"post": "x", "reason": "Mine."}).status_code == 403, address
    manage(browser, "revoke_selected", row, post="Revoke", reason="Mine.")
    assert Subscription.unscoped.get(pk=row.pk).status == "active"


# --- Extending and revoking -------------------------------------------------------------------------


def manage(pages, action, *rows, **values):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **values}
    return pages.post(LIST, chosen, follow=True)


def test_the_chosen_are_extended_once_days_and_reason_are_given(pages, rows, north):
    running, later = rows["running"], rows["to_come"]
    page = manage(pages, "extend_selected", running, later)
    assert north.student.email in text_of(page)
    assert "Extend (2)" in text_of(page)
    page = manage(pages, "extend_selected", running, later, post="Extend", days="0", reason="")
    assert text_of(page).count('class="errorlist"') == 2
    assert not SubscriptionChange.unscoped.exists()
    page = manage(pages, "extend_selected", running, later, post="Extend", days="5", reason="Holidays.")
    assert messages_of(page) == ["Extended 2 subscriptions."]
    for row in (running, later):
        assert Subscription.unscoped.get(pk=row.pk).duration_days == 35
        assert told(row) == [("extended", 5, "Holidays.", north.admin.pk)]


def test_the_chosen_are_revoked_with_a_reason(pages, rows, north):
    page = manage(pages, "revoke_selected", rows["running"], post="Revoke", reason="Left.")
    assert messages_of(page) == ["Revoked 1 subscription."]
    assert Subscription.unscoped.get(pk=rows["running"].pk).status == "revoked"


def test_a_refusal_is_told_and_nothing_of_it_is_done(pages, rows):
    page = manage(pages, "revoke_selected", rows["running"], rows["expired"], post="Revoke", reason="Left.")
    assert messages_of(page) == ["A subscription that has ended cannot be revoked."]
    assert Subscription.unscoped.get(pk=rows["running"].pk).status == "active"


def test_renewal_is_stopped(pages, rows):
    page = manage(pages, "stop_renewal_selected", rows["to_come"], post="Stop", reason="Cancelled.")
    assert messages_of(page) == ["1 subscription will end."]
    assert Subscription.unscoped.get(pk=rows["to_come"].pk).renewal == "none"


def test_another_tenants_rows_are_not_managed(pages, rows):
    for action in ("extend_selected", "revoke_selected"):
        manage(pages, action, rows["theirs"], post="x", days="5", reason="Mine.")
    assert told(rows["theirs"]) == []
    for name in ("extend", "revoke", "stop-renewal"):
        for method in (pages.get, pages.post):
            assert method(f"{LIST}{rows['theirs'].pk}/{name}/").status_code == 404


def test_each_row_offers_what_can_be_done_to_it(pages, rows):
    offered = {
        name: set(
            re.findall(r'/(extend|revoke|stop-renewal)/"', text_of(pages.get(f"{LIST}{row.pk}/change/")))
        )
        for name, row in rows.items()
        if name != "theirs"
    }
    assert offered == {
        "running": {"extend", "revoke"},
        "to_come": {"extend", "revoke", "stop-renewal"},
        "expired": {"extend"},
        "revoked": set(),
        "internal": {"extend", "revoke"},
    }


def test_one_is_managed_from_its_own_page(pages, rows, north):
    address = f"{LIST}{rows['running'].pk}/extend/"
    assert "Cancel" in text_of(pages.get(address))
    page = pages.post(address, {"post": "Extend", "days": "2", "reason": "Asked."}, follow=True)
    assert page.redirect_chain == [(f"{LIST}{rows['running'].pk}/change/", 302)]
    assert messages_of(page) == ["Extended 1 subscription."]
    page = pages.post(f"{LIST}{rows['expired'].pk}/revoke/", {"post": "x", "reason": "Late."}, follow=True)
    assert messages_of(page) == ["A subscription that has ended cannot be revoked."]


def test_many_are_managed_in_statements_that_do_not_grow(pages, north, sunrise, statements):
    def extend(number):
        chosen = [make_subscription(north.student, factories.TcodeFactory()) for _ in range(number)]
        data = {"action": "extend_selected", "_selected_action": [row.pk for row in chosen]}
        with statements() as sent:
            pages.post(LIST, {**data, "post": "x", "days": "2", "reason": "All."})
        return len(sent)

    assert extend(2) == extend(6)


# --- Granting ---------------------------------------------------------------------------------------


def form(chosen, **values):
    return {
        "package": "monthly",
        "tcode": chosen.pk if chosen else "",
        "place": "",
        "role": "",
        "addresses": "",
        "reason": "For the class.",
        "once": "6f6b1f0e-4c1d-4a86-9a39-7b1d5a3c0de0",
        **values,
    }


def test_a_package_is_granted_to_everyone_of_a_place_after_a_preview(pages, tcode, north, sunrise):
    place = f"classroom:{north.classroom.pk}"
    number = User.unscoped.filter(classroom=north.classroom).count()
    preview = pages.post(GRANT, form(tcode, place=place, preview="x"))
    assert f"<strong>{number} people</strong> will get: Monthly" in text_of(preview)
    assert not Subscription.unscoped.exists()
    page = pages.post(GRANT, form(tcode, place=place, grant="x", number=number), follow=True)
    assert messages_of(page) == [f"Granted to {number} people."]
    rows = Subscription.unscoped.all()
    assert {row.user.classroom_id for row in rows} == {north.classroom.pk}
    assert len(rows) == number
    assert {row.granted_by_id for row in rows} == {north.admin.pk}


def test_who_grants_is_told_when_access_begins_where_that_is_later(pages, tcode, north):
    row = make_subscription(north.student, tcode)
    addresses = f"{north.student.email}\n{north.student2.email}"
    page = pages.post(GRANT, form(tcode, addresses=addresses, grant="x", number=2), follow=True)
    begins = f"{row.ends_at.day} {row.ends_at:%b %Y, %H:%M}"
    assert messages_of(page) == [
        "Granted to 2 people.",
        f"For 1 of them access begins when their current subscription ends: on {begins}.",
    ]


def test_two_clicks_on_one_button_grant_once(pages, tcode, north):
    sent = form(tcode, addresses=north.student.email, grant="x", number=1)
    pages.post(GRANT, sent, follow=True)
    page = pages.post(GRANT, sent, follow=True)
    assert "already been granted" in messages_of(page)[0]
    assert Subscription.unscoped.count() == 1


def test_a_number_that_changed_since_the_preview_is_looked_at_again(pages, tcode, north):
    page = pages.post(GRANT, form(tcode, addresses=north.student.email, grant="x", number=2))
    assert "the number of people it would reach has changed" in text_of(page)
    assert not Subscription.unscoped.exists()


def test_people_are_named_by_their_addresses(pages, tcode, north, sunrise):
    named = f" {north.student.email.upper()}\n\n{north.student2.email}\n{north.student.email}"
    assert "<strong>2 people</strong>" in text_of(pages.post(GRANT, form(tcode, addresses=named)))
    User.unscoped.filter(pk=north.guest.pk).update(is_active=False)
    for wrong in (sunrise.student.email, north.guest.email, "nobody@north.test"):
        page = text_of(pages.post(GRANT, form(tcode, addresses=f"{north.student.email}\n{wrong}")))
        assert f"Nobody in your scope can log in with: {wrong}." in page
    assert "is not an e-mail address" in text_of(pages.post(GRANT, form(tcode, addresses="student")))


def test_only_those_of_a_role_get_it(pages, tcode, north):
    role = north.student.role_id
    page = pages.post(GRANT, form(tcode, place=f"organization:{north.organization.pk}", role=role))
    assert "<strong>2 people</strong>" in text_of(page)


def test_who_has_one_already_is_said_before(pages, tcode, north):
    make_subscription(north.student, tcode)
    page = text_of(pages.post(GRANT, form(tcode, addresses=north.student.email)))
    assert "1 of them already has one: the new one begins when that ends." in page
    make_subscription(north.student, None)
    sent = form(None, package="internal-access", addresses=north.student.email)
    assert "it is extended" in text_of(pages.post(GRANT, sent))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Choose a place or name people, not both."),
        ({"package": "internal-access"}, "This package opens all tcodes: leave the tcode out."),
        ({"package": "gold"}, "Select a valid choice."),
        ({"tcode": ""}, "This package opens one tcode: say which."),
        ({"tcode": "x"}, "Select a valid choice."),
        ({"reason": ""}, "This field is required."),
        ({"place": "classroom:x"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said(values, said, pages, tcode):
    assert said in text_of(pages.post(GRANT, form(tcode, **values)))
    assert not Subscription.unscoped.exists()


def test_another_tenants_place_and_tcode_are_no_choice(pages, tcode, north, sunrise):
    theirs = factories.TcodeFactory(organization=sunrise.organization, title="Theirs")
    page = text_of(pages.get(GRANT))
    assert "Theirs" not in page
    assert "Sunrise" not in page
    for values in (
        {"place": f"organization:{sunrise.organization.pk}"},
        {"tcode": theirs.pk, "addresses": north.student.email},
    ):
        assert "Select a valid choice." in text_of(pages.post(GRANT, form(tcode, **values)))


def test_a_global_user_grants_within_one_organization(tcode, north, sunrise, global_admin):
    browser = sign_in(global_admin)
    assert "Choose an organization first" in text_of(browser.get(GRANT))
    browser.post("/admin/acting-organization/", {"organization": str(north.organization.pk)})
    page = text_of(browser.get(f"{GRANT}?package=yearly&tcode={tcode.pk}"))
    assert f'value="{tcode.pk}" selected' in page
    assert 'value="yearly" selected' in page


def test_granting_to_many_takes_statements_that_do_not_grow(pages, tcode, north, statements):
    def grant_to(name):
        place = factories.ClassroomFactory(campus=north.campus)
        for n in range(3 if name == "few" else 9):
            factories.make_user(f"{name}{n}@north.test", "STUDENT", at=place.scope)
        number = 3 if name == "few" else 9
        values = form(
            tcode, place=f"classroom:{place.pk}", once=f"6f6b1f0e-4c1d-4a86-9a39-7b1d5a3c0d{number:02}"
        )
        with statements() as sent:
            pages.post(GRANT, {**values, "grant": "x", "number": number})
        return len(sent)

    assert grant_to("few") == grant_to("many")
    assert Subscription.unscoped.count() == 12


def test_the_list_leads_to_granting(pages, tcode):
    assert f'href="{reverse("admin:learning_subscription_grant")}"' in text_of(pages.get(LIST))
