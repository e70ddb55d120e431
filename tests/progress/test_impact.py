"""What a change of the tree means for learners in progress, before it is made."""

import random

import pytest
from django.utils import timezone

from accounts.models import User
from learning.models import Video
from learning.tree.domain.levels import VIDEOS
from learning.tree.impact import AskedStep, Impact
from progress.steps.domain.impact import CompletionImpact
from quizzes.sets.domain.siblings import PRACTICES
from tenancy.models import Organization
from tenancy.scope import every_organization, organization_scope
from tests import factories
from tests.conftest import error_of
from tests.progress.learners import complete, learner

BASE = "/api/v1/course-management"


IMPACT = CompletionImpact()


@pytest.fixture
def inside(north, sunrise):
    with organization_scope(north.organization):
        yield


def order_of(steps):
    return [step.pk for step in steps]


def impact_of(tenant, after, **change):
    return IMPACT.on_steps(level=VIDEOS, parent_id=tenant.sub_course.pk, after=order_of(after), **change)


def test_learners_are_asked_for_what_comes_to_stand_before_them(north, inside, statements):
    one, two, three = north.videos
    learner(north, "first", one)
    learner(north, "second", one, two)
    learner(north, "not-begun")
    with statements() as sent:
        impact = impact_of(north, [one, three, two])
    assert impact == Impact(2, (AskedStep("video", three.pk, three.title, 1),))
    assert len(sent) == 1


def test_an_order_that_leaves_everyone_where_they_are_asks_nobody(north, inside):
    one, two, three = north.videos
    learner(north, "first", one, two)
    assert impact_of(north, [two, one, three]) == Impact(1)


def test_those_who_have_finished_are_not_in_progress_and_an_order_asks_nothing_of_them(north, inside):
    learner(north, "finished", *north.videos)
    assert impact_of(north, north.videos[::-1]) == Impact(0)


def test_publishing_a_step_asks_those_beyond_it_and_those_who_have_finished(north, inside):
    one, two, three = north.videos
    draft = factories.VideoFactory(sub_course=north.sub_course, status="DRAFT", display_order=1)
    order = [one, draft, two, three]
    learner(north, "before")
    learner(north, "at-two", one)
    learner(north, "finished", *north.videos)
    impact = impact_of(north, order, switched=draft.pk, published=True)
    assert impact == Impact(1, (AskedStep("video", draft.pk, draft.title, 2),))


def test_taking_a_step_back_sends_those_at_it_to_the_next(north, inside):
    one, two, three = north.videos
    learner(north, "at-two", one)
    learner(north, "at-three", one, two)
    impact = impact_of(north, north.videos, switched=two.pk, published=False)
    assert impact == Impact(2, (AskedStep("video", three.pk, three.title, 1),))


def test_a_step_that_leaves_or_joins_a_list_counts_as_such(north, inside):
    one, two, three = north.videos
    coming = factories.VideoFactory(sub_course=factories.SubCourseFactory(course=north.course))
    learner(north, "at-two", one)
    learner(north, "elsewhere", coming)
    assert impact_of(north, [one, three]).asked == (AskedStep("video", three.pk, three.title, 1),)
    joined = impact_of(north, [one, coming, two, three])
    assert joined == Impact(1, (AskedStep("video", coming.pk, coming.title, 1),))


def test_drafts_and_deleted_steps_are_in_nobodys_way(north, inside):
    one, two, three = north.videos
    Video.unscoped.filter(pk=two.pk).update(status="DRAFT")
    gone = factories.VideoFactory(sub_course=north.sub_course, display_order=0, deleted=timezone.now())
    learner(north, "at-three", one)
    assert impact_of(north, [two, one, three]) == Impact(1)
    assert impact_of(north, [gone, two, one, three]) == Impact(1)


def test_staff_the_deactivated_and_other_organizations_are_not_counted(north, sunrise, inside):
    one, two, three = north.videos
    learner(north, "teacher", one, role="TEACHER")
    learner(north, "left", one, is_active=False)
    learner(north, "deleted", one, deleted=timezone.now())
    learner(sunrise, "stranger", one)
    assert impact_of(north, [one, three, two]) == Impact(0)
    learner(north, "without-role", one)
    User.unscoped.filter(email="without-role@learners.test").update(role=None)
    assert impact_of(north, [one, three, two]).learners == 1


def test_learners_of_every_organization_are_counted_for_shared_content_only(north, sunrise):
    platform = Organization.unscoped.get(slug="platform")
    course = factories.CourseFactory(category=factories.CategoryFactory(organization=platform))
    shared = factories.SubCourseFactory(course=course)
    one, two = (factories.VideoFactory(sub_course=shared) for _ in range(2))
    third = factories.VideoFactory(sub_course=shared)
    learner(north, "here", one)
    learner(sunrise, "there", one)
    wanted = {"level": VIDEOS, "parent_id": shared.pk, "after": order_of([one, third, two])}
    for scope in (every_organization(), organization_scope(platform)):
        with scope:
            assert IMPACT.on_steps(**wanted).asked == (AskedStep("video", third.pk, third.title, 2),)


def test_practices_have_a_sequence_of_their_own(north, inside):
    one, two = north.practices
    learner(north, "begun", one, *north.videos)
    third = factories.PracticeFactory(sub_course=north.sub_course)
    impact = IMPACT.on_steps(
        level=PRACTICES, parent_id=north.sub_course.pk, after=order_of([one, third, two])
    )
    assert impact == Impact(1, (AskedStep("practice", third.pk, third.title, 1),))


def test_what_is_below_counts_each_learner_once(north, sunrise, inside, statements):
    learner(north, "both", north.videos[0], north.practices[0])
    learner(north, "one", north.videos[0])
    learner(sunrise, "stranger", sunrise.videos[0])
    roots = [north.sub_course, north.course, north.category, north.organization]
    for row in roots:
        with statements() as sent:
            assert IMPACT.below(model=type(row), pks=[row.pk]) == Impact(2)
        assert len(sent) == 1
    other = factories.SubCourseFactory(course=north.course)
    assert IMPACT.below(model=type(other), pks=[other.pk]) == Impact(0)


def test_any_change_asks_exactly_those_whose_next_step_is_another_one(north, inside):
    """Against the sequence as documents tell it: the first published step not completed yet."""
    chance = random.Random(7)
    steps = [
        *north.videos,
        *(factories.VideoFactory(sub_course=north.sub_course, display_order=n + 3) for n in range(4)),
    ]
    drafts = {step.pk for step in chance.sample(steps, 2)}
    Video.unscoped.filter(pk__in=drafts).update(status="DRAFT")
    done = {}
    for number in range(25):
        mine = chance.sample(steps, chance.randrange(0, 7))
        learner(north, f"chance{number}", *mine)
        done[number] = {step.pk for step in mine}

    def next_step(order, completed, published):
        return next((pk for pk in order if pk in published and pk not in completed), None)

    before = order_of(steps)
    published = set(before) - drafts
    for _ in range(20):
        after = chance.sample(before, len(before))
        switched = chance.choice([None, *before])
        becomes = published - {switched} if switched in published else published | {switched} - {None}
        impact = IMPACT.on_steps(
            level=VIDEOS,
            parent_id=north.sub_course.pk,
            after=after,
            switched=switched,
            published=switched in becomes,
        )
        begun = [completed for completed in done.values() if completed & published]
        expected = {}
        for completed in begun:
            wanted = next_step(after, completed, becomes)
            if wanted is not None and wanted != next_step(before, completed, published):
                expected[wanted] = expected.get(wanted, 0) + 1
        assert {asked.id: asked.learners for asked in impact.asked} == expected
        assert [asked.id for asked in impact.asked] == [pk for pk in after if pk in expected]
        assert impact.learners == sum(
            next_step(before, completed, published) is not None for completed in begun
        )


@pytest.mark.parametrize("kind", ["categories", "courses", "sub-courses", "videos", "practices"])
def test_a_dry_run_answers_the_order_and_its_impact_and_writes_nothing(kind, north, sunrise, as_user):
    complete(north.student, north.videos[0])
    rows = {
        "categories": [north.category, factories.CategoryFactory(organization=north.organization)],
        "courses": [north.course, factories.CourseFactory(category=north.category)],
        "sub-courses": [north.sub_course, factories.SubCourseFactory(course=north.course)],
        "videos": [north.videos[0], north.videos[2], north.videos[1]],
        "practices": north.practices,
    }[kind]
    wanted = order_of(rows if kind == "videos" else rows[::-1])
    body = {"items": [{"id": pk, "position": n} for n, pk in enumerate(wanted)]}
    before = list(type(rows[0]).unscoped.order_by("pk").values_list("pk", "display_order"))
    client = as_user(north.admin)
    tried = client.put(f"{BASE}/{kind}/reorder", {**body, "dry_run": True})
    assert tried.status_code == 200, tried.content
    assert list(type(rows[0]).unscoped.order_by("pk").values_list("pk", "display_order")) == before
    asked = {"type": "video", "id": north.videos[2].pk, "title": north.videos[2].title, "learners": 1}
    assert tried.json()["impact"] == {
        "learners": 0 if kind == "practices" else 1,
        "asked": [asked] if kind == "videos" else [],
    }
    done = client.put(f"{BASE}/{kind}/reorder", body)
    assert done.json() == {name: tried.json()[name] for name in ("items", "version")}


def test_a_dry_run_is_refused_like_the_reordering_itself(north, sunrise, as_user):
    client = as_user(north.admin)
    ids = order_of(north.videos)
    items = [{"id": pk, "position": n} for n, pk in enumerate(ids)]
    for body, code in (
        ({"items": items[:2]}, "incomplete_siblings"),
        ({"items": items, "version": "stale"}, "stale_order"),
        ({"items": [{"id": sunrise.videos[0].pk, "position": 0}]}, "not_siblings"),
    ):
        answer = client.put(f"{BASE}/videos/reorder", {**body, "dry_run": True})
        assert error_of(answer)["code"] == code
    wrong = client.put(f"{BASE}/videos/reorder", {"items": items, "dry_run": "yes"})
    assert (wrong.status_code, error_of(wrong)["attr"]) == (400, "dry_run")
    denied = as_user(north.teacher).put(f"{BASE}/videos/reorder", {"items": items, "dry_run": True})
    assert denied.status_code == 403
