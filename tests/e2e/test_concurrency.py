"""Many clients at once against a real HTTP server and a real database."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from learning.models import Reordering, Video
from progress.models import VideoCompletion
from quizzes.models import Attempt
from tests import factories
from tests.e2e.callers import Caller, at_once

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def second_admin(north):
    return factories.make_user("admin2@north.test", "ADMIN", at=north.scope)


def test_two_admins_reordering_one_list_always_leave_a_permutation(live_server, north, sunrise, second_admin):
    videos = [
        *north.videos,
        *(factories.VideoFactory(sub_course=north.sub_course) for _ in range(17)),
    ]
    ids = [video.pk for video in videos]

    def shuffle_often(user, seed):
        chance = random.Random(seed)
        caller = Caller(live_server, user)
        answers = []
        for _ in range(100):
            order = chance.sample(ids, len(ids))
            items = [{"id": pk, "position": position} for position, pk in enumerate(order)]
            answers.append(caller.send("put", "course-management/videos/reorder", json={"items": items}))
        return answers

    answers = at_once([lambda: shuffle_often(north.admin, 1), lambda: shuffle_often(second_admin, 2)])
    assert {answer.status_code for one in answers for answer in one} == {200}
    orders = dict(Video.unscoped.filter(pk__in=ids).values_list("pk", "display_order"))
    assert sorted(orders.values()) == list(range(len(ids)))
    last = Reordering.unscoped.latest("created_at", "id")
    assert last.after == sorted(ids, key=orders.__getitem__)
    theirs = Video.unscoped.filter(organization=sunrise.organization)
    assert sorted(theirs.values_list("display_order", flat=True)) == [0, 1, 2]


def test_reordering_videos_while_their_sub_courses_are_reordered_does_not_deadlock(
    live_server, north, second_admin
):
    others = [factories.SubCourseFactory(course=north.course) for _ in range(4)]
    sub_courses = [north.sub_course.pk, *(row.pk for row in others)]
    videos = [video.pk for video in north.videos]

    def often(user, kind, ids, seed):
        chance, caller = random.Random(seed), Caller(live_server, user)
        statuses = set()
        for _ in range(60):
            order = chance.sample(ids, len(ids))
            items = [{"id": pk, "position": position} for position, pk in enumerate(order)]
            answer = caller.send("put", f"course-management/{kind}/reorder", json={"items": items})
            statuses.add(answer.status_code)
        return statuses

    statuses = at_once(
        [
            lambda: often(north.admin, "videos", videos, 1),
            lambda: often(second_admin, "sub-courses", sub_courses, 2),
            lambda: often(second_admin, "videos", videos, 3),
            lambda: often(north.admin, "sub-courses", sub_courses, 4),
        ]
    )
    assert set().union(*statuses) == {200}


def test_videos_that_move_to_and_fro_while_both_lists_are_reordered_leave_whole_lists(
    live_server, north, second_admin
):
    other = factories.SubCourseFactory(course=north.course)
    fixed = {
        north.sub_course.pk: [video.pk for video in north.videos],
        other.pk: [factories.VideoFactory(sub_course=other).pk for _ in range(3)],
    }
    travellers = [factories.VideoFactory(sub_course=north.sub_course).pk for _ in range(2)]

    def travel(user, video, seed):
        caller, statuses = Caller(live_server, user), set()
        for number in range(40):
            target = list(fixed)[(number + seed) % 2]
            answer = caller.send("patch", f"course-management/videos/{video}", json={"sub_course_id": target})
            statuses.add(answer.status_code)
        return statuses

    def shuffle(user, seed):
        chance, caller, statuses = random.Random(seed), Caller(live_server, user), set()
        for _ in range(60):
            parent = chance.choice(list(fixed))
            rows = caller.send("get", f"course-management/videos?sub_course_id={parent}").json()["rows"]
            ids = [row["id"] for row in rows]
            items = [{"id": pk, "position": n} for n, pk in enumerate(chance.sample(ids, len(ids)))]
            statuses.add(
                caller.send("put", "course-management/videos/reorder", json={"items": items}).status_code
            )
        return statuses

    first, second, *shuffled = at_once(
        [
            lambda: travel(north.admin, travellers[0], 0),
            lambda: travel(second_admin, travellers[1], 1),
            lambda: shuffle(north.admin, 2),
            lambda: shuffle(second_admin, 3),
        ]
    )
    assert first | second <= {200}
    # A list that has changed since it was read is refused, never half written.
    assert set().union(*shuffled) <= {200, 400}
    assert 200 in set().union(*shuffled)
    caller = Caller(live_server, north.admin)
    for parent, ids in fixed.items():
        rows = caller.send("get", f"course-management/videos?sub_course_id={parent}").json()["rows"]
        assert {row["id"] for row in rows} - set(travellers) == set(ids)
        items = [{"id": row["id"], "position": n} for n, row in enumerate(rows)]
        assert (
            caller.send("put", "course-management/videos/reorder", json={"items": items}).status_code == 200
        )


def test_branches_that_are_moved_reordered_and_deleted_at_once_never_fail(live_server, north, second_admin):
    """On several levels of the tree at once, where no order of locks is the same for all."""
    other = factories.SubCourseFactory(course=north.course)
    sub_courses = [north.sub_course.pk, other.pk]
    video, practice = north.videos[0].pk, north.practices[0].pk

    def often(user, act):
        caller, statuses = Caller(live_server, user), set()
        for number in range(40):
            method, path, body = act(number)
            statuses.add(caller.send(method, path, json=body).status_code)
        return statuses

    def move(resource, pk, field):
        return lambda number: ("patch", f"{resource}/{pk}", {field: sub_courses[number % 2]})

    def turn(number):
        ids = sub_courses[:: 1 if number % 2 else -1]
        items = [{"id": pk, "position": n} for n, pk in enumerate(ids)]
        return "put", "course-management/sub-courses/reorder", {"items": items}

    def hide_and_show(number):
        path = f"course-management/courses/{north.course.pk}"
        return ("post", f"{path}/restore", None) if number % 2 else ("delete", path, None)

    statuses = at_once(
        [
            lambda: often(north.admin, move("course-management/videos", video, "sub_course_id")),
            lambda: often(second_admin, move("question-sets", practice, "owner_id")),
            lambda: often(north.admin, turn),
            lambda: often(second_admin, turn),
            lambda: often(north.admin, hide_and_show),
        ]
    )
    seen = set().union(*statuses)
    # What is deleted at that moment is not there; what someone else moved is a conflict.
    assert seen <= {200, 204, 400, 404, 409}, seen
    assert {200, 204} <= seen


def test_sixteen_clients_completing_one_video_leave_one_row_and_one_time(live_server, north):
    callers = [Caller(live_server, north.student) for _ in range(16)]
    path = f"progress/videos/{north.videos[0].pk}/complete"
    answers = at_once([lambda caller=caller: caller.send("post", path) for caller in callers])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["completed_at"] for answer in answers}) == 1
    assert VideoCompletion.unscoped.count() == 1


def test_the_next_video_is_never_completed_before_the_one_it_waits_for(live_server, north):
    first, second, _third = north.videos
    for number in range(20):
        learner = factories.make_user(f"racer{number}@north.test", "STUDENT", at=north.classroom.scope)
        one, other = Caller(live_server, learner), Caller(live_server, learner)
        at_once(
            [
                lambda caller=one: caller.send("post", f"progress/videos/{first.pk}/complete"),
                lambda caller=other: caller.send("post", f"progress/videos/{second.pk}/complete"),
            ]
        )
        times = dict(VideoCompletion.unscoped.filter(user=learner).values_list("video_id", "completed_at"))
        assert first.pk in times
        assert second.pk not in times or times[first.pk] <= times[second.pk]


def test_one_idempotency_key_a_hundred_times_leaves_one_row_and_one_answer(live_server, north):
    question = factories.QuestionFactory(question_set=north.practices[0])
    option = question.options(manager="unscoped").first()
    body = {"answers": [{"question_id": question.pk, "option_id": option.pk}]}
    path = f"question-sets/{north.practices[0].pk}/attempts"

    def submit():
        caller = Caller(live_server, north.student)
        return caller.send("post", path, json=body, headers={"Idempotency-Key": "once-and-for-all"})

    with ThreadPoolExecutor(16) as pool:
        answers = [future.result() for future in [pool.submit(submit) for _ in range(100)]]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Attempt.unscoped.count() == 1
