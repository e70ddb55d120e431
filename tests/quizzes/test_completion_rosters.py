"""Whose week it was: the roster of a past week does not change with what happens afterwards."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Membership, User
from accounts.people.domain.membership import place
from quizzes.safety.domain.weeks import Week, current_week
from tenancy.models import Classroom
from tenancy.scope import every_organization
from tests.factories import CampusFactory, ClassroomFactory, make_user
from tests.quizzes.safety import COMPLETION, TREND, WEEK, members_since, people, record, role

pytestmark = pytest.mark.django_db

# The week of WEEK, from its first moment to the first one after it.
BEGINS = datetime(2021, 3, 1, tzinfo=UTC)
ENDS = datetime(2021, 3, 8, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _members_for_long(north, sunrise):
    members_since()


@pytest.fixture
def report(as_user, north):
    """``report(scope)`` is who a report of north names, with their status."""

    def ask(scope=None, week_of=WEEK, **more):
        return people(as_user(north.admin, scope).get(COMPLETION, {"week_of": week_of, **more}))

    return ask


def member(user, *, since, until=None):
    """Let the only membership of ``user`` be from then until then."""
    Membership.unscoped.filter(user=user).update(valid_from=since, valid_until=until)


@pytest.mark.parametrize(
    ("since", "until", "is_on_it"),
    [
        (BEGINS, None, True),
        (BEGINS - MOMENT, ENDS, True),
        (BEGINS + timedelta(days=3), None, True),  # joined on Thursday
        (BEGINS, BEGINS + timedelta(days=3), False),  # left on Thursday
        (ENDS - MOMENT, None, True),  # Sunday, just before midnight
        (ENDS, None, False),  # Monday
        (BEGINS, ENDS - MOMENT, False),
        (BEGINS, ENDS, True),
        (BEGINS, ENDS + timedelta(days=99), True),
        (ENDS - 2 * MOMENT, ENDS - MOMENT, False),
        (BEGINS - timedelta(days=9), BEGINS, False),
    ],
)
def test_the_roster_of_a_week_is_who_belonged_there_at_its_last_moment(
    since, until, is_on_it, report, as_user, north, sunrise
):
    member(north.teacher, since=since, until=until)
    record(north.teacher)
    for scope in (north.scope, north.classroom.scope):
        for week_of in (WEEK, "2021-W09", "2021-03-04", "2021-03-07"):
            assert (str(north.teacher.pk) in report(scope, week_of)) == is_on_it
            assert (str(north.teacher.pk) in report(scope, week_of, limit=200)) == is_on_it
        weeks = as_user(north.admin, scope).get(TREND, {"weeks": 1, "week_of": WEEK}).json()["weeks"]
        assert weeks[0]["complete"] == is_on_it


def figures(as_user, tenant, level):
    """Return everything that is told of some weeks, to someone who acts at a level."""
    client = as_user(tenant.admin, getattr(tenant, level).scope)
    return [
        client.get(url, parameters).json()
        for url, parameters in (
            *((COMPLETION, {"week_of": week_of}) for week_of in ("2021-02-22", WEEK, "2021-W09")),
            (COMPLETION, {"week_of": WEEK, "limit": 200}),
            (TREND, {"weeks": 3, "week_of": WEEK}),
        )
    ]


LEAVES_THE_ORGANIZATION = {"goes to another organization", "leaves"}


def names_of(pk, told):
    """Return what someone is called in the reports."""
    rows = [row for report in told for row in report.get("rows", ())]
    return {row["user_name"] for row in rows if row["userId"] == str(pk)}


def without_names(told):
    """Return the reports but for names, and the order that these give to rows."""
    return [
        {
            **report,
            "rows": sorted(
                ({**row, "user_name": ""} for row in report["rows"]), key=lambda row: row["userId"]
            ),
        }
        if "rows" in report
        else report
        for report in told
    ]


def by_sql(statement):
    def run(user):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE users SET {statement} WHERE id = %s", [user.pk])

    return run


AFTERWARDS = {
    "moves to another class": lambda who, n, s: place(
        user=who, at=Classroom.unscoped.get(name="Another class").scope, role=who.role
    ),
    "moves up": lambda who, n, s: place(user=who, at=n.scope, role=who.role),
    "becomes a student": lambda who, n, s: place(user=who, at=n.classroom.scope, role=role("STUDENT")),
    "has no role any more": lambda who, n, s: place(user=who, at=n.classroom.scope, role=None),
    "goes to another organization": lambda who, n, s: place(user=who, at=s.classroom.scope, role=who.role),
    "leaves": lambda who, n, s: place(user=who, at=None, role=None),
    "is deactivated": lambda who, n, s: User.unscoped.filter(pk=who.pk).update(is_active=False),
    "is deactivated by hand": lambda who, n, s: by_sql("is_active = false")(who),
    "is deleted": lambda who, n, s: who.delete(),
    "is deleted by hand": lambda who, n, s: by_sql("deleted = now()")(who),
    "was moved a month ago": lambda who, n, s: place(
        user=who, at=n.scope, role=who.role, since=timezone.now() - timedelta(days=30)
    ),
    "is changed by an update": lambda who, n, s: User.unscoped.filter(pk=who.pk).update(
        classroom=None, role=role("STUDENT")
    ),
}


@contextmanager
def taken_back():
    """What happens inside has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def teachers(north, sunrise):
    """One who has done the quiz of that week, and one who has not."""
    ClassroomFactory(campus=CampusFactory(school=north.school), name="Another class")
    colleague = make_user("colleague@north.test", "TEACHER", at=north.classroom.scope)
    members_since()
    record(north.teacher)
    return north.teacher.pk, colleague.pk


@pytest.mark.parametrize("level", ["organization", "school", "campus", "classroom"])
def test_the_weeks_figure_does_not_change_whatever_someone_does_afterwards(
    level, teachers, as_user, north, sunrise
):
    before, theirs = figures(as_user, north, level), figures(as_user, sunrise, level)
    for what, happens in AFTERWARDS.items():
        with taken_back():
            with every_organization():
                for one in teachers:
                    happens(User.unscoped.get(pk=one), north, sunrise)
            told, expected = figures(as_user, north, level), before
            if what in LEAVES_THE_ORGANIZATION:
                for one in teachers:
                    assert names_of(one, told) == {"someone who has left"}, what
                told, expected = without_names(told), without_names(before)
            assert told == expected, what
            assert figures(as_user, sunrise, level) == theirs, what


def test_todays_figure_changes_with_each_of_these(teachers, as_user, north, sunrise):
    client = as_user(north.admin, north.classroom.scope)
    today = client.get(COMPLETION).json()
    for what, happens in AFTERWARDS.items():
        for one in teachers:
            with taken_back():
                with every_organization():
                    happens(User.unscoped.get(pk=one), north, sunrise)
                assert client.get(COMPLETION).json() != today, what


def test_who_comes_back_is_on_todays_roster_and_not_on_those_between(report, north):
    gone = timezone.now() - timedelta(weeks=8)
    User.unscoped.filter(pk=north.teacher.pk).update(is_active=False)
    Membership.unscoped.filter(user=north.teacher).update(valid_until=gone)
    between = str(current_week(timezone.now()).back(4))
    for scope in (north.scope, north.classroom.scope):
        assert str(north.teacher.pk) not in report(scope, between)
        assert str(north.teacher.pk) not in report(scope, str(current_week(timezone.now())))
    User.unscoped.filter(pk=north.teacher.pk).update(is_active=True)
    for scope in (north.scope, north.classroom.scope):
        assert str(north.teacher.pk) not in report(scope, between)
        assert str(north.teacher.pk) in report(scope, str(current_week(timezone.now())))
        assert str(north.teacher.pk) in report(scope, WEEK)


@pytest.mark.parametrize("week_of", ["now", "next year", "Week 47", "2026", "-", None])
def test_a_week_that_has_not_ended_and_any_other_text_is_reported_with_todays_roster(
    week_of, report, as_user, north, sunrise
):
    current = current_week(timezone.now())
    text = {"now": str(current), "next year": str(current.back(-60))}.get(week_of, week_of)
    User.unscoped.filter(pk=north.support.pk).update(is_active=False)
    place(user=north.instructor, at=north.classroom.scope, role=north.instructor.role)
    newcomer = make_user("new@north.test", "TEACHER", at=north.classroom.scope)
    if text is not None:
        record(newcomer, text)
    for scope in (north.scope, north.classroom.scope):
        parameters = {} if text is None else {"week_of": text}
        found = people(as_user(north.admin, scope).get(COMPLETION, parameters))
        assert found[str(newcomer.pk)] == ("pending" if text is None else "complete")
        assert str(north.instructor.pk) in found
        assert str(north.support.pk) not in found


def test_place_and_role_in_a_row_are_those_of_that_week(as_user, north, sunrise):
    place(user=north.support, at=north.scope, role=role("ADMIN"))
    User.unscoped.filter(pk=north.support.pk).update(name="Renamed")
    rows = as_user(north.admin).get(COMPLETION, {"week_of": WEEK}).json()["rows"]
    (then,) = (row for row in rows if row["userId"] == str(north.support.pk))
    assert (then["user_role"], then["campusId"]) == ("SUPPORT", str(north.campus.pk))
    assert then["user_name"] == "Renamed"
    rows = as_user(north.admin).get(COMPLETION).json()["rows"]
    (now,) = (row for row in rows if row["userId"] == str(north.support.pk))
    assert (now["user_role"], now["campusId"]) == ("ADMIN", None)


def test_every_name_of_a_week_has_one_roster_and_the_same_results(report, north):
    record(north.teacher, "2021-W09")
    record(north.support, WEEK)
    record(north.admin, "2021-03-08")
    for week_of in Week.named(WEEK).names:
        found = report(week_of=week_of)
        done = {pk for pk, status in found.items() if status == "complete"}
        assert (len(found), done) == (5, {str(north.teacher.pk), str(north.support.pk)})


def test_a_week_becomes_past_when_it_ends(report, monkeypatch, north):
    """Up to its last moment it is today's roster that counts, from then on that of its end."""
    for module in ("completion", "trend"):
        monkeypatch.setattr(f"quizzes.safety.domain.{module}.timezone.now", lambda: ENDS - MOMENT)
    User.unscoped.filter(pk=north.teacher.pk).update(is_active=False)
    Membership.unscoped.filter(user=north.teacher).update(valid_until=ENDS + MOMENT)
    assert str(north.teacher.pk) not in report()
    monkeypatch.setattr("quizzes.safety.domain.completion.timezone.now", lambda: ENDS)
    assert str(north.teacher.pk) in report()
