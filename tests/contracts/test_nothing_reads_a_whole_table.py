"""No list of the admin and no route of the API has to read a table of facts from beginning to end.

Planning is told that doing so is dear: what does it all the same has no index that would lead it.
"""

import pytest
from django.db import connection

from progress.models import Interaction, ItemProgress, PracticeCompletion, VideoCompletion
from quizzes.models import Attempt, SafetyQuizResult
from tenancy import lists
from tenancy.admin import facts
from tests import citus
from tests.contracts.admin_pages import shown_ids, sign_in, url
from tests.factories import make_user

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(bool(citus.COORDINATOR), reason="what workers read is counted there"),
]


@pytest.fixture(autouse=True)
def first_wall_alone():
    """Both walls are up, as they are wherever it runs: a policy takes part in each plan."""


FACTS = (ItemProgress, VideoCompletion, PracticeCompletion, SafetyQuizResult, Interaction, Attempt)
ROUTES = (
    "/api/user_progress?progress_type=sign_learned",
    "/api/safety_quiz_results/",
    "/api/safety_quiz_results/?week_of=2026-W40",
    "/api/safety_quiz_results/me",
    "/api/safety_quiz_results/completion?week_of=2026-W40",
    "/api/safety_quiz_results/completion/trend?weeks=52",
    "/api/v1/interactions",
    "/api/v1/me/courses",
    "/api/v1/course-management/courses/{course}/learning-path",
    "/api/v1/course-management/videos/{video}",
)


@pytest.fixture
def whole_tables():
    """Return a function that names the tables of facts that were read as a whole since it was called last."""
    names = [model._meta.db_table for model in FACTS]

    def read():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)", [names]
            )
            now = dict(cursor.fetchall())
        new = {name for name, number in now.items() if number > before.get(name, 0)}
        before.update(now)
        return new

    before = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; DISCARD PLANS")
    read()
    return read


def test_reading_one_as_a_whole_is_noticed(north, whole_tables):
    assert not whole_tables()
    list(ItemProgress.unscoped.filter(value="learned"))
    assert whole_tables() == {"user_progress"}


@pytest.mark.parametrize("model", FACTS)
def test_no_list_of_the_admin_reads_a_whole_table(model, north, sunrise, global_admin, whole_tables):
    for person in (north.admin, global_admin):
        browser = sign_in(person)
        for query in (
            "",
            "p=2",
            "q=student",
            "q=nobody+at+all",
            "days=30",
            f"school={north.school.pk}",
        ):
            page = browser.get(f"{url(model, 'changelist')}?{query}")
            assert page.status_code in (200, 302), query
            assert not whole_tables(), (person.email, query)


@pytest.mark.parametrize("path", ROUTES)
def test_no_route_reads_a_whole_table(path, north, sunrise, global_admin, as_user, whole_tables):
    address = path.format(course=north.course.pk, video=north.videos[0].pk)
    for person in (north.student, north.admin, global_admin):
        assert as_user(person).get(address).status_code in (200, 403)
        assert not whole_tables(), person.email


def log(person, times):
    Interaction.unscoped.bulk_create(
        Interaction(user=person, organization_id=person.organization_id, type="x-done", payload=1)
        for _ in range(times)
    )


def test_a_long_list_is_counted_up_to_a_limit_and_says_so(north, monkeypatch):
    monkeypatch.setattr(lists, "MOST_LISTED", 5)
    browser = sign_in(north.admin)
    log(north.student, 5)
    page = browser.get(url(Interaction, "changelist"))
    assert page.context["cl"].result_count == 5
    assert "There are more than" not in page.content.decode()
    log(north.student, 5)
    page = browser.get(url(Interaction, "changelist"))
    assert page.context["cl"].result_count == 5
    assert "There are more than 5." in page.content.decode()


def test_a_search_finds_people_and_then_what_is_theirs(north, sunrise, global_admin):
    for person in (north.student, north.student2, north.teacher, sunrise.student):
        log(person, 1)
    found = shown_ids(sign_in(north.admin).get(f"{url(Interaction, 'changelist')}?q=student"))
    assert {row.user_id for row in Interaction.unscoped.filter(pk__in=found)} == {
        north.student.pk,
        north.student2.pk,
    }


def test_a_search_that_many_people_match_says_whose_rows_it_shows(north, monkeypatch):
    monkeypatch.setattr(facts, "MOST_FOUND", 2)
    for number in range(4):
        log(make_user(f"many{number}@north.test", "STUDENT", at=north.classroom.scope), 1)
    page = sign_in(north.admin).get(f"{url(Interaction, 'changelist')}?q=many")
    assert len(shown_ids(page)) == 2
    assert "these are the rows of the first 2" in page.content.decode()


def test_of_many_people_a_search_shows_the_newest_rows_of_each_and_says_so(north, monkeypatch):
    monkeypatch.setattr(facts, "FEW", 1)
    monkeypatch.setattr(facts, "ROWS_OF_MANY", 4)
    busy, quiet = (make_user(f"many{n}@north.test", "STUDENT", at=north.classroom.scope) for n in range(2))
    log(quiet, 1)
    log(busy, 3)
    rows = Interaction.unscoped.order_by("-created_at", "-pk")
    newest = [*rows.filter(user=busy).values_list("pk", flat=True)[:2]]
    page = sign_in(north.admin).get(f"{url(Interaction, 'changelist')}?q=many")
    assert {*shown_ids(page)} == {*newest, rows.get(user=quiet).pk}
    assert "2 people match: these are the newest rows of each, 2 at most." in page.content.decode()
    page = sign_in(north.admin).get(f"{url(Interaction, 'changelist')}?q=many0")
    assert len(shown_ids(page)) == 3
    assert "the newest rows of each" not in page.content.decode()
