"""Every form, deletion and action of the admin, tried with what it offers: none moves a learner unasked.

What is walked comes from the registry and from the pages themselves: what is added tomorrow is walked too.
"""

import pytest
from django import forms
from django.contrib import admin
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from learning.models import Course, CourseCategory, SubCourse, Video
from learning.tree.ordering_page import api
from learning.tree.ordering_page.urls import urls
from quizzes.models import QuestionSet
from tenancy.scope import organization_scope
from tests.contracts.admin_pages import rows_of, tenant_admins, url
from tests.contracts.guarded import REMEMBERED
from tests.forms import forms_of

MODELS = [CourseCategory, Course, SubCourse, Video, QuestionSet]
WRITTEN = [model for model, made in tenant_admins().items() if not made.read_only]
MOST_OFFERED = 4
"""How many rows of a choice are tried: those beyond are of the same kind."""


@pytest.fixture
def world(north, sunrise):
    return REMEMBERED.again(north, sunrise)


class Walk:
    """What was tried, and where a question came."""

    def __init__(self, world):
        self.world, self.before = world, next_steps(world)
        self.tried, self.asked = set(), set()

    def send(self, name, address, body):
        """Send a form as if there were no question, look where learners are, and take it back."""
        self.tried.add(name)
        with transaction.atomic():
            answer = self.world.browser.post(address, body)
            assert answer.status_code in (200, 302, 403, 404), (name, answer.status_code)
            # A page that asks, and one that says what is wrong, has done nothing.
            if asks(answer):
                self.asked.add(name)
            assert next_steps(self.world) == self.before, (name, body)
            transaction.set_rollback(True)
        return answer


def asks(page):
    """Whether a page asks; most say nothing like it, and are not taken apart."""
    return b'"confirmed"' in page.content and any("confirmed" in values for _given, values in forms_of(page))


def next_steps(world):
    """Return where each learner goes on, whatever lists without anything to do come or go."""
    return [[step for step in lists or () if step is not None] for lists in world.next_steps()]


def rows_to_walk(world, model):
    if model is User:
        return [world.north.guest]
    if model in MODELS:
        hidden = {Course: world.hidden.course, CourseCategory: world.hidden_category, SubCourse: world.hidden}
        return [world.row(model), *filter(None, (world.drafts.get(model), hidden.get(model)))]
    return list(rows_of(model, world.north.organization)[:1])


def values_of(field, present):
    """Return other values than the present one, as a browser would send them."""
    if isinstance(field, forms.ModelChoiceField):
        found = [str(row.pk) for row in field.queryset[: MOST_OFFERED + 1]]
        return [value for value in found if value not in present][:MOST_OFFERED]
    if isinstance(field, forms.ChoiceField):
        return [str(value) for value, _label in field.choices if str(value) not in ["", *present]]
    if isinstance(field, forms.BooleanField):
        return [None] if present else ["on"]
    if isinstance(field, forms.IntegerField):
        return ["0", "1", "50"]
    return ["https://videos.example/other.mp4" if isinstance(field, forms.URLField) else "Another"]


def form_on(page):
    sent = [values for _given, values in forms_of(page) if "_continue" not in values]
    return max(sent, key=len)


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model.__name__)
def test_no_form_moves_a_learner_with_any_value_of_any_field(model, world):
    walk, name = Walk(world), model._meta.model_name
    for row in rows_to_walk(world, model):
        address = url(model, "change", row.pk)
        page = world.browser.get(address)
        if page.status_code != 200:
            continue
        sent = form_on(page)
        with organization_scope(world.north.organization):
            fields = dict(page.context["adminform"].form.fields)
            changes = [
                (field, value)
                for field in fields
                for value in values_of(fields[field], sent.get(field, []))
                if not fields[field].disabled
            ]
        for field, value in changes:
            body = {key: values for key, values in sent.items() if key != field}
            walk.send(f"{name}: {field}", address, {**body, **({} if value is None else {field: value})})
    if model in MODELS:
        assert f"{name}: status" in walk.asked, walk.tried


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model.__name__)
def test_nothing_that_is_added_moves_a_learner(model, world):
    walk, address = Walk(world), url(model, "add")
    page = world.browser.get(address)
    if page.status_code != 200:
        return
    sent = form_on(page)
    with organization_scope(world.north.organization):
        fields = page.context["adminform"].form.fields
        filled = {name: (values_of(field, []) or [""])[0] for name, field in fields.items()}
    places = {
        "category": world.category,
        "course": world.course,
        "sub_course": world.sub_course,
        "question_set": world.practice,
    }
    given = {name: str(place.pk) for name, place in places.items() if name in fields}
    walk.send("added", address, {**sent, **filled, **given, "status": "PUBLISHED"})


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model.__name__)
def test_no_deletion_and_no_action_moves_a_learner(model, world, rf):
    walk, made = Walk(world), admin.site._registry[model]
    request = rf.get("/")
    request.user = world.north.admin
    with organization_scope(world.north.organization):
        actions = set(made.get_actions(request))
        deletes = made.has_delete_permission(request)
    rows, address = rows_to_walk(world, model), url(model, "changelist")
    for row in rows if deletes else ():
        walk.send("delete", url(model, "delete", row.pk), {"post": "yes"})
    moving = set()
    for action in sorted(actions) if rows else ():
        chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
        asked = walk.send(action, address, chosen)
        bodies = [{"post": "yes"}]
        # An action that wants something filled in gets every value that its form offers.
        question = asked.context and asked.context.get("question")
        fields = dict(question.form.fields) if question and question.form else {}
        with organization_scope(world.north.organization):
            bodies += [
                {"post": "yes", field: value} for field in fields for value in values_of(fields[field], [])
            ]
        for body in bodies:
            walk.send(action, address, {**chosen, **body})
        # Beside those that its form offers first, places that would hide what comes there.
        for place in (world.hidden_category, world.hidden.course, world.other) if "parent" in fields else ():
            walk.send(action, address, {**chosen, "post": "yes", "parent": str(place.pk)})
            moving.add(action)
    if model in MODELS:
        moved = {"move_selected"} - ({"move_selected"} if model is CourseCategory else set())
        assert moving == moved
        assert walk.asked >= {"delete", "delete_selected", "unpublish_selected", "archive_selected"} | moved


def test_every_act_of_the_ordering_page_that_moves_learners_asks(world):
    north = world.north
    names = {route.name for route in urls(lambda view: view) if "<str:kind>" in str(route.pattern)}
    endpoints = {name for name in names if issubclass(_class_of(name), api.PageEndpoint)}
    everything = Video.unscoped.filter(sub_course=north.sub_course, deleted=None)
    order = list(everything.order_by("display_order", "pk").values_list("pk", flat=True))
    order = [order[0], *reversed(order[1:])]
    bodies = {
        "ordering_reorder": {"items": [{"id": pk, "position": n} for n, pk in enumerate(order)]},
        "ordering_move": {"id": world.video.pk, "parent_id": world.other.pk},
        "ordering_status": {"id": world.video.pk, "published": False},
        "ordering_remove": {"id": world.video.pk},
    }
    # What these make and write is seen by no learner, or is a title.
    harmless = {
        "ordering_write": {"parent_id": str(world.sub_course.pk), "title": "New"},
        "ordering_duplicate": {"id": world.video.pk},
        "ordering_rename": {"id": world.video.pk, "title": "New", "was": world.video.title},
    }
    assert endpoints == {*bodies, *harmless}, "an act that this test does not know"
    before = world.next_steps()
    for name, body in {**bodies, **harmless}.items():
        address = reverse(f"admin:{name}", args=["videos"])
        answer = world.browser.post(address, body, content_type="application/json")
        assert answer.status_code == (409 if name in bodies else 200), (name, answer.content)
        assert world.next_steps() == before, name


def _class_of(name):
    [route] = [route for route in urls(lambda view: view) if route.name == name]
    return getattr(route.callback, "view_class", type(None))
