"""``manage.py fill_safety_quiz_results``: data to measure reports with."""

from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from accounts.models import Membership, User
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.filling import SLUG
from quizzes.safety.domain.weeks import Week
from tenancy.models import Campus, Organization
from tests.factories import make_user
from tests.quizzes.safety import COMPLETION

pytestmark = pytest.mark.django_db


@pytest.fixture
def fill(monkeypatch):
    """Run the command, but for what cannot be done within a test's transaction."""
    settled = []
    monkeypatch.setattr(
        "quizzes.management.commands.fill_safety_quiz_results.settle", lambda: settled.append(True)
    )

    def run(**options):
        printed = StringIO()
        call_command("fill_safety_quiz_results", no_input=True, stdout=printed, **options)
        assert settled.pop()
        return printed.getvalue()

    return run


def filled():
    return SafetyQuizResult.unscoped.filter(organization__slug=SLUG)


def test_it_writes_as_many_results_as_are_asked_for_in_an_organization_of_its_own(fill, north, sunrise):
    assert "has 1500 results" in fill(staff=600, results=1500)
    assert filled().count() == SafetyQuizResult.unscoped.count() == 1500
    people = User.unscoped.filter(organization__slug=SLUG)
    assert people.count() == Membership.unscoped.filter(organization__slug=SLUG).count() == 600
    assert not any(user.has_usable_password() for user in people[:5])
    sizes = people.values("campus").annotate(n=Count("pk")).values_list("n", flat=True)
    assert sorted(sizes) == [1, 100, 499]
    assert set(people.values_list("role__name", flat=True)) == {"ADMIN", "PRINCIPAL", "TEACHER"}


def test_learners_of_the_organization_do_no_safety_quiz(fill):
    fill(staff=10, results=10)
    organization = Organization.unscoped.get(slug=SLUG)
    learner = make_user("aa@fill.test", "STUDENT", at=organization.scope)
    fill(staff=10, results=40)
    assert filled().count() == 40
    assert not filled().filter(user=learner).exists()


def test_weeks_have_complete_and_pending_people_and_some_did_it_twice(fill, as_user, north):
    fill(staff=100, results=300)
    first = filled().latest("week_of")
    week = filled().filter(week_of=first.week_of)
    assert week.values("user").distinct().count() == 90
    assert week.count() == 94
    for row in filled():
        assert Week.named(row.week_of).monday.isoformat() == row.week_of
        assert row.week_of <= row.completed_at.date().isoformat()
        assert UUID(str(row.pk)).version == 7
        assert (row.campus_id, row.created_by_id) == (row.user.campus_id, row.user_id)
    admin = User.unscoped.get(organization__slug=SLUG, role__name="ADMIN")
    summary = as_user(admin).get(COMPLETION, {"week_of": first.week_of}).json()["summary"]
    assert summary == {"total": 100, "complete": 90, "pending": 10}
    assert make_user("other@north.test", "TEACHER", at=north.scope).organization_id != admin.organization_id


def test_a_further_run_goes_on_where_the_last_one_ended(fill, north):
    fill(staff=50, results=60)
    before = set(filled().values_list("pk", flat=True))
    fill(staff=50, results=60)
    assert set(filled().values_list("pk", flat=True)) == before
    fill(staff=999, results=200)
    after = set(filled().values_list("pk", flat=True))
    assert before < after
    assert len(after) == 200
    assert User.unscoped.filter(organization__slug=SLUG).count() == 50
    per_week = filled().values("week_of", "user").annotate(n=Count("pk"))
    assert max(row["n"] for row in per_week) == 2


@pytest.mark.parametrize("answer", ["no", "", "y", "YES please"])
def test_it_asks_and_writes_nothing_without_a_yes(answer, monkeypatch, north):
    monkeypatch.setattr("builtins.input", lambda question: answer)
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("fill_safety_quiz_results")
    assert not Organization.unscoped.filter(slug=SLUG).exists()


def test_a_yes_is_enough(fill, monkeypatch, north):
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or " Yes ")
    call_command("fill_safety_quiz_results", staff=10, results=5, verbosity=0)
    assert "test_" in asked[0]
    assert filled().count() == 5
    assert Campus.unscoped.filter(organization__slug=SLUG).count() == 1


@pytest.mark.parametrize("option", ["--staff=0", "--results=-1", "--results=x"])
def test_numbers_are_from_one(option, north):
    with pytest.raises((CommandError, SystemExit)):
        call_command("fill_safety_quiz_results", option)
