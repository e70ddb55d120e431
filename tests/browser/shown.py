"""Every kind of page, for people to look at: ``bin/screenshots --all DIRECTORY`` takes a picture of each.

A page that is new or looks different gets a line here. What a line does before the picture is taken changes
no row: it is done for every size of screen. Ids are those of a fresh demo, as in the README's tour.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from playwright.sync_api import Page, expect

Act = Callable[[Page], Any]

ADMIN: Final = "admin@north.test"
COURSE, SUB_COURSE, VIDEO, DRAFT = 2, 2, 6, 11
PRACTICE, ASSESSMENT, TCODE = 16, 7, 13
# A video that a learner is at.
NEXT = 15


class Shown(NamedTuple):
    """One kind of page.

    Attributes:
        name: of the file, with the size and the theme behind it.
        address: where it is.
        act: what is done on it before one looks.
        who: who looks; nobody is signed in where it is empty.
        status: what the address answers.
    """

    name: str
    address: str
    act: Act | None = None
    who: str = ADMIN
    status: int = 200


def press(name: str, role: Any = "button") -> Act:
    """Press what is called so."""
    return lambda page: page.get_by_role(role, name=name, exact=True).first.click()


def first_row(page: Page) -> None:
    """Open the first row of a list."""
    page.locator("#result_list tbody a").first.click()


def chosen(action: str, rows: int = 3) -> Act:
    """Choose rows of a list and an action for them."""

    def choose(page: Page) -> None:
        for box in page.locator("input.action-select").all()[:rows]:
            box.check()
        page.get_by_label("Action:").select_option(label=action)
        page.locator(".actions button[type=submit]").click()
        expect(page.locator("#action-toggle")).to_have_count(0)

    return choose


def filled(values: dict[str, str], button: str) -> Act:
    """Fill in fields and press a button."""

    def fill(page: Page) -> None:
        for label, value in values.items():
            page.get_by_label(label).fill(value)
        press(button)(page)

    return fill


def uploaded(content: str, name: str, button: str) -> Act:
    """Choose a file and press a button."""

    def upload(page: Page) -> None:
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content.encode()}
        page.locator("input[type=file]").set_input_files([file])
        press(button)(page)

    return upload


def one_after_the_other(*acts: Act) -> Act:
    """Do several things."""

    def act(page: Page) -> None:
        for one in acts:
            one(page)

    return act


def place_of_a_video(page: Page) -> None:
    """Open the dialog that asks where a row goes."""
    page.locator(f"#videos-{VIDEO} > .row .move-to").click()
    expect(page.locator("#ordering-place")).to_be_visible()


def changed_video_file(page: Page) -> None:
    """Take a course out, change it, and look at what the file would change."""
    said = page.request.get(f"/admin/learning/course/{COURSE}/file/?as=json").text()
    changed = said.replace("Hello and goodbye", "Hello, and goodbye").replace('"DRAFT"', '"ARCHIVED"', 1)
    uploaded(changed, "course.json", "See what it changes")(page)


def list_and_forms(name: str, model: str, first: int | str) -> list[Shown]:
    """Return the usual pages of a model."""
    path = f"/admin/{model}/"
    return [
        Shown(name + "-list", path),
        Shown(name + "-add", path + "add/"),
        Shown(name + "-form", f"{path}{first}/change/"),
        Shown(name + "-deletion", f"{path}{first}/delete/"),
    ]


TREE: Final = f"/admin/ordering/?open=courses:{COURSE}&open=sub-courses:{SUB_COURSE}"
VIDEOS: Final = "/admin/learning/video/"
GIFT: Final = "Is water wet? {TRUE}\n\nWhich is even? {=2 ~3 ####Halve it.}"
LINES: Final = "One\thttps://videos.example/one.mp4\t75\nTwo; https://videos.example/two.mp4"

CONTENT: Final = [
    # The tree
    Shown("tree", "/admin/ordering/"),
    Shown("tree-open", TREE),
    Shown("tree-all", "/admin/ordering/?open=all"),
    Shown("tree-found", "/admin/ordering/?find=number"),
    Shown("tree-not-found", "/admin/ordering/?find=nowhere"),
    Shown("tree-as-learner", f"/admin/ordering/as-learner/{COURSE}/"),
    Shown("tree-place", f"/admin/ordering/videos/{VIDEO}/place/"),
    Shown("tree-place-dialog", TREE, place_of_a_video),
    Shown("tree-read-only", TREE, who="principal@north.test"),
    Shown("tree-teacher", TREE, who="teacher@north.test"),
    # Its lists and forms
    *list_and_forms("category", "learning/coursecategory", 2),
    *list_and_forms("course", "learning/course", COURSE),
    *list_and_forms("sub-course", "learning/subcourse", SUB_COURSE),
    *list_and_forms("video", "learning/video", VIDEO),
    Shown("video-deletion-asked", f"{VIDEOS}{NEXT}/delete/"),
    Shown("video-list-filtered", f"{VIDEOS}?status__exact=DRAFT"),
    Shown("video-list-empty", f"{VIDEOS}?q=nowhere"),
    Shown("video-form-read-only", f"{VIDEOS}{VIDEO}/change/", who="teacher@north.test"),
    Shown("video-form-wrong", f"{VIDEOS}add/", press("Save")),
    Shown("video-deletions", VIDEOS, chosen("Delete selected videos")),
    # A learner is at this one; what moves nobody would be done without a question.
    Shown("video-archive", f"{VIDEOS}?q=catching", chosen("Archive selected videos")),
    Shown("video-move", VIDEOS, chosen("Move selected videos to…")),
    Shown("video-export", f"{VIDEOS}export/"),
    Shown("video-history", f"{VIDEOS}{VIDEO}/history/"),
    Shown("video-lines", f"{VIDEOS}lines/?sub_course={SUB_COURSE}"),
    Shown(
        "video-lines-preview",
        f"{VIDEOS}lines/?sub_course={SUB_COURSE}",
        filled({"Videos:": LINES}, "Preview"),
    ),
    Shown("reorderings", "/admin/learning/reordering/"),
    Shown("course-file", "/admin/learning/course/file/"),
    Shown("course-file-diff", "/admin/learning/course/file/", changed_video_file),
    # Question sets
    *list_and_forms("set", "quizzes/questionset", PRACTICE),
    Shown("set-assessment", f"/admin/quizzes/questionset/{ASSESSMENT}/change/"),
    Shown("set-read-only", f"/admin/quizzes/questionset/{PRACTICE}/change/", who="teacher@north.test"),
    Shown("set-history", f"/admin/quizzes/questionset/{PRACTICE}/history/"),
    Shown(
        "set-gift-preview",
        f"/admin/quizzes/question/gift/?question_set={PRACTICE}",
        uploaded(GIFT, "questions.txt", "Preview"),
    ),
    Shown("question-list", "/admin/quizzes/question/"),
    Shown("question-add", f"/admin/quizzes/question/add/?question_set={PRACTICE}"),
    Shown("question-form", "/admin/quizzes/question/", first_row),
    Shown("question-history", "/admin/quizzes/question/26/history/"),
    Shown("attempts", "/admin/quizzes/attempt/"),
    Shown("attempt", "/admin/quizzes/attempt/", first_row),
    # The workshop
    *list_and_forms("tcode", "learning/tcode", TCODE),
    Shown("tcode-form-read-only", "/admin/learning/tcode/1/change/"),
    Shown("subscriptions", "/admin/learning/subscription/"),
    Shown("subscription", "/admin/learning/subscription/", first_row),
    Shown(
        "subscription-extend",
        "/admin/learning/subscription/",
        one_after_the_other(first_row, press("Extend", "link")),
    ),
    Shown(
        "subscription-revoke",
        "/admin/learning/subscription/",
        one_after_the_other(first_row, press("Revoke", "link")),
    ),
    Shown("subscription-grant", "/admin/learning/subscription/grant/"),
]

IN_DOCS: Final = {
    "tree-phone": ("tree-open", "phone", "light"),
    "videos": ("video-list", "1280", "light"),
    "videos-phone": ("video-list-filtered", "phone", "dark"),
    "question-about-learners": ("video-archive", "1280", "light"),
    "as-a-learner": ("tree-as-learner", "1280", "light"),
    "question-set": ("set-form", "1280", "light"),
    "course-file": ("course-file-diff", "1280", "light"),
    "subscriptions": ("subscriptions", "1280", "dark"),
}
"""The pictures of ``docs/admin.md``, in ``docs/pages``: of which page, in which size and theme."""
