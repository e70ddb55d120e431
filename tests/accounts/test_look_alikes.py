"""Addresses that pass for somebody else's are refused wherever an address is chosen."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from accounts.models import User
from accounts.people.addresses import check_no_look_alike
from tests.conftest import error_of

pytestmark = pytest.mark.django_db

DOTLESS = "adm\u0131n@north.test"
CYRILLIC = "teacher@n\u043erth.test"
FULL_WIDTH = "\uff41dmin@north.test"
DOTTED_CAPITAL = "ADM\u0130N@north.test"
LOOK_ALIKES = [DOTLESS, CYRILLIC, FULL_WIDTH, DOTTED_CAPITAL, "adm\u0131n@xn--nrth-uqa.test"]


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


@pytest.mark.parametrize("address", LOOK_ALIKES)
def test_a_letter_that_looks_like_another_is_refused(address):
    with pytest.raises(ValidationError):
        check_no_look_alike(User.normalize_email(address))


@pytest.mark.parametrize(
    "address",
    ["m\u00fcller@north.test", "mu\u0308ller@north.test", "\u674e@north.test", "o'neil+x@north.test"],
)
def test_letters_that_look_like_themselves_are_taken(address):
    check_no_look_alike(User.normalize_email(address))


@pytest.mark.parametrize("address", [DOTLESS, CYRILLIC])
def test_nobody_registers_as_somebody_else(client, address):
    answer = client.post("/api/v1/auth/register", {"email": address, "password": "kumquat-violin-8812"})
    assert answer.status_code == 400
    assert error_of(answer)["attr"] == "email"
    assert not User.unscoped.filter(email=User.normalize_email(address)).exists()


def test_staff_add_and_rename_nobody_so(as_user, north):
    admin = as_user(north.admin)
    new = admin.post("/api/v1/users", {"email": CYRILLIC, "role": "STUDENT"})
    assert (new.status_code, error_of(new)["code"]) == (400, "look_alike_address")
    changed = admin.patch(f"/api/v1/users/{north.student.pk}", {"email": DOTLESS})
    assert (changed.status_code, error_of(changed)["code"]) == (400, "look_alike_address")


def test_the_admins_form_says_so(north):
    browser = Browser()
    browser.force_login(north.admin, backend="accounts.sign_in.authentication.EmailBackend")
    values = {"email": DOTLESS, "is_active": "on", "role": north.student.role_id}
    values |= {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    page = browser.post(f"/admin/accounts/user/{north.student.pk}/change/", values)
    assert page.context["adminform"].form.errors.as_data()["email"][0].code == "look_alike_address"


def test_an_import_names_the_line(tmp_path, north):
    path = tmp_path / "people.csv"
    path.write_text(f"email,name,role\n{CYRILLIC},New,STUDENT\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_people", path, "--organization", "north")
    assert not User.unscoped.filter(email=CYRILLIC).exists()


def test_who_has_such_an_address_already_still_logs_in(client, north):
    User.unscoped.filter(pk=north.student.pk).update(email=CYRILLIC)
    body = {"email": CYRILLIC, "password": "correct horse battery"}
    assert client.post("/api/v1/auth/login", body).status_code == 200
