"""No form, deletion, action or route moves a learner's next step without having asked: all are walked."""

import json

import pytest
from django.contrib import admin
from django.urls import reverse

from learning.models import Course, CourseCategory, SubCourse, Tcode, Video
from learning.tree.admin.guarded import GuardedPages
from learning.tree.domain import learner_guard, structure
from learning.tree.domain.ordering import version_of
from learning.tree.levels import kinds
from quizzes.models import QuestionSet
from tenancy.scope import organization_scope
from tests import factories
from tests.conftest import error_of
from tests.contracts.admin_pages import url
from tests.contracts.guarded import CM, REMEMBERED
from tests.forms import form_of

MODELS = [CourseCategory, Course, SubCourse, Video, QuestionSet]


@pytest.fixture
def world(north, sunrise):
    return REMEMBERED.again(north, sunrise)


def changed(model, **values):
    """Send the form of the row back with other values."""

    def act(world):
        row = values.pop("row", None) or world.row(model)
        address = url(model, "change", row.pk)
        sent = form_of(world.browser.get(address))
        for name, value in values.items():
            sent.pop(name, None)
            if value is not None:
                sent[name] = value(world) if callable(value) else value
        return address, {**sent, "_save": "Save"}

    return act


def draft_published(model):
    return lambda world: changed(model, row=world.drafts[model], status="PUBLISHED")(world)


def added(model, **values):
    def act(world):
        address = url(model, "add")
        sent = form_of(world.browser.get(address))
        return address, {**sent, "title": "New", "sub_course": world.sub_course.pk, **values, "_save": "Save"}

    return act


def action(model, name, **more):
    def act(world):
        return url(model, "changelist"), {"action": name, "_selected_action": [world.row(model).pk], **more}

    return act


def restored(model):
    def act(world):
        row = world.row(model)
        with organization_scope(world.north.organization), learner_guard.confirmed():
            structure.delete(item=row)
        return f"{url(model, 'changelist')}?deleted=yes", {
            "action": "restore_selected",
            "_selected_action": [row.pk],
        }

    return act


def pressed(verb, kind, attribute):
    def act(world):
        return reverse("admin:ordering"), {"do": f"{verb}:{kind}:{getattr(world, attribute).pk}"}

    return act


def placed(kind, attribute):
    def act(world):
        row = getattr(world, attribute)
        address = reverse("admin:ordering_place", args=[kind, row.pk])
        return address, {"parent": world.other.pk, "position": 1}

    return act


NEW_VIDEO = {"video_url": "https://videos.example/new.mp4", "status": "PUBLISHED"}
NEW_SET = {
    "set_type": "PRACTICE",
    "owner_type": "SUB_COURSE",
    "status": "PUBLISHED",
    "pass_mark": "70",
    "new_questions": "Is it?\n* Yes\n- No",
}
PAGES = {
    "category: switched off": changed(CourseCategory, status="DRAFT"),
    "course: switched off": changed(Course, status="DRAFT"),
    "course: to a category that is hidden": changed(Course, category=lambda world: world.hidden_category.pk),
    "sub-course: switched off": changed(SubCourse, status="DRAFT"),
    "sub-course: to a course that is hidden": changed(SubCourse, course=lambda world: world.hidden.course_id),
    "video: a draft again": changed(Video, status="DRAFT"),
    "video: archived": changed(Video, status="ARCHIVED"),
    "video: moved": changed(Video, sub_course=lambda world: world.other.pk),
    "video: published": draft_published(Video),
    "video: added": added(Video, **NEW_VIDEO),
    "practice: a draft again": changed(QuestionSet, status="DRAFT"),
    "practice: archived": changed(QuestionSet, status="ARCHIVED"),
    "practice: published": draft_published(QuestionSet),
    "practice: added": added(QuestionSet, **NEW_SET),
    **{
        f"{model._meta.model_name}: deleted": action(model, "delete_selected", post="yes") for model in MODELS
    },
    **{f"{model.__name__}: restored": restored(model) for model in (Video, QuestionSet)},
    "ordering: video up": pressed("up", "videos", "last"),
    "ordering: video down": pressed("down", "videos", "video"),
    "ordering: practice up": pressed("down", "practices", "practice"),
    "ordering: video taken back": pressed("unpublish", "videos", "video"),
    "ordering: practice taken back": pressed("unpublish", "practices", "practice"),
    "ordering: sub-course taken back": pressed("unpublish", "sub-courses", "sub_course"),
    "ordering: video moved": placed("videos", "video"),
    "ordering: practice moved": placed("practices", "practice"),
}
NOBODY_IS_MOVED = {"ordering: practice up"}


@pytest.mark.parametrize("name", sorted(set(PAGES) - NOBODY_IS_MOVED))
def test_a_page_asks_before_it_moves_a_learner_and_does_what_was_meant_when_it_is_answered(name, world):
    world.last = world.north.videos[2]
    address, sent = PAGES[name](world)
    before = world.next_steps()
    asked = world.browser.post(address, sent)
    assert asked.status_code == 200, asked.content.decode()[:3000]
    assert "learner" in asked.content.decode()
    assert world.next_steps() == before
    answer = form_of(asked)
    assert answer["confirmed"] == ["1"]
    done = world.browser.post(address, answer)
    assert done.status_code == 302
    assert world.next_steps() != before


@pytest.mark.parametrize("model", MODELS)
def test_the_page_that_asks_about_a_deletion_names_the_learners_at_once(model, world):
    before, address = world.next_steps(), url(model, "delete", world.row(model).pk)
    page = world.browser.get(address)
    assert "learner" in page.content.decode()
    chosen = {"action": "delete_selected", "_selected_action": [world.row(model).pk]}
    assert form_of(world.browser.post(url(model, "changelist"), chosen))["confirmed"] == ["1"]
    unanswered = world.browser.post(address, {"post": "yes"})
    assert (unanswered.status_code, world.next_steps()) == (200, before)
    assert world.browser.post(address, form_of(page)).status_code == 302
    assert world.next_steps() != before


def test_what_moves_nobody_is_done_without_a_question(world):
    titled = changed(Video, title="Renamed")(world)
    assert world.browser.post(*titled).status_code == 302
    draft = url(Video, "delete", world.drafts[Video].pk)
    page = world.browser.get(draft)
    assert "confirmed" not in form_of(page)
    assert "learner" not in page.content.decode()
    assert world.browser.post(draft, form_of(page)).status_code == 302


def test_whoever_changes_their_mind_gets_the_form_back_as_they_filled_it_in(world):
    address, sent = changed(Video, status="DRAFT", title="Mine")(world)
    asked = world.browser.post(address, sent)
    page = world.browser.post(address, {**form_of(asked), "back_to_form": "1"})
    again = form_of(page, id="video_form")
    assert (again["title"], again["status"]) == (["Mine"], ["DRAFT"])
    assert "confirmed" not in again
    assert Video.unscoped.get(pk=world.video.pk).title == world.video.title


def test_the_script_of_the_ordering_page_is_asked_as_well(world):
    north, before = world.north, world.next_steps()
    everything = [video.pk for video in [world.drafts[Video], *north.videos]]
    order = [everything[0], everything[3], everything[1], everything[2]]
    items = [{"id": pk, "position": position} for position, pk in enumerate(order)]
    bodies = {
        "reorder": {"items": items, "version": version_of(_order_of(north))},
        "move": {"id": world.video.pk, "parent_id": world.other.pk},
        "status": {"id": world.video.pk, "published": False},
    }
    for name, body in bodies.items():
        address = reverse(f"admin:ordering_{name}", args=["videos"])
        refused = world.browser.post(address, json.dumps(body), content_type="application/json")
        assert (refused.status_code, error_of(refused)["code"]) == (409, "confirmation_required"), name
    assert world.next_steps() == before


def _order_of(north):
    rows = Video.unscoped.filter(sub_course=north.sub_course, deleted=None).order_by("display_order", "pk")
    return [row.pk for row in rows]


def test_every_admin_of_content_is_guarded():
    for model in {kind.model for kind in kinds()} | {Tcode}:
        assert isinstance(admin.site._registry[model], GuardedPages), model


REST = {
    "a video as a draft": lambda w: ("patch", f"{CM}/videos/{w.video.pk}", {"status": "DRAFT"}),
    "a video replaced": lambda w: (
        "put",
        f"{CM}/videos/{w.video.pk}",
        {"title": "x", "sub_course_id": w.other.pk, "video_url": "https://videos.example/x.mp4"},
    ),
    "a video further down": lambda w: ("patch", f"{CM}/videos/{w.video.pk}", {"display_order": 9}),
    "a video deleted": lambda w: ("delete", f"{CM}/videos/{w.video.pk}", None),
    "a video created": lambda w: (
        "post",
        f"{CM}/videos",
        {**NEW_VIDEO, "title": "x", "sub_course_id": w.sub_course.pk},
    ),
    "a practice as a draft": lambda w: (
        "patch",
        f"/api/v1/question-sets/{w.practice.pk}",
        {"status": "DRAFT"},
    ),
    "a practice deleted": lambda w: ("delete", f"/api/v1/question-sets/{w.practice.pk}", None),
    "a sub-course switched off": lambda w: (
        "patch",
        f"{CM}/sub-courses/{w.sub_course.pk}",
        {"is_active": False},
    ),
    "a course deleted": lambda w: ("delete", f"{CM}/courses/{w.course.pk}", None),
    "a category deleted": lambda w: ("delete", f"{CM}/categories/{w.category.pk}", None),
    "videos in another order": lambda w: (
        "put",
        f"{CM}/videos/reorder",
        {"items": [{"id": pk, "position": n} for n, pk in enumerate(reversed(_order_of(w.north)))]},
    ),
}


@pytest.mark.parametrize("name", REST)
def test_a_client_that_asks_to_be_asked_is_told_whom_it_moves_and_how_to_confirm(name, world):
    method, path, body = REST[name](world)
    client, before = world.as_user(world.north.admin), world.next_steps()
    refused = getattr(client, method)(f"{path}?confirmed=false", body)
    assert refused.status_code == 409, refused.content
    error = error_of(refused)
    assert error["code"] == "confirmation_required"
    assert error["meta"]["message"] == error["detail"]
    assert error["meta"]["impact"]["learners"] >= 0
    assert error["meta"]["confirm"] == {"confirmed": True}
    assert world.next_steps() == before
    assert getattr(client, method)(f"{path}?confirmed=true", body).status_code < 300
    assert world.next_steps() != before


@pytest.mark.parametrize("name", REST)
def test_clients_that_do_not_ask_are_not_refused(name, world):
    method, path, body = REST[name](world)
    assert getattr(world.as_user(world.north.admin), method)(path, body).status_code < 300


def test_whether_to_ask_is_true_or_false(world):
    refused = world.as_user(world.north.admin).delete(f"{CM}/videos/{world.video.pk}?confirmed=perhaps")
    assert (refused.status_code, error_of(refused)["attr"]) == (400, "confirmed")


def test_learners_of_other_organizations_move_nothing_and_are_not_counted(world, sunrise):
    refused = world.as_user(world.north.admin).delete(f"{CM}/videos/{world.video.pk}?confirmed=false")
    assert error_of(refused)["meta"]["impact"]["learners"] == 1
    # Of Sunrise's rows North is told nothing, asked or not.
    for suffix in ("", "?confirmed=false"):
        foreign = world.as_user(world.north.admin).delete(f"{CM}/videos/{sunrise.videos[1].pk}{suffix}")
        assert foreign.status_code == 404


def test_the_question_about_many_lists_takes_no_more_statements(world, statements):
    address = url(Video, "changelist")

    def delete(rows):
        chosen = {"action": "delete_selected", "post": "yes", "_selected_action": [row.pk for row in rows]}
        with statements() as sent:
            assert world.browser.post(address, chosen).status_code == 200
        return len(sent)

    few = delete([world.video])
    others = [world.video]
    for _ in range(4):
        there = factories.SubCourseFactory(course=world.course)
        first, second = (factories.VideoFactory(sub_course=there, display_order=n) for n in range(2))
        world.as_user(world.north.student).post(f"/api/v1/progress/videos/{first.pk}/complete")
        others.append(second)
    # The names of the lists are looked up once there are several.
    assert delete(others) <= few + 2
