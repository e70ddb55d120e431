"""How far learners of a place are with a course: ``GET /api/v1/reports/learning``, and the admin's page."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from learning.models import CourseCategory
from progress.models import PracticeCompletion, VideoCompletion
from progress.reports import pages
from progress.reports.domain import learning as domain
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID, scope_entered
from tests import factories
from tests.conftest import error_of
from tests.contracts.admin_pages import sign_in

URL = "/api/v1/reports/learning"
PAGE = "/admin/learning-report/"


def learner(tenant, name, *, done=0, days_ago=0, at=None, **fields):
    """Return a learner who completed the first steps of the course, the last of them some days ago."""
    person = factories.make_user(
        f"{name.lower()}@learners.test", "STUDENT", at=at or tenant.classroom.scope, name=name, **fields
    )
    when = timezone.now() - timedelta(days=days_ago)
    for step in [*tenant.videos, *tenant.practices][:done]:
        is_video = step in tenant.videos
        model, field = (VideoCompletion, "video") if is_video else (PracticeCompletion, "question_set")
        model.unscoped.create(
            user=person, organization_id=person.organization_id, completed_at=when, **{field: step}
        )
    return person


@pytest.fixture
def room(north, sunrise):
    """A class of six, and two who belong elsewhere; those of ``make_tenant`` have not started."""
    learner(north, "Ada", done=5)
    learner(north, "Ben", done=2, days_ago=1)
    learner(north, "Émile", done=2, days_ago=40)
    learner(north, "Cem", done=4, days_ago=3)
    learner(north, "High", done=1, at=north.organization.scope)
    learner(north, "Gone", done=1, is_active=False)
    learner(sunrise, "Sun", done=3)
    return north


def report(client, course, **query):
    answer = client.get(URL, {"course_id": course.pk, **query})
    assert answer.status_code == 200, answer.json()
    return answer.json()


def names(told):
    return [row["name"] for row in told["rows"]]


def test_a_teacher_sees_who_of_the_class_is_how_far(room, as_user):
    told = report(as_user(room.teacher), room.course)
    assert told["course"] == {"id": room.course.pk, "title": room.course.title}
    assert told["figures"] == {
        "learners": 6, "counted": 6, "not_started": 2, "in_progress": 2, "stuck": 1, "finished": 1,
    }  # fmt: skip
    states = {row["name"]: (row["state"], row["done"], row["next_step"]) for row in told["rows"]}
    assert states == {
        "Ada": ("finished", 5, None),
        "Ben": ("in_progress", 2, room.videos[2].title),
        "Cem": ("in_progress", 4, room.practices[1].title),
        "Émile": ("stuck", 2, room.videos[2].title),
        "north student": ("not_started", 0, room.videos[0].title),
        "north student2": ("not_started", 0, room.videos[0].title),
    }
    assert told["count"] == 6


def test_the_funnel_shows_the_step_at_which_people_stop(room, as_user):
    funnel = report(as_user(room.teacher), room.course)["funnel"]
    steps = [*room.videos, *room.practices]
    assert [(step["type"], step["id"]) for step in funnel] == [
        ("video" if step in room.videos else "practice", step.pk) for step in steps
    ]
    assert [(step["done"], step["here"], step["stuck"]) for step in funnel] == [
        (4, 0, 0), (4, 0, 0), (2, 2, 1), (2, 0, 0), (1, 1, 0),
    ]  # fmt: skip


def test_the_step_to_do_next_is_the_one_that_the_learner_is_shown(room, as_user):
    for row in report(as_user(room.admin), room.course)["rows"]:
        person = User.unscoped.get(pk=row["id"])
        [course] = as_user(person).get("/api/v1/me/courses").json()["rows"]
        expected = course["continue_at"]["title"] if course["continue_at"] else None
        assert (row["next_step"], row["done"], row["waived"]) == (
            expected,
            course["completed"],
            course["waived"],
        )


def test_what_is_waived_is_done_and_counted_apart(room, as_user):
    ben = User.unscoped.get(email="ben@learners.test")
    for step in (room.videos[2], *room.practices):
        kind = "video" if step in room.videos else "practice"
        body = {"type": kind, "step_id": step.pk, "reason": "Ill.", "waiver": "administrative"}
        assert as_user(room.admin).post(f"/api/v1/users/{ben.pk}/exceptions/waive", body).status_code == 200
    [row] = report(as_user(room.teacher), room.course, search="ben")["rows"]
    assert (row["state"], row["done"], row["waived"], row["next_step"]) == ("finished", 2, 3, None)


def test_people_are_drilled_down_to_by_state_name_and_page(room, as_user):
    client = as_user(room.teacher)
    assert names(report(client, room.course, state="stuck")) == ["Émile"]
    assert names(report(client, room.course, search="emile")) == ["Émile"]
    assert names(report(client, room.course, state="stuck", stuck_days=90)) == []
    assert names(report(client, room.course, state="in_progress", stuck_days=90)) == ["Ben", "Cem", "Émile"]
    page = report(client, room.course, limit=2, page=2)
    assert (len(page["rows"]), page["count"]) == (2, 6)


@pytest.mark.parametrize("walls", [1, 2])
def test_a_name_is_found_by_any_part_of_it_with_one_wall_or_two(room, as_user, settings, walls):
    settings.ROW_SECURITY = settings.ROW_SECURITY and walls == 2
    client = as_user(room.teacher)
    for search, found in (
        ("b", ["Ben"]),
        ("e", ["Ben", "Cem", "Émile"]),
        ("MI", ["Émile"]),
        ("il em", ["Émile"]),
    ):
        assert [
            name for name in names(report(client, room.course, search=search)) if "north" not in name
        ] == found
    assert report(client, room.course, search="be xx")["count"] == 0


def test_drafts_and_what_is_switched_off_are_not_counted(room, as_user):
    for item in (room.videos[0], room.practices[1]):
        type(item).unscoped.filter(pk=item.pk).update(status="DRAFT")
    told = report(as_user(room.teacher), room.course)
    assert len(told["funnel"]) == 3
    assert told["figures"]["finished"] == 2


def test_a_place_is_at_or_below_ones_own(room, sunrise, as_user):
    whole = report(as_user(room.admin), room.course)
    assert whole["figures"]["learners"] == 7
    one_class = report(as_user(room.admin), room.course, scope=str(room.classroom.scope))
    assert one_class["figures"]["learners"] == 6
    for place in (room.school.scope, sunrise.classroom.scope):
        answer = as_user(room.teacher).get(URL, {"course_id": room.course.pk, "scope": str(place)})
        assert (answer.status_code, error_of(answer)["code"]) == (404, "scope_not_found")


def test_a_foreign_course_is_answered_like_one_that_does_not_exist(room, sunrise, as_user):
    answers = [as_user(room.admin).get(URL, {"course_id": pk}) for pk in (sunrise.course.pk, 10**12)]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == answers[1].content
    assert as_user(room.student).get(URL, {"course_id": room.course.pk}).status_code == 403


@pytest.mark.parametrize(
    "query",
    [{"course_id": "x"}, {"stuck_days": 0}, {"state": "lost"}, {"a": "b"}, {"course_id": ""}, {"limit": 0}],
)
def test_a_parameter_that_says_nothing_is_named(room, as_user, query):
    answer = as_user(room.teacher).get(URL, {"course_id": room.course.pk, **query})
    assert (answer.status_code, error_of(answer)["attr"]) == (400, next(iter(query)))


def test_learners_are_the_same_people_wherever_they_are_counted(room, as_user):
    factories.make_user("none@learners.test", at=room.classroom.scope, name="None")
    emails = {row["email"] for row in report(as_user(room.teacher), room.course)["rows"]}
    assert {"none@learners.test", room.student.email} < emails
    # Who has nothing to complete is not waited for.
    assert not emails & {room.guardian.email, room.guest.email, room.teacher.email}
    with scope_entered(room.classroom.scope):
        assert {person.email for person in User.objects.learners()} == emails
    # An exception for the class is made for the same, and so is the list of it on the front page.
    body = {"type": "video", "step_id": room.videos[0].pk, "reason": "Snow.", "waiver": "administrative"}
    place = {"scope": str(room.classroom.scope)}
    answer = as_user(room.admin).post("/api/v1/exceptions/waive", {**body, **place})
    assert sum(answer.json().values()) == len(emails)
    page = sign_in(room.teacher).get("/admin/")
    [shown] = [seen.shown for seen in page.context["front_page"].work if seen.name == "my_class"]
    assert len(shown["learners"]) == len(emails)


def test_more_people_take_no_more_statements(room, as_user, statements):
    client = as_user(room.teacher)
    report(client, room.course)
    with statements() as few:
        report(client, room.course)
    for number in range(5):
        learner(room, f"more{number}", done=number)
    with statements() as many:
        report(client, room.course)
    assert len(many) == len(few) <= 4


def looks_at(monkeypatch, most, *, sample=0):
    """Let a report look at no more than so many learners times steps; the course has five steps."""
    monkeypatch.setattr(domain, "MOST_LOOKED_AT", most)
    monkeypatch.setattr(domain, "SAMPLE", sample)


def test_of_too_many_learners_the_figures_are_of_a_sample_and_say_so(room, as_user, monkeypatch):
    client = as_user(room.teacher)
    looks_at(monkeypatch, 6 * 5)
    whole = report(client, room.course)
    assert whole["figures"]["counted"] == whole["figures"]["learners"] == 6
    looks_at(monkeypatch, 6 * 5 - 1, sample=4 * 5)
    told = report(client, room.course)
    figures = dict(told["figures"])
    assert (figures.pop("learners"), figures.pop("counted")) == (6, 4)
    assert sum(figures.values()) == 4
    assert figures["in_progress"] + figures["stuck"] == sum(step["here"] for step in told["funnel"])
    assert max(step["done"] for step in told["funnel"]) <= 4
    assert report(client, room.course) == told, "the same ones each time"
    # Whom the list shows is looked up, whatever the figures are of.
    assert told["rows"] == whole["rows"]


def test_too_many_learners_are_not_looked_at_for_their_state_but_those_of_a_name_are(
    room, as_user, monkeypatch
):
    looks_at(monkeypatch, 6 * 5 - 1, sample=5)
    client = as_user(room.teacher)
    answer = client.get(URL, {"course_id": room.course.pk, "state": "stuck"})
    assert (answer.status_code, error_of(answer)["code"], error_of(answer)["attr"]) == (
        400,
        "too_many_learners",
        "state",
    )
    assert names(report(client, room.course, state="stuck", search="emile")) == ["Émile"]
    assert names(report(client, room.course, state="stuck", search="nobody")) == []
    page = sign_in(room.teacher).get(PAGE, {"state": "stuck"})
    assert page.status_code == 200
    told = page.content.decode()
    assert "Choose a smaller place, or a name." in told
    assert "of 1 of them, chosen by chance" in told
    assert "0 people" not in told, "nobody has counted"


def test_of_a_sample_the_page_tells_shares(room, monkeypatch):
    def shown():
        told = sign_in(room.teacher).get(PAGE).content.decode()
        return re.findall(r"<strong>(\w+%?)</strong> (learners|not started|in progress|stuck|finished)", told)

    numbers = [
        ("6", "learners"),
        ("2", "not started"),
        ("2", "in progress"),
        ("1", "stuck"),
        ("1", "finished"),
    ]
    assert shown() == numbers
    looks_at(monkeypatch, 0, sample=5)
    (learners, *shares) = shown()
    assert learners == ("6", "learners")
    assert sorted(share for share, _state in shares) == ["0%", "0%", "0%", "100%"]


def test_a_file_holds_all_learners_of_a_state_however_many_are_looked_at(room, monkeypatch):
    looks_at(monkeypatch, 0)
    monkeypatch.setattr(domain, "ROWS_AT_ONCE", 2)
    answer = sign_in(room.teacher).get(PAGE, {"state": "in_progress", "format": "csv"})
    rows = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert [row["name"] for row in rows] == ["Ben", "Cem"]
    answer = sign_in(room.teacher).get(PAGE, {"format": "csv"})
    assert len(list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))) == 6
    monkeypatch.setattr(pages, "MOST_IN_A_FILE", 5)
    refused = sign_in(room.teacher).get(PAGE, {"format": "csv"}, follow=True)
    assert "CSV: at most 5 people." in refused.content.decode()


def test_somebody_elses_path_is_the_one_they_are_sent(room, sunrise, as_user):
    ben = User.unscoped.get(email="ben@learners.test")
    own = as_user(ben).get(f"/api/v1/course-management/courses/{room.course.pk}/learning-path")
    url = f"/api/v1/users/{ben.pk}/path"
    told = as_user(room.support).get(url, {"course_id": room.course.pk})
    assert told.status_code == 200
    assert told.content == own.content
    for who, pk in ((sunrise.student, room.course.pk), (ben, sunrise.course.pk), (ben, 10**12)):
        answer = as_user(room.support).get(f"/api/v1/users/{who.pk}/path", {"course_id": pk})
        assert answer.status_code == 404
    assert as_user(room.student).get(url, {"course_id": room.course.pk}).status_code == 403


# --- In the admin -----------------------------------------------------------------------------------


def test_a_teacher_reads_the_page_of_their_class_and_nothing_beyond(room, sunrise):
    browser = sign_in(room.teacher)
    page = browser.get(PAGE)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Émile" in text
    assert "High" not in text
    assert "Sun" not in text
    assert 'href="/admin/accounts/user/' not in text, "a teacher may not look people up"
    assert browser.get(PAGE, {"scope": str(room.school.scope)}).status_code == 404
    assert browser.get(PAGE, {"course": sunrise.course.pk}).status_code == 404
    assert PAGE in browser.get("/admin/").content.decode()
    assert sign_in(room.guest).get(PAGE).status_code in (302, 403)


def test_the_page_begins_with_a_course_of_the_organization_before_a_shared_one(room):
    platform = Organization.unscoped.get(pk=PLATFORM_ID)
    offered = factories.CourseFactory(category=factories.CategoryFactory(organization=platform))
    CourseCategory.unscoped.filter(organization=room.organization).update(display_order=10**6)
    context = sign_in(room.admin).get(PAGE).context
    assert context["courses"][0] == offered
    assert context["course"].id == room.course.pk


def test_who_may_look_people_up_goes_on_to_their_page(room):
    ben = User.unscoped.get(email="ben@learners.test")
    page = sign_in(room.admin).get(PAGE, {"state": "in_progress"}).content.decode()
    assert f"/admin/accounts/user/{ben.pk}/person/" in page
    assert "Ada" not in page


def test_what_the_list_shows_is_exported(room):
    browser = sign_in(room.teacher)
    answer = browser.get(PAGE, {"state": "stuck", "format": "csv"})
    [row] = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert (row["name"], row["state"], row["completed"]) == ("Émile", "stuck", "2")
    assert browser.get(PAGE, {"format": "xlsx"})["Content-Disposition"].endswith('.xlsx"')


@pytest.mark.parametrize(
    "query",
    [{"days": "0"}, {"course": "x"}, {"state": "lost"}, {"page": "²"}, {"format": "pdf"}, {"q": "\0"}],
)
def test_an_address_that_cannot_be_meant_leads_back(room, query):
    answer = sign_in(room.teacher).get(PAGE, query)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
