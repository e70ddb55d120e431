"""Every kind of page under axe-core, in the light and in the dark theme: no rule is broken on any of them."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from accounts.sign_in.domain.invitations import invite
from learning.models import Subscription, Video
from progress.models import VideoCompletion
from quizzes.models import Question, QuestionSet, SafetyQuizSchedule
from tenancy.scope import organization_scope
from tests import factories
from tests.browser.accessibility import hard_to_use, hard_to_use_in_either_theme
from tests.browser.conftest import PHONE
from tests.browser.ordering import address
from tests.browser.passwords import link_in_mail
from tests.contracts.admin_pages import url

SPREADSHEET = Path(__file__).parent.parent / "accounts" / "spreadsheets" / "people.csv"


def found_on(page: Page, addresses: list[str]) -> list[str]:
    """Return what is hard to use on these pages."""
    found = []
    for one in addresses:
        answer = page.goto(one)
        assert answer is not None
        assert answer.status < 500, one
        found += hard_to_use_in_either_theme(page)
    return found


def test_what_is_hard_to_use_is_found(open_as, north):
    page = open_as(north.admin, "/admin/")
    page.evaluate("document.querySelector('h1').innerHTML = '<input><a href=/></a>'")
    rules = {line.partition(":")[0] for line in hard_to_use(page)}
    assert {"label", "link-name"} <= rules


def test_what_is_hard_to_use_in_one_theme_alone_is_found(open_as, north):
    page = open_as(north.admin, "/admin/")
    page.evaluate("document.querySelector('h1').innerHTML = '<input>'")
    for shown_in in ("light", "dark"):
        page.evaluate(
            """(scheme) => {
                const sheet = new CSSStyleSheet();
                sheet.replaceSync(`h1 input { display: none; }
                    @media (prefers-color-scheme: ${scheme}) { h1 input { display: block; } }`);
                document.adoptedStyleSheets = [sheet];
            }""",
            shown_in,
        )
        found = hard_to_use_in_either_theme(page, within="h1")
        labels = [line for line in found if " label: " in line]
        assert len(labels) == 1, found
        assert f"/admin/ {shown_in}: " in labels[0]


def test_pages_before_one_is_signed_in(new_context, live_server, settings, north, watch):
    settings.INVITATION_URL = f"{live_server.url}/account/invitation?uid={{uid}}&token={{token}}"
    newcomer = factories.make_user("new@north.test", "ADMIN", at=north.scope)
    newcomer.set_unusable_password()
    newcomer.save()
    invite(people=[newcomer])
    link = link_in_mail()
    watch.expect("status of 4(04|10)")
    page = new_context().new_page()
    pages = [
        "/",
        "/admin/login/",
        "/account/password-reset",
        link,
        "/account/invitation?uid=x&token=y",
        "/no-such-page",
    ]
    assert found_on(page, pages) == []
    page.goto("/admin/login/")
    page.get_by_label("E-mail").fill("new@north.test")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".errornote")).to_be_visible()
    assert hard_to_use_in_either_theme(page) == []


def test_each_kind_of_page_about_rows(open_as, world):
    north = world.north
    video = north.videos[0].pk
    fact = VideoCompletion.unscoped.filter(user=north.student).first()
    subscription = Subscription.unscoped.filter(user=north.admin).first()
    question = Question.unscoped.filter(organization=north.organization).first()
    person = f"/admin/accounts/user/{north.student.pk}/person/"
    pages = [
        "/admin/",
        "/admin/password_change/",
        url(Video, "changelist"),
        f"{url(Video, 'changelist')}?status__exact=DRAFT",
        url(Video, "add"),
        url(Video, "change", video),
        url(Video, "delete", video),
        url(Video, "history", video),
        url(Video, "export"),
        url(VideoCompletion, "changelist"),
        url(VideoCompletion, "change", fact.pk),
        url(Question, "change", question.pk),
        url(SafetyQuizSchedule, "changelist"),
        url(Subscription, "change", subscription.pk),
        "/admin/accounts/user/add/",
        f"/admin/accounts/user/{north.student.pk}/change/",
        "/admin/accounts/user/import/",
        "/admin/learning/subscription/grant/",
        "/admin/accounts/message/compose/",
        "/admin/tenancy/organization/set_up/",
        person,
    ]
    page = open_as(north.admin, "/admin/")
    assert found_on(page, pages) == []
    # A list of rows that were chosen, and what a file brings.
    page.goto(url(Video, "changelist"))
    page.locator("#action-toggle").check()
    page.get_by_label("Action:").select_option("delete_selected")
    page.get_by_role("button", name=re.compile("^(Go|Run)$")).click()
    expect(page.locator(".cancel-link")).to_be_visible()
    assert hard_to_use_in_either_theme(page) == []
    page.goto("/admin/accounts/user/import/")
    page.locator("input[type=file]").set_input_files(SPREADSHEET)
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#import-report")).not_to_be_empty()
    assert hard_to_use_in_either_theme(page) == []


def test_the_tree_and_the_reports(open_as, north, sunrise):
    factories.make_user("stuck@north.test", "STUDENT", at=north.classroom.scope, name="Émile Zola")
    pages = [
        address(north.course, north.sub_course),
        f"/admin/ordering/videos/{north.videos[0].pk}/place/",
        "/admin/safety-completion/",
        "/admin/safety-completion/remind/",
        "/admin/learning-report/",
    ]
    assert found_on(open_as(north.admin, "/admin/"), pages) == []
    for person in (north.principal, north.teacher, north.support):
        assert found_on(open_as(person, "/admin/"), ["/admin/"]) == []


def test_the_page_of_the_api(new_context):
    """Swagger puts links into buttons, and words beside its landmarks; all else is mended from outside."""
    page = new_context().new_page()
    page.goto("/api/docs")
    expect(page.locator(".opblock").first).to_be_attached()
    assert {line.partition(":")[0] for line in hard_to_use(page)} <= {"nested-interactive", "region"}


def test_the_side_bar_stays_as_somebody_left_it(open_as, north):
    page = open_as(north.admin, "/admin/learning/video/")
    bar = page.locator("#nav-sidebar")
    expect(bar).to_be_visible()
    page.get_by_role("button", name="Toggle navigation").click()
    expect(bar).to_be_hidden()
    page.goto("/admin/learning/course/")
    expect(page.get_by_role("heading", name="Courses")).to_be_visible()
    expect(bar).to_be_hidden()


def test_on_a_telephone_a_row_is_a_card_that_names_its_values(open_as, north):
    page = open_as(north.admin, "/admin/learning/video/", **PHONE)
    card = page.get_by_role("row").filter(has_text=north.videos[0].title)
    status = card.locator(".field-status")
    shown = status.evaluate("(cell) => getComputedStyle(cell, '::before').content")
    assert shown == '"Status"'
    expect(status.locator(".sw-chip.sw-good")).to_have_text("published")
    assert card.evaluate("(card) => getComputedStyle(card).display") == "block"


def test_on_paper_a_list_has_its_rows_and_nothing_to_click(open_as, north):
    page = open_as(north.admin, "/admin/learning/video/")
    page.emulate_media(media="print")
    expect(page.get_by_text(north.videos[0].title)).to_be_visible()
    for gone in ("#header", "#nav-sidebar", ".breadcrumbs", "#toolbar", ".object-tools", ".actions"):
        expect(page.locator(gone).first).to_be_hidden()


def test_pages_that_ask_and_that_files_lead_to(open_as, north, sunrise, learner, settings, watch):
    """What stands between a change and its being made, for content and for people."""
    settings.IMPORT_AT_ONCE_BYTES = 0
    watch.expect("status of (404|409)")
    videos, student = url(Video, "changelist"), f"/admin/accounts/user/{north.student.pk}/person"
    page = open_as(north.admin, f"{videos}lines/?sub_course={north.sub_course.pk}")
    found = []

    def look():
        found.extend(hard_to_use_in_either_theme(page))

    page.get_by_label("Videos:").fill("One\thttps://videos.example/a.mp4\t75")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("cell", name="a new draft")).to_be_visible()
    look()
    # A question about learners, of an action and of a form.
    page.goto(videos)
    page.get_by_role("row", name=north.videos[1].title).get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option(label="Archive selected videos")
    page.get_by_role("button", name=re.compile("^(Go|Run)$")).click()
    expect(page.get_by_text("1 learner is in this sub-course")).to_be_visible()
    look()
    # What two people changed.
    page.goto(url(Video, "change", north.videos[0].pk))
    video = Video.unscoped.get(pk=north.videos[0].pk)
    video.title = "Theirs"
    with organization_scope(north.organization):
        video.save()
    page.get_by_label("Title").fill("Mine")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Someone else has changed this too")).to_be_visible()
    look()
    # A file that waits, and one that was cancelled.
    page.goto("/admin/progress/itemprogress/import/")
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"email,progress_type,item_id,value\n"}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The file waits for its turn.")).to_be_visible()
    look()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("This was cancelled.")).to_be_visible()
    look()
    pages = [
        f"/admin/ordering/as-learner/{north.course.pk}/",
        "/admin/learning/course/file/",
        f"/admin/quizzes/question/gift/?question_set={north.practices[0].pk}",
        url(QuestionSet, "change", north.practices[0].pk),
        f"{student}/step-unlock/?about=video:{north.videos[2].pk}",
        "/admin/no/such/page/",
    ]
    assert found + found_on(page, pages) == []


def test_filters_are_in_a_drawer_that_says_when_it_filters(open_as, north):
    page = open_as(north.admin, "/admin/learning/video/")
    drawer = page.locator(".filter-drawer")
    published = drawer.get_by_role("link", name="published", exact=True)
    summary = drawer.locator(":scope > summary")
    expect(summary).to_have_text("Filter")
    expect(published).to_be_hidden()
    summary.click()
    published.click()
    expect(summary).to_have_text("Filtered")
    expect(published).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=north.videos[0].title)).to_be_visible()
