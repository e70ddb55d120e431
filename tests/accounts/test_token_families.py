"""Refresh tokens that came of one login end together: when one logs out, and when a spent one comes again."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.sign_in import tokens
from accounts.sign_in.tokens import RefreshToken, issue_tokens, spend
from tests.conftest import error_of

pytestmark = pytest.mark.django_db

AUTH = "/api/v1/auth"


@pytest.fixture
def pair(north, sunrise):
    return issue_tokens(user=north.teacher)


def refresh(client, token):
    return client.post(f"{AUTH}/refresh", {"refresh": token})


def refreshed(client, token):
    answer = refresh(client, token)
    assert answer.status_code == 200, answer.content
    return answer.json()["refresh"]


def refused(client, token):
    answer = refresh(client, token)
    return (answer.status_code, error_of(answer)["code"]) == (401, "token_not_valid")


def a_while_later():
    """Let some time pass for whatever was spent."""
    OutstandingToken.objects.update(created_at=timezone.now() - timedelta(seconds=tokens.LEEWAY + 1))


def test_a_spent_token_that_comes_again_ends_all_that_came_of_it(client, pair):
    second = refreshed(client, pair.refresh)
    third = refreshed(client, second)
    a_while_later()
    assert refused(client, pair.refresh)
    assert refused(client, third), "whoever holds it, one of two is a thief"


def test_another_login_of_the_same_person_goes_on(client, north, pair):
    other = issue_tokens(user=north.teacher)
    refreshed(client, pair.refresh)
    a_while_later()
    assert refused(client, pair.refresh)
    refreshed(client, refreshed(client, other.refresh))


def test_two_tabs_that_refresh_at_once_do_not_end_the_session(client, pair):
    second = refreshed(client, pair.refresh)
    assert refused(client, pair.refresh)
    refreshed(client, second)


def test_who_logs_out_ends_what_was_refreshed_meanwhile(client, pair):
    """The race as it may go: the refresh is served first, and the logout with the old token second."""
    second = refreshed(client, pair.refresh)
    assert client.post(f"{AUTH}/logout", {"refresh": pair.refresh}).status_code == 204
    assert refused(client, second)
    assert client.post(f"{AUTH}/logout", {"refresh": pair.refresh}).status_code == 204


def test_a_logout_beats_a_refresh_that_has_begun(client, north, pair, monkeypatch):
    """The refresh has spent its token and is about to answer when the logout comes."""
    issue = tokens.issue_tokens

    def log_out_first(**kwargs):
        assert client.post(f"{AUTH}/logout", {"refresh": pair.refresh}).status_code == 204
        return issue(**kwargs)

    monkeypatch.setattr("accounts.sign_in.api.auth.issue_tokens", log_out_first)
    late = refreshed(client, pair.refresh)
    monkeypatch.undo()
    assert refused(client, late)


def test_a_token_from_before_there_were_families_is_one_of_its_own(client, north, pair):
    old = RefreshToken(pair.refresh)
    del old.payload["family"]
    second = refreshed(client, str(old))
    assert RefreshToken(second)["family"] == old["jti"]
    assert client.post(f"{AUTH}/logout", {"refresh": second}).status_code == 204
    assert refused(client, second)


def test_a_refresh_takes_one_statement_for_the_token(north, pair, statements):
    with statements() as sent:
        assert spend(RefreshToken(pair.refresh))
    assert len(sent) == 1


def test_what_is_kept_of_a_family_goes_when_its_last_token_has_expired(client, pair):
    client.post(f"{AUTH}/logout", {"refresh": pair.refresh})
    (kept,) = OutstandingToken.objects.all()
    assert kept.token == ""
    assert kept.expires_at > timezone.now() + RefreshToken.lifetime - timedelta(minutes=1)
