"""Rows of the side bar and of the list on the front page.

Three dozen of them are on every page of the admin, and one looks the same to everyone who may do the same:
each is rendered once in each process.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from django.template import Library
from django.template.loader import render_to_string
from django.utils.translation import get_language

register = Library()


class _Row(NamedTuple):
    section: str
    model: str
    label: str
    address: str | None
    add_address: str | None
    view_only: bool
    is_open: bool
    with_links: bool


@register.simple_tag(takes_context=True)
def row_of_job(context: Any, section: dict[str, Any], entry: dict[str, Any]) -> str:
    """Return the row of what may be opened, marked if that is what is open."""
    address, path = entry["admin_url"], context["request"].path
    # A page is open at its own address only: others lie below it.
    is_below = bool(address) and not entry.get("is_page") and path.startswith(address)
    row = _Row(
        section=section["app_label"],
        model=entry["object_name"].lower(),
        label=str(entry["name"]),
        address=address,
        add_address=entry["add_url"],
        view_only=entry["view_only"],
        is_open=address == path or is_below,
        with_links=bool(context.get("show_changelinks")),
    )
    return _rendered(row, get_language())


@lru_cache(maxsize=2048)
def _rendered(row: _Row, _language: str | None) -> str:
    return render_to_string("admin/app_list_row.html", {"row": row})
