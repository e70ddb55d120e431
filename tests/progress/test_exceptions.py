"""Exceptions to the sequence: waive, unlock, mark complete, undo; for one learner or for a place."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from accounts.models import Role, User
from learning.tree.domain.levels import VIDEOS
from progress.models import StepException, VideoCompletion
from progress.steps.domain.impact import CompletionImpact
from tenancy.scope import organization_scope
from tests import factories
from tests.conftest import error_of

CM = "/api/v1/course-management"
REASON = "Passed the test of last year."


class Desk:
    """Someone who answers for learners, and one learner; ``kind`` is the type of step they speak of."""

    def __init__(self, kind, tenant, as_user):
        self.kind, self.tenant, self.as_user = kind, tenant, as_user
        self.items = tenant.videos if kind == "video" else tenant.practices
        self.staff, self.learner = as_user(tenant.support), as_user(tenant.student)

    def decide(self, act, item, by=None, person=None, **more):
        person = person or self.tenant.student
        body = {"type": self.kind, "step_id": item.pk, "reason": REASON, **more}
        return (by or self.staff).post(f"/api/v1/users/{person.pk}/exceptions/{act}", body)

    def decided(self, act, item, **more):
        answer = self.decide(act, item, **more)
        assert answer.status_code == 200, answer.json()
        return answer.json()["changed"]

    def waive(self, item, waiver="tested_out", **more):
        return self.decided("waive", item, waiver=waiver, **more)

    def unlock(self, item, *, days=1):
        return self.decided("unlock", item, until=(timezone.now() + timedelta(days=days)).isoformat())

    def open(self, item, client=None):
        address = f"{CM}/videos" if self.kind == "video" else "/api/v1/question-sets"
        return (client or self.learner).get(f"{address}/{item.pk}")

    def complete(self, item):
        return self.learner.post(f"/api/v1/progress/{self.kind}s/{item.pk}/complete")

    def path(self):
        answer = self.learner.get(f"{CM}/courses/{self.tenant.course.pk}/learning-path")
        [sub_course] = answer.json()["sub_courses"]
        return answer, sub_course

    def state(self, item):
        steps = self.path()[1]["videos" if self.kind == "video" else "practices"]
        [step] = [step for step in steps if step["id"] == item.pk]
        return step["is_completed"], step["is_waived"], step["unlocked_until"] is not None, step["is_locked"]


COMPLETED, WAIVED, LOCKED = (
    (True, False, False, False),
    (False, True, False, False),
    (False, False, False, True),
)
OPEN, UNLOCKED = (False, False, False, False), (False, False, True, False)


@pytest.fixture(params=["video", "practice"])
def desk(request, north, sunrise, as_user):
    return Desk(request.param, north, as_user)


def test_a_waived_step_is_open_and_holds_nothing_up_but_is_not_completed(desk):
    first, second, *_ = desk.items
    assert desk.waive(first) == 1
    assert desk.open(first).status_code == desk.open(second).status_code == 200
    assert desk.state(first) == WAIVED
    assert desk.state(second) == OPEN
    _answer, sub_course = desk.path()
    assert (sub_course["completed"], sub_course["waived"], sub_course["total"]) == (0, 1, 5)
    assert VideoCompletion.unscoped.count() == 0


def test_a_waiver_that_is_taken_back_locks_what_stands_behind_it(desk):
    first, second, *_ = desk.items
    desk.waive(first)
    assert desk.decided("unwaive", first) == 1
    assert desk.decided("unwaive", first) == 0
    assert desk.open(second).status_code == 403
    assert desk.state(first) == OPEN


def test_a_waived_step_can_still_be_completed_and_is_counted_once(desk):
    first = desk.items[0]
    desk.waive(first)
    assert desk.complete(first).status_code == 200
    _answer, sub_course = desk.path()
    assert (sub_course["completed"], sub_course["waived"]) == (1, 0)
    assert desk.state(first) == (True, True, False, False)


def test_an_unlocked_step_is_open_and_those_behind_it_still_wait(desk):
    first, second, *_ = desk.items
    last = factories.VideoFactory if desk.kind == "video" else factories.PracticeFactory
    last = last(sub_course=desk.tenant.sub_course, display_order=90)
    assert desk.unlock(second) == 1
    assert desk.open(second).status_code == 200
    assert desk.state(second) == UNLOCKED
    assert [one["id"] for one in error_of(desk.open(last))["meta"]["blocking"]][:2] == [first.pk, second.pk]
    assert desk.complete(second).status_code == 200
    assert desk.state(second)[:1] == (True,)


def test_an_unlocking_ends_by_itself_and_by_hand(desk):
    second = desk.items[1]
    desk.unlock(second)
    tag = desk.path()[0]["ETag"]
    with transaction.atomic():  # as if its day had come; the triggers would not let staff do so
        from pgtrigger import ignore

        with ignore("progress.StepException:append_only"):
            StepException.unscoped.update(until=timezone.now() - timedelta(seconds=1))
    assert desk.open(second).status_code == 403
    assert desk.state(second) == LOCKED
    address = f"{CM}/courses/{desk.tenant.course.pk}/learning-path"
    assert desk.learner.get(address, HTTP_IF_NONE_MATCH=tag).status_code == 200
    desk.unlock(second)
    assert desk.decided("lock", second) == 1
    assert desk.state(second) == LOCKED


def test_completing_for_someone_asks_for_no_earlier_step_and_is_kept_apart_on_record(desk):
    second = desk.items[1]
    assert desk.decided("complete", second) == 1
    assert desk.decided("complete", second) == 0
    assert desk.state(second) == COMPLETED
    row = StepException.unscoped.get()
    assert (row.kind, row.reason, row.given_by) == ("complete", REASON, desk.tenant.support)
    assert row.user == desk.tenant.student


def test_undoing_a_completion_keeps_when_it_was_made_and_the_next_request_shows_it(desk):
    first, second, *_ = desk.items
    at = desk.complete(first).json()["completed_at"]
    tag = desk.path()[0]["ETag"]
    assert desk.decided("undo", first) == 1
    assert desk.decided("undo", first) == 0
    assert desk.open(second).status_code == 403
    [row] = (
        desk.as_user(desk.tenant.admin)
        .get(f"/api/v1/users/{desk.tenant.student.pk}/exceptions")
        .json()["rows"]
    )
    assert row["kind"] == "undo"
    assert row["completed_at"] == at
    # As many completions as before, and another state.
    other = factories.VideoFactory(sub_course=factories.SubCourseFactory(course=desk.tenant.course))
    assert desk.learner.post(f"/api/v1/progress/videos/{other.pk}/complete").status_code == 200
    address = f"{CM}/courses/{desk.tenant.course.pk}/learning-path"
    assert desk.learner.get(address, HTTP_IF_NONE_MATCH=tag).status_code == 200


def test_a_repeat_changes_nothing_and_another_decision_takes_the_place_of_the_first(desk):
    first = desk.items[0]
    assert desk.waive(first) == 1
    assert desk.waive(first) == 0
    assert desk.waive(first, waiver="equivalent") == 1
    rows = (
        desk.as_user(desk.tenant.admin)
        .get(f"/api/v1/users/{desk.tenant.student.pk}/exceptions")
        .json()["rows"]
    )
    assert [(row["waiver"], row["ended_at"] is None) for row in rows] == [
        ("equivalent", True),
        ("tested_out", False),
    ]
    assert rows[0]["title"] == first.title
    assert rows[0]["given_by"] == {"id": str(desk.tenant.support.pk), "name": "north support"}


def test_my_courses_count_what_is_waived_and_go_on_behind_it(desk):
    [row] = desk.learner.get("/api/v1/me/courses").json()["rows"]
    assert row["waived"] == 0
    for item in desk.items:
        desk.waive(item)
    [row] = desk.learner.get("/api/v1/me/courses?status=in_progress").json()["rows"]
    assert (row["completed"], row["waived"], row["total"]) == (0, len(desk.items), 5)
    assert row["continue_at"]["type"] != ("video" if desk.kind == "video" else "practice")
    for kind, items in (("video", desk.tenant.videos), ("practice", desk.tenant.practices)):
        desk.kind = kind
        for item in items:
            desk.waive(item)
    [row] = desk.learner.get("/api/v1/me/courses?status=completed").json()["rows"]
    assert row["continue_at"] is None
    assert desk.learner.get("/api/v1/me/courses?status=not_started").json()["count"] == 0


def test_a_change_of_the_order_counts_what_is_waived_as_done(north, sunrise, as_user):
    desk = Desk("video", north, as_user)
    one, two, three = north.videos
    desk.waive(one)
    desk.complete(one)
    desk.waive(two)
    with organization_scope(north.organization):
        impact = CompletionImpact().on_steps(
            level=VIDEOS, parent_id=north.sub_course.pk, after=[three.pk, one.pk, two.pk]
        )
        assert (impact.learners, impact.asked) == (1, ())
        desk.decided("unwaive", two)
        impact = CompletionImpact().on_steps(
            level=VIDEOS, parent_id=north.sub_course.pk, after=[three.pk, one.pk, two.pk]
        )
    assert [(asked.id, asked.learners) for asked in impact.asked] == [(three.pk, 1)]


# --- Many at once -----------------------------------------------------------------------------------


def test_a_class_gets_it_in_one_step_with_as_many_statements_as_a_person(north, sunrise, as_user, statements):
    desk = Desk("video", north, as_user)
    video = north.videos[0]
    body = {"type": "video", "step_id": video.pk, "reason": REASON, "waiver": "administrative"}

    def waive(item):
        with statements() as sent:
            answer = desk.staff.post(
                "/api/v1/exceptions/waive", {**body, "step_id": item.pk, "scope": str(north.classroom.scope)}
            )
        assert answer.status_code == 200, answer.json()
        return answer.json(), len(sent)

    few = waive(north.videos[1])
    assert few[0] == {"changed": 2, "unchanged": 0}, "the learners, and nobody else of the class"
    for number in range(5):
        factories.make_user(f"more{number}@north.test", "STUDENT", at=north.classroom.scope)
    factories.make_user("gone@north.test", "STUDENT", at=north.classroom.scope, is_active=False)
    desk.waive(video, "administrative")
    many = waive(video)
    assert many[0] == {"changed": 6, "unchanged": 1}
    assert many[1] == few[1]
    assert not StepException.unscoped.exclude(user__role=Role.objects.get(name="STUDENT")).exists()


@pytest.mark.parametrize("act", ["waive", "unlock", "complete", "undo", "unwaive", "lock"])
def test_a_dry_run_tells_for_whom_it_would_be_done_and_does_nothing(act, north, sunrise, as_user):
    desk, video = Desk("video", north, as_user), north.videos[0]
    more = {"waive": {"waiver": "administrative"}, "unlock": {"until": "2199-01-01T00:00:00Z"}}
    # For one of the two it is so already; of what is taken away one of them has something.
    before = {"unwaive": "waive", "lock": "unlock", "undo": "complete"}.get(act, act)
    desk.decided(before, video, **more.get(before, {}))
    kept = [list(model.unscoped.values()) for model in (StepException, VideoCompletion)]
    place = {"scope": str(north.classroom.scope), "dry_run": True}
    body = {"type": "video", "step_id": video.pk, "reason": REASON, **more.get(act, {}), **place}
    told = desk.staff.post(f"/api/v1/exceptions/{act}", body).json()
    someone = north.student if act != before else north.student2
    assert told == {
        "changed": 1,
        "unchanged": 1,
        "people": [{"id": str(someone.pk), "name": someone.display_name}],
    }
    assert [list(model.unscoped.values()) for model in (StepException, VideoCompletion)] == kept
    done = desk.staff.post(f"/api/v1/exceptions/{act}", body | {"dry_run": False}).json()
    assert done == {"changed": 1, "unchanged": 1}


def test_there_is_an_end_to_how_many_at_once(north, sunrise, as_user, monkeypatch):
    from progress.steps.domain import exceptions

    monkeypatch.setattr(exceptions, "MOST_PEOPLE", 1)
    body = {"type": "video", "step_id": north.videos[0].pk, "reason": REASON}
    answer = as_user(north.support).post(
        "/api/v1/exceptions/complete", {**body, "scope": str(north.classroom.scope)}
    )
    assert (answer.status_code, error_of(answer)["code"]) == (409, "too_many_people")
    assert not VideoCompletion.unscoped.exists()


def test_a_place_beyond_ones_own_is_not_there(north, sunrise, as_user):
    body = {"type": "video", "step_id": north.videos[0].pk, "reason": REASON}
    for scope in (north.school.scope, sunrise.classroom.scope):
        answer = as_user(north.support).post("/api/v1/exceptions/complete", {**body, "scope": str(scope)})
        assert (answer.status_code, error_of(answer)["code"]) == (404, "scope_not_found")


# --- Who, for whom, about what ----------------------------------------------------------------------


def test_people_of_another_place_or_organization_are_not_there(north, sunrise, as_user):
    desk = Desk("video", north, as_user)
    beside = factories.make_user("beside@north.test", "STUDENT", at=north.organization.scope)
    nobody = User(email="nobody")
    answers = [
        desk.decide("complete", north.videos[0], person=person)
        for person in (beside, sunrise.student, nobody)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert not VideoCompletion.unscoped.exists()


@pytest.mark.parametrize("act", ["waive", "unwaive", "unlock", "lock", "complete", "undo"])
def test_each_act_takes_its_key(north, sunrise, as_user, act):
    desk = Desk("video", north, as_user)
    for caller in (north.teacher, north.student):
        answers = [
            desk.decide(act, north.videos[0], by=as_user(caller), person=person)
            for person in (north.student, sunrise.student)
        ]
        assert {answer.status_code for answer in answers} == {403}
        assert answers[0].content == answers[1].content


@pytest.mark.parametrize("state", ["draft", "inactive", "foreign", "missing", "deleted"])
def test_a_step_that_learners_do_not_know_of_is_refused(north, sunrise, as_user, global_admin, state):
    desk = Desk("video", north, as_user)
    video = north.videos[0]
    if state == "draft":
        type(video).unscoped.filter(pk=video.pk).update(status="DRAFT")
    elif state == "inactive":
        type(north.course).unscoped.filter(pk=north.course.pk).update(status="DRAFT")
    elif state == "deleted":
        type(video).unscoped.filter(pk=video.pk).update(deleted=timezone.now())
    else:
        video = sunrise.videos[0] if state == "foreign" else type(video)(pk=10**12)
    for by in (desk.staff, as_user(global_admin)):
        answer = desk.decide("waive", video, by=by, waiver="equivalent")
        error = error_of(answer)
        assert (answer.status_code, error["attr"], error["code"]) == (400, "step_id", "does_not_exist")
    assert not StepException.unscoped.exists()


@pytest.mark.parametrize(
    ("act", "more", "attr", "code"),
    [
        ("waive", {}, "waiver", "required"),
        ("waive", {"waiver": "lazy"}, "waiver", "invalid_choice"),
        ("unlock", {}, "until", "required"),
        ("unlock", {"until": "2020-01-01T00:00:00Z"}, "until", "in_the_past"),
        ("complete", {"reason": ""}, "reason", "blank"),
        ("complete", {"reason": "x" * 501}, "reason", "max_length"),
        ("complete", {"type": "course"}, "type", "invalid_choice"),
        ("complete", {"step_id": 10**30}, "step_id", "invalid"),
    ],
)
def test_what_is_missing_or_wrong_is_named(north, sunrise, as_user, act, more, attr, code):
    answer = Desk("video", north, as_user).decide(act, north.videos[0], **more)
    error = error_of(answer)
    assert (answer.status_code, error["attr"], error["code"]) == (400, attr, code)


def test_what_was_decided_can_be_neither_changed_nor_deleted(north, sunrise, as_user):
    Desk("video", north, as_user).waive(north.videos[0])
    for change in (
        lambda rows: rows.update(reason="Another one."),
        lambda rows: rows.delete(),
    ):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            change(StepException.unscoped.all())
