"""Pages about people, places and what was recorded; those of content are in ``tests.browser.shown``."""

from typing import Final

from playwright.sync_api import Page

from tests.browser.shown import Shown, chosen, filled, first_row, one_after_the_other, press, uploaded

PRINCIPAL: Final = "principal@north.test"
TEACHER: Final = "teacher@north.test"
SUPPORT: Final = "support@north.test"
GLOBAL: Final = "global@demo.test"

USERS: Final = "/admin/accounts/user/"
SPREADSHEET: Final = "email,name,role,school,campus,classroom\nada@new.test,Ada,STUDENT,North High,Hill,H1\n"
# So long that it waits for its turn; a row that is wrong keeps all of it out.
LONG_SPREADSHEET: Final = "email,name,role\n" + "ada@new.test,Ada,STUDENT\n" * 6_000
WRONG_SPREADSHEET: Final = "email,name,role\nnobody,Ada,STUDENT\nbo@new.test,Bo,KING\n"
PAGE_OF_A_LEARNER: Final = one_after_the_other(first_row, press("Person page", "link"))


def on_the_person_page(link: str) -> Shown:
    """Return what asks before something is done for a learner."""
    name = f"person-{link.lower().replace(' ', '-')}"
    return Shown(name, f"{USERS}?q=student2", one_after_the_other(PAGE_OF_A_LEARNER, press(link, "link")))


def list_and_row(name: str, model: str) -> list[Shown]:
    """Return the pages of what is read and not changed."""
    path = f"/admin/{model}/"
    return [Shown(f"{name}-list", path), Shown(f"{name}-row", path, first_row)]


def locked_out(page: Page) -> None:
    """Be wrong too often about the password of an account that nobody has."""
    while page.get_by_label("Password").count():
        filled({"E-mail": "nobody@b.test", "Password": "x"}, "Log in")(page)
        page.wait_for_load_state()


def until_it_failed(page: Page) -> None:
    """Follow a file to its end."""
    page.get_by_text("Nothing was imported").wait_for()


def words_explained(page: Page) -> None:
    """Open what explains the words of a report."""
    page.get_by_text("What the words mean").click()


def on_paper(page: Page) -> None:
    """Look at what would be printed."""
    page.emulate_media(media="print")


PEOPLE: Final = [
    # The way in
    Shown("way-in", "/", who=""),
    Shown("sign-in", "/admin/login/", who=""),
    Shown(
        "sign-in-wrong", "/admin/login/", filled({"E-mail": "a@b.test", "Password": "x"}, "Log in"), who=""
    ),
    Shown("sign-in-locked-out", "/admin/login/", locked_out, who=""),
    Shown("password-forgotten", "/account/password-reset", who=""),
    Shown("api", "/api/docs", who=""),
    Shown("password-change", "/admin/password_change/"),
    # What each sees first
    Shown("front-page", "/admin/"),
    Shown("front-page-principal", "/admin/", who=PRINCIPAL),
    Shown("front-page-teacher", "/admin/", who=TEACHER),
    Shown("front-page-support", "/admin/", who=SUPPORT),
    Shown("front-page-global", "/admin/", who=GLOBAL),
    # Reports
    Shown("completion", "/admin/safety-completion/"),
    Shown("completion-principal", "/admin/safety-completion/", who=PRINCIPAL),
    Shown("completion-everyone", "/admin/safety-completion/?status=all", words_explained),
    Shown("completion-nobody", "/admin/safety-completion/?q=nobody"),
    Shown("completion-paper", "/admin/safety-completion/", on_paper),
    Shown("completion-remind", "/admin/safety-completion/remind/", who=PRINCIPAL),
    Shown("learning", "/admin/learning-report/", words_explained),
    Shown("learning-teacher", "/admin/learning-report/", who=TEACHER),
    Shown("learning-paper", "/admin/learning-report/", on_paper),
    # People
    Shown("people", USERS),
    Shown("people-filtered", f"{USERS}?is_active__exact=0"),
    Shown("people-support", USERS, who=SUPPORT),
    Shown("people-move", USERS, chosen("Move selected people to…")),
    Shown("person-add", f"{USERS}add/"),
    Shown("person-add-wrong", f"{USERS}add/", press("Save")),
    Shown("person-form", f"{USERS}?q=student2", first_row),
    Shown("person-history", f"{USERS}?q=student2", one_after_the_other(first_row, press("History", "link"))),
    Shown("person", f"{USERS}?q=student2", PAGE_OF_A_LEARNER),
    Shown("person-support", f"{USERS}?q=student2", PAGE_OF_A_LEARNER, who=SUPPORT),
    *(
        on_the_person_page(link)
        for link in ("Unlock sign-in", "Waive", "Mark complete", "View as this learner")
    ),
    Shown("import", f"{USERS}import/"),
    Shown("import-good", f"{USERS}import/", uploaded(SPREADSHEET, "people.csv", "Check the file")),
    Shown("import-wrong", f"{USERS}import/", uploaded(WRONG_SPREADSHEET, "people.csv", "Check the file")),
    Shown(
        "import-long",
        f"{USERS}import/",
        one_after_the_other(uploaded(LONG_SPREADSHEET, "people.csv", "Import"), until_it_failed),
    ),
    Shown("export", f"{USERS}export/"),
    *list_and_row("role", "accounts/role"),
    Shown("role-kept-out", "/admin/accounts/rolekeptout/"),
    Shown("role-kept-out-add", "/admin/accounts/rolekeptout/add/"),
    Shown("permission-changes", "/admin/accounts/permissionchange/"),
    *list_and_row("preferences", "accounts/preferences"),
    *list_and_row("message", "accounts/message"),
    Shown("message-write", "/admin/accounts/message/compose/"),
    Shown(
        "message-preview",
        "/admin/accounts/message/compose/",
        filled(
            {"one person": "teacher@north.test", "Title": "Hello", "Text": "See you on Monday."}, "Preview"
        ),
    ),
    # Places
    *list_and_row("organization", "tenancy/organization"),
    Shown("organization-set-up", "/admin/tenancy/organization/set_up/"),
    *list_and_row("school", "tenancy/school"),
    *list_and_row("campus", "tenancy/campus"),
    *list_and_row("class", "tenancy/classroom"),
    Shown("class-add", "/admin/tenancy/classroom/add/"),
    Shown("class-merge", "/admin/tenancy/classroom/", chosen("Merge selected classrooms…", rows=2)),
    # What was recorded
    *list_and_row("schedule", "quizzes/safetyquizschedule"),
    Shown("schedule-add", "/admin/quizzes/safetyquizschedule/add/"),
    *list_and_row("result", "quizzes/safetyquizresult"),
    *list_and_row("video-completion", "progress/videocompletion"),
    *list_and_row("practice-completion", "progress/practicecompletion"),
    *list_and_row("exception", "progress/stepexception"),
    *list_and_row("item", "progress/itemprogress"),
    *list_and_row("tcode-progress", "progress/tcodeprogress"),
    *list_and_row("interaction", "progress/interaction"),
    # What is not there, and what is not theirs
    Shown("not-found", "/no-such-page", who="", status=404),
    Shown("not-found-in-the-admin", "/admin/no/such/page/", status=404),
    Shown("not-allowed", "/admin/accounts/message/compose/", who=SUPPORT, status=403),
    Shown("link-used-up", "/account/invitation?uid=x&token=y", who="", status=410),
]
