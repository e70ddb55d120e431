"""Forms of pages as a browser would send them back."""

import re
from html.parser import HTMLParser
from typing import Any, Final

# Most of a page is not in a form: the parser is slow, and reads no more than it must.
FORMS: Final = re.compile(r"<form\b.*?</form>", re.DOTALL)
VOID = {"submit", "button", "image", "reset", "file"}


class _Forms(HTMLParser):
    """Collects the forms of a page: their attributes, and what each of their fields would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, Any], list[tuple[str, str]]]] = []
        self._in: list[tuple[str, str]] | None = None
        self._select: str | None = None
        self._area: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._in = []
            self.forms.append((given, self._in))
        name, value = given.get("name"), given.get("value")
        if self._in is None:
            return
        if tag == "input" and name and given.get("type") not in VOID:
            is_box = given.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in given:
                self._in.append((name, value if value is not None else ("on" if is_box else "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._in.append((self._select, value or ""))
        elif tag == "textarea":
            self._area, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area and self._in is not None:
            # A browser drops the line break that begins a text, and sends the others as it does.
            self._in.append((self._area, self._text.removeprefix("\r\n").removeprefix("\n")))
            self._area = None


def forms_of(page: Any) -> list[tuple[dict[str, Any], dict[str, list[str]]]]:
    """Return the forms that a page posts: attributes, and values by name."""
    reader = _Forms()
    reader.feed("".join(FORMS.findall(page.content.decode())))
    found = []
    for given, pairs in reader.forms:
        if (given.get("method") or "").lower() != "post":
            continue
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        found.append((given, values))
    return found


def form_of(page: Any, **having: str) -> dict[str, list[str]]:
    """Return the values of the one form that is the page's own, with these attributes.

    The buttons of an ordered list have a form besides, which holds nothing.
    """
    ours = [
        values
        for given, values in forms_of(page)
        if not (given.get("action") or "").endswith(("/acting-organization/", "/logout/"))
        and (having or given.get("id") != "ordering-form")
        and having.items() <= given.items()
    ]
    assert len(ours) == 1, page.content.decode()[:2000]
    return ours[0]
