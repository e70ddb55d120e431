"""What may be waiting for someone on the admin's front page: questions, and how to say what they found.

Each app contributes those about its own rows when it starts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse

from tenancy.front_page.rows import Found, Rows


class Link(NamedTuple):
    """Somewhere to go; words only, where there is no address."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits, or is good to know.

    Attributes:
        link: what it is, with its number, and the list of it where there is one.
        note: why it matters, or what the links below are.
        links: the first of its rows.
        more: how many there are beyond those.
    """

    link: Link
    note: Any = ""
    links: list[Link] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A kind of thing that waits to be done.

    Attributes:
        keys: the permissions it takes to do it, all of them.
        rows: the rows it is about.
        text: how to say that there are ``n``.
        note: the sentence below.
        listed: the address of the list of them.
        row_url: where to do it for one row; the first rows are offered if there is such a place.
        rank: the lower, the further up on the page.
    """

    keys: tuple[str, ...]
    rows: Callable[[], Rows]
    text: Any
    note: Any
    listed: Callable[[], str] = str
    row_url: Callable[[str], str] | None = None
    rank: int = 0

    def item(self, found: Found) -> Item:
        """Return how the front page says it."""
        link = Link(self.text % {"n": found.total}, self.listed())
        if self.row_url is None:
            return Item(link, self.note)
        links = [Link(label, self.row_url(key)) for key, label in found.rows]
        return Item(link, self.note, links, more=found.total - len(links))


def admin_url(model: type[Model], page: str, *args: Any, **query: Any) -> str:
    """Return the address of an admin page of a model."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
    return f"{url}?{urlencode(query)}" if query else url


_WAITING: Final[dict[str, Waiting]] = {}


def contribute(waiting: Mapping[str, Waiting]) -> None:
    """Add what may wait for staff of what an app owns; called once, when that app starts."""
    _WAITING.update(waiting)


def all_waiting() -> dict[str, Waiting]:
    """Return what all apps contributed, the most important first."""
    return dict(sorted(_WAITING.items(), key=lambda item: item[1].rank))
