"""Messages and preferences in the admin: what was sent, and writing another one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import IdempotentRequest, Message, Preferences, User
from tenancy.scope import PLATFORM_ID
from tests.accounts.messages import make_message, messages_of
from tests.contracts.admin_pages import messages_of as told_by
from tests.contracts.admin_pages import shown_ids, sign_in
from tests.factories import CampusFactory, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/accounts/message/"
COMPOSE = f"{LIST}compose/"
PREFERENCES = "/admin/accounts/preferences/"
CHOOSE = "/admin/acting-organization/"


def filled(**values):
    return {
        "place": "",
        "person": "",
        "tag": "info",
        "title": "Fire drill",
        "body": "On Friday.\n\n<b>All</b> of you.",
        "expires_at": "",
        "once": str(uuid4()),
        **values,
    }


def places_of(page):
    return [value for value, _label in page.context["form"].fields["place"].choices if value]


def errors_of(page):
    return {
        name: [error.code for error in errors]
        for name, errors in page.context["form"].errors.as_data().items()
    }


@pytest.fixture
def admin(north, sunrise):
    return sign_in(north.admin)


def test_the_list_shows_the_messages_of_the_scope_and_what_became_of_them(admin, north, sunrise):
    mine = make_message(north.student, mail_state="failed", mail_error="no such mailbox")
    make_message(sunrise.student)
    page = admin.get(LIST)
    assert shown_ids(page) == {mine.pk}
    assert "Write a message" in page.content.decode()
    opened = admin.get(f"{LIST}{mine.pk}/change/").content.decode()
    assert "no such mailbox" in opened
    for query, found in (
        ("tag__exact=info", 1),
        ("tag__exact=system", 0),
        ("read=no", 1),
        ("read=yes", 0),
        ("sent=automatically", 1),
        ("sent=person", 0),
        ("sent=place", 0),
        ("mail_state__exact=failed", 1),
        (f"school={north.school.pk}", 1),
        ("days=1", 1),
        ("q=student", 1),
        ("q=sunrise", 0),
    ):
        page = admin.get(f"{LIST}?{query}")
        assert page.status_code == 200, (query, page["Location"])
        assert len(shown_ids(page)) == found, query


def test_a_message_to_a_place_names_it_where_that_is_in_the_scope(admin, north, sunrise):
    to_class = make_message(north.student, sender=north.admin, scope=str(north.classroom.scope))
    elsewhere = make_message(north.student, sender=north.admin, scope=str(sunrise.scope))
    assert f"classroom {north.classroom.name}" in admin.get(f"{LIST}{to_class.pk}/change/").content.decode()
    assert len(shown_ids(admin.get(f"{LIST}?sent=place"))) == 2
    opened = admin.get(f"{LIST}{elsewhere.pk}/change/").content.decode()
    assert "organization Sunrise" not in opened
    assert "out of your scope" in opened


def test_messages_are_exported(admin, north, sunrise):
    make_message(north.student, title="=formula", sender=sunrise.admin, scope=str(north.scope))
    make_message(sunrise.student, title="theirs")
    file = admin.post(f"{LIST}export/", {"format": "0", "resource": "0"}).content.decode("utf-8-sig")
    assert "student@north.test" in file
    assert "'=formula" in file
    assert "sunrise" not in file
    assert "theirs" not in file


def test_the_page_offers_the_places_at_or_below_ones_own(admin, north, sunrise, statements):
    north_places = [north.organization, north.school, north.campus, north.classroom]
    assert places_of(admin.get(COMPOSE)) == [str(place.scope) for place in north_places]
    with statements() as few:
        admin.get(COMPOSE)
    for _ in range(5):
        CampusFactory(school=north.school)
    with statements() as many:
        page = admin.get(COMPOSE)
    assert len(few) == len(many)
    assert len(places_of(page)) == 9


def test_a_message_to_a_place_is_looked_at_before_it_is_sent(admin, north, sunrise):
    body = filled(place=str(north.classroom.scope), title="<Fire> drill")
    preview = admin.post(COMPOSE, {**body, "preview": ""})
    text = preview.content.decode()
    assert "<strong>5 people</strong> will get this message" in text
    assert "Send to 5 people" in text
    assert "&lt;Fire&gt; drill" in text
    assert "<p>On Friday.</p>" in text
    assert "&lt;b&gt;All&lt;/b&gt; of you." in text
    assert not Message.unscoped.exists()
    answer = admin.post(COMPOSE, {**body, "send": ""})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert told_by(admin.get(LIST)) == ["Sent to 5 people."]
    assert Message.unscoped.count() == 5
    [message] = messages_of(north.student)
    assert (message.sender_id, message.scope) == (north.admin.pk, str(north.classroom.scope))
    assert message.body == body["body"]


def test_a_message_to_one_person_is_sent_to_them_alone(admin, north, sunrise):
    body = filled(person=" Student@North.test ", tag="system", expires_at="2099-01-01T10:30")
    preview = admin.post(COMPOSE, {**body, "preview": ""}).content.decode()
    assert "<strong>1 person</strong> will get this message: north student" in preview
    assert "expires on 1 Jan 2099, 10:30" in preview
    admin.post(COMPOSE, {**body, "send": ""})
    [message] = Message.unscoped.all()
    assert (message.user_id, message.tag, message.scope) == (north.student.pk, "system", "")
    assert message.expires_at.isoformat() == "2099-01-01T10:30:00+00:00"


def test_what_was_filled_in_comes_back_to_be_changed(admin, north):
    body = filled(place=str(north.campus.scope), expires_at="2099-01-01T10:30")
    page = admin.post(COMPOSE, {**body, "edit": ""})
    form = page.context["form"]
    assert {name: str(form[name].value()) for name in body} == body
    assert "Preview" in page.content.decode()
    assert not Message.unscoped.exists()


def test_sending_twice_sends_once(admin, north):
    body = filled(person="student@north.test", send="")
    assert admin.post(COMPOSE, body).status_code == 302
    admin.get(LIST)
    admin.post(COMPOSE, body)
    [told] = told_by(admin.get(LIST))
    assert told.startswith("This message has already been sent.")
    assert len(messages_of(north.student)) == 1
    admin.post(COMPOSE, {**body, "once": str(uuid4())})
    assert len(messages_of(north.student)) == 2


def test_a_link_can_fill_in_who_is_to_get_it(admin, north):
    page = admin.get(COMPOSE, {"person": "student@north.test"})
    assert page.context["form"]["person"].value() == "student@north.test"


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, {"__all__": ["no_recipient"]}),
        ({"person": "student@north.test", "place": "own"}, {"__all__": ["ambiguous_recipient"]}),
        ({"person": "nobody@north.test"}, {"person": ["does_not_exist"]}),
        ({"person": "student@sunrise.test"}, {"person": ["does_not_exist"]}),
        ({"person": "no address"}, {"person": ["invalid"]}),
        ({"person": "nul\0@north.test"}, {"person": ["invalid", "null_characters_not_allowed"]}),
        ({"place": "foreign"}, {"place": ["invalid_choice"]}),
        ({"place": "organization:x"}, {"place": ["invalid_choice"]}),
        ({"place": "own", "title": " "}, {"title": ["required"]}),
        ({"place": "own", "title": "x" * 201}, {"title": ["max_length"]}),
        ({"place": "own", "body": ""}, {"body": ["required"]}),
        ({"place": "own", "body": "x" * 5001}, {"body": ["max_length"]}),
        ({"place": "own", "tag": "news"}, {"tag": ["invalid_choice"]}),
        ({"place": "own", "expires_at": "2001-01-01T10:00"}, {"expires_at": ["in_the_past"]}),
        ({"place": "own", "expires_at": "soon"}, {"expires_at": ["invalid"]}),
        ({"place": "own", "once": "x"}, {"once": ["invalid"]}),
    ],
    ids=str,
)
@pytest.mark.parametrize("button", ["preview", "send"])
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_sent(
    admin, north, sunrise, changed, wrong, button
):
    named = {"own": str(north.scope), "foreign": str(sunrise.scope)}
    if "place" in changed:
        changed = {**changed, "place": named.get(changed["place"], changed["place"])}
    page = admin.post(COMPOSE, filled(**changed, **{button: ""}))
    assert page.status_code == 200
    assert errors_of(page) == wrong
    assert "errornote" in page.content.decode()
    assert not Message.unscoped.exists()
    assert not IdempotentRequest.unscoped.exists()


def test_a_place_with_nobody_in_it_cannot_be_sent_to(admin, north):
    empty = CampusFactory(school=north.school)
    page = admin.post(COMPOSE, filled(place=str(empty.scope), preview="")).content.decode()
    assert "Nobody would get this message" in page
    assert 'name="send"' not in page


def test_who_lacks_the_key_or_the_people_may_not_write(north, sunrise):
    User.unscoped.filter(pk__in=[north.principal.pk, north.guest.pk]).update(is_staff=True)
    for person in (north.principal, north.guest):
        admin = sign_in(person)
        assert admin.get(COMPOSE).status_code == 403
        assert admin.post(COMPOSE, filled(place=str(north.school.scope), send="")).status_code == 403
    assert Browser().get(COMPOSE).status_code == 302
    assert not Message.unscoped.exists()


def test_who_administers_a_school_reaches_nobody_beside_it(grant, north):
    grant(north.principal, "messages.send")
    User.unscoped.filter(pk=north.principal.pk).update(is_staff=True)
    admin = sign_in(north.principal)
    assert places_of(admin.get(COMPOSE))[0] == str(north.school.scope)
    assert errors_of(admin.post(COMPOSE, filled(place=str(north.scope), send=""))) == {
        "place": ["invalid_choice"]
    }
    assert errors_of(admin.post(COMPOSE, filled(person="admin@north.test", send=""))) == {
        "person": ["does_not_exist"]
    }


def test_a_global_user_chooses_an_organization_first(global_admin, north, sunrise, independent):
    admin = sign_in(global_admin)
    assert "Choose an organization first" in admin.get(COMPOSE).content.decode()
    page = admin.post(COMPOSE, filled(place=str(north.scope), send=""))
    assert "Choose an organization first" in page.content.decode()
    admin.post(CHOOSE, {"organization": str(sunrise.organization.pk)})
    assert places_of(admin.get(COMPOSE))[0] == str(sunrise.scope)
    assert errors_of(admin.post(COMPOSE, filled(place=str(north.scope), send=""))) == {
        "place": ["invalid_choice"]
    }
    admin.post(COMPOSE, filled(place=str(sunrise.classroom.scope), send=""))
    assert {message.organization_id for message in Message.unscoped.all()} == {sunrise.organization.pk}
    admin.post(CHOOSE, {"organization": str(PLATFORM_ID)})
    admin.post(COMPOSE, filled(place=f"organization:{PLATFORM_ID}", send=""))
    assert len(messages_of(independent)) == 1


def test_an_independent_learner_in_the_admin_reaches_no_place(grant, independent):
    make_user("other@demo.test")
    User.unscoped.filter(pk=independent.pk).update(is_staff=True)
    grant(independent, "messages.send", "users.list")
    admin = sign_in(independent)
    assert places_of(admin.get(COMPOSE)) == []
    assert errors_of(admin.post(COMPOSE, filled(person="other@demo.test", send=""))) == {
        "person": ["does_not_exist"]
    }
    assert errors_of(admin.post(COMPOSE, filled(place=f"organization:{PLATFORM_ID}", send=""))) == {
        "place": ["invalid_choice"]
    }


def test_a_message_that_expires_while_it_is_looked_at_is_not_sent(admin, north):
    soon = f"{timezone.now() + timedelta(seconds=30):%Y-%m-%dT%H:%M}"
    page = admin.post(COMPOSE, filled(place=str(north.scope), expires_at=soon, send=""))
    assert errors_of(page) == {"expires_at": ["in_the_past"]}


def test_preferences_are_listed_with_their_people_and_changed_by_nobody(admin, north, sunrise):
    for tenant in (north, sunrise):
        Preferences.unscoped.create(user=tenant.student, organization=tenant.organization, theme="dark")
    mine = Preferences.unscoped.get(user=north.student)
    page = admin.get(PREFERENCES)
    assert shown_ids(page) == {mine.pk}
    assert "student@north.test" in page.content.decode()
    for query, found in (
        ("theme=dark", 1),
        ("theme=light", 0),
        ("email_copies__exact=1", 0),
        (f"school={north.school.pk}", 1),
        ("q=north", 1),
    ):
        assert len(shown_ids(admin.get(f"{PREFERENCES}?{query}"))) == found, query
    assert admin.post(f"{PREFERENCES}{mine.pk}/change/", {"theme": "light"}).status_code == 403
    assert admin.get(f"{PREFERENCES}{mine.pk}/change/").status_code == 200
    file = admin.post(f"{PREFERENCES}export/", {"format": "0", "resource": "0"}).content.decode("utf-8-sig")
    assert "dark" in file
    assert "sunrise" not in file


def test_preferences_are_listed_where_their_people_belong_now(global_admin, north, sunrise):
    Preferences.unscoped.create(user=north.student, organization=sunrise.organization)
    page = sign_in(global_admin).get(PREFERENCES)
    assert '<td class="field-lives_in">North</td>' in page.content.decode()
    assert (
        len(shown_ids(sign_in(global_admin).get(f"{PREFERENCES}?organization={north.organization.pk}"))) == 1
    )
