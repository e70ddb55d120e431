"""Inviting, moving, deactivating and reactivating people in the admin, each after a page that asks."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.test import Client as Browser

from accounts.models import Membership, Role, User
from accounts.people.admin import actions
from accounts.rights.rbac import keys_in_database
from accounts.sign_in.tokens import issue_tokens
from tenancy.admin import questions
from tests.contracts.admin_pages import left_by, messages_of
from tests.factories import ClassroomFactory, SchoolFactory, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/accounts/user/"


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


def sign_in(user):
    browser = Browser()
    browser.force_login(User.unscoped.get(pk=user.pk), backend="accounts.sign_in.authentication.EmailBackend")
    return browser


@pytest.fixture
def staff(north):
    return sign_in(north.admin)


@pytest.fixture
def act(staff):
    """``act("move", people, role=1)`` chooses an action and fills in its page."""

    def choose(action, people, *, by=None, address=LIST, **body):
        chosen = {"action": f"{action}_selected", "_selected_action": [str(one.pk) for one in people]}
        return (by or staff).post(address, {**chosen, **body})

    return choose


def waiting(number, north):
    """Return people who have no password yet."""
    people = [
        make_user(f"new{n}@north.test", "STUDENT", at=north.scope, name=f"New {n}") for n in range(number)
    ]
    for person in people:
        person.set_unusable_password()
        person.save()
    return people


def stored(person):
    return User.unscoped.select_related("role").get(pk=person.pk)


# A message about what happened when the transaction ended needs one that ends.
really_committed = pytest.mark.django_db(transaction=True)


def everyone():
    """Return every column of every person, and of every membership."""
    return [list(model.unscoped.order_by("pk").values()) for model in (User, Membership)]


def told(page):
    """Return what is said on the page that one is led to, without opening it."""
    assert page.status_code == 302, page.content.decode()[-2000:]
    return [message.partition(": ")[2] for message in left_by(page.client, page)]


def rows_of(page):
    """Return the cells of the table of a page, row by row."""
    content = page.content.decode().split('id="content"')[1]
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", content, re.S)]
    return [row for row in rows if row]


# --- Inviting -------------------------------------------------------------------------------------


@really_committed
def test_only_those_without_a_password_are_invited_after_a_page_that_says_so(act, north):
    people = [*waiting(2, north), north.student]
    page = act("invite", people)
    assert [row[0] for row in rows_of(page)] == ["new0@north.test", "new1@north.test"]
    assert "Invite 2 people" in page.content.decode()
    assert "1 of the selected people already has a password" in page.content.decode()
    assert mail.outbox == []
    assert told(act("invite", people, post="1")) == ["Invited 2 people."]
    assert sorted(sent.to[0] for sent in mail.outbox) == ["new0@north.test", "new1@north.test"]
    assert {entry.change_message for entry in LogEntry.objects.all()} == {"Invited."}


def test_where_nobody_waits_there_is_nothing_to_ask(act, north):
    assert told(act("invite", [north.student])) == [
        "1 of the selected people already has a password or is deactivated, and gets no e-mail."
    ]


@really_committed
def test_mails_that_could_not_be_sent_are_counted(act, north, monkeypatch):
    people = waiting(2, north)
    monkeypatch.setattr(actions, "send_invitations", lambda people: people[:1])
    page = act("invite", people, post="1")
    assert told(page) == ["Invited 1 person.", "1 e-mail could not be sent. Try again later."]
    assert LogEntry.objects.count() == 1


@really_committed
def test_a_persons_page_offers_to_invite_them_while_they_wait(staff, north, sunrise):
    (person,) = waiting(1, north)
    invite = f"{LIST}{person.pk}/invite/"
    assert invite in staff.get(f"{LIST}{person.pk}/change/").content.decode()
    assert (
        f"{LIST}{north.student.pk}/invite/"
        not in staff.get(f"{LIST}{north.student.pk}/change/").content.decode()
    )
    assert "Invite 1 person" in staff.get(invite).content.decode()
    assert mail.outbox == []
    page = staff.post(invite, {"post": "1"}, follow=True)
    assert page.redirect_chain == [(f"{LIST}{person.pk}/change/", 302)]
    assert messages_of(page) == ["Invited 1 person."]
    assert len(mail.outbox) == 1
    for refused, answer in (
        (north.student, ["north student has already chosen a password."]),
        (sunrise.student, []),
    ):
        for send in (staff.get, staff.post):
            answered = send(f"{LIST}{refused.pk}/invite/")
            assert told(answered) == answer or "doesn’t exist" in told(answered)[0]
    assert len(mail.outbox) == 1


# --- Moving ---------------------------------------------------------------------------------------


def test_people_are_asked_about_shown_and_then_moved(act, north):
    other = ClassroomFactory(campus=north.campus, name="Other")
    role = Role.objects.get(name="GUEST")
    there = make_user("there@north.test", "GUEST", at=other.scope)
    people = [north.student, north.teacher, there]
    asked = act("move", people)
    assert "Keep each person" in asked.content.decode()
    assert len(rows_of(asked)) == 3
    before = everyone()
    chosen = {"classroom": other.pk, "role": role.pk}
    shown = act("move", people, check="1", **chosen)
    home, target = (
        f"{north.school.name} › {north.campus.name} › {room.name}" for room in (north.classroom, other)
    )
    assert rows_of(shown) == [
        ["student@north.test", "north student", "STUDENT → GUEST", f"{home} → {target}"],
        ["teacher@north.test", "north teacher", "TEACHER → GUEST", f"{home} → {target}"],
    ]
    assert "1 of the selected people is already there." in shown.content.decode()
    assert f'name="classroom" value="{other.pk}"' in shown.content.decode()
    assert everyone() == before
    assert told(act("move", people, post="1", **chosen)) == ["Changed 2 people."]
    for person in people[:2]:
        moved = stored(person)
        assert (moved.classroom_id, moved.role) == (other.pk, role)
        first, second = Membership.unscoped.filter(user=person).order_by("valid_from")
        assert (first.valid_until, second.valid_until) == (second.valid_from, None)
    assert Membership.unscoped.filter(user=there).count() == 1
    assert {entry.change_message for entry in LogEntry.objects.all()} == {f"Moved: {target}, GUEST."}


def test_a_place_alone_leaves_the_roles_and_a_role_alone_the_places(act, north):
    role = Role.objects.get(name="SUPPORT")
    act("move", [north.student], post="1", role=role.pk)
    act("move", [north.teacher], post="1", to_the_top="on")
    assert (stored(north.student).classroom_id, stored(north.student).role) == (north.classroom.pk, role)
    assert (stored(north.teacher).school_id, stored(north.teacher).role.name) == (None, "TEACHER")


@pytest.mark.parametrize("button", ["check", "post"])
def test_a_choice_that_cannot_be_made_is_refused_on_the_page(act, north, sunrise, button):
    south, before = SchoolFactory(organization=north.organization), everyone()
    for chosen, said in (
        ({}, "Choose a place, a role, or both."),
        ({"school": north.school.pk, "to_the_top": "on"}, "Choose one place only."),
        ({"school": south.pk, "campus": north.campus.pk}, "Choose places that are inside one another"),
        ({"school": sunrise.school.pk}, "Select a valid choice"),
        ({"school": "x"}, "is not a valid UUID"),
        ({"role": Role.objects.get(name="GLOBAL_ADMIN").pk}, "Select a valid choice"),
    ):
        page = act("move", [north.student], **{button: "1"}, **chosen)
        assert said in page.content.decode(), chosen
    assert everyone() == before


def test_a_global_user_moves_people_into_another_organization(act, north, sunrise, global_admin):
    by = sign_in(global_admin)
    chosen = {"organization": sunrise.organization.pk, "by": by}
    shown = act("move", [north.student], check="1", **chosen)
    assert f"→ {sunrise.organization.name}" in rows_of(shown)[0][3]
    assert told(act("move", [north.student], post="1", **chosen)) == ["Changed 1 person."]
    assert stored(north.student).own_scope == sunrise.scope


# --- Who may log in -------------------------------------------------------------------------------


def test_people_are_deactivated_and_let_in_again(act, north, client):
    refresh = issue_tokens(user=north.student).refresh
    people = [north.student, north.guest]
    asked = act("deactivate", people)
    assert "signed out immediately" in asked.content.decode()
    assert stored(north.student).is_active
    assert told(act("deactivate", people, post="1")) == ["Deactivated 2 people."]
    assert not stored(north.student).is_active
    assert not Membership.unscoped.filter(user__in=people, valid_until=None).exists()
    assert told(act("deactivate", people)) == ["2 of the selected people are already deactivated."]
    assert "log in again" in act("reactivate", people).content.decode()
    assert told(act("reactivate", people, post="1")) == ["Reactivated 2 people."]
    assert stored(north.student).is_active
    assert Membership.unscoped.get(user=north.student, valid_until=None).classroom_id == north.classroom.pk
    assert client.post("/api/v1/auth/refresh", {"refresh": refresh}).status_code == 401
    messages = list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))
    assert messages == ["Deactivated."] * 2 + ["Reactivated."] * 2


# --- Who may what ---------------------------------------------------------------------------------

STEPS = [
    ("invite", {}),
    ("invite", {"post": "1"}),
    ("move", {}),
    ("move", {"check": "1", "to_the_top": "on"}),
    ("move", {"post": "1", "to_the_top": "on"}),
    ("deactivate", {}),
    ("deactivate", {"post": "1"}),
    ("reactivate", {}),
    ("reactivate", {"post": "1"}),
]


@pytest.mark.parametrize(("action", "body"), STEPS)
def test_another_tenants_people_are_nobody(act, sunrise, independent, action, body):
    before = everyone()
    assert told(act(action, [sunrise.student, sunrise.guest, independent], **body)) == ["Nobody was chosen."]
    assert everyone() == before
    assert mail.outbox == []


@pytest.mark.parametrize(("action", "body"), STEPS)
def test_nobody_is_touched_if_one_of_them_may_do_more(act, north, action, body):
    stronger = make_user("strong@north.test", "GLOBAL_ADMIN", at=north.scope, name="Strong")
    before = everyone()
    said = told(act(action, [north.student, stronger], **body))
    assert said == ["You may not change Strong, who has more rights than you."]
    assert everyone() == before


@pytest.mark.parametrize(
    ("action", "body"), [step for step in STEPS if step[0] in ("move", "deactivate") and step != ("move", {})]
)
def test_nobody_locks_themselves_out(act, north, action, body):
    User.unscoped.filter(pk=north.admin.pk).update(school=north.school)
    by, before = sign_in(north.admin), everyone()
    body = {**body, **({"role": Role.objects.get(name="GUEST").pk} if action == "move" else {})}
    body.pop("to_the_top", None)
    said = told(act(action, [north.student, north.admin], by=by, **body))
    assert said == ["You cannot change your own role, place, permissions or account. Someone else has to."]
    assert everyone() == before


def test_nobody_locks_themselves_out_in_the_form_nor_deletes_themselves(staff, north):
    User.unscoped.filter(pk=north.admin.pk).update(is_staff=True)
    address = f"{LIST}{north.admin.pk}/change/"
    body = {
        "email": north.admin.email,
        "name": "Renamed",
        "is_active": "on",
        "is_staff": "on",
        "role": north.admin.role_id,
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    for change in (
        {"is_active": ""},
        {"is_staff": ""},
        {"role": Role.objects.get(name="GUEST").pk},
        {"school": north.school.pk},
    ):
        page = staff.post(address, {**body, **change})
        assert page.status_code == 200
        assert "You cannot change your own role" in page.content.decode()
    assert staff.post(address, body).status_code == 302
    assert stored(north.admin).name == "Renamed"
    assert staff.post(f"{LIST}{north.admin.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [str(north.admin.pk)], "post": "yes"}
    assert staff.post(LIST, chosen).status_code == 403
    assert stored(north.admin).deleted is None


def test_saving_someone_leaves_a_role_that_one_may_not_give(north):
    """It holds more than the editor does, and the person is denied just that."""
    other = make_user("other@north.test", "ADMIN", at=north.scope)
    for person in (north.admin, other):
        person.custom_permissions_filter.add(keys_in_database().get(codename="messages.send"))
    staff = sign_in(north.admin)
    page = staff.get(f"{LIST}{other.pk}/change/")
    assert page.context["adminform"].form["role"].value() == other.role_id
    body = {
        "email": other.email,
        "name": "Renamed",
        "is_active": "on",
        "role": other.role_id,
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    assert staff.post(f"{LIST}{other.pk}/change/", body).status_code == 302
    assert (stored(other).name, stored(other).role.name) == ("Renamed", "ADMIN")


def test_nobody_adds_someone_without_a_role_who_may_not_give_what_that_holds(north, grant):
    clerk = make_user("clerk@north.test", "GUEST", at=north.scope, is_staff=True)
    grant(clerk, "users.list", "users.create", "users.update")
    body = {"email": "new@north.test", "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    page = sign_in(clerk).post(f"{LIST}add/", {**body, "is_active": "on"})
    assert page.context["adminform"].form.errors.as_data()["role"][0].code == "role_not_assignable"
    assert not User.unscoped.filter(email="new@north.test").exists()


def test_without_the_key_to_change_people_there_is_no_such_action(north, grant):
    clerk = make_user("clerk@north.test", "GUEST", at=north.scope, is_staff=True)
    grant(clerk, "users.list")
    by, before = sign_in(clerk), everyone()
    assert "move_selected" not in by.get(LIST).content.decode()
    for action, body in STEPS:
        by.post(LIST, {"action": f"{action}_selected", "_selected_action": [str(north.guest.pk)], **body})
    assert everyone() == before
    (person,) = waiting(1, north)
    assert f"{LIST}{person.pk}/invite/" not in by.get(f"{LIST}{person.pk}/change/").content.decode()
    by.post(f"{LIST}{person.pk}/invite/", {"post": "1"})
    assert mail.outbox == []


def test_more_people_than_a_page_can_name_are_refused(act, north, monkeypatch):
    monkeypatch.setattr(questions, "MOST_AT_ONCE", 2)
    people = [north.student, north.student2, north.guest]
    assert told(act("deactivate", people, post="1")) == ["At most 2 people at once: choose fewer."]
    assert stored(north.student).is_active
    assert told(act("deactivate", people[:2], post="1")) == ["Deactivated 2 people."]


def test_the_list_is_narrowed_to_those_who_have_chosen_no_password(staff, north):
    waiting(2, north)
    shown = {
        value: {row.email for row in staff.get(f"{LIST}?chosen={value}").context["cl"].result_list}
        for value in ("yes", "no", "x")
    }
    assert shown["no"] == {"new0@north.test", "new1@north.test"}
    assert "student@north.test" in shown["yes"]
    assert shown["x"] == shown["yes"] | shown["no"]


@pytest.mark.parametrize(("action", "body"), [step for step in STEPS if step[0] != "invite"])
def test_many_people_take_as_many_statements_as_few(act, north, statements, action, body):
    def number(amount):
        people = [
            make_user(f"{action}{amount}.{n}@north.test", "STUDENT", at=north.classroom.scope)
            for n in range(amount)
        ]
        if action == "reactivate":
            User.unscoped.filter(pk__in=[one.pk for one in people]).update(is_active=False)
        with statements() as sent:
            act(action, people, **body)
        return len(sent)

    number(2)
    assert number(3) == number(9)
