"""A global user chooses in the admin where to act; everyone else acts where they belong."""

from uuid import UUID, uuid4

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client as Browser
from django.urls import get_resolver

from accounts.models import Role, User
from accounts.people.domain.membership import place
from accounts.rights.principal import load_page_principal
from accounts.sign_in.acting import SESSION_KEY
from learning.models import CourseCategory
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.factories import make_user

pytestmark = pytest.mark.django_db

CHOOSE = "/admin/acting-organization/"
CATEGORIES = "/admin/learning/coursecategory/"
USERS = "/admin/accounts/user/"
NAMED = {"title": "New", "description": "", "status": "PUBLISHED"}


def sign_in(user) -> Browser:
    pages = Browser()
    pages.force_login(user, backend="accounts.sign_in.authentication.EmailBackend")
    return pages


@pytest.fixture
def pages(global_admin) -> Browser:
    return sign_in(global_admin)


def choose(pages, organization, **more):
    return pages.post(CHOOSE, {"organization": organization, **more})


def options(pages, page="/admin/") -> dict[str, str]:
    """Return what the header offers, by value, the selected one marked with a star."""
    acting = pages.get(page).wsgi_request.acting
    return {value: f"{label}*" if selected else label for value, label, selected in acting.options}


def titles(pages, page=CATEGORIES) -> set[str]:
    return {str(row) for row in pages.get(page).context["cl"].result_list}


def told(answer) -> str:
    """Return the last message that an answer leaves for the next page."""
    return [str(message) for message in get_messages(answer.wsgi_request)][-1]


def test_a_global_user_is_offered_every_organization_and_shared_content(pages, north, sunrise):
    assert options(pages) == {
        "": "Every organization*",
        str(north.organization.pk): "North",
        str(sunrise.organization.pk): "Sunrise",
        str(PLATFORM_ID): "Shared content (platform)",
    }
    page = pages.get(CATEGORIES).content.decode()
    assert '<option value="" selected>Every organization</option>' in page
    assert f'<option value="{north.organization.pk}">North</option>' in page


def test_a_choice_narrows_lists_until_it_is_taken_back(pages, north, sunrise):
    both = {north.category.title, sunrise.category.title}
    assert titles(pages) >= both
    answer = choose(pages, north.organization.pk)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert told(answer) == "You are now acting in: North."
    assert options(pages)[str(north.organization.pk)] == "North*"
    assert titles(pages) & both == {north.category.title}
    assert titles(pages, USERS) == {user.email for user in north.people.values()}
    assert pages.get(f"{CATEGORIES}{sunrise.category.pk}/change/").status_code == 302
    assert told(choose(pages, "")) == "You are now acting in: Every organization."
    assert titles(pages) >= both


def test_forms_ask_for_no_organization_and_new_rows_land_in_the_chosen_one(pages, north, sunrise):
    asked = pages.get(f"{CATEGORIES}add/").context["adminform"].form.fields
    assert "organization" in asked
    choose(pages, north.organization.pk)
    assert "organization" not in pages.get(f"{CATEGORIES}add/").context["adminform"].form.fields
    answer = pages.post(f"{CATEGORIES}add/", {**NAMED, "organization": sunrise.organization.pk})
    assert answer.status_code == 302
    assert CourseCategory.unscoped.get(title="New").organization_id == north.organization.pk
    teacher = Role.objects.get(name="TEACHER").pk
    person = {"email": "new@north.test", "is_active": "on", "role": teacher}
    person |= {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    answer = pages.post(f"{USERS}add/", {**person, "organization": sunrise.organization.pk})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert User.unscoped.get(email="new@north.test").organization_id == north.organization.pk


def test_shared_content_is_changed_in_the_platform_and_read_elsewhere(pages, north, sunrise):
    shared = factories.CategoryFactory(organization=Organization.unscoped.get(pk=PLATFORM_ID))
    change = f"{CATEGORIES}{shared.pk}/change/"
    choose(pages, north.organization.pk)
    assert shared.title in titles(pages)
    assert pages.post(change, {**NAMED, "title": "Mine"}).status_code == 403
    choose(pages, PLATFORM_ID)
    assert titles(pages) == {shared.title}
    assert pages.post(change, {**NAMED, "title": "Renamed"}).status_code == 302
    assert CourseCategory.unscoped.get(pk=shared.pk).title == "Renamed"


def test_what_is_no_organization_answers_alike_and_changes_nothing(pages, north, sunrise):
    choose(pages, north.organization.pk)
    third = factories.OrganizationFactory()
    gone = third.pk
    third.delete()
    ids = [
        uuid4(),
        gone,
        north.school.pk,
        f"school:{north.school.pk}",
        "nonsense",
        "\0",
        "0" * 5000,
        "None",
    ]
    answers = {
        (answer.status_code, answer["Location"], told(answer))
        for answer in [pages.post(CHOOSE), *(choose(pages, value) for value in ids)]
    }
    assert answers == {(302, "/admin/", "There is no such organization.")}
    assert pages.session[SESSION_KEY] == str(north.organization.pk)
    assert sunrise.category.title not in titles(pages)


@pytest.mark.parametrize("role", ["ADMIN", "PRINCIPAL", "TEACHER", "GUEST"])
def test_staff_of_an_organization_see_where_they_act_and_cannot_choose(role, north, sunrise):
    staff = make_user("staff@north.test", role, at=north.campus.scope, is_staff=True)
    pages = sign_in(staff)
    page = pages.get("/admin/").content.decode()
    place_of_theirs = " · ".join(("North", north.school.name, north.campus.name))
    assert f"Acting in <strong>{place_of_theirs}</strong>" in page
    assert CHOOSE not in page
    refusals = {
        (answer.status_code, answer.content)
        for value in (north.organization.pk, sunrise.organization.pk, PLATFORM_ID, uuid4(), "", "nonsense")
        for answer in [choose(pages, value)]
    }
    assert [status for status, _page in refusals] == [403]
    assert SESSION_KEY not in pages.session
    assert pages.get("/admin/").wsgi_request.acting.scope == north.campus.scope


def test_staff_without_an_organization_read_that_they_have_none(north, sunrise, independent):
    User.unscoped.filter(pk=independent.pk).update(is_staff=True)
    page = sign_in(independent).get("/admin/").content.decode()
    assert "Acting in <strong>no organization</strong>" in page


@pytest.mark.parametrize("name", ["admin", "principal", "support", "guest"])
def test_the_names_of_a_place_come_with_the_session(name, north, sunrise, statements):
    user = User.unscoped.get(pk=north.people[name].pk)
    loaded = load_page_principal(user.pk)
    with statements() as sent:
        assert loaded.place_names == user.place_names
        assert loaded.password == user.password
    depth = {"admin": 1, "principal": 2, "support": 3, "guest": 4}[name]
    assert len(loaded.place_names) == len(sent) == depth
    assert load_page_principal(uuid4()) is None


def test_others_do_not_get_as_far_as_choosing(north, sunrise):
    nobody, student = Browser(), sign_in(north.student)
    for pages in (nobody, student):
        answer = choose(pages, sunrise.organization.pk)
        assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={CHOOSE}")
        assert SESSION_KEY not in pages.session


def test_a_choice_is_posted_with_the_token_of_the_page(global_admin, north, sunrise):
    pages = Browser(enforce_csrf_checks=True)
    pages.force_login(global_admin, backend="accounts.sign_in.authentication.EmailBackend")
    assert choose(pages, north.organization.pk).status_code == 403
    assert pages.get(CHOOSE).status_code == 405
    assert SESSION_KEY not in pages.session
    pages.get("/admin/")
    token = pages.cookies["csrftoken"].value
    assert choose(pages, north.organization.pk, csrfmiddlewaretoken=token).status_code == 302
    assert pages.session[SESSION_KEY] == str(north.organization.pk)


def put_in_session(pages, value) -> None:
    session = SessionStore(pages.session.session_key)
    session[SESSION_KEY] = value
    session.save()


@pytest.mark.parametrize("value", ["nonsense", "", str(UUID(int=7)), 7, None, ["x"]])
def test_a_choice_that_holds_no_more_is_dropped(value, pages, north, sunrise):
    put_in_session(pages, value)
    assert options(pages)[""] == "Every organization*"
    assert pages.session.get(SESSION_KEY) is None
    assert titles(pages) >= {north.category.title, sunrise.category.title}


def test_the_choice_of_an_organization_that_is_gone_is_dropped(pages, north, sunrise):
    third = factories.OrganizationFactory()
    choose(pages, third.pk)
    assert titles(pages) == set()
    third.delete()
    assert titles(pages) >= {north.category.title, sunrise.category.title}
    assert SESSION_KEY not in pages.session


def test_whoever_is_no_longer_global_acts_where_they_belong(pages, global_admin, north, sunrise):
    choose(pages, sunrise.organization.pk)
    place(user=global_admin, at=north.scope, role=Role.objects.get(name="ADMIN"))
    assert sunrise.category.title not in titles(pages)
    assert north.category.title in titles(pages)
    assert SESSION_KEY not in pages.session


def test_a_session_leads_staff_of_an_organization_nowhere_else(north, sunrise):
    pages = sign_in(north.admin)
    for organization in (sunrise.organization.pk, north.organization.pk, PLATFORM_ID):
        put_in_session(pages, str(organization))
        assert titles(pages) == {north.category.title}
        assert SESSION_KEY not in pages.session


def test_a_choice_ends_with_the_session(pages, global_admin, north, sunrise):
    choose(pages, north.organization.pk)
    pages.post("/admin/logout/")
    assert SESSION_KEY not in pages.session
    pages.force_login(global_admin, backend="accounts.sign_in.authentication.EmailBackend")
    assert options(pages)[""] == "Every organization*"


def test_the_choice_is_of_one_session_and_not_of_the_api(pages, as_user, global_admin, north, sunrise):
    choose(pages, north.organization.pk)
    assert sunrise.category.title in titles(sign_in(global_admin))
    listed = as_user(global_admin).get("/api/v1/course-management/categories").json()
    assert {north.category.title, sunrise.category.title} <= {row["title"] for row in listed["rows"]}


RETURNS = {
    "/admin/": "/admin/",
    "/admin/learning/": "/admin/learning/",
    "/admin/learning/video/": "/admin/learning/video/",
    "/admin/learning/video/?status__exact=DRAFT&p=7": "/admin/learning/video/",
    "/admin/learning/video/add/": "/admin/learning/video/add/",
    "/admin/learning/video/6/change/": "/admin/learning/video/",
    "/admin/learning/video/6/delete/": "/admin/learning/video/",
    "/admin/learning/video/6/history/": "/admin/learning/video/",
    "/admin/learning/video/export/?p=7": "/admin/learning/video/export/",
    "/admin/password_change/": "/admin/password_change/",
    "/admin/ordering/?open=courses:6": "/admin/ordering/",
    "/admin/ordering/videos/6/place/": "/admin/ordering/",
    "/admin/ordering/branch/courses/6/": "/admin/ordering/",
    "/admin/ordering/videos/reorder/": "/admin/ordering/",
    "/admin/ordering/videos/move/": "/admin/ordering/",
    "/admin/ordering/videos/status/": "/admin/ordering/",
    "/admin/autocomplete/": "/admin/",
    "/admin/jsi18n/": "/admin/",
    "/admin/login/": "/admin/",
    "/admin/r/7/6/": "/admin/",
    "/admin/logout/": "/admin/",
    CHOOSE: "/admin/",
    "/admin/nowhere/at/all/": "/admin/",
    "": "/admin/",
}
ELSEWHERE = [
    "https://evil.example/admin/",
    "//evil.example/admin/",
    "///evil.example/admin/",
    "/\\evil.example/admin/",
    "\\\\evil.example",
    "https:/admin/learning/video/",
    "https:evil.example",
    "javascript:alert(1)",
    "//[evil/admin/",
    "/api/v1/users/me",
    "/admin/../api/docs",
    "/admin/learning/video/\r\nLocation: https://evil.example",
    "/admin/" + "x/" * 5000,
    "\0",
]


@pytest.mark.parametrize(("path", "expected"), RETURNS.items())
def test_choosing_leads_back_to_the_page_or_the_nearest_that_is_not_about_a_row(
    path, expected, pages, north, sunrise
):
    assert choose(pages, north.organization.pk, next=path)["Location"] == expected


def test_in_every_organization_the_page_of_a_row_stays(pages, north, sunrise):
    change = f"{CATEGORIES}{sunrise.category.pk}/change/"
    place_of_video = f"/admin/ordering/videos/{sunrise.videos[0].pk}/place/"
    for page in (change, place_of_video):
        assert choose(pages, "", next=page)["Location"] == page


def test_choosing_leads_back_to_pages_only(pages, north, sunrise):
    """Every route of the admin that answers to nothing but its own script, or to a POST, is no page."""
    routes = list(routes_of_the_admin(sunrise))
    leads_to = {name: choose(pages, "", next=address)["Location"] for address, name in routes}
    wrong = []
    # Most lead to a few pages: each of these is opened once.
    for location in set(leads_to.values()):
        answer = pages.get(location, follow=True)
        # Some rows have no such page; nothing says 405, and nothing is a part of a page.
        if answer.status_code not in (200, 403, 404) or b"<!DOCTYPE html>" not in answer.content:
            names = [name for name, place in leads_to.items() if place == location]
            wrong.append(f"{names}: {location} {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert len(routes) > 20


def routes_of_the_admin(tenant):
    """Return ``(address, name)`` of each, for rows of the tenant."""
    site = get_resolver().namespace_dict["admin"][1]
    values = {"app_label": "learning", "kind": "sub-courses", "pk": tenant.sub_course.pk}
    for name in filter(lambda key: isinstance(key, str), site.reverse_dict):
        if name.count("_") > 1 and not name.startswith(("learning_video_", "accounts_user_")):
            continue  # the pages of every model are the same
        for possibility in site.reverse_dict.getlist(name):
            for made, parameters in possibility[0]:
                row = tenant.student.pk if name.startswith("accounts_user") else tenant.sub_course.pk
                yield f"/admin/{made % {one: values.get(one, row) for one in parameters}}", name


@pytest.mark.parametrize("path", ELSEWHERE)
def test_choosing_leads_out_of_the_admin_never(path, pages, north, sunrise):
    for organization in (north.organization.pk, ""):
        location = choose(pages, organization, next=path)["Location"]
        assert location in ("/admin/", "/admin/learning/video/")


def test_what_it_costs_is_one_statement_for_a_global_user_and_none_for_others(
    pages, north, sunrise, statements
):
    page = "/admin/password_change/"

    def cost(of) -> int:
        with statements() as sent:
            assert of.get(page).status_code == 200
        return len(sent)

    # The session, and the person with keys and place.
    assert cost(sign_in(north.admin)) == cost(sign_in(north.admin)) == 2
    assert cost(pages) == 3
    choose(pages, north.organization.pk)
    pages.get(page)  # takes the message away
    for _ in range(5):
        factories.OrganizationFactory()
    assert cost(pages) == 3
    assert sum(label.endswith("*") for label in options(pages).values()) == 1
