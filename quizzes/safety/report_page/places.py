"""Where a report is about: at or below where one acts, and the way from there down to it."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.api.scoping import resolve_place
from tenancy.models import NODE_MODELS
from tenancy.scope import ActiveScope, EveryOrganization, Level, current_scope

_ABOVE = tuple(str(level) for level in Level)


class Crumb(NamedTuple):
    """A place on the way: its name, and how it is asked for."""

    name: str
    scope: str


def place_asked_for(asked: str) -> ActiveScope:
    """Return the place that is asked for, or where one acts without one. At most one statement.

    Raises:
        InvalidError, NotFoundError: there is no such place at or below.
    """
    return resolve_place(asked, attr="scope") if asked else current_scope()


def way_to(place: ActiveScope) -> list[Crumb]:
    """Return the places from the top, where one acts, down to ``place``. At most one statement."""
    top = current_scope()
    everywhere = [Crumb(_("Every organization"), "")] if isinstance(top, EveryOrganization) else []
    if isinstance(place, EveryOrganization):
        return everywhere
    above = _ABOVE[: _ABOVE.index(place.level)]
    row = NODE_MODELS[place.level].objects.select_related(*above).get(pk=place.node_id)
    nodes = [*(getattr(row, name) for name in above), row]
    seen = [node for node in nodes if isinstance(top, EveryOrganization) or top.contains(node.scope)]
    return [*everywhere, *(Crumb(node.name, str(node.scope)) for node in seen)]
