"""Lines of the log hold no address, no hashed password and no token, whoever wrote them."""

import logging
from smtplib import SMTPRecipientsRefused

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection
from django.urls import reverse

from accounts.models import User
from accounts.sign_in.domain.invitations import invitation_tokens, send_invitations
from config.logs import Formatter, redacted
from tests.conftest import access_token
from tests.factories import make_user


@pytest.fixture
def log():
    """What the log's handler writes."""
    lines = []
    formatter = next(h for h in logging.getLogger().handlers if isinstance(h.formatter, Formatter)).formatter

    class Keep(logging.Handler):
        def emit(self, record):
            record.__dict__.update({"request_id": "-", "user": "-", "organization": "-"})
            lines.append(formatter.format(record))

    handler = Keep()
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to <Ada.O'Neil+x@north.test>: no", "to <[address]>: no"),
        ("Key (lower(email::text))=(ada@north.test) already exists.", "Key (lower(email::text))=([address])"),
        ("{'é@bücher.example': (550, b'no')}", "{'[address]': (550, b'no')}"),
        (
            "GET /account/password?uid=MQ&token=abc-123 HTTP",
            "GET /account/password?uid=MQ&token=[token] HTTP",
        ),
        ("request=4f user=018f0c-2a organization=every", "request=4f user=018f0c-2a organization=every"),
        ("@transaction.atomic", "@transaction.atomic"),
    ],
)
def test_what_tells_who_somebody_is_or_opens_an_account_is_taken_out(text, shown):
    assert shown in redacted(text)


def test_a_hashed_password_and_a_token_are_taken_out(north):
    hashed, token = make_password("secret"), access_token(north.admin)
    raw = hashed.partition("$")[2]
    line = redacted(f"Failing row contains (1, {hashed}, {raw}), Authorization: Bearer {token}.")
    assert line == "Failing row contains (1, [hash], [hash]), Authorization: Bearer [token]."


@pytest.mark.django_db(transaction=True)
def test_an_error_of_the_database_is_logged_without_what_it_quotes(north, log):
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE users SET email = %s", ["ada@north.test"])
    except IntegrityError:
        logging.getLogger("django.request").exception("Internal Server Error")
    [line] = log
    assert "IntegrityError" in line
    assert "user_email_is_unique_in_any_case" in line
    assert "already exists" in line
    assert "@north.test" not in line


@pytest.mark.django_db
def test_a_mail_that_is_refused_is_logged_without_whom_it_was_for(monkeypatch, log):
    class Refusing(EmailBackend):
        def send_messages(self, messages):
            raise SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such mailbox")})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend", Refusing)
    send_invitations(people=[make_user("ada@north.test")])
    assert mail.outbox == []
    [line] = log
    assert "SMTPRecipientsRefused" in line
    assert "no such mailbox" in line
    assert "ada@" not in line


@pytest.mark.django_db
def test_a_link_that_is_followed_is_not_logged(client, north, log):
    person = User.unscoped.get(pk=north.student.pk)
    token = invitation_tokens.make_token(person)
    for address in ("invitation", "password", "nothing"):
        client.get(f"/account/{address}", {"uid": "x", "token": token})
    assert reverse("password_reset")
    assert log, "the path that does not exist was logged"
    assert token not in "\n".join(log)
