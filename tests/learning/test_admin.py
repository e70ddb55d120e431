"""The tree in the admin: the API's rules behind Django's pages."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client as PageClient
from django.utils import timezone

from learning.models import Course, Video
from learning.tree.domain import structure
from tenancy.models import Organization
from tests import factories


@pytest.fixture
def pages(north, sunrise):
    client = PageClient()
    client.force_login(north.admin, backend="accounts.sign_in.authentication.EmailBackend")
    return client


MODELS = ["coursecategory", "course", "subcourse", "video", "reordering"]


@pytest.mark.parametrize("model", MODELS)
def test_lists_show_the_tenants_rows_in_queries_that_do_not_grow(model, pages, north, sunrise, statements):
    with statements() as few:
        page = pages.get(f"/admin/learning/{model}/")
    assert page.status_code == 200
    for _ in range(5):
        course = factories.CourseFactory(category=north.category)
        factories.VideoFactory(sub_course=factories.SubCourseFactory(course=course))
    with statements() as many:
        pages.get(f"/admin/learning/{model}/")
    assert len(many) == len(few)


@pytest.mark.parametrize("name", ["category", "course", "sub_course"])
@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_another_tenants_row_has_no_page(name, page, pages, sunrise):
    row = getattr(sunrise, name)
    url = f"/admin/learning/{row._meta.model_name}/{row.pk}/{page}/"
    response = pages.get(url)
    missing = pages.get(url.replace(f"/{row.pk}/", f"/{10**12}/"))
    assert response.status_code == missing.status_code == 302
    assert response["Location"] == missing["Location"] == "/admin/"


def test_a_new_video_goes_to_the_end_and_a_foreign_parent_is_no_choice(pages, north, sunrise):
    form = {
        "title": "New",
        "description": "",
        "video_url": "https://videos.example/new.mp4",
        "duration_seconds": "",
        "status": "DRAFT",
    }
    refused = pages.post("/admin/learning/video/add/", {**form, "sub_course": sunrise.sub_course.pk})
    assert refused.status_code == 200
    assert not Video.unscoped.filter(title="New").exists()
    assert str(sunrise.sub_course.title) not in refused.content.decode()
    added = pages.post("/admin/learning/video/add/", {**form, "sub_course": north.sub_course.pk})
    assert added.status_code == 302
    video = Video.unscoped.get(title="New")
    assert (video.organization_id, video.display_order) == (north.organization.pk, 3)


def test_changing_one_field_changes_that_field_under_the_editors_name(pages, north, sunrise):
    url = f"/admin/learning/course/{north.course.pk}/change/"
    form = {"category": north.category.pk, "title": "Renamed", "description": "", "status": "PUBLISHED"}
    assert pages.post(url, form).status_code == 302
    course = Course.unscoped.get(pk=north.course.pk)
    assert (course.title, course.revision) == ("Renamed", 1)
    event = Course._meta.apps.get_model("learning", "CourseEvent").unscoped.latest("pgh_id")
    assert event.pgh_context["user"] == str(north.admin.pk)


def test_deleting_says_what_is_hidden_with_it_and_hides_that(pages, north, sunrise):
    url = f"/admin/learning/course/{north.course.pk}/delete/"
    page = pages.get(url).content.decode()
    assert "Videos: 3" in page
    assert pages.post(url, {"post": "yes"}).status_code == 302
    assert not Video.unscoped.filter(sub_course=north.sub_course, deleted=None).exists()
    assert Video.unscoped.filter(organization=sunrise.organization, deleted=None).count() == 3


def test_the_delete_action_hides_the_chosen_rows_and_nothing_of_another_tenant(pages, north, sunrise):
    chosen = [north.videos[0].pk, sunrise.videos[0].pk]
    data = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    pages.post("/admin/learning/video/", data)
    deleted = Video.unscoped.exclude(deleted=None).values_list("pk", flat=True)
    assert list(deleted) == [north.videos[0].pk]


def test_shared_rows_can_be_read_and_not_changed(pages, north, sunrise):
    platform = Organization.unscoped.get(slug="platform")
    shared = factories.CategoryFactory(organization=platform, title="Shared")
    url = f"/admin/learning/coursecategory/{shared.pk}"
    page = pages.get(f"{url}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert pages.post(f"{url}/change/", {"title": "Mine"}).status_code == 403
    assert pages.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
    assert type(shared).unscoped.get(pk=shared.pk).title == "Shared"


def test_lists_are_narrowed_to_ones_own_or_to_shared_rows(pages, north, sunrise):
    platform = Organization.unscoped.get(slug="platform")
    shared = factories.CategoryFactory(organization=platform, title="Shared")
    for value, expected in (("yes", [shared]), ("no", [north.category]), ("x", [north.category, shared])):
        listed = pages.get(f"/admin/learning/coursecategory/?shared={value}").context["cl"].result_list
        assert list(listed) == expected, value


def test_lists_are_narrowed_step_by_step_down_the_tree(pages, north, sunrise):
    other = factories.CourseFactory(category=north.category)
    factories.VideoFactory(sub_course=factories.SubCourseFactory(course=other))
    address, query = "/admin/learning/video/", ""
    offered = []
    for step in (f"category={north.category.pk}", f"course={north.course.pk}", "sub_course=1"):
        page = pages.get(f"{address}?{query}")
        offered.append([spec.title for spec in page.context["cl"].filter_specs][:3])
        query += f"&{step}"
    assert [len(titles) for titles in offered] == [3, 3, 3]
    assert [titles[:2] for titles in offered] == [
        ["category", "status"],
        ["category", "course"],
        ["category", "course"],
    ]
    inside = pages.get(f"{address}?category={north.category.pk}&course={north.course.pk}").context["cl"]
    assert {video.pk for video in inside.result_list} == {video.pk for video in north.videos}
    # Another choice above leaves no choice below behind.
    category = inside.filter_specs[0]
    assert [choice["query_string"] for choice in category.choices(inside)] == [
        "?",
        f"?category={north.category.pk}",
    ]


def test_a_filter_takes_no_row_of_another_tenant(pages, north, sunrise):
    for value in (sunrise.sub_course.pk, 10**12):
        page = pages.get(f"/admin/learning/video/?sub_course={value}")
        assert not page.context["cl"].result_list
        assert sunrise.sub_course.title not in page.content.decode()
    refused = pages.get("/admin/learning/video/?sub_course=x")
    assert (refused.status_code, refused["Location"]) == (302, "/admin/learning/video/?e=1")


def test_counts_lead_to_what_they_count(pages, north, sunrise):
    page = pages.get("/admin/learning/subcourse/").content.decode()
    of = f"sub_course={north.sub_course.pk}"
    assert f'href="/admin/learning/video/?{of}">3</a>' in page
    link = f"/admin/quizzes/questionset/?{of}&set_type__exact=PRACTICE&owner_type__exact=SUB_COURSE"
    assert f'href="{link.replace("&", "&amp;")}">2</a>' in page
    assert set(pages.get(link).context["cl"].result_list) == set(north.practices)


def test_a_reordering_is_shown_by_titles(pages, north, sunrise, as_user):
    items = [{"id": video.pk, "position": n} for n, video in enumerate(reversed(north.videos))]
    url = "/api/v1/course-management/videos/reorder"
    assert as_user(north.admin).put(url, {"items": items}).status_code == 200
    listed = pages.get("/admin/learning/reordering/").content.decode()
    assert north.sub_course.title in listed
    [change] = pages.get("/admin/learning/reordering/?kind=videos").context["cl"].result_list
    assert not pages.get("/admin/learning/reordering/?kind=courses").context["cl"].result_list
    page = pages.get(f"/admin/learning/reordering/{change.pk}/change/").content.decode()
    titles = [f"<li>{video.title}</li>" for video in north.videos]
    assert "<ol>{}</ol>".format("".join(titles)) in page
    assert "<ol>{}</ol>".format("".join(reversed(titles))) in page


@pytest.fixture
def global_pages(global_admin):
    client = PageClient()
    client.force_login(global_admin, backend="accounts.sign_in.authentication.EmailBackend")
    return client


def test_a_global_user_changes_a_category_that_stays_in_its_organization(global_pages, north, sunrise):
    url = f"/admin/learning/coursecategory/{north.category.pk}/change/"
    form = {"title": "Renamed", "description": "", "status": "PUBLISHED"}
    assert global_pages.post(url, {**form, "organization": sunrise.organization.pk}).status_code == 302
    category = type(north.category).unscoped.get(pk=north.category.pk)
    assert (category.title, category.organization_id) == ("Renamed", north.organization.pk)


def test_a_course_is_offered_parents_of_its_own_organization_only(global_pages, north, sunrise):
    url = f"/admin/learning/course/{north.course.pk}/change/"
    form = {"title": "Moved", "description": "", "status": "PUBLISHED", "category": sunrise.category.pk}
    response = global_pages.post(url, form)
    assert response.status_code == 200
    assert "Select a valid choice" in response.content.decode()
    assert Course.unscoped.get(pk=north.course.pk).category_id == north.category.pk


def test_a_course_is_suggested_parents_of_its_own_organization_only(global_pages, north, sunrise):
    page = global_pages.get(f"/admin/learning/course/{north.course.pk}/change/").content.decode()
    address = re.search(r'data-ajax--url="([^"]+)"', page)[1]
    query = {"app_label": "learning", "model_name": "course", "field_name": "category"}
    found = global_pages.get(f"{address}&{urlencode(query)}").json()["results"]
    assert [row["id"] for row in found] == [str(north.category.pk)]
    new = global_pages.get("/admin/autocomplete/", query).json()["results"]
    assert {row["id"] for row in new} >= {str(north.category.pk), str(sunrise.category.pk)}


def test_a_refusal_of_the_domain_is_a_message_on_the_page(pages, north, sunrise, monkeypatch):
    """The row is deleted by someone else between the form's checks and its saving."""
    real = structure.change

    def too_late(**values):
        type(values["item"]).unscoped.filter(pk=values["item"].pk).update(deleted=timezone.now())
        return real(**values)

    monkeypatch.setattr(structure, "change", too_late)
    url = f"/admin/learning/course/{north.course.pk}/change/"
    form = {"category": north.category.pk, "title": "Late", "description": "", "status": "PUBLISHED"}
    response = pages.post(url, form)
    assert (response.status_code, response["Location"]) == (302, url)
    assert Course.unscoped.get(pk=north.course.pk).title == north.course.title


def test_staff_of_one_school_see_the_progress_of_its_learners_only(north, sunrise, as_user):
    elsewhere = factories.ClassroomFactory(
        campus=factories.CampusFactory(school=factories.SchoolFactory(organization=north.organization))
    )
    stranger = factories.make_user("stranger@north.test", "STUDENT", at=elsewhere.scope)
    head = factories.make_user("head@north.test", "ADMIN", at=north.school.scope, is_staff=True)
    for learner in (north.student, stranger, sunrise.student):
        tenant = sunrise if learner == sunrise.student else north
        as_user(learner).post(f"/api/v1/progress/videos/{tenant.videos[0].pk}/complete")
        as_user(learner).post(f"/api/v1/progress/practices/{tenant.practices[0].pk}/complete")
    client = PageClient()
    client.force_login(head, backend="accounts.sign_in.authentication.EmailBackend")
    for model in ("videocompletion", "practicecompletion"):
        page = client.get(f"/admin/progress/{model}/").content.decode()
        assert north.student.email in page
        assert stranger.email not in page
        assert sunrise.student.email not in page


def test_staff_without_a_key_have_no_pages(north, sunrise):
    type(north.principal).unscoped.filter(pk=north.principal.pk).update(is_staff=True)
    client = PageClient()
    client.force_login(north.principal, backend="accounts.sign_in.authentication.EmailBackend")
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/learning/video/").status_code == 403
    assert client.get("/admin/learning/reordering/").status_code == 200


def test_learners_do_not_enter_the_admin(north, sunrise):
    client = PageClient()
    client.force_login(north.student, backend="accounts.sign_in.authentication.EmailBackend")
    assert client.get("/admin/learning/video/").status_code == 302


@pytest.mark.parametrize("model", ["videocompletion", "practicecompletion"])
def test_completions_are_read_and_never_edited(model, pages, north, sunrise, as_user):
    for tenant in (north, sunrise):
        client = as_user(tenant.student)
        client.post(f"/api/v1/progress/videos/{tenant.videos[0].pk}/complete")
        client.post(f"/api/v1/progress/practices/{tenant.practices[0].pk}/complete")
    page = pages.get(f"/admin/progress/{model}/").content.decode()
    assert north.student.email in page
    assert sunrise.student.email not in page
    assert pages.get(f"/admin/progress/{model}/add/").status_code == 403


def test_a_list_leads_back_to_all_its_rows_only_where_some_were_looked_for(pages):
    assert "Show all" not in pages.get("/admin/learning/video/").content.decode()
    for narrowed in ("?q=nothing", "?status__exact=DRAFT"):
        assert "Show all" in pages.get(f"/admin/learning/video/{narrowed}").content.decode()
