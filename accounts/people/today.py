"""The search for a person, on the front page of whoever may look people up."""

from typing import Any, Final

from tenancy.front_page.today import Piece, Shown


def search(_user: Any) -> Shown | None:
    """Return nothing but the form: there is nothing to ask the database for."""
    return {}


SEARCH: Final = Piece(
    name="search_people",
    keys=("users.list",),
    template="admin/people/search.html",
    look=search,
    rank=10,
)
