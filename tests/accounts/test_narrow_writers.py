"""Who belongs to a part of an organization changes that part: not the tree of all, and no place above."""

import pytest
from django.test import Client as Browser

from accounts.models import Role, User
from learning.models import CourseCategory, Tcode, Video
from quizzes.models import Question, QuestionSet
from tenancy.models import Campus, Classroom, Organization, School
from tests import factories
from tests.conftest import error_of
from tests.contracts.admin_pages import url

pytestmark = pytest.mark.django_db

CM = "/api/v1/course-management"
PLACES = ["school", "campus", "classroom"]


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


def admin_at(scope):
    return factories.make_user(f"admin-{scope.level}@north.test", "ADMIN", at=scope, is_staff=True)


@pytest.fixture(params=PLACES)
def narrow(request, north):
    """An administrator of a school, a campus or a classroom, who holds every key."""
    return admin_at(getattr(north, request.param).scope)


def sign_in(user):
    browser = Browser()
    browser.force_login(user, backend="accounts.sign_in.authentication.EmailBackend")
    return browser


def tree():
    models = (CourseCategory, Video, QuestionSet, Question, Tcode)
    return [list(model.unscoped.order_by("pk").values()) for model in models]


def writes(north, question, tcode):
    """Yield a write of every kind of content: method, path, body."""
    video, practice = north.videos[0], north.practices[0]
    yield "post", f"{CM}/categories", {"title": "Mine"}
    yield "patch", f"{CM}/categories/{north.category.pk}", {"title": "Mine"}
    yield "delete", f"{CM}/categories/{north.category.pk}", None
    yield "post", f"{CM}/courses", {"title": "Mine", "category_id": north.category.pk}
    yield "delete", f"{CM}/sub-courses/{north.sub_course.pk}", None
    yield "put", f"{CM}/videos/{video.pk}", {"title": "Mine"}
    yield "post", f"{CM}/videos/{video.pk}/restore", None
    items = [{"id": one.pk, "position": n} for n, one in enumerate(reversed(north.videos))]
    yield "put", f"{CM}/videos/reorder", {"items": items}
    yield "put", f"{CM}/categories/reorder", {"items": [{"id": north.category.pk, "position": 0}]}
    yield "patch", f"/api/v1/question-sets/{practice.pk}", {"title": "Mine"}
    yield "post", "/api/v1/question-sets", {"title": "Mine", "owner_id": north.sub_course.pk}
    yield "delete", f"/api/v1/questions/{question.pk}", None


@pytest.fixture
def content(north):
    question = factories.QuestionFactory(question_set=north.practices[0])
    return list(writes(north, question, factories.TcodeFactory(organization=north.organization)))


def test_nothing_of_the_whole_organization_is_written_from_a_part_of_it(as_user, narrow, content):
    client, before = as_user(narrow), tree()
    for method, path, body in content:
        answer = getattr(client, method)(path, *([] if body is None else [body]))
        assert answer.status_code == 403, (method, path, answer.content)
        assert error_of(answer)["code"] == "organization_scope_required", (method, path)
    assert tree() == before
    assert client.get(f"{CM}/categories").json()["count"] == 1, "it is read as before"


def test_who_comes_from_the_organization_writes_while_acting_in_a_part_of_it(as_user, north):
    client = as_user(north.admin, north.classroom.scope)
    answer = client.patch(f"{CM}/categories/{north.category.pk}", {"title": "Renamed"})
    assert answer.status_code == 200, answer.content
    items = [{"id": one.pk, "position": n} for n, one in enumerate(reversed(north.videos))]
    assert client.put(f"{CM}/videos/reorder", {"items": items}).status_code == 200


def test_a_global_user_writes_from_any_place(as_user, north, global_admin):
    client = as_user(global_admin, north.campus.scope)
    assert client.patch(f"{CM}/categories/{north.category.pk}", {"title": "Renamed"}).status_code == 200


def test_a_role_may_be_told_to_reach_the_whole_organization(as_user, narrow, north, sunrise):
    Role.objects.filter(name="ADMIN").update(changes_all_content=True)
    client = as_user(narrow)
    answer = client.patch(f"{CM}/categories/{north.category.pk}", {"title": "Renamed"})
    assert answer.status_code == 200, answer.content
    items = [{"id": one.pk, "position": n} for n, one in enumerate(reversed(north.videos))]
    assert client.put(f"{CM}/videos/reorder", {"items": items}).status_code == 200
    assert client.patch(f"{CM}/categories/{sunrise.category.pk}", {"title": "x"}).status_code == 404


def test_global_users_tell_it_on_the_roles_page(north, global_admin):
    role = Role.objects.get(name="INSTRUCTOR")
    before = set(role.permissions.values_list("codename", flat=True))
    body = {"changes_all_content": "on", "name": "Mine", "is_global": "on", "kind": "SYSTEM"}
    assert sign_in(north.admin).post(url(Role, "change", role.pk), body).status_code == 403
    assert sign_in(global_admin).post(url(Role, "change", role.pk), body).status_code == 302
    told = Role.objects.get(pk=role.pk)
    assert (told.changes_all_content, told.name, told.is_global) == (True, "INSTRUCTOR", False)
    assert set(told.permissions.values_list("codename", flat=True)) == before
    assert sign_in(global_admin).get(url(Role, "add")).status_code == 403
    assert sign_in(global_admin).post(url(Role, "delete", role.pk), {"post": "yes"}).status_code == 403


def test_the_admin_shows_the_tree_to_read(narrow, north, content):
    browser, before = sign_in(narrow), tree()
    for row in (north.category, north.videos[0], north.practices[0], Tcode.unscoped.first()):
        page = browser.get(url(type(row), "change", row.pk))
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert browser.post(url(type(row), "change", row.pk), {"title": "Mine"}).status_code == 403
        assert browser.post(url(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403
        assert browser.get(url(type(row), "add")).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [north.videos[0].pk], "post": "yes"}
    browser.post(url(Video, "changelist"), chosen)
    assert tree() == before
    page = browser.get("/admin/ordering/")
    assert page.status_code == 200
    assert b"sw-handle" not in page.content
    body = {"items": [{"id": one.pk, "position": n} for n, one in enumerate(reversed(north.videos))]}
    sent = browser.post("/admin/ordering/videos/order/", body, content_type="application/json")
    assert sent.status_code in (403, 404)
    assert tree() == before


def test_no_place_above_ones_own_is_renamed(narrow, north):
    browser, own = sign_in(narrow), User.unscoped.get(pk=narrow.pk).own_scope
    for place in (north.organization, north.school, north.campus, north.classroom):
        below = own.contains(place.scope)
        name = type(place).unscoped.get(pk=place.pk).name
        answer = browser.post(url(type(place), "change", place.pk), {"name": "Renamed"})
        renamed = type(place).unscoped.get(pk=place.pk).name
        if below:
            assert (answer.status_code, renamed) == (302, "Renamed"), place
        else:
            assert (answer.status_code, renamed) == (403, name), place
    page = browser.get(url(School, "changelist"))
    assert page.status_code == 200, "it says where one is"


def test_no_place_is_added_beside_or_above_ones_own(north):
    browser = sign_in(admin_at(north.campus.scope))
    for model, body in (
        (Organization, {"name": "New", "slug": "new"}),
        (School, {"name": "New"}),
        (Campus, {"name": "New", "school": str(north.school.pk)}),
    ):
        assert browser.post(url(model, "add"), body).status_code == 403
    assert (
        browser.post(url(Classroom, "add"), {"name": "New", "campus": str(north.campus.pk)}).status_code
        == 302
    )
    assert Classroom.unscoped.get(name="New").campus_id == north.campus.pk
