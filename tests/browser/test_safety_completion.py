"""A principal's Monday in a real browser: who is pending, in which class, and a message to each."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Message, User
from quizzes.safety.domain.weeks import Week, current_week
from tests.browser.conftest import PHONE
from tests.browser.looks import HARD_TO_READ, assert_tab_reaches_everything, is_dark, picture
from tests.factories import PASSWORD, CampusFactory, ClassroomFactory, make_user
from tests.quizzes.safety import members_since, record

PAGE = "/admin/safety-completion/"


def week(back=0):
    return str(Week(current_week(timezone.now()).monday, by_number=True).back(back))


@pytest.fixture
def school(north, sunrise):
    """A school with several classes, in which the quiz was done more or less for some weeks."""
    names = ["Émile Zola", "Ana Ruiz", "Bo Lind", "Cem Kaya", "Dana Wolf", "Eli Stone"]
    west = CampusFactory(school=north.school, name="West")
    places = [
        north.classroom,
        ClassroomFactory(campus=west, name="W1"),
        ClassroomFactory(campus=west, name="W2"),
    ]
    people = [
        make_user(f"staff{number}@north.test", "TEACHER", at=places[number % 3].scope, name=name)
        for number, name in enumerate(names)
    ]
    members_since()
    for back in range(12):
        for number, person in enumerate(people):
            if (number + back) % 4:
                late = back and number == 1
                record(person, week(back), at=timezone.now() if late else None)
    return north


def test_on_monday_a_principal_sees_who_is_pending_and_reminds_them(new_context, school):
    page = new_context().new_page()
    page.goto("/admin/")
    page.get_by_label("E-mail").fill("principal@north.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    # Without a click: how many.
    figure = page.get_by_role("link", name="5 pending")
    expect(figure).to_be_visible()
    picture(page, "front-page")
    # One click, and a second one: who, in which class.
    figure.click()
    row = page.get_by_role("row", name="Émile Zola")
    expect(row).to_contain_text(school.classroom.name)
    page.get_by_role("link", name="Remind the 5 pending").click()
    expect(page.get_by_role("row", name="Émile Zola")).to_contain_text(school.classroom.name)
    assert not Message.unscoped.exists()
    picture(page, "remind")
    # A third reminds them.
    page.get_by_role("button", name="Send 5 messages").click()
    expect(page.get_by_text("Reminded 5 people.")).to_be_visible()
    assert Message.unscoped.filter(sender=school.principal).count() == 5
    page.get_by_role("link", name="Remind the 5 pending").click()
    expect(page.get_by_text("everyone who is pending was told already")).to_be_visible()
    assert page.get_by_role("button", name="Send").count() == 0


def test_one_drills_down_steps_back_and_looks_for_someone_by_keyboard_alone(open_as, school):
    page = open_as(school.principal, PAGE)
    assert_tab_reaches_everything(page)
    page.get_by_role("link", name="West", exact=True).press("Enter")
    place = page.get_by_role("navigation", name="Place")
    expect(place).to_contain_text("West")
    page.get_by_role("link", name="Earlier:").press("Enter")
    expect(page.get_by_role("navigation", name="Week")).to_contain_text(f"W{int(week(1)[-2:])} ·")
    page.get_by_label("Status").select_option("Everyone")
    page.get_by_label("Name", exact=True).fill("lind bo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="Bo Lind")).to_be_visible()
    expect(page.get_by_text("1 person")).to_be_visible()
    place.get_by_role("link", name=school.school.name).press("Enter")
    expect(page.get_by_role("row", name="Bo Lind")).to_be_visible()


def test_a_picture_says_what_it_is_and_its_numbers_stand_beside_it(open_as, school):
    page = open_as(school.principal, PAGE)
    drawn = page.get_by_role("img", name="How many of a hundred had done the quiz")
    expect(drawn).to_be_visible()
    table = page.get_by_role("region", name="The last twelve weeks").get_by_role("table")
    assert table.get_by_role("row").count() == 13
    assert page.locator(".sw-report").get_by_role("table").count() == 3


def test_everything_is_readable_in_either_theme(open_as, school):
    page = open_as(school.principal, PAGE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(HARD_TO_READ) == [], scheme
        assert is_dark(page) is (scheme == "dark")
        picture(page, f"page-{scheme}")
        fills = page.locator(".sw-picture .sw-on-time").evaluate_all(
            "(bars) => bars.map((bar) => getComputedStyle(bar).fill)"
        )
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert fills
        assert background not in fills, scheme
    for path in ("/admin/", f"{PAGE}remind/"):
        page.goto(path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(HARD_TO_READ) == [], (path, scheme)


def test_on_a_telephone_nothing_is_wider_than_the_screen(open_as, school):
    page = open_as(school.principal, PAGE, **PHONE)
    for path in (PAGE, f"{PAGE}remind/", "/admin/"):
        page.goto(path)
        assert not page.evaluate("document.documentElement.scrollWidth > 390"), path
        picture(page, f"phone{path.replace('/', '-')}")


def test_on_paper_there_are_figures_pictures_and_people_and_nothing_to_click(open_as, school):
    page = open_as(school.principal, PAGE)
    page.emulate_media(media="print")
    expect(page.get_by_text("5 pending", exact=True)).to_be_visible()
    expect(page.locator(".sw-line")).to_be_visible()
    expect(page.get_by_role("row", name="Émile Zola")).to_be_visible()
    for gone in ("#header", "#nav-sidebar", ".sw-filter", ".sw-act", ".breadcrumbs"):
        expect(page.locator(gone).first).to_be_hidden()
    picture(page, "print")


def test_on_paper_the_dark_theme_is_dark_on_white(open_as, school):
    page = open_as(school.principal, PAGE, color_scheme="dark")
    for path in (PAGE, "/admin/accounts/user/"):
        page.goto(path)
        for theme in ("auto", "dark"):
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            assert is_dark(page), (path, theme)
            page.emulate_media(media="print")
            assert page.evaluate(HARD_TO_READ) == [], (path, theme)
            assert not is_dark(page), (path, theme)
            page.emulate_media(media="screen")


def test_a_teacher_with_the_right_password_is_let_in(new_context, north):
    page = new_context().new_page()
    page.goto("/admin/")
    page.get_by_label("E-mail").fill("teacher@north.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Administration").wait_for()


def test_a_learner_with_the_right_password_reads_whom_to_ask(new_context, north):
    User.unscoped.filter(pk=north.admin.pk).update(name="Ada Nordin")
    page = new_context().new_page()
    page.goto("/admin/")
    page.get_by_label("E-mail").fill("student@north.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".errornote")).to_contain_text("Ask Ada Nordin of North.")
