"""What holds of every level of the tree that is registered, whichever app declares the next one."""

from contextlib import contextmanager

import pytest
from django.contrib import admin
from django.core.checks import run_checks
from django.test import Client as HttpClient
from django.urls import URLResolver, get_resolver

from accounts.models import User
from accounts.privacy import holdings
from accounts.rights import keys
from learning.models import Course, Reordering, SubCourse
from learning.tree import levels as registry
from learning.tree.course_files.exporting import JSON, export_course
from learning.tree.domain import arranging, duplicating, learner_guard, structure
from learning.tree.domain.ordering import positions_of
from progress.reports import my_class
from progress.steps import completions
from progress.steps.completions import all_steps, step_of
from progress.steps.domain import sequence
from tenancy.errors import RefusedError
from tenancy.front_page import waiting
from tenancy.scope import organization_scope, scope_entered
from tests.conftest import error_of
from tests.contracts.levels import FILLED, REQUIRED, every, make, parent_in

API = "/api/v1/course-management"
LEVELS = registry.levels()
STEPS = registry.steps()
BELOW = [level for level in LEVELS if level.above]


@pytest.fixture
def inside(north, sunrise):
    with organization_scope(north.organization):
        yield


@every(LEVELS)
def test_its_keys_are_there_and_administrators_hold_them(level, north, sunrise):
    wanted = {f"{level.resource}.{verb}" for verb in ("list", "get", "create", "update", "delete")}
    wanted |= {level.reorder_key, level.update_key}
    assert keys.KEYS.keys() >= wanted
    assert User.unscoped.get(pk=north.admin.pk).permission_keys >= wanted
    assert not User.unscoped.get(pk=north.student.pk).permission_keys & {level.reorder_key, level.update_key}


@every(LEVELS)
def test_it_is_put_in_order_by_those_who_may_and_nobody_else(level, north, sunrise, as_user):
    parent = parent_in(level, north)
    rows = make(level, parent)
    siblings = list(level.model.unscoped.filter(**{level.parent: parent}, **level.narrowing))
    backwards = [row.pk for row in reversed(siblings)]
    body = {"items": [{"id": pk, "position": n} for pk, n in positions_of(backwards)]}
    url = f"{API}/{level.name}/reorder"
    assert as_user(north.student).put(url, body).status_code == 403
    assert error_of(as_user(sunrise.admin).put(url, body))["code"] == "not_siblings"
    answer = as_user(north.admin).put(url, body)
    assert answer.status_code == 200, answer.content
    with organization_scope(north.organization):
        assert level.ids_below(parent.pk) == backwards
        [record] = Reordering.objects.filter(kind=level.name)
    assert record.after == backwards
    assert {row.pk for row in rows} <= set(backwards)


@every(LEVELS)
def test_it_is_made_read_changed_deleted_and_restored_over_rest(level, north, sunrise, as_user):
    url = next(
        "/" + str(pattern.pattern).strip("^").removesuffix(r"/?\Z")
        for pattern in get_resolver().url_patterns
        if getattr(getattr(getattr(pattern, "callback", None), "cls", None), "kind", None) is level
        and "post" in pattern.callback.actions
    )
    parent = parent_in(level, north)
    named = "owner_id" if level.name == "practices" else f"{level.parent}_id"
    body = {"title": "New", **REQUIRED.get(level.name, {}), **({named: parent.pk} if level.above else {})}
    admins, strangers = as_user(north.admin), as_user(sunrise.admin)
    assert as_user(north.student).post(url, body).status_code == 403
    if level.above:
        assert error_of(strangers.post(url, body))["attr"] == named
    made = admins.post(url, body)
    assert made.status_code == 201, made.content
    one = f"{url}/{made.json()['id']}"
    assert admins.get(one).json()["title"] == "New"
    assert admins.patch(one, {"title": "Newer"}).json()["title"] == "Newer"
    for refused in (strangers.get(one), strangers.patch(one, {"title": "Ours"}), strangers.delete(one)):
        assert refused.status_code == 404
    assert admins.delete(one).status_code == 204
    assert admins.get(one).status_code == 404
    assert admins.post(f"{one}/restore").json()["title"] == "Newer"


@every(BELOW)
def test_it_moves_to_another_parent_of_its_organization_only(level, north, sunrise, inside):
    here, there, foreign = (parent_in(level, tenant) for tenant in (north, north, sunrise))
    row, *_others = make(level, here)
    [first] = make(level, there, 1)
    with pytest.raises(learner_guard.ConfirmationRequired):
        arranging.move(level=level, pk=row.pk, parent_id=there.pk, by=north.admin)
    arranging.move(level=level, pk=row.pk, parent_id=there.pk, by=north.admin, confirmed=True)
    assert level.ids_below(there.pk) == [first.pk, row.pk]
    with pytest.raises(Exception, match="does not exist"):
        arranging.move(level=level, pk=row.pk, parent_id=foreign.pk, by=north.admin, confirmed=True)


@every(LEVELS)
def test_it_is_published_and_taken_back(level, north, inside):
    [row] = make(level, parent_in(level, north), 1)
    FILLED.get(level.name, str)(row)
    taken = arranging.publish(level=level, pk=row.pk, published=False)
    assert not level.is_published(taken)
    assert row.pk not in level.rows().shown_to_learners().values_list("pk", flat=True)
    assert level.is_published(arranging.publish(level=level, pk=row.pk, published=True))
    assert row.pk in level.rows().shown_to_learners().values_list("pk", flat=True)


@every(BELOW)
def test_it_goes_with_its_parent_and_comes_back_with_it(level, north, inside):
    parent = parent_in(level, north)
    rows = make(level, parent)
    structure.delete(item=parent)
    assert level.ids_below(parent.pk) == []
    structure.restore(item=parent)
    assert level.ids_below(parent.pk) == [row.pk for row in rows]


@every(LEVELS)
def test_staff_find_it_in_the_admin_and_on_the_ordering_page(level, north, sunrise):
    pages = HttpClient()
    pages.force_login(User.unscoped.get(pk=north.admin.pk), "accounts.sign_in.authentication.EmailBackend")
    parent = parent_in(level, north)
    [row] = make(level, parent, 1)
    options = level.model._meta
    listed = pages.get(f"/admin/{options.app_label}/{options.model_name}/")
    assert row.title in listed.content.decode()
    form = pages.get(f"/admin/{options.app_label}/{options.model_name}/{row.pk}/change/")
    assert form.status_code == 200
    assert 'name="display_order"' not in form.content.decode()
    opened = f"?open={level.above.name}:{parent.pk}" if level.above else ""
    page = pages.get(f"/admin/ordering/{opened}").content.decode()
    assert f'id="{level.name}-{row.pk}"' in page
    assert pages.get(f"/admin/ordering/{level.name}/{row.pk}/place/").status_code == 200
    assert pages.get(f"/admin/{options.app_label}/{options.model_name}/{row.pk}/history/").status_code == 200


@every(BELOW)
def test_a_copy_of_its_parent_holds_it(level, north, inside):
    parent = parent_in(level, north)
    rows = make(level, parent)
    copy = duplicating.duplicate(level=level.above, pk=parent.pk)
    copied = level.siblings_of(copy.pk).order_by("display_order").values_list("title", flat=True)
    assert list(copied) == [row.title for row in rows], f"{level.name!r} are left out of a copy"


@every([level for level in BELOW if level.model is not Course])
def test_the_file_of_its_course_tells_of_it(level, north, inside):
    [row] = make(level, north.sub_course if level.step else north.course, 1)
    assert f'"title": "{row.title}"' in export_course(north.course, JSON).decode(), level.name


@every(STEPS)
def test_staff_see_on_their_front_page_that_it_is_a_draft_and_who_has_completed_it(level, north, sunrise):
    [row] = make(level, north.sub_course, 1)
    level.model.unscoped.filter(pk=row.pk).update(status="DRAFT")
    pages = HttpClient()
    pages.force_login(User.unscoped.get(pk=north.admin.pk), "accounts.sign_in.authentication.EmailBackend")
    drafts = waiting.admin_url(level.model, "changelist", status__exact="DRAFT")
    waits = [item.link.url for item in pages.get("/admin/").context["front_page"].to_do]
    assert drafts in waits, f"{level.name!r}: drafts do not wait on the front page"
    assert row.title in pages.get(drafts).content.decode()
    step = step_of(level)
    step.model.unscoped.create(
        user=north.student,
        organization=north.organization,
        **{step.model.step: make(level, north.sub_course, 1)[0]},
    )
    listed = pages.get(waiting.admin_url(step.model, "changelist")).content.decode()
    assert str(north.student) in listed


@every(STEPS)
def test_reports_of_learners_count_who_has_completed_it(level, north, sunrise):
    make(level, north.sub_course)
    with organization_scope(north.organization):
        first = level.ids_below(north.sub_course.pk)[0]
    step = step_of(level)
    step.model.unscoped.create(
        user=north.student, organization=north.organization, **{step.completed_column: first}
    )
    with scope_entered(north.classroom.scope):
        shown = my_class.my_class(User.unscoped.get(pk=north.teacher.pk))
    assert {learner.name: learner.completed for learner in shown["learners"]}[north.student.display_name] == 1
    pages = HttpClient()
    pages.force_login(User.unscoped.get(pk=north.teacher.pk), "accounts.sign_in.authentication.EmailBackend")
    report = pages.get(f"/admin/learning-report/?course={north.course.pk}").content.decode()
    assert f"{level.name} 0" in report


@every(STEPS)
def test_the_tree_counts_it_and_the_path_shows_it_step_by_step(level, north, sunrise, as_user):
    rows = make(level, north.sub_course)
    student = as_user(north.student)
    tree = as_user(north.admin).get(f"{API}/learning-tree").json()
    [sub_course] = [
        found
        for category in tree["categories"]
        for course in category["courses"]
        for found in course["sub_courses"]
        if found["id"] == north.sub_course.pk
    ]
    with organization_scope(north.organization):
        ids = level.ids_below(north.sub_course.pk)
    assert sub_course[f"{level.step}_count"] == len(ids)
    url = f"{API}/courses/{north.course.pk}/learning-path"
    answer = student.get(url)
    [on_path] = [one for one in answer.json()["sub_courses"] if one["id"] == north.sub_course.pk]
    steps = on_path[level.field_name]
    assert [step["id"] for step in steps] == ids
    assert [step["is_locked"] for step in steps] == [False, *[True] * (len(ids) - 1)]
    assert all(step.keys() >= {"title", "status", "is_completed", *level.path_fields} for step in steps)
    assert on_path[f"{level.field_name}_version"] == sub_course[f"{level.field_name}_version"]
    # The entity tag tells of every change, to the rows and to what the learner has done.
    assert student.get(url, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    level.model.unscoped.filter(pk=rows[0].pk).update(title="Renamed")
    changed = student.get(url, HTTP_IF_NONE_MATCH=answer["ETag"])
    assert changed.status_code == 200
    done = student.post(f"/api/v1/progress/{level.name}/{ids[0]}/complete")
    assert done.json()["next"]["id"] == ids[1]
    assert student.get(url, HTTP_IF_NONE_MATCH=changed["ETag"]).status_code == 200


@every(STEPS)
def test_it_is_completed_in_its_order_by_learners_of_its_organization(level, north, sunrise, as_user):
    make(level, north.sub_course)
    with organization_scope(north.organization):
        first, second, *_rest = level.ids_below(north.sub_course.pk)
        with pytest.raises(RefusedError, match="Complete the earlier steps"):
            sequence.check_open(user=north.student, level=level, step_id=second)
    student, url = as_user(north.student), f"/api/v1/progress/{level.name}"
    refused = error_of(student.post(f"{url}/{second}/complete"))
    assert refused["code"] == "locked"
    assert [blocking["type"] for blocking in refused["meta"]["blocking"]] == [level.step]
    assert as_user(sunrise.student).post(f"{url}/{first}/complete").status_code == 404
    assert as_user(north.guest).post(f"{url}/{first}/complete").status_code == 403
    for step in (first, second):
        assert student.post(f"{url}/{step}/complete").status_code == 200


@every(STEPS)
def test_what_would_be_asked_of_learners_is_known_before_a_change(level, north, sunrise, as_user, inside):
    make(level, north.sub_course)
    ids = level.ids_below(north.sub_course.pk)
    student = as_user(north.student)
    assert student.post(f"/api/v1/progress/{level.name}/{ids[0]}/complete").status_code == 200
    body = {"items": [{"id": pk, "position": n} for pk, n in positions_of(reversed(ids))], "dry_run": True}
    told = as_user(north.admin).put(f"{API}/{level.name}/reorder", body).json()["impact"]
    assert told["learners"] == 1
    assert [(asked["type"], asked["id"]) for asked in told["asked"]] == [(level.step, ids[-1])]


@every(STEPS)
def test_every_sub_course_says_how_many_of_all_steps_are_done(level, north, as_user):
    make(level, north.sub_course)
    with organization_scope(north.organization):
        total = sum(len(one.level.ids_below(north.sub_course.pk)) for one in all_steps())
        first = level.ids_below(north.sub_course.pk)[0]
    student = as_user(north.student)
    student.post(f"/api/v1/progress/{level.name}/{first}/complete")
    path = student.get(f"{API}/courses/{north.course.pk}/learning-path").json()
    [sub_course] = [one for one in path["sub_courses"] if one["id"] == north.sub_course.pk]
    assert (sub_course["completed"], sub_course["total"]) == (1, total)


def told():
    return "\n".join(str(message) for message in run_checks())


@contextmanager
def without(registry, key):
    """Forget one entry for a while, and put it back where it was: order is what people see."""
    whole = dict(registry)
    del registry[key]
    try:
        yield
    finally:
        registry.clear()
        registry.update(whole)


def test_nothing_is_forgotten():
    ours = ("learning.E", "progress.E")
    assert [str(one) for one in run_checks() if (one.id or "").startswith(ours)] == []


@every(LEVELS)
def test_content_whose_level_is_forgotten_is_named(level):
    of_model = [kind for kind in registry.kinds() if kind.model is level.model]
    whole = {kind.name: kind for kind in registry.kinds()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_KINDS", {n: kind for n, kind in whole.items() if kind not in of_model})
        assert f"{level.model._meta.label} is content, but no list of siblings is made of it" in told()


@every(LEVELS)
def test_a_level_whose_routes_are_forgotten_is_named(level, monkeypatch):
    def leads_to_rows(pattern):
        kind = getattr(getattr(pattern.callback, "cls", None), "kind", None)
        return kind is not None and kind.model is level.model

    patterns = get_resolver().url_patterns
    others = [one for one in patterns if isinstance(one, URLResolver) or not leads_to_rows(one)]
    assert len(others) < len(patterns)
    monkeypatch.setattr(get_resolver(), "url_patterns", others)
    verbs = "create, destroy, list, partial_update, restore, retrieve, update"
    assert f"'{level.name}': no route leads to {verbs}" in told()


@every(LEVELS)
def test_a_level_whose_keys_or_pages_are_forgotten_is_named(level, monkeypatch):
    with without(keys.KEYS, level.reorder_key):
        assert f"'{level.name}': the key {level.reorder_key} is not there" in told()
    with without(admin.site._registry, level.model):
        assert f"'{level.name}': its rows have no page in the admin" in told()
    with monkeypatch.context() as patch:
        patch.delattr(level.model, "pgh_event_model")
        assert f"'{level.name}': changes of its rows are not recorded" in told()


@every(STEPS)
def test_a_step_whose_completions_are_forgotten_is_named(level, monkeypatch):
    model = step_of(level).model
    with without(completions._MODELS, level.model), without(completions._STEPS, level):
        assert f"'{level.name}' are steps, but no model keeps their completions" in told()
    with monkeypatch.context() as patch:
        patch.setattr(holdings, "_HOLDINGS", [one for one in holdings.holdings() if one.model is not model])
        assert f"'{level.name}': who has completed them is not among what is held of people" in told()
    with without(admin.site._registry, model):
        assert f"'{level.name}': who has completed them has no page in the admin" in told()
    with monkeypatch.context() as patch:
        patch.setattr(registry.TreeLevel, "parent_model", property(lambda _level: type(None)))
        assert f"'{level.name}' are steps: they belong to sub-courses" in told()
    assert level.parent_model is SubCourse


def test_two_kinds_of_one_name_or_children_before_parents_stop_the_start():
    with pytest.raises(Exception, match="Two kinds of siblings"):
        registry.register(LEVELS[0])
    orphan = registry.SiblingKind("orphans", LEVELS[0].model, "organization")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_KINDS", {})
        registry.register(orphan)
        with pytest.raises(Exception, match="register what it belongs to before it"):
            registry.register(STEPS[0])
