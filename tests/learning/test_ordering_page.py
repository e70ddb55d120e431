"""The ordering page: what it shows to whom, and everything on it without JavaScript."""

import re
from html import escape, unescape

import pytest
from django.test import Client as Browser

from learning.models import Reordering, Video
from learning.tree.domain.ordering import version_of
from progress.models import VideoCompletion
from tenancy.models import Organization
from tests import factories
from tests.learning.ordering import PAGE, order_of, sign_in


@pytest.fixture
def shared(north):
    platform = Organization.unscoped.get(slug="platform")
    course = factories.CourseFactory(category=factories.CategoryFactory(organization=platform))
    return factories.VideoFactory(sub_course=factories.SubCourseFactory(course=course))


def opened(tenant):
    return f"{PAGE}?open=sub-courses:{tenant.sub_course.pk}"


def titles(page):
    return [unescape(title) for title in re.findall(r'data-title="([^"]*)"', page.content.decode())]


def listed(page, kind):
    """Return ``(parent, ids, orderable)`` of each list of a kind that the page shows."""

    def walk(lists):
        for found in lists:
            if found.kind == kind:
                yield found.parent, [row.id for row in found.rows], found.orderable
            for row in found.rows:
                yield from walk(row.lists)

    return list(walk(page.context["lists"]))


def press(staff, value, **more):
    return staff.post(PAGE, {"do": value, **more}, follow=True)


def said(page):
    return [str(message) for message in page.context["messages"]]


def test_closed_branches_are_not_read_and_an_address_opens_them_with_what_is_above(staff, north):
    closed = staff.get(PAGE)
    assert titles(closed) == [north.category.title]
    page = staff.get(opened(north))
    assert titles(page) == [
        north.category.title,
        north.course.title,
        north.sub_course.title,
        *(step.title for step in (*north.videos, *north.practices)),
    ]
    assert listed(page, "videos") == [(str(north.sub_course.pk), order_of(north.sub_course), True)]


def test_the_page_takes_as_many_statements_with_many_rows_and_branches(staff, north, statements):
    staff.get(opened(north))
    with statements() as few:
        staff.get(opened(north))
    address = opened(north)
    for _ in range(4):
        course = factories.CourseFactory(category=factories.CategoryFactory(organization=north.organization))
        for _ in range(2):
            sub_course = factories.SubCourseFactory(course=course)
            factories.VideoFactory(sub_course=sub_course)
            factories.PracticeFactory(sub_course=sub_course)
            address += f"&open=sub-courses:{sub_course.pk}"
    with statements() as many:
        page = staff.get(address)
    assert len(titles(page)) == 8 + 4 * (2 + 2 * 3)
    assert len(many) == len(few)


def test_each_row_says_its_status_level_and_what_it_holds(staff, north):
    Video.unscoped.filter(pk=north.videos[1].pk).update(status="DRAFT")
    page = staff.get(opened(north))
    (categories,) = page.context["lists"]
    course = categories.rows[0].lists[0].rows[0]
    sub_course = course.lists[0].rows[0]
    assert (categories.rows[0].counts, course.counts) == ("1 course", "1 sub-course")
    assert (sub_course.level, sub_course.counts) == (
        "A1",
        "3 videos, 2 practices, 4 published, 2 without questions",
    )
    videos = sub_course.lists[0].rows
    assert [row.status for row in videos] == ["PUBLISHED", "DRAFT", "PUBLISHED"]
    html = page.content.decode()
    assert html.count("draft") >= 1


def test_nobody_is_shown_a_row_of_another_organization(staff, north, sunrise):
    address = (
        f"{PAGE}?open=categories:{sunrise.category.pk}&open=courses:{sunrise.course.pk}"
        f"&open=sub-courses:{sunrise.sub_course.pk}"
    )
    page = staff.get(address)
    assert titles(page) == [north.category.title]
    for kind, row in (
        ("categories", sunrise.category),
        ("courses", sunrise.course),
        ("sub-courses", sunrise.sub_course),
    ):
        theirs = staff.get(f"{PAGE}branch/{kind}/{row.pk}/")
        nobodys = staff.get(f"{PAGE}branch/{kind}/{10**12}/")
        assert (theirs.status_code, theirs.content) == (nobodys.status_code, nobodys.content)
        assert theirs.status_code == 404
    video = sunrise.videos[0].pk
    assert staff.get(f"{PAGE}videos/{video}/place/").status_code == 404
    assert staff.post(f"{PAGE}videos/{video}/place/", {"position": 3}).status_code == 404
    for verb in ("up", "down", "publish", "unpublish"):
        assert staff.post(PAGE, {"do": f"{verb}:videos:{video}"}).status_code == 404
    assert order_of(sunrise.sub_course) == [video.pk for video in sunrise.videos]


def test_a_branch_is_loaded_by_itself(staff, north, statements):
    with statements() as sent:
        page = staff.get(f"{PAGE}branch/sub-courses/{north.sub_course.pk}/")
    assert titles(page) == [step.title for step in (*north.videos, *north.practices)]
    assert "<html" not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    # Session, person, the row, what stands beside its lists, and one for each of both.
    assert len(sent) == 6


def test_shared_content_is_shown_to_all_and_arranged_by_the_platform(staff, north, shared, global_admin):
    address = f"{PAGE}?open=sub-courses:{shared.sub_course_id}"
    page = staff.get(address)
    assert [found.heading for found in page.context["lists"]] == ["North", "Shared content"]
    assert listed(page, "videos") == [(str(shared.sub_course_id), [shared.pk], False)]
    html = page.content.decode()
    assert f"up:videos:{shared.pk}" not in html
    assert f"unpublish:videos:{shared.pk}" not in html
    assert staff.post(PAGE, {"do": f"up:videos:{shared.pk}"}, follow=True).status_code == 200
    assert not Reordering.unscoped.exists()
    assert staff.get(f"{PAGE}videos/{shared.pk}/place/").status_code == 403
    everywhere = sign_in(global_admin).get(address)
    assert listed(everywhere, "videos") == [(str(shared.sub_course_id), [shared.pk], True)]
    headings = [found.heading for found in everywhere.context["lists"]]
    assert headings == ["North", "Sunrise", "Shared content"]


def test_without_the_key_to_order_there_is_nothing_to_order_with(north, sunrise):
    staff = sign_in(north.teacher)
    page = staff.get(opened(north))
    assert page.status_code == 200
    assert [orderable for *_rest, orderable in listed(page, "videos")] == [False]
    html = page.content.decode()
    for what in ('class="handle', "up:videos", "publish:videos", "/place/", "/add/"):
        assert what not in html, what
    video = north.videos[1]
    for do in (f"up:videos:{video.pk}", f"unpublish:videos:{video.pk}"):
        assert staff.post(PAGE, {"do": do}).status_code == 403
    assert staff.get(f"{PAGE}videos/{video.pk}/place/").status_code == 403
    assert order_of(north.sub_course) == [one.pk for one in north.videos]


@pytest.mark.parametrize("role", ["guest", "guardian", "student"])
def test_without_the_key_to_read_the_tree_there_is_no_page(role, north, sunrise):
    staff = sign_in(getattr(north, role))
    for address in (PAGE, f"{PAGE}branch/courses/{north.course.pk}/"):
        assert staff.get(address).status_code == 403
    stranger = Browser().get(PAGE)
    assert stranger["Location"].startswith("/admin/login/")


def test_up_and_down_move_by_one_and_stop_at_the_ends(staff, north):
    one, two, three = order_of(north.sub_course)
    page = press(staff, f"up:videos:{two}", open=[f"sub-courses:{north.sub_course.pk}"])
    assert order_of(north.sub_course) == [two, one, three]
    assert said(page) == [f"“{north.videos[1].title}” is at position 1 of 3."]
    address, _status = page.redirect_chain[-1]
    assert address == f"{PAGE}?open=sub-courses%3A{north.sub_course.pk}#videos-{two}"
    press(staff, f"up:videos:{two}")
    assert order_of(north.sub_course) == [two, one, three]
    press(staff, f"down:videos:{one}:{version_of([two, one, three])}")
    press(staff, f"down:videos:{one}")
    assert order_of(north.sub_course) == [two, three, one]


def test_a_button_of_a_page_that_is_out_of_date_says_who_changed_the_order(staff, north, as_user):
    one, two, three = order_of(north.sub_course)
    seen = version_of([one, two, three])
    items = [{"id": pk, "position": n} for n, pk in enumerate([three, two, one])]
    as_user(north.admin).put("/api/v1/course-management/videos/reorder", {"items": items})
    page = press(staff, f"up:videos:{two}:{seen}")
    assert said(page) == [
        f"{north.admin.display_name} has changed this order since you loaded it. Look at it and try again."
    ]
    assert order_of(north.sub_course) == [three, two, one]


def test_what_touches_learners_is_asked_first_on_a_page_of_its_own(staff, north):
    one, two, three = order_of(north.sub_course)
    VideoCompletion.unscoped.create(user=north.student, organization=north.organization, video_id=one)
    question = press(staff, f"up:videos:{three}", open=[f"sub-courses:{north.sub_course.pk}"])
    assert order_of(north.sub_course) == [one, two, three]
    html = unescape(question.content.decode())
    assert f"1 will be asked to complete “{north.videos[2].title}” before they continue." in html
    fields = dict(question.context["question"].hidden)
    assert fields == {
        "do": f"up:videos:{three}",
        "open": f"sub-courses:{north.sub_course.pk}",
        "confirmed": "1",
    }
    for name, value in fields.items():
        assert f'name="{name}" value="{value}"' in html
    staff.post(question.request["PATH_INFO"], fields)
    assert order_of(north.sub_course) == [one, three, two]


def test_publishing_and_taking_back_by_button(staff, north):
    video = north.videos[0]
    page = press(staff, f"unpublish:videos:{video.pk}")
    assert said(page) == [f"“{video.title}” is no longer published."]
    assert Video.unscoped.get(pk=video.pk).status == "DRAFT"
    page = press(staff, f"publish:videos:{video.pk}")
    assert said(page) == [f"“{video.title}” is published."]
    assert Video.unscoped.get(pk=video.pk).status == "PUBLISHED"


@pytest.mark.parametrize(
    "value", ["", "up", "up:videos", "up:videos:x", "up:nothing:1", "jump:videos:1", "up:videos:-1", ":::"]
)
def test_a_button_that_is_not_there_is_a_bad_request(value, staff, north):
    assert staff.post(PAGE, {"do": value}).status_code == 400


def test_the_form_moves_within_the_list_and_to_another_parent(staff, north, sunrise, shared):
    one, two, three = order_of(north.sub_course)
    target = factories.SubCourseFactory(course=north.course)
    address = f"{PAGE}videos/{one}/place/"
    page = staff.get(address)
    choices = [pk for _group, members in page.context["form"].fields["parent"].choices for pk, _ in members]
    assert choices == [north.sub_course.pk, target.pk]
    form = {"parent": north.sub_course.pk, "position": 3}
    moved = staff.post(address, form, follow=True)
    assert said(moved) == [f"“{north.videos[0].title}” is at position 3 of 3."]
    assert order_of(north.sub_course) == [two, three, one]
    question = staff.post(address, {"parent": target.pk, "position": ""})
    assert "moves from" in unescape(question.content.decode())
    assert order_of(target) == []
    done = staff.post(address, dict(question.context["question"].hidden), follow=True)
    assert said(done) == [f"“{north.videos[0].title}” has moved."]
    assert order_of(target) == [one]
    assert listed(done, "videos") == [(str(target.pk), [one], True)]


@pytest.mark.parametrize(
    "given", [{"position": "0"}, {"position": "x"}, {"parent": "sunrise"}, {"parent": ""}]
)
def test_the_form_says_what_is_wrong_with_it(given, staff, north, sunrise):
    if given.get("parent") == "sunrise":
        given = {"parent": sunrise.sub_course.pk}
    form = {"parent": north.sub_course.pk, "position": "1", **given}
    page = staff.post(f"{PAGE}videos/{north.videos[2].pk}/place/", form)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert order_of(north.sub_course) == [video.pk for video in north.videos]


def test_a_category_has_no_other_parent_and_the_form_asks_for_none(staff, north):
    second = factories.CategoryFactory(organization=north.organization, display_order=10**6)
    page = staff.get(f"{PAGE}categories/{second.pk}/place/", headers={"X-Requested-With": "fetch"})
    assert list(page.context["form"].fields) == ["position"]
    assert "<html" not in page.content.decode()
    staff.post(f"{PAGE}categories/{second.pk}/place/", {"position": 1})
    (categories,) = staff.get(PAGE).context["lists"]
    assert [row.id for row in categories.rows] == [second.pk, north.category.pk]


def test_an_organization_without_content_is_invited_to_begin(north, sunrise):
    empty = factories.OrganizationFactory(name="Empty")
    admin = factories.make_user("admin@empty.test", "ADMIN", at=empty.scope)
    page = sign_in(admin).get(PAGE)
    (categories,) = page.context["lists"]
    assert (categories.rows, categories.heading) == ([], "Empty")
    assert escape(categories.add_url) in page.content.decode()


def test_an_address_with_nonsense_in_it_opens_nothing(staff, north):
    many = "&".join(f"open=courses:{n}" for n in range(300))
    for query in ("open=x", "open=courses:", "open=courses:-1", f"open=courses:{10**17}", "open=a:b:c", many):
        assert staff.get(f"{PAGE}?{query}").status_code == 200
    assert staff.get(f"{PAGE}branch/nothing/1/").status_code == 404
    assert staff.get(f"{PAGE}branch/courses/{10**30}/").status_code == 404
    assert staff.get(f"{PAGE}videos/{10**30}/place/").status_code == 404


@pytest.mark.parametrize("model", ["coursecategory", "course", "subcourse", "video"])
def test_the_lists_of_the_tree_lead_to_it(model, staff, north, sunrise):
    html = staff.get(f"/admin/learning/{model}/").content.decode()
    assert f'href="{PAGE}"' in html
    assert f'href="{PAGE}"' in staff.get("/admin/quizzes/questionset/").content.decode()
    assert "Put in order" not in staff.get("/admin/quizzes/question/").content.decode()
    assert f'href="{PAGE}"' in staff.get("/admin/").content.decode()


def test_a_list_narrowed_to_a_branch_leads_to_that_branch(staff, north, sunrise):
    page = staff.get(f"/admin/learning/video/?sub_course={north.sub_course.pk}")
    assert f"{PAGE}?open=sub-courses%3A{north.sub_course.pk}" in page.content.decode()


def test_a_row_that_moves_away_while_its_button_is_pressed_is_left_where_it_is(
    staff, north, sunrise, monkeypatch
):
    from learning.tree.ordering_page import buttons

    video = north.videos[1]
    elsewhere = factories.SubCourseFactory(course=north.course)
    read = buttons.row_or_404

    def read_and_moved_away(level, pk):
        row = read(level, pk)
        Video.unscoped.filter(pk=pk).update(sub_course=elsewhere)
        return row

    monkeypatch.setattr(buttons, "row_or_404", read_and_moved_away)
    page = press(staff, f"up:videos:{video.pk}")
    assert said(page) == ["Someone else has just moved this."]
    Video.unscoped.filter(pk=video.pk).update(sub_course=north.sub_course)
    assert staff.get(f"{PAGE}videos/{video.pk}/place/").status_code == 404
    assert order_of(elsewhere) == [video.pk]
