"""Where someone puts a person: at or below where they act, and all that is named in one line."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights.domain.granting import place_within
from tenancy.errors import InvalidError
from tenancy.models import NODE_MODELS
from tenancy.scope import PLATFORM_ID, EveryOrganization, Level, Scope, current_scope

Named = Mapping[Level, UUID | None]
"""What was said of the levels: an id, or ``None`` for no node; a level that is missing was not mentioned."""


def home_of(person: User) -> Scope | None:
    """Return the node a person belongs to, whatever they reach; ``None`` for an independent learner."""
    if not person.belongs_to_organization:
        return None
    return Scope(
        person.organization_id,  # type: ignore[arg-type]
        person.school_id,
        person.campus_id,
        person.classroom_id,
    )


def place_columns(at: Scope | None) -> dict[str, Any]:
    """Return the columns that say where someone belongs."""
    if at is None:
        at = Scope(PLATFORM_ID)
    return {f"{level}_id": at.id_at(level) for level in Level}


def place_of_new(*, named: Named) -> Scope | None:
    """Return where a new person belongs: the deepest node that is named, or where the caller acts.

    At most one statement for each level.

    Raises:
        InvalidError: ``organization_required``; ``does_not_exist`` and ``invalid_place`` naming the field.
    """
    scope = current_scope()
    if isinstance(scope, EveryOrganization) and not any(named.values()):
        raise InvalidError(
            _("Name an organization here, or act in one with X-Scope."),
            code="organization_required",
            attr=_field(Level.ORGANIZATION),
        )
    return _place_named(named)


def place_after(*, home: Scope | None, named: Named) -> Scope | None:
    """Return where someone belongs once the levels that are named are changed, and the others left.

    A node brings along what is above it; what was below stays where it lies in that node. ``None`` takes a
    level and all below it away. At most one statement for each level.

    Raises:
        InvalidError: ``does_not_exist`` and ``invalid_place``, naming the field.
    """
    at, below = home, list(Level)
    if any(named.values()):
        node = _place_named(named)
        if node is None:
            return None
        at = home if home is not None and node.contains(home) else node
        below = below[below.index(node.level) + 1 :]
    left = next((level for level in below if level in named and named[level] is None), None)
    if left is None:
        return at
    at = _above(left, at)
    scope = current_scope()
    if isinstance(scope, Scope) and not (scope.is_platform if at is None else scope.contains(at)):
        raise _invalid_place(left)
    return at


def _above(level: Level, place: Scope | None) -> Scope | None:
    """Return what of a place lies above a level."""
    kept = list(Level)[: list(Level).index(level)]
    if place is None or not kept:
        return None
    return Scope(**{f"{one}_id": place.id_at(one) for one in kept})  # type: ignore[arg-type]


def _place_named(named: Named) -> Scope | None:
    nodes = {}
    for level in Level:
        if (node_id := named.get(level)) is None:
            continue
        # Those of the active scope: any other does not exist.
        nodes[level] = NODE_MODELS[level].objects.in_use().filter(pk=node_id).first()
        if nodes[level] is None:
            raise InvalidError(_("There is no such place."), code="does_not_exist", attr=_field(level))
    try:
        return place_within(current_scope(), **{str(level): node for level, node in nodes.items()})
    except ValueError as error:
        raise _invalid_place(next(reversed(nodes))) from error


def _invalid_place(level: Level) -> InvalidError:
    return InvalidError(
        _("Choose places that are inside one another and within your scope."),
        code="invalid_place",
        attr=_field(level),
    )


def _field(level: Level) -> str:
    return f"{level}Id"
