"""A key opens facts of one kind: every page of the admin and every route is walked with one key at a time.

What each page and route tells is said here, literally. A page that shows facts of a second kind behind a key
that was made for another fails, and so does one that nobody has said anything about.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponse

from accounts.models import Message, PermissionChange, Preferences, Role, RoleKeptOut, User
from accounts.rights.keys import KEYS
from learning.models import Course, CourseCategory, Reordering, SubCourse, Subscription, Tcode, Video
from progress.models import (
    Interaction,
    ItemProgress,
    PracticeCompletion,
    StepException,
    TcodeProgress,
    VideoCompletion,
)
from quizzes.models import Attempt, Option, Question, QuestionSet, SafetyQuizResult, SafetyQuizSchedule
from tenancy.models import Campus, Classroom, Organization, School
from tests import factories
from tests.accounts.messages import make_message
from tests.contracts.admin_pages import REGISTERED, Glance, rows_of, sign_in, url
from tests.contracts.routes import ROUTES

CONTENT = "content"
KINDS: Final[dict[Any, str]] = {
    User: "people",
    **dict.fromkeys((Organization, School, Campus, Classroom), "places"),
    **dict.fromkeys((Role, RoleKeptOut), "roles"),
    PermissionChange: "permissions",
    Message: "messages",
    Preferences: "preferences",
    **dict.fromkeys((CourseCategory, Course, SubCourse, Video, QuestionSet, Question, Tcode), CONTENT),
    Reordering: CONTENT,
    Subscription: "subscriptions",
    Attempt: "attempts",
    SafetyQuizResult: "safety quizzes",
    SafetyQuizSchedule: "schedules of safety quizzes",
    **dict.fromkeys((VideoCompletion, PracticeCompletion, TcodeProgress), "completions"),
    StepException: "exceptions",
    ItemProgress: "typed progress",
    Interaction: "interactions",
}
"""What the pages of each model tell."""

ROUTES_OF: Final = {
    "v1/course-management": CONTENT,
    "v1/question-sets": CONTENT,
    "v1/questions": CONTENT,
    "v1/me/courses": CONTENT,
    "v1/tcodes": CONTENT,
    "v1/explain/permission": "permissions",
    "v1/explain/step": "completions",
    "v1/reports/learning": "completions",
    "v1/users/<id>/path": "completions",
    "v1/users/<id>/exceptions": "exceptions",
    "v1/users": "people",
    "v1/roles": "roles",
    **dict.fromkeys(("v1/schools", "v1/campuses", "v1/classrooms"), "places"),
    "safety_quiz_results": "safety quizzes",
    "safety_quizzes": "schedules of safety quizzes",
}
"""What routes tell that a key opens, by how their path begins."""

# Its list names people all over, so it takes their key as well; that alone opens none of it.
TOGETHER: Final = {"subscriptions.list": "users.list"}


OPENED: Final[dict[str, set[Any]]] = {}
"""What ``opened_by`` has found of every key: two tests ask for it."""


@pytest.fixture
def refused_briefly(monkeypatch) -> None:
    """A page of refusal that nobody reads is not put together two thousand times."""
    monkeypatch.setattr("config.urls.handler403", lambda request, exception: HttpResponse(status=403))


@pytest.fixture
def reader(world) -> User:
    """Someone who may enter the admin and holds what a test gives them, and nothing else."""
    return factories.make_user("reader@north.test", "GUEST", at=world.north.scope, is_staff=True)


def hold(user: User, *keys: str) -> None:
    user.custom_permissions.set(Permission.objects.filter(codename__in=keys))


def opened_by(reader: User, key: str) -> set[Any]:
    """Return the models whose list a key opens, and let ``reader`` hold it."""
    if not OPENED:
        OPENED.update(opened_by_each(reader))
    hold(reader, *together(key))
    return OPENED[key]


def together(*keys: str) -> set[str]:
    return {*keys, *(TOGETHER[key] for key in keys if key in TOGETHER)}


def opened_by_each(reader: User) -> dict[str, set[Any]]:
    """Return which lists each key opens, of those that open to whoever holds all keys of its subject.

    A list that stays closed to many keys does to each of them: every key opens further doors, and none closes
    one.
    """
    found = {}
    for _subject, keys in groupby(sorted(KEYS), lambda key: key.partition(".")[0]):
        opened = opened_with(reader, REGISTERED, *(of_subject := [*keys]))
        for key in of_subject:
            found[key] = opened_with(reader, opened, key) if len(of_subject) > 1 else opened
    return found


def opened_with(reader: User, models: Iterable[Any], *keys: str) -> set[Any]:
    hold(reader, *together(*keys))
    browser = Glance(sign_in(reader))
    answers = {model: browser.get(url(model, "changelist")).status_code for model in models}
    assert {*answers.values()} <= {200, 403}, answers
    return {model for model, status in answers.items() if status == 200}


def test_of_every_page_and_route_it_is_said_what_it_tells():
    assert set(REGISTERED) == set(KINDS)
    keyed = [route for route in ROUTES if route.method == "get" and route.any_of]
    assert [str(route) for route in keyed if not _kind_of(route.path)] == []


def _kind_of(path: str) -> str:
    return next((kind for start, kind in ROUTES_OF.items() if path.startswith(start)), "")


@pytest.mark.drill
def test_no_key_opens_facts_of_a_second_kind(world, reader, refused_briefly):
    tells: dict[str, set[str]] = defaultdict(set)
    for key in KEYS:
        also = opened_by(reader, TOGETHER[key]) if key in TOGETHER else set()
        tells[key] |= {KINDS[model] for model in opened_by(reader, key) - also}
    for route in ROUTES:
        if route.method == "get":
            for key in route.any_of:
                tells[key].add(_kind_of(route.path))
    assert {key: kinds for key, kinds in tells.items() if len(kinds) > 1} == {}
    told = set().union(*tells.values())
    assert told == set(KINDS.values()), "every kind can be opened"


MARKS: Final = {
    "typed progress": "mark-of-typed-progress",
    "interactions": "mark-of-interactions",
    "messages": "mark-of-messages",
    "permissions": "interactions.list",
    "roles": "See what people prefer",
    "answers": "mark-of-answers",
}


@pytest.mark.drill
def test_no_page_mentions_facts_of_another_kind(world, as_user, reader, north, refused_briefly):
    """Something of each kind is about one person, and looked for on every page that a key opens."""
    user, organization = north.student, north.organization
    mood = {"progress_type": "zone_checkin", "item_id": "mood", "value": MARKS["typed progress"]}
    assert as_user(user).post("/api/user_progress", {"data": mood}).status_code == 200
    Interaction.unscoped.create(
        user=user, organization=organization, type="x-mark", payload={"said": MARKS["interactions"]}
    )
    make_message(user, title=MARKS["messages"], body=MARKS["messages"])
    user.custom_permissions.add(Permission.objects.get(codename="interactions.list"))
    role = Role.objects.create(name="LIBRARIAN", kind="STAFF")
    role.permissions.add(Permission.objects.get(codename="preferences.list"))
    question = factories.QuestionFactory(question_set=north.practices[0], explanation=MARKS["answers"])
    wrong, seen = [], set()
    for key in KEYS:
        models = opened_by(reader, key)
        browser = sign_in(reader)
        for model in models:
            pages = [url(model, "changelist")]
            rows = Role.objects.all() if model is Role else rows_of(model, organization)
            if model is User:
                rows = rows.filter(pk=user.pk)
            elif model is Question:
                rows = rows.filter(pk=question.pk)
            for row in rows.order_by("-pk")[:1]:
                pages += [url(model, "change", row.pk), url(model, "history", row.pk)]
            answers = [browser.get(page) for page in pages]
            if hasattr(REGISTERED[model], "get_export_formats"):
                answers.append(browser.post(url(model, "export"), {"format": "2", "resource": ""}))
            for answer in answers:
                text = answer.content.decode()
                for kind, mark in MARKS.items():
                    if mark in text:
                        seen.add(kind)
                        if kind != KINDS[model]:
                            wrong.append(f"{key} {model.__name__} {answer.request['PATH_INFO']}: {kind}")
    assert not wrong, "\n".join(wrong)
    assert seen == {*MARKS} - {"answers"}, "each can be found where it belongs"


# --- Who holds them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["PRINCIPAL", "SUPPORT", "INSTRUCTOR", "TEACHER", "GUARDIAN", "GUEST"])
def test_moods_and_messages_are_not_for_staff_to_read(world, role):
    private = {"item_progress.list", "interactions.list", "attempts.list", "messages.list"}
    private |= {"preferences.list", "subscriptions.list", "subscriptions.manage"}
    person = factories.make_user("someone@north.test", role, at=world.north.scope, is_staff=True)
    assert not private & person.permission_keys
    browser = sign_in(person)
    for model in (ItemProgress, Interaction, Attempt, Message, Preferences, Subscription):
        assert browser.get(url(model, "changelist")).status_code == 403
    assert browser.get(url(ItemProgress, "export")).status_code == 403


@pytest.mark.parametrize("who", ["admin", "global"])
def test_what_one_person_wrote_to_another_is_for_those_two(world, north, who):
    secret = {"title": "secret-title", "body": "secret-body"}
    sent = make_message(north.student, sender=north.teacher, **secret)
    open_to_staff = make_message(north.student, title="to-all", body="to-all", scope=str(north.scope))
    reader = {"admin": north.admin, "global": world.global_admin}[who]
    browser = sign_in(reader)
    pages = [
        browser.get(url(Message, "changelist")),
        browser.get(url(Message, "changelist") + "?q=secret"),
        browser.get(url(Message, "change", sent.pk)),
        *(browser.post(url(Message, "export"), {"format": str(n), "resource": ""}) for n in (0, 2)),
    ]
    assert {page.status_code for page in pages} == {200}
    for page in pages:
        assert b"secret-" not in page.content
    assert pages[1].context["cl"].result_count == 0, "a search does not tell either"
    assert "between two people" in pages[2].content.decode()
    assert {sent.pk, open_to_staff.pk} <= {row.pk for row in pages[0].context["cl"].result_list}
    assert b"to-all" in browser.get(url(Message, "change", open_to_staff.pk)).content
    Message.unscoped.filter(pk=sent.pk).update(sender=reader)
    assert b"secret-body" in browser.get(url(Message, "change", sent.pk)).content, "one's own words"


# --- Which option is correct ------------------------------------------------------------------------


@pytest.fixture
def question(north):
    return factories.QuestionFactory(question_set=north.practices[0], explanation="mark-of-answers")


def told_by_api(as_user, user, question):
    answers = [
        as_user(user).get(f"/api/v1/questions/{question.pk}"),
        as_user(user).get("/api/v1/questions"),
        as_user(user).get(f"/api/v1/question-sets/{question.question_set_id}/questions"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    return [b"is_correct" in one.content and b"mark-of-answers" in one.content for one in answers]


@pytest.mark.parametrize("role", ["teacher", "instructor", "support"])
def test_staff_who_may_not_edit_a_set_are_not_told_which_option_is_correct(
    world, as_user, grant, north, question, role
):
    person = north.people[role]
    User.unscoped.filter(pk=person.pk).update(is_staff=True)
    assert told_by_api(as_user, person, question) == [False] * 3
    browser = sign_in(person)
    pages = [browser.get(url(Question, page, question.pk)) for page in ("change", "history")]
    pages.append(browser.post(url(Question, "export"), {"format": "2", "resource": ""}))
    assert {page.status_code for page in pages} == {200}
    for page in pages:
        assert b"mark-of-answers" not in page.content
        assert b"is_correct" not in page.content
        assert b"Correct" not in page.content
    assert question.options(manager="unscoped").first().text in pages[0].content.decode()
    grant(person, "attempts.list")
    attempt = Attempt.unscoped.filter(user=north.student).first()
    told = sign_in(person).get(url(Attempt, "change", attempt.pk)).content.decode()
    assert "Chosen" in told
    assert "Correct" not in told


def test_who_may_edit_a_set_is_told(world, as_user, north, question):
    assert told_by_api(as_user, north.admin, question) == [True] * 3
    browser = sign_in(north.admin)
    page = browser.get(url(Question, "change", question.pk)).content.decode()
    assert "mark-of-answers" in page
    assert "is_correct" in page
    attempt = Attempt.unscoped.filter(user=north.student).first()
    assert "Correct" in browser.get(url(Attempt, "change", attempt.pk)).content.decode()
    exported = browser.post(url(Question, "export"), {"format": "2", "resource": ""})
    assert b"mark-of-answers" in exported.content


def test_of_shared_sets_those_who_write_them_know_what_is_correct(world, as_user, north):
    shared = Question.unscoped.get(pk=world.shared["question"])
    Question.unscoped.filter(pk=shared.pk).update(explanation="mark-of-answers")
    assert told_by_api(as_user, world.global_admin, shared) == [True] * 3
    answer = as_user(north.admin).get(f"/api/v1/questions/{shared.pk}")
    assert answer.status_code == 200
    assert b"is_correct" not in answer.content
    page = sign_in(north.admin).get(url(Question, "change", shared.pk)).content
    assert b"mark-of-answers" not in page
    assert Option.unscoped.filter(question=shared, is_correct=True).exists()
