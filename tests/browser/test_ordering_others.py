"""Several people at once, several organizations, and people who may not."""

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import expect

from accounts.models import Role, User
from learning.models import CourseCategory, SubCourse, Video
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.browser.ordering import Ordering, ids, stored


@pytest.fixture
def maria(north) -> User:
    return factories.make_user("maria@north.test", "ADMIN", at=north.scope, name="Maria Lopez", is_staff=True)


def conflict(ordering, north, maria) -> tuple[Ordering, Ordering]:
    """Two people with the same list; what Maria did to it, the other has not seen."""
    mine, hers = ordering(north.admin, north.sub_course), ordering(maria, north.sub_course)
    one, two, three = north.videos
    hers.press(three, "up")
    hers.hear("saved", title=three, position=2, total=3)
    mine.press(one, "down")
    expect(mine.messages).to_contain_text("Maria Lopez changed this order at")
    expect(mine.messages).to_contain_text("Your change was not saved.")
    assert mine.shown(Video, north.sub_course) == ids(one, two, three), "as it was, until something is chosen"
    assert stored(Video, north.sub_course) == ids(one, three, two)
    return mine, hers


@pytest.fixture
def _conflict_expected(watch):
    watch.expect("status of 409")


@pytest.mark.usefixtures("_conflict_expected")
def test_someone_elses_order_can_be_looked_at(ordering, north, maria):
    one, two, three = north.videos
    mine, _hers = conflict(ordering, north, maria)
    mine.messages.get_by_role("button", name="Show their order").click()
    mine.hear("their_order")
    assert mine.agreed(Video, north.sub_course) == ids(one, three, two)
    mine.press(one, "down")
    mine.hear("saved", title=one, position=2, total=3)
    assert mine.agreed(Video, north.sub_course) == ids(three, one, two)


@pytest.mark.usefixtures("_conflict_expected")
def test_ones_own_move_can_be_made_again_in_it(ordering, north, maria):
    one, two, three = north.videos
    mine, hers = conflict(ordering, north, maria)
    mine.messages.get_by_role("button", name="Apply mine again").click()
    mine.hear("saved", title=one, position=2, total=3)
    assert mine.agreed(Video, north.sub_course) == ids(three, one, two)
    hers.press(two, "up")
    expect(hers.messages.filter(has_text="changed this order")).to_contain_text("north admin")
    hers.messages.get_by_role("button", name="Apply mine again").click()
    hers.hear("saved", title=two, position=2, total=3)
    assert hers.agreed(Video, north.sub_course) == ids(three, two, one)


def test_a_list_that_others_have_added_to_can_be_loaded_again(ordering, north, watch):
    watch.expect("status of 400")
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course)
    new = factories.VideoFactory(sub_course=north.sub_course, display_order=9)
    at.press(one, "down")
    at.see("list_changed")
    assert at.shown(Video, north.sub_course) == ids(one, two, three)
    at.messages.get_by_role("button", name="Reload the list").click()
    at.hear("reloaded")
    assert at.agreed(Video, north.sub_course) == ids(one, two, three, new)


def test_ones_own_move_can_be_made_again_in_a_list_that_others_have_added_to(ordering, north, watch):
    watch.expect("status of 400")
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course)
    new = factories.VideoFactory(sub_course=north.sub_course, display_order=9)
    at.press(one, "down")
    at.see("list_changed")
    at.messages.get_by_role("button", name="Apply mine again").click()
    at.hear("saved", title=one, position=2, total=4)
    assert at.agreed(Video, north.sub_course) == ids(two, one, three, new)


def test_a_global_user_who_acts_elsewhere_by_now_is_told_to_reload_the_page(
    ordering, north, sunrise, global_admin, watch
):
    watch.expect("status of 409")
    at = ordering(global_admin, north.sub_course)
    other = at.page.context.new_page()
    other.goto("/admin/")
    other.locator("select[name=organization]").select_option(str(sunrise.organization.pk))
    other.locator("form:has(select[name=organization]) :is(button, input[type=submit])").click()
    other.wait_for_load_state()
    for row in (north.videos[0], north.course):
        at.control(row, "down" if row is north.videos[0] else "unpublish").click()
        told = at.messages.filter(has_text=f"You act in {sunrise.organization.name} now")
        expect(told).to_have_count(1 if row is north.videos[0] else 2)
    expect(at.messages.get_by_role("button", name="Try again")).to_have_count(0)
    at.messages.get_by_role("button", name="Reload the page").first.click()
    expect(at.row(sunrise.category)).to_be_visible()
    expect(at.row(north.category)).to_have_count(0)


def test_each_sees_their_own_organization_and_a_global_user_keeps_them_apart(
    ordering, north, sunrise, global_admin
):
    at = ordering(north.admin, north.sub_course, sunrise.sub_course)
    expect(at.row(north.videos[0])).to_be_visible()
    for row in (sunrise.category, sunrise.course, sunrise.sub_course, sunrise.videos[0]):
        expect(at.row(row)).to_have_count(0)
    both = ordering(global_admin, north.sub_course, sunrise.sub_course)
    for tenant in (north, sunrise):
        assert both.agreed(CourseCategory, tenant.organization) == [tenant.category.pk]
    own = stored(Video, north.sub_course), stored(Video, sunrise.sub_course)
    with pytest.raises(AssertionError, match="does not go there"):
        both.drag(north.videos[0], onto=sunrise.videos[0], patience=10)
    both.page.mouse.up()
    both.settle()
    assert (stored(Video, north.sub_course), stored(Video, sunrise.sub_course)) == own
    both.press(sunrise.videos[0], "down")
    both.hear("saved", title=sunrise.videos[0], position=2, total=3)
    both.agreed(Video, sunrise.sub_course)
    assert stored(Video, north.sub_course) == own[0]


def test_shared_content_is_shown_without_anything_to_change_it(ordering, north):
    platform = Organization.unscoped.get(pk=PLATFORM_ID)
    shared = factories.CourseFactory(category=factories.CategoryFactory(organization=platform))
    at = ordering(north.admin, shared.category, north.category)
    expect(at.control(north.course, "handle")).to_be_visible()
    for row in (shared.category, shared):
        expect(at.row(row)).to_be_visible()
        for name in ("handle", "up", "down", "move-to", "publish", "unpublish"):
            expect(at.control(row, name)).to_have_count(0)


def test_without_the_permission_there_is_nothing_to_press(ordering, north):
    User.unscoped.filter(pk=north.instructor.pk).update(is_staff=True)
    north.instructor.custom_permissions.add(
        *Permission.objects.filter(codename__in=["learning_tree.get", "videos.reorder"])
    )
    at = ordering(north.instructor, north.sub_course)
    expect(at.row(north.videos[0])).to_be_visible()
    for name in ("handle", "up", "down", "move-to"):
        expect(at.control(north.videos[0], name)).to_have_count(1)
        expect(at.control(north.practices[0], name)).to_have_count(0)
    for name in ("publish", "unpublish"):
        expect(at.page.locator(f".{name}")).to_have_count(0)


def test_a_permission_that_is_gone_meanwhile_is_refused_and_the_list_goes_back(ordering, north, watch):
    watch.expect("status of 403")
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course)
    Role.objects.get(name="ADMIN").permissions.remove(Permission.objects.get(codename="videos.reorder"))
    at.control(one, "down").press("Enter")
    at.see("not_allowed")
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
    expect(at.control(one, "down")).to_be_focused()
    at.page.reload()
    expect(at.control(one, "handle")).to_have_count(0)
    assert at.agreed(SubCourse, north.course) == [north.sub_course.pk]
