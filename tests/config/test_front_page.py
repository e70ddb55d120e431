"""The admin's front page: for each person what they may do next, counted in their own organization only."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from accounts.people.domain.membership import place
from accounts.rights.keys import KEYS
from learning.models import Course, SubCourse, Video
from learning.tree.domain import structure
from quizzes.models import Question, QuestionSet
from tenancy import lists
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID, organization_scope
from tests import factories
from tests.contracts.admin_pages import Glance
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def sign_in(user) -> Browser:
    pages = Browser()
    pages.force_login(user, backend="accounts.sign_in.authentication.EmailBackend")
    return pages


@pytest.fixture
def calm(north, sunrise):
    """Nothing waits in either organization: everyone has logged in, and assessments have questions."""
    User.unscoped.update(last_login=timezone.now())
    for assessment in QuestionSet.unscoped.filter(set_type="INITIAL_ASSESSMENT"):
        factories.QuestionFactory(question_set=assessment)


@pytest.fixture
def staff_with(north):
    """``staff_with("videos.list")`` signs in someone of north who may enter the admin and holds just that."""

    def make(*keys: str, at=None) -> Browser:
        user = make_user("staff@north.test", "GUEST", at=at or north.scope, is_staff=True)
        User.unscoped.filter(pk=user.pk).update(last_login=timezone.now())
        user.custom_permissions.set(Permission.objects.filter(codename__in=keys))
        return sign_in(user)

    return make


def front(pages):
    """Return what the page is made of."""
    answer = Glance(pages).get("/admin/")
    assert answer.status_code == 200
    return answer.context["front_page"]


def texts(items) -> list[str]:
    return [item.link.text for item in items]


def unsettle(tenant) -> None:
    """Make one of each kind of thing that waits."""
    inside = {"sub_course": tenant.sub_course}
    factories.VideoFactory(**inside, status="DRAFT")
    factories.PracticeFactory(**inside, status="DRAFT")
    empty = factories.SubCourseFactory(course=tenant.course, title=f"Empty in {tenant.organization.name}")
    User.unscoped.filter(pk=tenant.student.pk).update(last_login=None)
    Question.unscoped.filter(question_set__sub_course=empty).delete()


WAITING = {
    "videos.update": "1 video is still a draft",
    "question_sets.update": "1 question set is still a draft",
    "videos.create": "1 sub-course has no steps yet",
    "questions.create": "1 entry assessment has no question",
    "users.update": "1 person has never logged in",
}


def test_what_waits_is_what_waits_in_ones_own_organization(calm, north, sunrise):
    for _ in range(2):
        unsettle(sunrise)
    unsettle(north)
    page = sign_in(north.admin).get("/admin/")
    assert texts(page.context["front_page"].to_do) == list(WAITING.values())
    text = page.content.decode()
    assert "Empty in North" in text
    assert "Sunrise" not in text
    assert "2 videos are still drafts" in texts(front(sign_in(sunrise.admin)).to_do)


def test_what_is_more_than_lists_lead_to_is_not_counted_further(calm, north, monkeypatch):
    monkeypatch.setattr(lists, "MOST_LISTED", 2)
    people = User.unscoped.filter(organization=north.organization).exclude(pk=north.admin.pk).order_by("pk")
    for number, text in [(2, "2 people have never logged in"), (4, "2+ people have never logged in")]:
        User.unscoped.filter(pk__in=people.values("pk")[:number]).update(last_login=None)
        assert texts(front(sign_in(north.admin)).to_do) == [text]


@pytest.mark.parametrize(("key", "text"), WAITING.items())
def test_each_thing_waits_for_those_who_hold_its_key(key, text, calm, staff_with, north):
    unsettle(north)
    pages = staff_with(key)
    (item,) = front(pages).to_do
    assert item.link.text == text
    for link in [item.link] if item.link.url else item.links:
        assert pages.get(link.url).status_code == 200


LOOKING = [key for key in KEYS if key.endswith((".list", ".get"))]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("READ_SAFETY_QUIZ_REPORTS", "To change any of it, your account needs further permissions."),
        ("videos.delete", "Nothing. Well done!"),
        ("practices.reorder", "Nothing. Well done!"),
    ],
)
def test_nothing_waits_for_those_who_could_not_do_it(key, text, calm, staff_with, north):
    unsettle(north)
    page = staff_with(*LOOKING, key).get("/admin/")
    assert page.context["front_page"].to_do == []
    assert text in page.content.decode()


def test_subscriptions_that_end_soon_wait_for_those_who_may_open_their_list(calm, staff_with, north, sunrise):
    tcode = factories.TcodeFactory()
    for person, days, fields in (
        (north.student, 26, {}),
        (north.student2, 26, {"renewal": "automatic"}),
        (north.teacher, 10, {}),
        (sunrise.student, 26, {}),
    ):
        factories.make_subscription(person, tcode, starts=-timedelta(days=days), **fields)
    pages = staff_with("subscriptions.list", "subscriptions.manage", "users.list")
    (item,) = front(pages).to_do
    assert item.link.text == "1 subscription ends within 7 days"
    listed = Glance(pages).get(item.link.url).context["cl"].result_list
    assert [row.user for row in listed] == [north.student]
    User.unscoped.filter(email="staff@north.test").update(email="before@north.test")
    assert front(staff_with("subscriptions.list", "subscriptions.manage")).to_do == []


def test_with_nothing_to_do_it_says_so(calm, north, sunrise):
    unsettle(sunrise)
    page = sign_in(north.admin).get("/admin/")
    assert page.context["front_page"].to_do == []
    assert "Nothing. Well done!" in page.content.decode()


def test_each_link_leads_to_what_was_counted(calm, north, sunrise, independent):
    shared = factories.CategoryFactory(organization=Organization.unscoped.get(pk=PLATFORM_ID))
    factories.CourseFactory.create_batch(2, category=shared)
    for tenant in (north, sunrise):
        unsettle(tenant)
        unsettle(tenant)
        with organization_scope(tenant.organization):
            structure.delete(item=tenant.videos[0])
    pages = sign_in(north.admin)
    page = front(pages)
    looked = 0
    for item in (*page.to_do, *page.to_know):
        for link in [item.link, *item.links]:
            if not link.url:
                continue
            answer = Glance(pages).get(link.url)
            assert answer.status_code == 200, link
            if "cl" in answer.context:
                assert link.text.split()[0] == str(answer.context["cl"].result_count), link
                looked += 1
    assert looked == 5


def test_what_can_be_done_row_by_row_is_offered_for_the_newest(calm, north, sunrise):
    empty = [factories.SubCourseFactory(course=north.course, title=f"Number {number}") for number in range(5)]
    pages = sign_in(north.admin)
    videos, questions = front(pages).to_do
    for item in (videos, questions):
        assert [link.text for link in item.links] == ["Number 4", "Number 3", "Number 2"]
        assert item.more == 2
    assert "and 2 more" in pages.get("/admin/").content.decode()
    form = Glance(pages).get(videos.links[0].url).context["adminform"].form
    assert form.get_initial_for_field(form.fields["sub_course"], "sub_course") == str(empty[4].pk)
    form = Glance(pages).get(questions.links[0].url).context["adminform"].form
    assessment = QuestionSet.unscoped.get(sub_course=empty[4])
    assert form.get_initial_for_field(form.fields["question_set"], "question_set") == str(assessment.pk)


def test_a_sub_course_is_empty_when_what_it_had_is_deleted(calm, north, sunrise):
    sub_course = factories.SubCourseFactory(course=north.course, title="Once full")
    steps = [factories.VideoFactory(sub_course=sub_course), factories.PracticeFactory(sub_course=sub_course)]
    found = []
    for step in steps:
        found.append(WAITING["videos.create"] in texts(front(sign_in(north.admin)).to_do))
        with organization_scope(north.organization):
            structure.delete(item=step)
    assert found == [False, False]
    assert WAITING["videos.create"] in texts(front(sign_in(north.admin)).to_do)


def test_people_who_are_switched_off_are_not_waited_for(calm, north, sunrise):
    User.unscoped.filter(pk=north.student.pk).update(last_login=None, is_active=False)
    assert front(sign_in(north.admin)).to_do == []


def test_people_are_counted_at_or_below_ones_own_place(calm, staff_with, north, sunrise):
    User.unscoped.filter(pk__in=[north.student.pk, north.instructor.pk]).update(last_login=None)
    assert texts(front(staff_with("users.update", at=north.campus.scope)).to_do) == [WAITING["users.update"]]


def test_shared_content_is_nobodys_work_but_the_platforms(calm, north, sunrise, global_admin):
    shared = factories.CategoryFactory(organization=Organization.unscoped.get(pk=PLATFORM_ID))
    sub_course = factories.SubCourseFactory(course=factories.CourseFactory(category=shared))
    factories.VideoFactory(sub_course=sub_course, status="DRAFT")
    page = front(sign_in(north.admin))
    assert page.to_do == []
    assert texts(page.to_know) == ["1 course is shared with every organization"]
    pages = sign_in(global_admin)
    pages.post("/admin/acting-organization/", {"organization": PLATFORM_ID})
    page = front(pages)
    assert "1 video is still a draft" in texts(page.to_do)
    assert page.to_know == []


def test_what_was_deleted_of_late_can_be_found_by_those_who_may_restore_it(calm, staff_with, north, sunrise):
    with organization_scope(north.organization):
        structure.delete(item=north.videos[0])
        structure.delete(item=north.videos[1])
        structure.delete(item=north.sub_course)
    long_ago = timezone.now() - timedelta(days=31)
    Video.unscoped.filter(pk=north.videos[1].pk).update(deleted=long_ago)
    for tenant in (north, sunrise):
        tenant.guest.delete()
    (item,) = front(sign_in(north.admin)).to_know
    # What went along with its sub-course comes back with it.
    assert item.link.text == "3 items were deleted in the last 30 days"
    assert [link.text for link in item.links] == ["1 sub-course", "1 video", "1 person"]
    (item,) = front(staff_with("videos.delete", "courses.delete")).to_know
    assert [link.text for link in item.links] == ["1 video"]


def change_title(pages, row, **values) -> None:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    form = {"title": "Changed", "description": "", "status": "PUBLISHED", **values}
    answer = pages.post(reverse(name, args=[row.pk]), form)
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def changed(pages) -> list[tuple[str, str]]:
    return [(change.kind, change.link.text) for change in front(pages).changes]


def test_one_goes_on_where_one_left_off_under_the_names_of_today(calm, north, sunrise):
    pages = sign_in(north.admin)
    assert changed(pages) == []
    change_title(pages, north.category, title="First")
    change_title(pages, north.course, title="Then", category=north.category.pk)
    change_title(pages, north.category, title="First again")
    Course.unscoped.filter(pk=north.course.pk).update(title="Renamed by another")
    assert changed(pages) == [("Category", "First again"), ("Course", "Renamed by another")]
    for change in front(pages).changes:
        assert pages.get(change.link.url).status_code == 200
        assert change.ago == "just now"
    assert changed(sign_in(sunrise.admin)) == []
    with organization_scope(north.organization):
        structure.delete(item=north.course)
    assert changed(pages) == [("Category", "First again")]


def test_only_the_last_five_changes_are_shown(calm, north, sunrise):
    pages = sign_in(north.admin)
    courses = factories.CourseFactory.create_batch(7, category=north.category)
    for number, course in enumerate(courses):
        change_title(pages, course, title=f"Number {number}", category=north.category.pk)
    assert [text for _kind, text in changed(pages)] == [f"Number {number}" for number in (6, 5, 4, 3, 2)]


def test_whoever_moves_to_another_organization_takes_no_title_along(calm, north, sunrise):
    pages = sign_in(north.admin)
    change_title(pages, north.category, title="Secret of the north")
    assert changed(pages) == [("Category", "Secret of the north")]
    assert "Secret of the north" in pages.get("/admin/").content.decode()  # in a message as well, once
    place(user=north.admin, at=sunrise.scope, role=Role.objects.get(name="ADMIN"))
    for page in ("/admin/", "/admin/learning/"):
        assert "Secret of the north" not in pages.get(page).content.decode()
    assert changed(pages) == []


def test_what_one_may_no_longer_change_is_nothing_to_go_on_with(calm, north, sunrise):
    pages = sign_in(north.admin)
    change_title(pages, north.category)
    north.admin.custom_permissions_filter.set(Permission.objects.filter(codename="course_categories.update"))
    assert changed(pages) == []


def steps(pages) -> list[tuple[str, bool, bool]]:
    """Return ``(text, done, leads somewhere)`` of each first step."""
    return [(step.link.text, step.done, bool(step.link.url)) for step in front(pages).steps]


def test_an_empty_organization_is_led_from_step_to_step(calm, north, sunrise):
    third = factories.OrganizationFactory(name="Third", slug="third")
    factories.CategoryFactory(organization=Organization.unscoped.get(pk=PLATFORM_ID))
    pages = sign_in(make_user("admin@third.test", "ADMIN", at=third.scope, is_staff=True))
    factories.SchoolFactory(organization=third)
    make_user("teacher@third.test", "TEACHER", at=third.scope)
    names = ["Add a category", "Add a course", "Add a sub-course", "Add videos and practices"]
    made: list = []
    makers = [
        lambda: factories.CategoryFactory(organization=third),
        lambda: factories.CourseFactory(category=made[0]),
        lambda: factories.SubCourseFactory(course=made[1]),
        lambda: factories.PracticeFactory(sub_course=made[2]),
    ]
    for number, make in enumerate(makers):
        assert steps(pages)[3:] == [(name, n < number, n == number) for n, name in enumerate(names)]
        page = front(pages)
        assert (page.tree is None) is (number == 0)
        assert pages.get(page.steps[3 + number].link.url).status_code == 200
        made.append(make())
    assert steps(pages) == []
    assert steps(sign_in(north.admin)) == []


def test_first_steps_count_places_an_administrator_and_people(calm, north, global_admin):
    third = factories.OrganizationFactory(name="Third", slug="third")
    pages = sign_in(global_admin)
    pages.post("/admin/acting-organization/", {"organization": str(third.pk)})
    names = ["Add a school", "Choose an administrator", "Add people"]
    assert steps(pages)[:3] == [(name, False, True) for name in names]
    for step in front(pages).steps[:3]:
        assert pages.get(step.link.url).status_code == 200
    school = factories.SchoolFactory(organization=third)
    make_user("boss@third.test", "ADMIN", at=third.scope)
    assert steps(pages)[:3] == [(names[0], True, False), (names[1], True, False), (names[2], False, True)]
    make_user("teacher@third.test", "TEACHER", at=school.scope)
    assert [done for _name, done, _url in steps(pages)[:3]] == [True] * 3


def test_first_steps_are_for_those_who_may_take_them(calm, staff_with, north):
    Video.unscoped.filter(organization=north.organization).delete()
    QuestionSet.unscoped.filter(set_type="PRACTICE", organization=north.organization).delete()
    assert steps(staff_with("learning_tree.get", "videos.list", "courses.create")) == []
    north.admin.custom_permissions_filter.set(Permission.objects.filter(codename="courses.create"))
    assert [text for text, *_ in steps(sign_in(north.admin))][3:] == [
        "Add a category",
        "Add a sub-course",
        "Add videos and practices",
    ]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ([], None),
        (["videos.reorder", "videos.list"], None),
        (["learning_tree.get"], "Look at the tree"),
        (["learning_tree.get", "practices.reorder"], "Put the tree in order"),
    ],
)
def test_the_tree_is_offered_to_those_who_may_see_it(keys, text, calm, staff_with, north):
    tree = front(staff_with(*keys)).tree
    assert (tree and tree.text) == text
    assert tree is None or tree.url == reverse("admin:ordering")


@pytest.mark.parametrize("role", ["GUEST", "GUARDIAN", "STUDENT"])
def test_staff_without_any_permission_read_what_to_do_about_it(role, calm, north, sunrise):
    pages = sign_in(make_user("staff@north.test", role, at=north.scope, is_staff=True))
    text = pages.get("/admin/").content.decode()
    assert "your account has no permission for anything in it yet" in text
    assert "Waiting for you" not in text
    assert "Everything you can open" not in text


@pytest.mark.parametrize("role", ["PRINCIPAL", "TEACHER"])
def test_readers_see_the_tree_and_what_they_may_open(role, calm, north, sunrise):
    unsettle(north)
    page = sign_in(make_user("staff@north.test", role, at=north.school.scope, is_staff=True)).get("/admin/")
    contents = page.context["front_page"]
    assert contents.tree.text == "Look at the tree"
    assert (contents.to_do, contents.steps, contents.changes) == ([], [], [])
    assert "To change any of it, your account needs further permissions." in page.content.decode()
    assert "Everything you can open" in page.content.decode()


def sections(apps) -> dict[str, list[str]]:
    return {str(app["name"]): [str(model["name"]) for model in app["models"]] for app in apps}


def test_the_side_bar_is_by_job(north, sunrise, global_admin):
    pages = sign_in(north.admin)
    sidebar = sections(Glance(pages).get("/admin/learning/video/").context["available_apps"])
    assert list(sidebar) == ["Today", "Tree", "People", "Reports", "Places", "Log"]
    assert sidebar["Today"] == ["Today"]
    assert sidebar["Tree"][:5] == ["Order of the tree", "Categories", "Courses", "Sub-courses", "Videos"]
    assert {"People", "Roles", "Subscriptions"} <= {*sidebar["People"]}
    assert sidebar["Reports"][0] == "Safety completion"
    assert sidebar["Places"] == ["Organizations", "Schools", "Campuses", "Classrooms"]
    assert {"Messages", "Interactions", "Reorderings", "Permission changes"} <= {*sidebar["Log"]}
    front_page = sections(Glance(pages).get("/admin/").context["app_list"])
    assert list(front_page) == [*sidebar][1:], "the page does not lead to itself"
    everywhere = sections(Glance(sign_in(global_admin)).get("/admin/").context["app_list"])
    assert {*sidebar["Tree"]} <= {*everywhere["Tree"]}
    assert pages.get("/admin/learning/").status_code == 200


@pytest.mark.parametrize(
    ("who", "jobs"),
    [
        ("principal", ["Today", "Tree", "People", "Reports", "Log"]),
        ("teacher", ["Today", "Tree", "Reports", "Log"]),
        ("support", ["Today", "Tree", "People", "Reports", "Places", "Log"]),
    ],
)
def test_each_finds_the_jobs_that_their_keys_open_and_every_page_of_them_opens(north, who, jobs):
    pages = sign_in(north.people[who])
    apps = Glance(pages).get("/admin/").context["available_apps"]
    assert [app["name"] for app in apps] == jobs
    for app in apps:
        for entry in app["models"]:
            assert pages.get(entry["admin_url"]).status_code == 200, entry["admin_url"]


def test_the_page_that_is_open_is_marked_and_no_other(north):
    page = sign_in(north.admin).get("/admin/safety-completion/").content.decode()
    marked = re.findall(r'<a href="([^"]*)" aria-current="page"', page)
    assert marked == ["/admin/safety-completion/"]
    page = sign_in(north.admin).get(f"/admin/learning/video/{north.videos[0].pk}/change/").content.decode()
    assert re.findall(r'<a href="([^"]*)" aria-current="page"', page) == ["/admin/learning/video/"]


def test_a_row_of_the_side_bar_offers_what_its_reader_may_do_whoever_had_it_before(north, sunrise):
    def offered(person) -> list[tuple[str, str]]:
        page = sign_in(person).get("/admin/").content.decode()
        return re.findall(r'<a href="/admin/learning/video/(.*?)" class="(.*?)"', page)

    for _ in range(2):
        assert offered(north.admin) == [("add/", "addlink"), ("", "changelink")]
        assert offered(north.teacher) == [("", "viewlink")]


def test_a_global_user_sees_what_waits_everywhere_or_where_they_act(calm, north, sunrise, global_admin):
    unsettle(north)
    unsettle(sunrise)
    pages = sign_in(global_admin)
    assert "2 videos are still drafts" in texts(front(pages).to_do)
    pages.post("/admin/acting-organization/", {"organization": north.organization.pk})
    page = pages.get("/admin/")
    assert texts(page.context["front_page"].to_do) == list(WAITING.values())
    assert "Empty in Sunrise" not in page.content.decode()


def grow(tenant) -> None:
    for _ in range(4):
        unsettle(tenant)
        with organization_scope(tenant.organization):
            structure.delete(item=factories.VideoFactory(sub_course=tenant.sub_course))


def test_the_page_takes_six_statements_and_seven_for_a_global_user(
    calm, north, sunrise, global_admin, statements
):
    """Session, person, figure of the week, numbers, log, names of what is in it; organizations to choose."""

    def cost(pages) -> int:
        with statements() as sent:
            assert pages.get("/admin/").status_code == 200
        return len(sent)

    for user, expected in ((north.admin, 6), (global_admin, 7)):
        pages = sign_in(user)
        change_title(pages, north.category)
        pages.get("/admin/")  # takes the message away
        assert cost(pages) == expected
        change_title(pages, north.course, category=north.category.pk)
        change_title(pages, SubCourse.unscoped.get(pk=north.sub_course.pk), **of_sub_course(north))
        grow(north)
        grow(sunrise)
        pages.get("/admin/")
        assert len(front(pages).changes) == 3
        assert cost(pages) == expected
        if user == global_admin:
            pages.post("/admin/acting-organization/", {"organization": north.organization.pk})
            pages.get("/admin/")
            assert cost(pages) == expected


def of_sub_course(tenant) -> dict[str, object]:
    return {"course": tenant.course.pk, "level": "BEGINNER", "sub_level": "A1"}
