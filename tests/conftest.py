"""Fixtures every test may use. Two organizations exist in each of them: ``north`` and ``sunrise``."""

import gc
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.contrib.auth.models import Permission
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, models
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck
from hypothesis import settings as of_hypothesis
from rest_framework.test import APIClient

from accounts.models import Membership, User
from accounts.rights import remembered
from accounts.sign_in.tokens import AccessToken
from learning.models import Course, CourseCategory, SubCourse, Video
from progress.steps.domain import path_content
from quizzes.models import QuestionSet
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.scope import Scope
from tests import as_migrated, databases, distributed, factories
from tests.both_ways import Noted
from tests.remembered import Remembered

# Nothing is said about the machine: other tests run beside these.
of_hypothesis.register_profile("stepwise", deadline=None, suppress_health_check=[HealthCheck.too_slow])
of_hypothesis.load_profile("stepwise")

pytest_plugins = ["tests.browser.report", "tests.clients.report", "tests.drills.report"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--facts", help="notes tests that ask for no facts: tests/both_ways.py")


def pytest_configure(config: pytest.Config) -> None:
    if file := config.getoption("--facts"):
        config.pluginmanager.register(Noted(Path(file)), "noted")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """In the place of pytest-django's: nothing is to be said about when to make or to keep the database."""
    with django_db_blocker.unblock(), databases.copied():
        as_migrated.keep()
        with django_db_blocker.block():
            yield


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
        if "contracts" in item.path.parts or {"drill", "browser"} & {
            mark.name for mark in item.iter_markers()
        }:
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
def _files_of_a_demo_are_left_alone() -> Iterator[None]:
    """Each client begins with middlewares of its own, and one of them looks at every file that is collected.

    Where the demo had been started, three fifths of a run went into that.
    """
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


@dataclass
class Tenant:
    """One organization with a place of every level, a person of every role, and a small tree."""

    organization: Organization
    school: School
    campus: Campus
    classroom: Classroom
    people: dict[str, User]
    category: CourseCategory
    course: Course
    sub_course: SubCourse
    videos: list[Video]
    practices: list[QuestionSet]

    @property
    def scope(self) -> Scope:
        return self.organization.scope

    def __getattr__(self, name: str) -> User:
        """``north.student``, ``north.admin``, ..."""
        try:
            return self.__dict__["people"][name]
        except KeyError as error:
            raise AttributeError(name) from error


def make_tenant(slug: str) -> Tenant:
    organization = factories.OrganizationFactory(name=slug.title(), slug=slug)
    school = factories.SchoolFactory(organization=organization)
    campus = factories.CampusFactory(school=school)
    classroom = factories.ClassroomFactory(campus=campus)
    places = {
        "admin": ("ADMIN", organization.scope),
        "principal": ("PRINCIPAL", school.scope),
        "teacher": ("TEACHER", classroom.scope),
        "instructor": ("INSTRUCTOR", organization.scope),
        "support": ("SUPPORT", campus.scope),
        "student": ("STUDENT", classroom.scope),
        "student2": ("STUDENT", classroom.scope),
        "guardian": ("GUARDIAN", classroom.scope),
        "guest": ("GUEST", classroom.scope),
    }
    people = factories.make_people(slug, places)
    category = factories.CategoryFactory(organization=organization)
    course = factories.CourseFactory(category=category)
    sub_course = factories.SubCourseFactory(course=course)
    inside = {"sub_course": sub_course, "organization": organization}
    return Tenant(
        organization=organization,
        school=school,
        campus=campus,
        classroom=classroom,
        people=people,
        category=category,
        course=course,
        sub_course=sub_course,
        videos=_saved(factories.VideoFactory.build(**inside, display_order=n) for n in range(3)),
        practices=_saved(factories.PracticeFactory.build(**inside, display_order=n) for n in range(2)),
    )


def _saved(rows: Iterable[Any]) -> list[Any]:
    """Return unsaved rows of one model, saved together."""
    made = list(rows)
    return type(made[0]).unscoped.bulk_create(made)


def rows_of(tenant: Tenant) -> list[models.Model]:
    """Return what ``make_tenant`` saved."""
    people = list(tenant.people.values())
    memberships = Membership.unscoped.filter(user__in=people)
    places = [tenant.organization, tenant.school, tenant.campus, tenant.classroom]
    tree = [tenant.category, tenant.course, tenant.sub_course, *tenant.videos, *tenant.practices]
    return [*places, *people, *memberships, *tree]


REMEMBERED = {slug: Remembered(partial(make_tenant, slug)) for slug in ("north", "sunrise")}


@pytest.fixture
def north(db: None) -> Tenant:
    return REMEMBERED["north"].again()


@pytest.fixture
def sunrise(db: None) -> Tenant:
    return REMEMBERED["sunrise"].again()


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
