"""Tokens: which are believed, and what ends them."""

import base64
import json
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rest_framework_simplejwt.exceptions import TokenBackendError
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.models import User
from accounts.people.domain.membership import place
from accounts.sign_in.domain.passwords import end_all_tokens
from accounts.sign_in.keys import RotatedKeys, key_id
from accounts.sign_in.tokens import AccessToken, RefreshToken, issue_tokens, read_token
from tests.conftest import access_token, error_of
from tests.drills.sizes import sized
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ME = "/api/v1/users/me"
KEY = settings.SIMPLE_JWT["SIGNING_KEY"]


def refresh(client, token):
    return client.post("/api/v1/auth/refresh", {"refresh": token})


def log_out(client, token):
    return client.post("/api/v1/auth/logout", {"refresh": token})


def call(client, token):
    return client.get(ME, HTTP_AUTHORIZATION=f"Bearer {token}")


def assert_refused(response):
    assert response.status_code == 401, response.content
    assert error_of(response)["code"] == "token_not_valid"
    assert response["WWW-Authenticate"].startswith("Bearer")


def claims(user, **changes):
    now = timezone.now()
    values = {
        "token_type": "access",
        "exp": int((now + timedelta(minutes=5)).timestamp()),
        "iat": int(now.timestamp()),
        "jti": uuid4().hex,
        "user_id": str(user.pk),
        "token_version": user.token_version,
        **changes,
    }
    return {name: value for name, value in values.items() if value is not ...}


def segment(value):
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def encoded(user, **changes):
    return jwt.encode(claims(user, **changes), KEY, algorithm="HS256")


def seconds_from_now(seconds):
    return int((timezone.now() + timedelta(seconds=seconds)).timestamp())


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_token_may_be_a_few_seconds_ahead_of_this_servers_clock_and_no_more(client, north, claim):
    assert call(client, encoded(north.teacher, **{claim: seconds_from_now(7)})).status_code == 200
    assert_refused(call(client, encoded(north.teacher, **{claim: seconds_from_now(60)})))


def test_a_token_may_be_a_few_seconds_late_and_no_more(client, north):
    assert call(client, encoded(north.teacher, exp=seconds_from_now(-3))).status_code == 200
    assert_refused(call(client, encoded(north.teacher, exp=seconds_from_now(-60))))


FORGED = {
    "no token": lambda user, made: "",
    "not a token": lambda user, made: "nonsense",
    "two dots only": lambda user, made: "..",
    "8 KiB": lambda user, made: "a" * 8192,
    "alg none": lambda user, made: f"{segment({'alg': 'none', 'typ': 'JWT'})}.{segment(made())}.",
    "wrong key": lambda user, made: jwt.encode(made(), "k" * 64, algorithm="HS256"),
    "another algorithm": lambda user, made: jwt.encode(made(), KEY + KEY, algorithm="HS512"),
    "expired": lambda user, made: jwt.encode(made(exp=1), KEY, algorithm="HS256"),
    "no expiry": lambda user, made: jwt.encode(made(exp=...), KEY, algorithm="HS256"),
    "huge expiry": lambda user, made: jwt.encode(made(exp=10**30), KEY, algorithm="HS256"),
    "no type": lambda user, made: jwt.encode(made(token_type=...), KEY, algorithm="HS256"),
    "wrong type": lambda user, made: jwt.encode(made(token_type="sliding"), KEY, algorithm="HS256"),
    "refresh as access": lambda user, made: issue_tokens(user=user).refresh,
    "no id": lambda user, made: jwt.encode(made(jti=...), KEY, algorithm="HS256"),
    "no user": lambda user, made: jwt.encode(made(user_id=...), KEY, algorithm="HS256"),
    "user is a number": lambda user, made: jwt.encode(made(user_id=7), KEY, algorithm="HS256"),
    "user is null": lambda user, made: jwt.encode(made(user_id=None), KEY, algorithm="HS256"),
    "user is a list": lambda user, made: jwt.encode(made(user_id=[]), KEY, algorithm="HS256"),
    "user is no id": lambda user, made: jwt.encode(made(user_id="me"), KEY, algorithm="HS256"),
    "nobody": lambda user, made: jwt.encode(made(user_id=str(uuid4())), KEY, algorithm="HS256"),
    "no version": lambda user, made: jwt.encode(made(token_version=...), KEY, algorithm="HS256"),
    "version is true": lambda user, made: jwt.encode(made(token_version=False), KEY, algorithm="HS256"),
    "version is text": lambda user, made: jwt.encode(made(token_version="0"), KEY, algorithm="HS256"),
    "another version": lambda user, made: jwt.encode(made(token_version=1), KEY, algorithm="HS256"),
    "nested header": lambda user, made: f"{segment('[' * 5000)}.{segment(made())}.x",
    "not utf-8": lambda user, made: "\xff\xfe.\xff.\xff",
}


def forged(name, user, **changes):
    return FORGED[name](user, lambda **more: claims(user, **{**changes, **more}))


def test_the_same_claims_unforged_are_believed(client, north):
    access = jwt.encode(claims(north.teacher), KEY, algorithm="HS256")
    again = jwt.encode(claims(north.teacher, token_type="refresh"), KEY, algorithm="HS256")
    assert call(client, access).status_code == 200
    assert refresh(client, again).status_code == 200


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_access_token_is_refused(client, north, name):
    response = call(client, forged(name, north.teacher))
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert error_of(response)["code"] == "token_not_valid"


@pytest.mark.parametrize("name", [name for name in FORGED if name not in ("no token", "refresh as access")])
def test_a_forged_refresh_token_is_refused(client, north, name):
    assert_refused(refresh(client, forged(name, north.teacher, token_type="refresh")))


def test_an_access_token_is_no_refresh_token(client, north):
    assert_refused(refresh(client, access_token(north.teacher)))
    assert_refused(log_out(client, access_token(north.teacher)))


@hypothesis_settings(
    max_examples=sized(400, 2_000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_mutation_of_a_token_is_believed(north_teacher_token, data):
    token = north_teacher_token
    at = data.draw(st.integers(0, len(token) - 1))
    kind = data.draw(st.sampled_from(["replace", "cut", "insert", "drop"]))
    letter = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    mutated = {
        "replace": token[:at] + letter + token[at + 1 :],
        "cut": token[:at],
        "insert": token[:at] + letter + token[at:],
        "drop": token[:at] + token[at + 1 :],
    }[kind]
    believed = read_token(AccessToken, mutated)
    # Base64 ignores the spare bits of a last letter: the same bytes are the same token.
    assert believed is None or believed.payload == AccessToken(token).payload


@pytest.fixture
def north_teacher_token(north):
    return access_token(north.teacher)


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "bearer  ", "Bearer \xff"])
def test_a_malformed_header_is_refused(client, north, header):
    assert client.get(ME, HTTP_AUTHORIZATION=header).status_code == 401


@pytest.mark.parametrize("header", ["Basic dTpw", "Token abc", ""])
def test_another_scheme_leaves_the_caller_anonymous(client, north, header):
    response = client.get(ME, HTTP_AUTHORIZATION=header)
    assert response.status_code == 401
    assert error_of(response)["code"] == "not_authenticated"
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_refreshing_brings_a_pair_that_works_and_spends_the_token(client, north, sunrise, statements):
    first = issue_tokens(user=north.teacher)
    with statements() as sent:
        response = refresh(client, first.refresh)
    assert response.status_code == 200
    assert len(sent) == 2
    assert response.json().keys() == {"access", "refresh"}
    assert call(client, response.json()["access"]).status_code == 200
    assert_refused(refresh(client, first.refresh))
    assert refresh(client, response.json()["refresh"]).status_code == 200


def test_issuing_writes_nothing_and_no_token_is_ever_stored(client, north, statements):
    with statements() as sent:
        pair = issue_tokens(user=north.teacher)
    assert len(sent) == 0
    refresh(client, pair.refresh)
    assert OutstandingToken.objects.get().token == ""


def test_a_logged_out_token_is_refused_and_logging_out_again_answers_the_same(client, north):
    pair = issue_tokens(user=north.teacher)
    answers = [log_out(client, pair.refresh) for _ in range(3)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(204, b"")}
    assert_refused(refresh(client, pair.refresh))


def test_logging_out_one_session_leaves_the_others(client, north):
    one, other = issue_tokens(user=north.teacher), issue_tokens(user=north.teacher)
    log_out(client, one.refresh)
    assert refresh(client, other.refresh).status_code == 200


def test_garbage_cannot_be_logged_out(client, db):
    assert_refused(log_out(client, "nonsense"))


def test_logging_out_everywhere_ends_every_token_of_this_user_only(client, as_user, north, sunrise):
    pair = issue_tokens(user=north.teacher)
    assert as_user(north.teacher).post("/api/v1/auth/logout-everywhere").status_code == 204
    assert_refused(call(client, pair.access))
    assert_refused(refresh(client, pair.refresh))
    assert call(client, access_token(north.student)).status_code == 200
    assert call(client, access_token(sunrise.teacher)).status_code == 200
    assert client.post("/api/v1/auth/logout-everywhere").status_code == 401


def deactivate(user):
    User.unscoped.filter(pk=user.pk).update(is_active=False)


def remove(user):
    user.delete()


def erase(user):
    User.unscoped.filter(pk=user.pk).delete()


@pytest.mark.parametrize("end", [deactivate, remove, erase, lambda user: end_all_tokens(user=user)])
def test_what_ends_an_account_ends_its_tokens_at_once(client, end, sunrise):
    user = make_user("someone@demo.test")
    pair = issue_tokens(user=user)
    assert call(client, pair.access).status_code == 200
    end(user)
    assert_refused(call(client, pair.access))
    assert_refused(refresh(client, pair.refresh))
    assert log_out(client, pair.refresh).status_code == 204


def test_a_move_and_another_role_are_in_force_on_the_next_request(client, as_user, north, sunrise):
    caller = as_user(north.student)
    assert caller.get(ME).json()["role"] == "STUDENT"
    place(user=north.student, at=sunrise.campus.scope, role=north.teacher.role)
    moved = caller.get(ME).json()
    assert (moved["role"], moved["organizationId"]) == ("TEACHER", str(sunrise.organization.pk))
    assert (moved["campusId"], moved["classroomId"]) == (str(sunrise.campus.pk), None)


def test_authenticating_costs_one_statement_and_a_scope_one_more(as_user, north, statements):
    with statements() as sent:
        as_user(north.admin).get(ME)
    assert len(sent) == 1
    with statements() as sent:
        assert as_user(north.admin, north.campus.scope).get(ME).status_code == 200
    assert len(sent) == 2
    with statements() as sent:
        as_user(north.admin, north.scope).get(ME)
    assert len(sent) == 1


def test_a_bad_signature_costs_no_statement(client, north, statements):
    with statements() as sent:
        call(client, forged("wrong key", north.teacher))
        refresh(client, forged("wrong key", north.teacher))
    assert len(sent) == 0


def test_a_refresh_token_lives_as_long_as_the_settings_say(north):
    token = RefreshToken(issue_tokens(user=north.teacher).refresh)
    assert token["exp"] - token["iat"] == settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"].total_seconds()


OLD, NEW, FOREIGN = ("a-key-for-tests-" + name * 40 for name in "onf")


def test_tokens_of_the_key_before_still_count_and_the_new_key_signs():
    before, after = RotatedKeys([OLD]), RotatedKeys([NEW, OLD])
    old, new = before.encode({"exp": seconds_from_now(60)}), after.encode({"exp": seconds_from_now(60)})
    assert jwt.get_unverified_header(old)["kid"] == key_id(OLD)
    assert jwt.get_unverified_header(new)["kid"] == key_id(NEW)
    for token in (old, new, old.encode(), new.encode()):
        assert after.decode(token)["exp"]
    with pytest.raises(TokenBackendError):
        before.decode(new)


def test_without_its_fallback_a_key_is_at_its_end():
    token = RotatedKeys([OLD]).encode({"exp": seconds_from_now(60)})
    with pytest.raises(TokenBackendError):
        RotatedKeys([NEW]).decode(token)


@pytest.mark.parametrize("named", [key_id(OLD), key_id(NEW), key_id(FOREIGN), "", None, "../../key"])
def test_a_key_that_is_only_named_opens_nothing(named):
    headers = {} if named is None else {"kid": named}
    token = jwt.encode({"exp": seconds_from_now(60)}, FOREIGN, algorithm="HS256", headers=headers)
    with pytest.raises(TokenBackendError):
        RotatedKeys([NEW, OLD]).decode(token)


def test_a_key_signs_only_what_names_it():
    """An old key, which may have been lost since, does not pass for the new one."""
    token = jwt.encode({"exp": seconds_from_now(60)}, OLD, algorithm="HS256", headers={"kid": key_id(NEW)})
    with pytest.raises(TokenBackendError):
        RotatedKeys([NEW, OLD]).decode(token)
