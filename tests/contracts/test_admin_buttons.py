"""No page of the admin offers what would be refused."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from learning.models import Course, CourseCategory, SubCourse, Tcode, Video
from quizzes.models import Question, QuestionSet
from tenancy.admin import TenantAdmin
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.contracts.admin_pages import rows_of, sign_in, tenant_admins, url

WRITTEN = [CourseCategory, Course, SubCourse, Video, QuestionSet, Question, Tcode, User]
PUBLISHED = {CourseCategory, Course, SubCourse, Video, QuestionSet}
# What a page may offer, and what it looks like.
BUTTONS = {
    "add": 'class="addlink"',
    "action": 'name="action"',
    "save": 'name="_save"',
    "delete": 'class="deletelink"',
    "plus": 'class="related-widget-wrapper-link add-related"',
    "pencil": 'class="related-widget-wrapper-link change-related"',
    "cross": 'class="related-widget-wrapper-link delete-related"',
}


def content_of(page):
    """Return a page without header and sidebar."""
    assert page.status_code == 200, page.request["PATH_INFO"]
    return page.content.decode().split('id="content"')[1]


def offered(text):
    return {name for name, mark in BUTTONS.items() if mark in text}


@pytest.fixture
def clerk(world):
    """``clerk("list", "update")`` signs in someone who holds these keys of every resource, and no other."""

    def with_keys(*verbs):
        staff = factories.make_user(
            f"{'.'.join(verbs)}@north.test", "GUEST", at=world.north.scope, is_staff=True
        )
        keys = [key for key in Permission.objects.all() if key.codename.partition(".")[2] in verbs]
        staff.custom_permissions.set(keys)
        return sign_in(staff)

    return with_keys


def pages_of(browser, world, model):
    row = world.north.guest if model is User else rows_of(model, world.north.organization).first()
    return (
        offered(content_of(browser.get(url(model, "changelist")))),
        offered(content_of(browser.get(url(model, "change", row.pk)))),
    )


def test_who_may_list_is_offered_nothing_else(world, clerk):
    browser = clerk("list")
    for model in WRITTEN:
        assert pages_of(browser, world, model) == (set(), set()), model


def test_who_may_change_is_offered_neither_add_nor_delete(world, clerk):
    browser = clerk("list", "update")
    # Someone who holds less than the guest may not change the guest.
    for model in set(WRITTEN) - {User}:
        listed, opened = pages_of(browser, world, model)
        # Rows of the tree are published and archived from their list.
        assert listed == ({"action"} if model in PUBLISHED else set()), model
        assert opened >= {"save"}, model
        assert not opened & {"add", "delete", "cross", "plus"}, model


def test_who_may_delete_is_offered_the_action_and_the_button(world, clerk):
    browser = clerk("list", "delete")
    for model in set(WRITTEN) - {User, QuestionSet}:
        assert pages_of(browser, world, model) == ({"action"}, {"delete"}), model


def test_the_icons_beside_a_field_follow_the_keys_of_what_it_leads_to(world, clerk):
    north = world.north
    staff = factories.make_user("videos@north.test", "GUEST", at=north.scope, is_staff=True)
    staff.custom_permissions.set(Permission.objects.filter(codename__startswith="videos."))
    change = url(Video, "change", north.videos[0].pk)
    assert offered(content_of(sign_in(staff).get(change))) == {"save", "delete"}
    staff.custom_permissions.add(Permission.objects.get(codename="subcourses.update"))
    assert offered(content_of(sign_in(staff).get(change))) == {"save", "delete", "pencil"}
    assert "cross" not in offered(content_of(sign_in(north.admin).get(change)))


def test_who_may_not_open_what_a_row_stands_in_sees_its_name_only(world, clerk):
    north = world.north
    staff = factories.make_user("videos@north.test", "GUEST", at=north.scope, is_staff=True)
    staff.custom_permissions.set(Permission.objects.filter(codename="videos.list"))
    address = url(SubCourse, "change", north.sub_course.pk)
    for browser, linked in ((sign_in(staff), False), (sign_in(north.admin), True)):
        listed = content_of(browser.get(url(Video, "changelist")))
        assert north.sub_course.title in listed
        assert (f'href="{address}"' in listed) is linked
        assert ('data-filter-title="category"' in listed) is linked
    opened = content_of(sign_in(staff).get(url(Video, "change", north.videos[0].pk)))
    assert north.sub_course.title in opened
    assert address not in opened


def test_rows_that_nothing_may_be_done_to_have_no_box(world):
    browser, platform = sign_in(world.north.admin), Organization.unscoped.get(pk=PLATFORM_ID)
    for model in set(WRITTEN) - {User}:
        listed = content_of(browser.get(url(model, "changelist")))
        shared, own = rows_of(model, platform).first().pk, rows_of(model, world.north.organization)
        assert f'value="{shared}" class="action-select"' not in listed, model
        if model is QuestionSet:
            assessment = own.filter(set_type="INITIAL_ASSESSMENT", deleted=None).get()
            assert f'value="{assessment.pk}" class="action-select"' not in listed
            own = own.filter(set_type="PRACTICE")
        assert f'value="{own.filter(deleted=None).first().pk}" class="action-select"' in listed, model


def test_facts_are_read_and_nothing_else(world):
    for person in (world.north.admin, world.global_admin):
        browser = sign_in(person)
        for model, made in tenant_admins().items():
            if not made.read_only:
                continue
            row = rows_of(model, world.north.organization).first()
            assert offered(content_of(browser.get(url(model, "changelist")))) == set(), model
            assert offered(content_of(browser.get(url(model, "change", row.pk)))) == set(), model
            for name, args in (("add", ()), ("change", (row.pk,)), ("delete", (row.pk,))):
                assert browser.post(url(model, name, *args), {"post": "yes"}).status_code == 403, model


def test_buttons_of_an_admin_stand_above_its_list(world, monkeypatch):
    tools = [("Order <them>", "/admin/somewhere/?a=1&b=2")]
    monkeypatch.setattr(TenantAdmin, "get_object_tools", lambda self, request: tools)
    browser = sign_in(world.north.admin)
    page = browser.get(url(Video, "changelist")).content.decode()
    assert '<a href="/admin/somewhere/?a=1&amp;b=2">Order &lt;them&gt;</a>' in page
    assert "Order &lt;them&gt;" not in browser.get(f"{url(Video, 'changelist')}?_popup=1").content.decode()


@pytest.mark.parametrize("level", [School, Campus, Classroom])
def test_the_import_of_places_is_reached_from_every_list_of_places(level, world):
    mark = 'href="/admin/tenancy/school/import/"'
    assert content_of(sign_in(world.north.admin).get(url(level, "changelist"))).count(mark) == 1
    reader = factories.make_user("reads@north.test", "GUEST", at=world.north.scope, is_staff=True)
    reader.custom_permissions.set(Permission.objects.filter(codename="places.list"))
    assert mark not in content_of(sign_in(reader).get(url(level, "changelist")))


def test_an_empty_list_has_nothing_to_export(world):
    browser = sign_in(world.north.admin)
    assert "export/" in browser.get(url(Video, "changelist")).content.decode()
    assert "export/" not in browser.get(f"{url(Video, 'changelist')}?q=nothing").content.decode()


def test_what_is_announced_before_a_deletion_is_what_happens(world):
    browser, course = sign_in(world.north.admin), world.north.course
    page = browser.get(url(Course, "delete", course.pk)).content.decode()
    assert "Videos: 3" in page
    assert "You can bring all of it back later" in page
    both = [course.pk, factories.CourseFactory(category=world.north.category).pk]
    chosen = {"action": "delete_selected", "_selected_action": both}
    page = browser.post(url(Course, "changelist"), chosen).content.decode()
    assert "Courses: 2" in page
    assert "Videos: 3" in page
    assert "You can bring all of it back later" in page


def test_a_place_where_people_are_says_how_many_and_stays(world):
    browser, north = sign_in(world.global_admin), world.north
    address = url(type(north.classroom), "delete", north.classroom.pk)
    assert "5 people" in browser.get(address).content.decode()
    browser.post(address, {"post": "yes"})
    assert type(north.classroom).unscoped.filter(pk=north.classroom.pk).exists()
