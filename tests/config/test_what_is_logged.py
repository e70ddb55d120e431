"""What the logs hold, and what they must not: one line for a database that is away, no address, no hash."""

import io
import logging
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, connection, transaction

from accounts.models import User
from config import checks
from config.embedded_postgres import LOGGED, data_directory
from config.logs import OneLine
from tests import citus
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(bool(citus.COORDINATOR), reason="the server is somebody's own")
def test_the_embedded_server_logs_neither_statements_nor_values(db):
    with connection.cursor() as cursor:
        shown = {}
        for name in LOGGED:
            cursor.execute(f"SHOW {name}")
            shown[name] = cursor.fetchone()[0]
    assert shown == LOGGED


@pytest.mark.django_db(transaction=True)
def test_a_failed_statement_leaves_no_address_and_no_hash_in_the_servers_log():
    mark = f"somebody-{uuid4().hex}"
    person = make_user(f"{mark}@north.test")
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email=person.email, password=f"bcrypt_sha256${mark}").save()
    log = data_directory() / "log"
    text = (
        log.read_text(errors="replace")
        if log.is_file()
        else "".join(one.read_text(errors="replace") for one in log.iterdir())
    )
    assert "duplicate key value violates unique constraint" in text
    assert mark not in text


# --- The application's own --------------------------------------------------------------------------


def logged(client, path, monkeypatch):
    """Return what the handler writes while the database is away."""
    stream = io.StringIO()
    (configured,) = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(configured.formatter)
    for one in configured.filters:
        handler.addFilter(one)
    root = logging.getLogger()
    root.addHandler(handler)

    def away(*args, **kwargs):
        try:
            raise ConnectionError("the socket is closed")
        except ConnectionError as error:
            raise OperationalError("connection failed\nIs the server running?") from error

    monkeypatch.setattr("accounts.sign_in.tokens.load_principal", away)
    monkeypatch.setattr("accounts.sign_in.authentication.load_page_principal", away)
    try:
        answer = client.get(path)
    finally:
        root.removeHandler(handler)
    return answer, stream.getvalue()


def test_a_503_of_the_api_is_one_line(as_user, north, monkeypatch):
    answer, text = logged(as_user(north.teacher), "/api/v1/users/me", monkeypatch)
    assert answer.status_code == 503
    assert len(text.splitlines()) == 1, text
    assert "OperationalError: connection failed" in text


def test_a_503_of_a_page_is_one_line(north, monkeypatch):
    from django.test import Client as Browser

    browser = Browser(raise_request_exception=False)
    browser.force_login(north.admin, backend="accounts.sign_in.authentication.EmailBackend")
    answer, text = logged(browser, "/admin/", monkeypatch)
    assert answer.status_code == 503
    assert len(text.splitlines()) == 1, text


def test_a_fault_of_the_code_keeps_its_traceback():
    try:
        raise ValueError("ours")
    except ValueError:
        import sys

        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    assert OneLine().filter(record)
    assert record.exc_info is not None


# --- Mail -------------------------------------------------------------------------------------------


def test_production_does_not_start_while_mail_is_printed_to_the_log(monkeypatch):
    monkeypatch.setattr(settings, "MAIL_MAY_BE_PRINTED", False)
    checks.check_start()
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        checks.check_start()
    monkeypatch.setattr(settings, "MAIL_MAY_BE_PRINTED", True)
    checks.check_start()


def test_the_server_asks_before_it_starts():
    for name in ("wsgi.py", "serving/__main__.py"):
        source = (settings.BASE_DIR / "config" / name).read_text()
        assert "check_start()" in map(str.strip, source.splitlines()), name
