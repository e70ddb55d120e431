"""The ordering page as people use it, and what the database says of the same lists."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from learning.models import Course, CourseCategory, SubCourse, Video
from learning.tree.ordering_page.texts import texts
from quizzes.models import QuestionSet

PATH = "/admin/ordering/"
KINDS: dict[Any, str] = {
    CourseCategory: "categories",
    Course: "courses",
    SubCourse: "sub-courses",
    Video: "videos",
    QuestionSet: "practices",
}


def name_of(row: Any) -> str:
    """Return what the page calls a row: ``videos-12``."""
    return f"{KINDS[type(row)]}-{row.pk}"


def address(*branches: Any) -> str:
    """Return the page's address with these rows' branches open."""
    return f"{PATH}?" + "&".join(f"open={KINDS[type(row)]}:{row.pk}" for row in branches)


def stored(model: Any, parent: Any) -> list[int]:
    """Return the ids of the live siblings below a parent in the order that the database has."""
    field = "organization" if model is CourseCategory else model.tenant_parent
    rows = model.unscoped.filter(**{field: parent}, deleted=None)
    if model is QuestionSet:
        rows = rows.filter(set_type="PRACTICE")
    return list(rows.order_by("display_order", "pk").values_list("pk", flat=True))


def ids(*rows: Any) -> list[int]:
    """Return the ids of rows."""
    return [row.pk for row in rows]


def words(name: str, **values: Any) -> str:
    """Return a sentence of the page."""
    return texts()[name].format(**values)


class Ordering:
    """One person in front of the page.

    Attributes:
        sent: the address of each change that the page sent, without the part that is always the same.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sent: list[str] = []
        page.on("request", self._note)
        self.live = page.locator("#ordering-live")
        self.messages = page.locator("#ordering-messages .message")
        self.question = page.locator("#ordering-confirm")
        self.place = page.locator("#ordering-place")

    def _note(self, request: Any) -> None:
        if request.method == "POST" and PATH in request.url:
            self.sent.append(request.url.split(PATH)[1])

    def siblings(self, model: Any, parent: Any) -> Locator:
        return self.page.locator(f'.siblings[data-kind="{KINDS[model]}"][data-parent="{parent.pk}"]')

    def row(self, row: Any) -> Locator:
        return self.page.locator(f"#ordering #{name_of(row)}")

    def control(self, row: Any, name: str) -> Locator:
        """Return a part of a row itself, not of those below it: ``handle``, ``up``, ``status`` ..."""
        return self.page.locator(f"#ordering #{name_of(row)} > .row .{name}")

    def press(self, row: Any, name: str) -> None:
        self.control(row, name).click()

    def shown(self, model: Any, parent: Any) -> list[int]:
        rows = self.siblings(model, parent).locator(":scope > .sibling")
        ids: list[int] = rows.evaluate_all("rows => rows.map(row => Number(row.dataset.id))")
        return ids

    def settle(self) -> None:
        """Wait until nothing is on its way."""
        expect(self.page.locator(".siblings[aria-busy=true]")).to_have_count(0)

    def agreed(self, model: Any, parent: Any) -> list[int]:
        """Return the order that page and database have once nothing is on its way."""
        self.settle()
        shown = self.shown(model, parent)
        assert shown == stored(model, parent)
        return shown

    def hear(self, name: str, **values: Any) -> None:
        """Wait until this was the last thing said to people who cannot see it."""
        expect(self.live).to_have_text(words(name, **values))

    def see(self, name: str, **values: Any) -> None:
        """Wait until a message says this."""
        expect(self.messages.filter(has_text=words(name, **values))).to_be_visible()

    def drag(self, row: Any, onto: Any, *, patience: int = 40) -> None:
        """Drag a row by its handle to where another one is, with the mouse.

        Raises:
            AssertionError: it does not go there.
        """
        place = self._place(onto)
        self._drag(row, self._line(onto), lambda: self._place(row) == place, patience)

    def drag_into(self, row: Any, siblings: Locator) -> None:
        """Drag a row into a list that may be empty."""
        section = siblings.locator("..")
        self._drag(row, section, lambda: siblings.locator(f"#{name_of(row)}").count() == 1)

    def drag_by_touch(self, row: Any, onto: Any) -> None:
        """Drag a row by its handle to where another one is, with a finger."""
        session = self.page.context.new_cdp_session(self.page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            where = [{"x": x, "y": y} for x, y in points]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

        place = self._place(onto)
        x, y = self.middle(self.control(row, "handle"))
        touch("touchStart", (x, y))
        touch("touchMove", (x, y + 6))
        self._hold(lambda y: touch("touchMove", (x, y)), self._line(onto), lambda: self._place(row) == place)
        touch("touchEnd")

    def _drag(self, row: Any, target: Locator, is_there: Callable[[], bool], patience: int = 40) -> None:
        mouse = self.page.mouse
        x, y = self.middle(self.control(row, "handle"))
        mouse.move(x, y)
        mouse.down()
        mouse.move(x, y + 6)
        self._hold(lambda y: mouse.move(x, y), target, is_there, patience)
        mouse.up()

    def _hold(
        self, move: Callable[[float], None], target: Locator, is_there: Callable[[], bool], patience: int = 40
    ) -> None:
        """Hold a row over its target until it is there: what is dragged follows in steps."""
        for wiggle in range(patience):
            self.page.wait_for_timeout(60)
            _, y = self.middle(target)
            move(y + wiggle % 3)
            if is_there():
                # Rows that make way slide for a moment, and on a slow machine may swap once more.
                self.page.wait_for_timeout(200)
                if is_there():
                    return
        raise AssertionError("the row does not go there")

    def _line(self, row: Any) -> Locator:
        """Return a row without what stands below it."""
        return self.row(row).locator(":scope > .row")

    def _place(self, row: Any) -> list[Any]:
        """Return in which list a row stands, and where."""
        place: list[Any] = self.row(row).evaluate(
            "row => [row.parentElement.ariaLabel, [...row.parentElement.children].indexOf(row)]"
        )
        return place

    @staticmethod
    def middle(locator: Locator) -> tuple[float, float]:
        """Return the middle of something on the screen."""
        locator.scroll_into_view_if_needed()
        box = locator.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def field(at, model, parent):
    """The field for a new title below a list."""
    return at.siblings(model, parent).locator("xpath=following-sibling::p[@class='write']/input")


def titles(at, model, parent):
    return at.siblings(model, parent).locator(":scope > .sibling > .row .title")
