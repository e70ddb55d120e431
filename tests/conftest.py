"""Fixtures every test may use. Two organizations exist in each of them: ``north`` and ``sunrise``."""

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.contrib.auth.models import Permission
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck
from hypothesis import settings as of_hypothesis
from rest_framework.test import APIClient

from accounts.models import User
from accounts.rights import remembered
from accounts.sign_in.tokens import AccessToken
from progress.steps.domain import path_content
from tenancy.scope import Scope
from tests import beginning, databases, distributed, factories, shortcuts
from tests.beginning import Beginning
from tests.both_ways import Noted
from tests.tenants import Tenant, make_tenant

# Nothing is said about the machine: other tests run beside these.
of_hypothesis.register_profile("stepwise", deadline=None, suppress_health_check=[HealthCheck.too_slow])
of_hypothesis.load_profile("stepwise")

pytest_plugins = ["tests.browser.report", "tests.clients.report", "tests.drills.report"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--facts", help="notes tests that ask for no facts: tests/both_ways.py")


def pytest_configure(config: pytest.Config) -> None:
    if file := config.getoption("--facts"):
        config.pluginmanager.register(Noted(Path(file)), "noted")


kept = pytest.StashKey[Callable[[], None]]()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[Beginning]:
    """In the place of pytest-django's: nothing is to be said about when to make or to keep the database."""
    with django_db_blocker.unblock(), databases.copied():
        stands = beginning.keep(lambda: {slug: make_tenant(slug) for slug in ("north", "sunrise")})

        def refresh() -> None:
            with django_db_blocker.unblock():
                beginning.refresh(stands)

        request.config.stash[kept] = refresh
        with django_db_blocker.block():
            yield stands
        del request.config.stash[kept]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if refresh := item.config.stash.get(kept, None):
        refresh()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first, so that at the end no worker waits for another, and do not measure it.

    Being watched doubles what a test costs, and that a line is passed by the thousandth request says little.
    """
    longest = ("e2e", "browser", "contracts")
    items.sort(key=lambda item: [room not in item.path.parts for room in longest])
    for item in items:
        if settings.DISTRIBUTED and "statements" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason="how many statements there are is said of one machine"))
        marks = {mark.name for mark in item.iter_markers()}
        if "contracts" in item.path.parts or {"drill", "browser"} & marks:
            item.add_marker("no_cover")


def pytest_collection_finish() -> None:
    """Leave alone what was imported, and look for garbage seldom: a quarter of the time went into that."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """Hashing is slow on purpose; here it would only be slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BCryptSHA256PasswordHasher, "rounds", 4)
        yield


@pytest.fixture(scope="session", autouse=True)
def _clients_begin_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        shortcuts.share_middlewares(patch)
        shortcuts.sign_in_at_once(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _files_of_a_demo_are_left_alone() -> Iterator[None]:
    """Whenever middlewares are loaded, one of them would look at every file that is collected."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "STATIC_ROOT", None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_are_watched(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where facts are distributed, or would be; and where what asks for facts is noted."""
    with pytest.MonkeyPatch.context() as patch:
        if settings.DISTRIBUTED:
            distributed.watch(patch)
        if noted := request.config.pluginmanager.get_plugin("noted"):
            noted.watch(patch)
        yield


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    """Each test counts the statements of a process that has read nobody and nothing yet."""
    remembered._callers.clear()
    # What a test has rolled back leaves ids and revisions to the next one.
    path_content._kept.clear()


@pytest.fixture
def north(db: None, django_db_setup: Beginning) -> Tenant:
    return django_db_setup.again("north")


@pytest.fixture
def sunrise(db: None, django_db_setup: Beginning) -> Tenant:
    return django_db_setup.again("sunrise")


@pytest.fixture
def global_admin(db: None) -> User:
    return factories.make_user("global@demo.test", "GLOBAL_ADMIN", is_staff=True)


@pytest.fixture
def independent(db: None) -> User:
    """A learner of no organization, with no role."""
    return factories.make_user("learner@demo.test")


def access_token(user: User) -> str:
    token = AccessToken.for_user(user)
    token["token_version"] = user.token_version
    return str(token)


class Client(APIClient):
    """A REST client that speaks JSON and returns parsed bodies."""

    def as_user(self, user: User, scope: Scope | None = None) -> "Client":
        """Return a fresh client signed in as ``user``, acting in ``scope``."""
        client = Client()
        headers = {"HTTP_AUTHORIZATION": f"Bearer {access_token(user)}"}
        if scope is not None:
            headers["HTTP_X_SCOPE"] = str(scope)
        client.credentials(**headers)
        return client


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests through the WSGI application share the connection, and so the transaction, of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def as_user(client: Client) -> Callable[..., Client]:
    """``as_user(north.student).get(...)``"""
    return client.as_user


@pytest.fixture
def grant() -> Callable[..., None]:
    """``grant(user, "videos.list")`` gives one person a key on top of their role."""

    def give(user: User, *keys: str) -> None:
        user.custom_permissions.add(*Permission.objects.filter(codename__in=keys))

    return give


@dataclass
class Statements:
    """The statements a block sent, without transaction control."""

    captured: CaptureQueriesContext | None = None

    @property
    def sql(self) -> list[str]:
        assert self.captured is not None
        control = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
        # The text of a statement that is already prepared is not known any more.
        sent = [(query["sql"] or "(prepared)").strip() for query in self.captured.captured_queries]
        # History puts who and which request in front of a statement, in the same round trip.
        sent = [re.sub(r"^SELECT set_config\('pghistory.*?true\); ", "", sql) for sql in sent]
        return [sql for sql in sent if not sql.startswith(control)]

    def __len__(self) -> int:
        return len(self.sql)


@pytest.fixture
def statements() -> Callable[[], Any]:
    """``with statements() as sent: ...`` then ``len(sent)``."""

    @contextmanager
    def capture() -> Iterator[Statements]:
        sent = Statements()
        with CaptureQueriesContext(connection) as captured:
            sent.captured = captured
            yield sent

    return capture


def error_of(response: Any) -> dict[str, Any]:
    """Return the only error of a response."""
    errors = response.json()["errors"]
    assert len(errors) == 1, errors
    error: dict[str, Any] = errors[0]
    return error
