"""Support answers two questions from the page of one person each, and mends both there."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from playwright.sync_api import Page, expect

from progress.models import ItemProgress, VideoCompletion
from tests import factories
from tests.browser.conftest import PHONE
from tests.browser.looks import HARD_TO_READ, picture

WIDER_THAN_THE_WINDOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}


every_screen = pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])


def assert_is_readable(page: Page, screen: Any, name: str) -> None:
    """Check a page in the light and in the dark theme."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate(HARD_TO_READ) == [], scheme
        assert not page.evaluate(WIDER_THAN_THE_WINDOW), scheme
        picture(page, f"{name}-{scheme}-{'phone' if screen is PHONE else 'desk'}")


def address(person: Any) -> str:
    return f"/admin/accounts/user/{person.pk}/person/"


def test_support_answers_why_a_video_does_not_open_and_unlocks_it(open_as, north, as_user):
    last = north.videos[2]
    page: Page = open_as(north.support, address(north.student))
    tree = page.get_by_role("region", name=north.sub_course.title)
    row = tree.get_by_role("row").filter(has_text=last.title)
    expect(row).to_contain_text("locked")
    expect(row).to_contain_text(
        f"still to do before it: “{north.videos[0].title}”, “{north.videos[1].title}”"
    )
    page.get_by_label("Why is a step open or locked for them?").fill(last.title)
    page.get_by_role("button", name="Find").click()
    page.get_by_role("region", name="Table: Found").get_by_role("link", name=last.title).click()
    expect(page.get_by_text(f"“{last.title}” is not open to them")).to_be_visible()
    content = f"/api/v1/course-management/videos/{last.pk}"
    assert as_user(north.student).get(content).status_code == 403
    row.get_by_role("link", name="Unlock until a date").click()
    page.get_by_label("Reason").fill("The link before it is broken.")
    page.get_by_role("button", name="Unlock until a date").click()
    expect(page.get_by_text("Done for 1 person.")).to_be_visible()
    expect(row).to_contain_text("unlocked until")
    made = page.get_by_role("region", name="Exceptions made for them", exact=True)
    expect(made).to_contain_text("The link before it is broken.")
    assert as_user(north.student).get(content).status_code == 200


@pytest.mark.parametrize("is_withheld", [True, False], ids=["withheld", "not-granted"])
def test_support_answers_why_she_cannot_see_the_report_and_opens_it(
    is_withheld, open_as, north, sunrise, as_user
):
    key, role = "READ_SAFETY_QUIZ_REPORTS", "PRINCIPAL" if is_withheld else "TEACHER"
    lead = factories.make_user("lead@north.test", role, at=north.campus.scope, name="Lea Lead")
    if is_withheld:
        lead.custom_permissions_filter.add(Permission.objects.get(codename=key))
    report = "/api/safety_quiz_results/completion"
    assert as_user(lead).get(report).status_code == 403
    # From the front page of support: a search for her, her page, the question and the answer.
    page: Page = open_as(north.support, "/admin/")
    page.get_by_label("Name or e-mail").fill("lea")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="lead@north.test").click()
    page.get_by_role("link", name="Person page").click()
    rights = page.locator("#rights")
    rights.get_by_label("Why may they, or may they not").select_option("Read safety quiz reports")
    rights.get_by_label("Where").select_option(str(north.campus.scope))
    rights.get_by_role("button", name="Explain").click()
    told = page.get_by_role("region", name=f"No: {key}")
    does = "grants it." if is_withheld else "does not grant it."
    expect(told).to_contain_text(f"The role {role} {does}")
    mend = "Withhold no longer" if is_withheld else "Give this permission"
    told.get_by_role("link", name=mend).click()
    page.get_by_label("Reason").fill("She is back in office.")
    page.get_by_role("button", name=mend).click()
    expect(page.get_by_text("Done. It is in force with their next request.")).to_be_visible()
    assert as_user(lead).get(report).status_code == 200


@every_screen
def test_the_page_is_readable_on_every_screen(open_as, north, screen):
    factories.make_subscription(north.student, factories.TcodeFactory(organization=north.organization))
    page: Page = open_as(north.admin, address(north.student), **screen)
    expect(page.get_by_role("heading", name="The tree, as they see it")).to_be_visible()
    assert_is_readable(page, screen, "person")


@every_screen
def test_a_teacher_sees_who_in_the_class_is_stuck_and_nobodys_mood(open_as, watch, north, sunrise, screen):
    stuck, busy = (
        factories.make_user(f"{name}@north.test", "STUDENT", at=north.classroom.scope, name=name)
        for name in ("Émile", "Ana")
    )
    for person, days_ago in ((stuck, 40), (busy, 1)):
        VideoCompletion.unscoped.create(
            user=person,
            organization=north.organization,
            video=north.videos[0],
            completed_at=timezone.now() - timedelta(days=days_ago),
        )
    ItemProgress.unscoped.create(
        user=stuck,
        organization=north.organization,
        progress_type="zone_checkin",
        item_id="monday",
        value="blue",
        created_by=stuck,
    )
    page: Page = open_as(north.teacher, "/admin/", **screen)
    assert "progress/itemprogress" not in page.content()
    page.get_by_role("link", name="How far learners are with a course").click()
    funnel = page.get_by_role("region", name="Step by step")
    row = funnel.get_by_role("row").filter(has_text=north.videos[1].title)
    # On a telephone the picture is left out.
    expect(row.locator("td:not(.sw-picture)")).to_have_text(["0", "2", "1"])
    page.get_by_role("link", name="1 stuck").click()
    people = page.locator(".sw-people")
    expect(people.get_by_role("row").filter(has_text="Émile")).to_contain_text(north.videos[1].title)
    expect(people).not_to_contain_text("Ana")
    assert_is_readable(page, screen, "learning")
    watch.expect("status of 403")
    answer = page.goto("/admin/progress/itemprogress/")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("body")).not_to_contain_text("blue")
