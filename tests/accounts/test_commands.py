"""Django's own commands about people, which know nothing of scopes."""

import pytest
from django.core.management import call_command

from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_password_changed_at_the_console_ends_tokens(north, sunrise, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt: "kumquat-violin-8812")
    call_command("changepassword", "teacher@north.test")
    user = User.unscoped.get(pk=north.teacher.pk)
    assert user.check_password("kumquat-violin-8812")
    assert user.token_version == 1
    assert User.unscoped.get(pk=sunrise.teacher.pk).token_version == 0


def test_the_first_administrator_is_made_at_the_console(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "kumquat-violin-8812")
    call_command("createsuperuser", "--noinput", "--email", "Root@demo.test")
    root = User.unscoped.get(email="root@demo.test")
    assert (root.is_global, root.is_staff, root.token_version) == (True, True, 0)


def test_a_better_hash_is_no_change_of_password(db, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    user = make_user("old@demo.test")
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[::-1]
    assert user.check_password("correct horse battery")
    stored = User.unscoped.get(pk=user.pk)
    assert stored.password.startswith("md5$")
    assert stored.token_version == 0
