"""A fault ends an import at once, and imports of different organizations do not wait for each other."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client as Browser

from accounts.imports import resource
from accounts.imports.files import read_csv
from accounts.models import User
from accounts.people.imports import PeopleResource
from tenancy.scope import EVERY_ORGANIZATION, scope_entered

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

ROWS = 50


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


@pytest.fixture
def content():
    rows = (f"p{number}@north.test,Person,STUDENT" for number in range(ROWS))
    return "\n".join(["email,name,role", *rows]).encode()


@pytest.fixture
def chunks(monkeypatch, run_at_once):
    """The chunks that were read, while the connection is cut in the second."""
    read, understand = [], PeopleResource.understand

    def cut(self, candidates):
        read.append(len(candidates))
        if len(read) == 2:
            with connection.cursor() as cursor:
                [pid] = cursor.execute("SELECT pg_backend_pid()").fetchone()
            run_at_once([lambda: terminate(pid)])
        understand(self, candidates)

    monkeypatch.setattr(resource, "CHUNK", 5)
    monkeypatch.setattr(PeopleResource._meta, "batch_size", 5)
    monkeypatch.setattr(PeopleResource, "understand", cut)
    return read


def terminate(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_lost_connection_ends_an_import_in_the_admin_with_one_503(chunks, content, north):
    browser = Browser(raise_request_exception=False)
    browser.force_login(
        User.unscoped.get(pk=north.admin.pk), backend="accounts.sign_in.authentication.EmailBackend"
    )
    file = SimpleUploadedFile("people.csv", content, content_type="text/csv")
    answer = browser.post("/admin/accounts/user/import/", {"file": file, "import": "1"})
    assert (answer.status_code, answer["Retry-After"], chunks) == (503, "5", [5, 5])
    assert not User.unscoped.filter(email__startswith="p1").exists()


def test_a_lost_connection_ends_an_import_by_command(chunks, content, tmp_path):
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="Nothing was imported: the database cannot be reached"):
        call_command("import_people", path, "--organization", "north", stdout=io.StringIO())
    assert chunks == [5, 5]
    assert not User.unscoped.filter(email__startswith="p1").exists()


def test_what_the_database_refuses_unforeseen_ends_an_import_too(monkeypatch, content, north):
    read = []

    def refuse(self, candidates):
        read.append(len(candidates))
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(resource, "CHUNK", 5)
    monkeypatch.setattr(PeopleResource, "understand", refuse)
    with pytest.raises(DatabaseError, match="division by zero"), scope_entered(north.scope):
        PeopleResource().import_data(read_csv(content))
    assert read == [5]


def begin_import(scope):
    """Begin an import, which waits no longer than a moment for others."""
    with scope_entered(scope), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
        resource._wait_for_others("import users")


def test_imports_wait_for_others_into_their_organization_alone(run_at_once, north, sunrise):
    with scope_entered(north.scope), transaction.atomic():
        resource._wait_for_others("import users")
        run_at_once([lambda: begin_import(sunrise.scope)])
        for scope in (north.scope, north.school.scope, EVERY_ORGANIZATION):
            with pytest.raises(OperationalError):
                run_at_once([lambda scope=scope: begin_import(scope)])
    run_at_once([lambda: begin_import(EVERY_ORGANIZATION)])


def test_an_import_into_every_organization_waits_with_all_others(run_at_once, north):
    with scope_entered(EVERY_ORGANIZATION), transaction.atomic():
        resource._wait_for_others("import users")
        with pytest.raises(OperationalError):
            run_at_once([lambda: begin_import(north.scope)])
