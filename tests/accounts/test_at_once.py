"""Many clients at the same moment: what must happen once happens once."""

from collections import Counter
from threading import Event

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.test import override_settings
from django.urls import path
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.admin import UserAdmin
from accounts.api.base import ScopedView
from accounts.idempotency.api import idempotent
from accounts.models import IdempotentRequest, Membership, Role, User
from accounts.rights.permissions import AUTHENTICATED
from accounts.sign_in.tokens import issue_tokens
from tenancy.models import School
from tests.conftest import access_token
from tests.factories import CampusFactory, ClassroomFactory, OrganizationFactory, SchoolFactory, make_user
from tests.meeting import wait_until_somebody_waits

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


class SchoolsView(ScopedView):
    """Appends a school: stands for every view that appends."""

    permission_keys = {"post": AUTHENTICATED}

    @idempotent
    def post(self, request):
        school = School.unscoped.create(organization_id=self.user.organization_id, name=request.data["name"])
        return Response({"id": str(school.pk), "name": school.name}, status=201)


urlpatterns = [path("schools", SchoolsView.as_view())]


def test_of_twenty_refreshes_of_one_token_exactly_one_succeeds(run_at_once):
    token = issue_tokens(user=make_user("someone@demo.test")).refresh

    def refresh():
        return APIClient().post("/api/v1/auth/refresh", {"refresh": token}, format="json").status_code

    assert Counter(run_at_once([refresh] * 20)) == {200: 1, 401: 19}


def test_of_twenty_registrations_of_one_address_exactly_one_succeeds(run_at_once, settings):
    settings.REGISTRATION_CONFIRMED = False

    def register(n):
        email = "same@demo.test" if n % 2 else "SAME@demo.test"
        body = {"email": email, "password": "a long enough secret"}
        return APIClient().post("/api/v1/auth/register", body, format="json").status_code

    calls = [lambda n=n: register(n) for n in range(20)]
    assert Counter(run_at_once(calls)) == {201: 1, 400: 19}
    assert User.unscoped.filter(email="same@demo.test").count() == 1


def test_of_two_people_who_save_one_address_in_the_admin_at_once_the_second_gets_a_form_error(
    run_at_once, monkeypatch
):
    admin = make_user("global@demo.test", "GLOBAL_ADMIN", is_staff=True)
    browser = Browser()
    browser.force_login(admin, backend="accounts.sign_in.authentication.EmailBackend")
    save_model = UserAdmin.save_model

    def save_after_someone_else(*args):
        monkeypatch.undo()
        run_at_once([lambda: make_user("same@demo.test")])
        save_model(*args)

    monkeypatch.setattr(UserAdmin, "save_model", save_after_someone_else)
    values = {
        "email": "Same@demo.test",
        "name": "The Second",
        "organization": str(OrganizationFactory().pk),
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    answer = browser.post("/admin/accounts/user/add/", values)
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert [error.code for error in form.errors.as_data()["email"]] == ["email_taken"]
    assert form["name"].value() == "The Second"
    assert User.unscoped.filter(email="same@demo.test").count() == 1
    assert not User.unscoped.filter(name="The Second").exists()


def test_of_twenty_people_added_with_one_address_at_once_exactly_one_is(run_at_once):
    admins = [make_user(f"admin{n}@demo.test", "ADMIN", at=OrganizationFactory().scope) for n in range(2)]
    headers = [{"HTTP_AUTHORIZATION": f"Bearer {access_token(admin)}"} for admin in admins]

    def add(n):
        body = {"email": "same@demo.test" if n % 2 else "SAME@demo.test", "role": "STUDENT"}
        answer = APIClient().post("/api/v1/users", body, format="json", **headers[n // 2 % 2])
        return answer.status_code, *(error["code"] for error in answer.json().get("errors", ()))

    calls = [lambda n=n: add(n) for n in range(20)]
    assert Counter(run_at_once(calls)) == {(201,): 1, (400, "email_taken"): 19}
    (made,) = User.unscoped.filter(email="same@demo.test")
    assert Membership.unscoped.get(user=made).organization_id == made.organization_id


def test_two_changes_of_one_person_at_once_are_both_made_and_memberships_stay_in_line(run_at_once):
    north = OrganizationFactory()
    admin = make_user("admin@demo.test", "ADMIN", at=north.scope)
    person = make_user("person@demo.test", "STUDENT", at=north.scope)
    schools = [SchoolFactory(organization=north) for _ in range(4)]
    headers = {"HTTP_AUTHORIZATION": f"Bearer {access_token(admin)}"}

    def change(body):
        return APIClient().patch(f"/api/v1/users/{person.pk}", body, format="json", **headers).status_code

    bodies = [{"schoolId": str(school.pk)} for school in schools] + [{"name": "Renamed"}, {"role": "TEACHER"}]
    assert set(run_at_once([lambda body=body: change(body) for body in bodies])) == {200}
    stored = User.unscoped.select_related("role").get(pk=person.pk)
    assert (stored.name, stored.role.name) == ("Renamed", "TEACHER")
    rows = list(Membership.unscoped.filter(user=person).order_by("valid_from"))
    assert [row.valid_until for row in rows[:-1]] == [row.valid_from for row in rows[1:]]
    assert (rows[-1].valid_until, rows[-1].school_id) == (None, stored.school_id)


@override_settings(ROOT_URLCONF=__name__)
def test_one_key_a_hundred_times_at_once_gives_one_row_and_one_body(run_at_once):
    user = make_user("teacher@demo.test", "TEACHER", at=OrganizationFactory().scope)
    headers = {"HTTP_AUTHORIZATION": f"Bearer {access_token(user)}", "HTTP_IDEMPOTENCY_KEY": "once"}

    def append():
        answer = APIClient().post("/schools", {"name": "New"}, format="json", **headers)
        return answer.status_code, answer.content

    answers = set(run_at_once([append] * 100))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert School.unscoped.filter(name="New").count() == 1
    assert IdempotentRequest.unscoped.count() == 1


def test_who_becomes_global_while_someone_waits_to_change_them_is_out_of_their_reach(run_at_once):
    north = OrganizationFactory()
    admin = make_user("admin@demo.test", "ADMIN", at=north.scope)
    person = make_user("person@demo.test", "TEACHER", at=north.scope)
    headers = {"HTTP_AUTHORIZATION": f"Bearer {access_token(admin)}"}
    locked = Event()

    def promote():
        with transaction.atomic():
            User.unscoped.filter(pk=person.pk).update(role=Role.objects.get(name="GLOBAL_ADMIN"))
            locked.set()
            wait_until_somebody_waits(10)

    def take_over():
        locked.wait(10)
        body = {"email": "mine@demo.test"}
        answer = APIClient().patch(f"/api/v1/users/{person.pk}", body, format="json", **headers)
        return answer.status_code

    assert run_at_once([promote, take_over]) == [None, 403]
    assert User.unscoped.get(pk=person.pk).email == "person@demo.test"


def test_a_level_that_is_taken_away_while_someone_is_moved_is_that_of_the_new_place(run_at_once):
    north = OrganizationFactory()
    admin = make_user("admin@demo.test", "ADMIN", at=north.scope)
    room, other = (
        ClassroomFactory(campus=CampusFactory(school=SchoolFactory(organization=north))) for _ in range(2)
    )
    person = make_user("person@demo.test", "TEACHER", at=room.scope)
    headers = {"HTTP_AUTHORIZATION": f"Bearer {access_token(admin)}"}
    locked = Event()

    def move():
        with transaction.atomic():
            place = {"school_id": other.school_id, "campus_id": other.campus_id, "classroom_id": other.pk}
            User.unscoped.filter(pk=person.pk).update(**place)
            locked.set()
            wait_until_somebody_waits(10)

    def take_away():
        locked.wait(10)
        body = {"classroomId": None}
        answer = APIClient().patch(f"/api/v1/users/{person.pk}", body, format="json", **headers)
        return answer.status_code, answer.json()["campusId"]

    assert run_at_once([move, take_away]) == [None, (200, str(other.campus_id))]
