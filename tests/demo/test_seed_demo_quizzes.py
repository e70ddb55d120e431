"""The demo's safety quizzes: something to see in every place and week, and what each account is shown."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from demo import quiz_results
from demo.quizzes import DONE, WEEKS
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.weeks import Week, current_week
from tenancy.models import NODE_MODELS
from tenancy.scope import PLATFORM_ID, every_organization
from tests.demo.seeding import seed
from tests.quizzes.safety import COMPLETION, ME, REPORTS, TREND, URL, ids, people, quiz, results
from tests.quizzes.scheduled import CURRENT

pytestmark = pytest.mark.django_db


@pytest.fixture
def someone(demo):
    """``someone("teacher@north.test")``"""
    return lambda email: User.unscoped.select_related("role").get(email=email)


def nodes():
    with every_organization():
        found = [node for model in NODE_MODELS.values() for node in model.objects.all()]
    return [node for node in found if node.pk != PLATFORM_ID]


def test_every_scope_has_complete_and_pending_people_in_every_week(someone, as_user):
    places = nodes()
    assert len(places) == 14
    for node in places:
        slug = node.slug if hasattr(node, "slug") else node.organization.slug
        client = as_user(someone(f"admin@{slug}.test"), node.scope)
        weeks = client.get(TREND, {"weeks": 8}).json()["weeks"]
        assert weeks[-1]["week_of"] == str(current_week(timezone.now()))
        assert all(0 < week["complete"] < week["total"] for week in weeks), node
        for week in weeks:
            summary = client.get(COMPLETION, {"week_of": week["week_of"]}).json()["summary"]
            assert (summary["complete"], summary["total"]) == (week["complete"], week["total"])


def test_results_are_as_if_they_had_been_posted(someone):
    rows = list(SafetyQuizResult.unscoped.select_related("user__role"))
    assert {row.user.email for row in rows} == set(DONE)
    assert all(set(done) <= set(".x2") and len(done) == WEEKS for done in DONE.values())
    for row in rows:
        assert row.user_name == row.user.name
        assert row.user_role == row.user.role.name
        assert row.campus_id == row.user.campus_id
        assert row.organization_id == row.user.organization_id
        assert 0 <= row.score <= row.total_questions
        assert row.passed is not None or row.total_questions == len(row.answers)
        assert Week.named(row.week_of).monday <= row.completed_at.date()
        assert row.completed_at < Week.named(row.week_of).ends
        assert row.completed_at <= timezone.now()
        assert row.user.memberships(manager="unscoped").get().valid_from < row.completed_at


def test_a_run_in_a_later_week_adds_that_week_and_nothing_else(someone, monkeypatch):
    before = {row.pk: row.completed_at for row in SafetyQuizResult.unscoped.all()}
    SafetyQuizResult.unscoped.filter(user=someone("admin@north.test")).update(deleted=timezone.now())
    assert "0 quiz results" in seed()
    later = timezone.now() + timedelta(days=7)
    monkeypatch.setattr(quiz_results.timezone, "now", lambda: later)
    column = current_week(later).monday.toordinal() // 7 % WEEKS
    done = [text[column] for text in DONE.values()]
    assert quiz_results_added() == done.count("x") + 2 * done.count("2")
    assert quiz_results_added() == 0
    after = {row.pk: row.completed_at for row in SafetyQuizResult.unscoped.all()}
    assert before.items() <= after.items()
    new = SafetyQuizResult.unscoped.exclude(pk__in=before)
    assert {row.week_of for row in new} <= {*current_week(later).names}


def test_both_organizations_ask_a_quiz_and_some_results_of_it_are_graded(someone, as_user):
    for slug, title in (("north", "Keeping everyone safe"), ("sunrise", "Keeping everyone safe")):
        teacher = as_user(someone(f"teacher@{slug}.test"))
        shown = teacher.get(CURRENT).json()
        assert (shown["title"], len(shown["questions"])) == (title, 5)
        graded = SafetyQuizResult.unscoped.filter(organization__slug=slug, passed__isnull=False)
        assert {row.passed for row in graded} >= {True}
        assert all(row.quiz_id == str(shown["question_set_id"]) for row in graded)
        assert all(row.total_questions == 5 and row.score <= 5 for row in graded)
    assert SafetyQuizResult.unscoped.filter(passed=None).exists()


def test_weeks_are_named_in_both_ways():
    named = SafetyQuizResult.unscoped.values_list("week_of", flat=True)
    assert {Week.named(text).by_number for text in named} == {True, False}


def quiz_results_added():
    with every_organization():
        return quiz_results.load_quiz_results()


# --- What each account is shown -------------------------------------------------------------------


def emails(answer):
    return {User.unscoped.get(pk=pk).email for pk in people(answer)}


EAST = {f"{name}@north.test" for name in ("lead", "support", "teacher", "teacher2", "teacher5", "teacher6")}
ELEMENTARY = EAST | {f"{name}@north.test" for name in ("principal", "teacher3", "teacher7")}


def test_the_principal_sees_north_elementarys_staff_only_and_the_lead_easts_only(someone, as_user):
    assert emails(as_user(someone("principal@north.test")).get(COMPLETION)) == ELEMENTARY
    assert emails(as_user(someone("lead@north.test")).get(COMPLETION)) == EAST
    whole = ELEMENTARY | {f"{name}@north.test" for name in ("admin", "instructor", "teacher4", "teacher8")}
    assert emails(as_user(someone("admin@north.test")).get(COMPLETION)) == whole
    sunrise = {f"{name}@sunrise.test" for name in ("admin", "teacher", "teacher2")}
    assert emails(as_user(someone("admin@sunrise.test")).get(COMPLETION)) == sunrise
    assert emails(as_user(someone("global@demo.test")).get(COMPLETION)) == whole | sunrise


def test_drilled_the_principal_sees_east_and_a_quiz_posted_there_leaves_no_row(someone, as_user):
    principal, east = someone("principal@north.test"), someone("lead@north.test").own_scope
    drilled = as_user(principal, east)
    assert emails(drilled.get(COMPLETION)) == EAST
    listed = drilled.get(f"{URL}?limit=200").json()["rows"]
    assert {row["campusId"] for row in listed} == {str(east.campus_id)}
    before = SafetyQuizResult.unscoped.count()
    answer = drilled.post(URL, quiz())
    assert (answer.status_code, answer.json()) == (201, None)
    assert SafetyQuizResult.unscoped.count() == before
    assert as_user(principal).post(URL, quiz(week_of="another")).status_code == 201
    assert SafetyQuizResult.unscoped.count() == before + 1


def test_a_teacher_reports_on_their_class_once_they_are_granted_the_permission(someone, as_user, grant):
    teacher = someone("teacher@north.test")
    client = as_user(teacher)
    assert client.get(COMPLETION).status_code == 403
    assert {row["userId"] for row in client.get(URL).json()["rows"]} == {str(teacher.pk)}
    grant(teacher, REPORTS)
    assert emails(client.get(COMPLETION)) == {"teacher@north.test", "teacher5@north.test"}
    week = str(current_week(timezone.now()))
    before = len(results(teacher))
    mine = client.post(URL, quiz(week_of=week)).json()["id"]
    # One that was graded counts more than what a client reports.
    counted = client.get(ME, {"week_of": week}).json()["result"]["id"]
    graded = SafetyQuizResult.unscoped.filter(user=teacher, week_of__in=Week.named(week).names, passed=True)
    assert counted == (str(graded.get().pk) if graded else mine)
    assert people(client.get(COMPLETION, {"week_of": week}))[str(teacher.pk)] == "complete"
    assert ids(client.get(URL))[0] == mine
    assert len(results(teacher)) == before + 1


def test_a_principal_from_whom_it_is_withheld_reports_on_nothing(someone, as_user):
    principal = someone("principal@north.test")
    key = principal.role.permissions.get(codename=REPORTS)
    principal.custom_permissions_filter.add(key)
    for url in (COMPLETION, TREND):
        assert as_user(principal).get(url).status_code == 403
    assert {row["userId"] for row in as_user(principal).get(URL).json()["rows"]} == {str(principal.pk)}
