"""``GET /api/v1/explain/step``: why a step is open to somebody, or is not."""

import random
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import User
from learning.models import Course
from tests import factories
from tests.conftest import error_of

URL = "/api/v1/explain/step"
VIDEOS = "/api/v1/course-management/videos"


def explain(client, person, item, kind="video"):
    return client.get(URL, {"user": str(person.pk), "type": kind, "id": item.pk})


def told(client, person, item, kind="video"):
    answer = explain(client, person, item, kind)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def decide(client, person, act, item, **more):
    body = {"type": "video", "step_id": item.pk, "reason": "So it is.", **more}
    assert client.post(f"/api/v1/users/{person.pk}/exceptions/{act}", body).status_code == 200


def soon():
    return (timezone.now() + timedelta(days=1)).isoformat()


def test_it_names_what_is_still_to_do_and_what_would_mend_it_shows(north, sunrise, as_user):
    admin, third = as_user(north.admin), north.videos[2]
    answer = told(admin, north.student, third)
    assert (answer["allowed"], answer["decided_by"], answer["title"]) == (False, "sequence", third.title)
    assert [step["id"] for step in answer["blocking"]] == [video.pk for video in north.videos[:2]]
    assert north.videos[0].title in answer["chain"][-1]["detail"]
    decide(admin, north.student, "unlock", third, until=soon())
    answer = told(admin, north.student, third)
    assert (answer["allowed"], answer["decided_by"], answer["blocking"]) == (True, "unlocked", [])
    decide(admin, north.student, "waive", third, waiver="equivalent")
    assert told(admin, north.student, third)["decided_by"] == "waived"
    decide(admin, north.student, "complete", third)
    assert told(admin, north.student, third)["decided_by"] == "completed"


def test_the_answer_is_the_one_that_the_learner_gets_whatever_was_decided(north, sunrise, as_user):
    """Many states at random: published or not, completed, waived, unlocked, in two sub-courses."""
    chance = random.Random(13)
    admin, learner = as_user(north.admin), as_user(north.student)
    videos = [*north.videos]
    videos += [
        factories.VideoFactory(
            sub_course=north.sub_course,
            display_order=chance.randrange(6),
            status=chance.choice(["PUBLISHED", "PUBLISHED", "DRAFT"]),
        )
        for _ in range(6)
    ]
    answers = set()
    for _round in range(3):
        for video in chance.sample(videos, 3):
            if video.status == "PUBLISHED":
                act = chance.choice(["waive", "unlock", "complete", "undo", "unwaive", "lock"])
                more = {"waive": {"waiver": "tested_out"}, "unlock": {"until": soon()}}.get(act, {})
                decide(admin, north.student, act, video, **more)
        for video in videos:
            allowed = told(admin, north.student, video)["allowed"]
            assert allowed == (learner.get(f"{VIDEOS}/{video.pk}").status_code == 200), video
            answers.add(allowed)
    assert answers == {True, False}


@pytest.mark.parametrize("state", ["draft", "inactive course", "no key", "deactivated"])
def test_it_names_what_refuses(north, sunrise, as_user, state):
    first = north.videos[0]
    expected = {
        "draft": "published",
        "inactive course": "surroundings",
        "no key": "permission",
        "deactivated": "account",
    }[state]
    if state == "draft":
        type(first).unscoped.filter(pk=first.pk).update(status="DRAFT")
    elif state == "inactive course":
        Course.unscoped.filter(pk=north.course.pk).update(status="DRAFT")
    elif state == "no key":
        north.student.custom_permissions_filter.add(Permission.objects.get(codename="videos.get"))
    else:
        User.unscoped.filter(pk=north.student.pk).update(is_active=False)
    answer = told(as_user(north.admin), north.student, first)
    assert (answer["allowed"], answer["decided_by"]) == (False, expected)


def test_staff_are_told_that_the_sequence_does_not_bind_them(north, sunrise, as_user):
    type(north.videos[2]).unscoped.filter(pk=north.videos[2].pk).update(status="DRAFT")
    answer = told(as_user(north.admin), north.teacher, north.videos[2])
    assert (answer["allowed"], answer["decided_by"]) == (True, "staff")


def test_people_and_steps_out_of_reach_are_not_there(north, sunrise, as_user):
    admin = as_user(north.admin)
    nobody, nothing = User(), type(north.videos[0])(pk=10**12)
    people = [explain(admin, person, north.videos[0]) for person in (sunrise.student, nobody)]
    steps = [explain(admin, north.student, item) for item in (sunrise.videos[0], nothing)]
    assert {answer.status_code for answer in people + steps} == {404}
    assert len({answer.content for answer in people + steps}) == 1
    assert explain(as_user(north.student), north.student, north.videos[0]).status_code == 403


def test_it_takes_as_many_statements_for_many_steps_as_for_few(north, sunrise, as_user, statements):
    admin = as_user(north.admin)
    explain(admin, north.student, north.videos[2])
    with statements() as few:
        told(admin, north.student, north.videos[2])
    for _ in range(5):
        factories.VideoFactory(sub_course=north.sub_course, display_order=0)
    with statements() as many:
        told(admin, north.student, north.videos[2])
    assert len(many) == len(few) <= 4


@pytest.mark.parametrize(
    ("query", "attr"),
    [({"type": "course"}, "type"), ({"id": "x"}, "id"), ({"id": ""}, "id"), ({"a": "b"}, "a")],
)
def test_a_parameter_that_says_nothing_is_named(north, sunrise, as_user, query, attr):
    asked = {"user": str(north.student.pk), "type": "video", "id": north.videos[0].pk, **query}
    answer = as_user(north.admin).get(URL, asked)
    assert (answer.status_code, error_of(answer)["attr"]) == (400, attr)
