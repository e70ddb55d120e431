"""Closing places, and making two that were meant to be one into one.

A place in which something happened is never deleted. An archived one takes nobody any more, and what happened
in it stays its own: results, rosters of past weeks, messages. Merging moves people and archives what is left.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.places.domain.names import name_taken_refused
from tenancy.errors import ConflictError, InvalidError, NotFoundError
from tenancy.models import NODE_MODELS, Place
from tenancy.names import identity_of
from tenancy.scope import Level, Scope, current_scope
from tenancy.sql import atomic_again

# Whoever stands right in a place, and not in one below it; deleted people too: they may come back.
_MOVE: Final = """
    UPDATE users u
    SET school_id = v.school_id, campus_id = v.campus_id, classroom_id = v.classroom_id,
        updated_at = statement_timestamp()
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[])
        AS v (from_id, school_id, campus_id, classroom_id)
    WHERE u.organization_id = %s AND COALESCE(u.classroom_id, u.campus_id, u.school_id) = v.from_id
"""


@transaction.atomic
def archive_places(*, places: Sequence[Any]) -> None:
    """Archive places of one level in which nobody and nothing is left. Locks them in the order of their ids.

    Raises:
        ConflictError: ``place_in_use``, naming one that people or other places are in.
        NotFoundError: one is not below the active scope any more.
    """
    model = type(places[0])
    stored = _lock(model, places)
    for place in stored:
        if people := User.unscoped.filter(**{str(model.level): place}, deleted=None).count():
            raise _in_use(place, people=people)
        if below := _children_of([place]):
            raise _in_use(place, places=len(below))
    model.objects.filter(pk__in=[place.pk for place in stored]).update(archived_at=timezone.now())


@transaction.atomic
def reopen_places(*, places: Sequence[Any]) -> None:
    """Take archived places of one level back into use. Locks them in the order of their ids.

    Raises:
        ConflictError: ``parent_archived``; ``name_taken``, another place has the name by now.
        NotFoundError: one is not below the active scope any more.
    """
    model = type(places[0])
    stored = _lock(model, places)
    for place in stored:
        parent = _parent_of(place)
        if getattr(parent, "archived_at", None) is not None:
            raise ConflictError(
                _("“%(name)s” lies in “%(parent)s”, which is archived.")
                % {"name": place.name, "parent": parent.name},
                code="parent_archived",
            )
    with name_taken_refused(model, told=_("Another place now has this name.")):
        model.objects.filter(pk__in=[place.pk for place in stored]).update(archived_at=None)


@atomic_again
def merge_places(*, places: Sequence[Any], into: Any) -> int:
    """Move everyone from places to another of their level, archive what is left; return how many moved.

    A place below one of them becomes one with its namesake below ``into``, which is made where there is none.
    A number of statements for each level; locks the places in the order of their ids.

    Raises:
        InvalidError: ``invalid_place``: they are of different organizations.
        ConflictError: ``place_archived``, naming one of them.
        NotFoundError: one is not below the active scope any more.
    """
    model = type(into)
    stored = {place.pk: place for place in _lock(model, [into, *places])}
    target = stored.pop(into.pk)
    if any(place.organization_id != target.organization_id for place in stored.values()):
        raise InvalidError(_("The places lie in different organizations."), code="invalid_place")
    for place in (target, *stored.values()):
        if place.archived_at is not None:
            raise ConflictError(
                _("“%(name)s” is archived already.") % {"name": place.name}, code="place_archived"
            )
    becomes = {place.pk: target for place in stored.values()}
    left, everything = [*stored.values()], dict(becomes)
    while left:
        _archive(left)
        left = _children_of(left)
        becomes = _counterparts(left, becomes)
        everything |= becomes
    return _move(everything, organization_id=target.organization_id)


def _counterparts(children: list[Any], becomes: dict[Any, Any]) -> dict[Any, Any]:
    """Return for each place its namesake below what its parent becomes, made where there is none."""
    if not children:
        return {}
    model, column = type(children[0]), _parent_column(type(children[0]))
    parents = {node.pk: node for node in becomes.values()}
    there = model.objects.in_use().filter(**{f"{column}__in": parents}).annotate(same=identity_of("name"))
    known = {(getattr(node, column), node.same): node for node in there}
    made: list[Any] = []
    counterparts = {}
    for child in children:
        parent = becomes[getattr(child, column)]
        node = known.get((parent.pk, child.same))
        if node is None:
            node = model(
                name=child.name, **{f"{level}_id": parent.scope.id_at(level) for level in _above(model)}
            )
            known[parent.pk, child.same] = node
            made.append(node)
        counterparts[child.pk] = node
    model.unscoped.bulk_create(made)
    return counterparts


def _move(becomes: dict[Any, Any], *, organization_id: Any) -> int:
    scopes = [node.scope for node in becomes.values()]
    columns = [
        [scope.id_at(level) for scope in scopes] for level in (Level.SCHOOL, Level.CAMPUS, Level.CLASSROOM)
    ]
    with connection.cursor() as cursor:
        # The trigger that keeps memberships in step does the rest.
        cursor.execute(_MOVE, [[*becomes], *columns, organization_id])
        return int(cursor.rowcount)


def _lock(model: Any, places: Iterable[Any]) -> list[Any]:
    """Lock places; those at the active scope itself are for whoever acts above it."""
    wanted = {place.pk for place in places}
    stored = list(model.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    scope = current_scope()
    if len(stored) < len(wanted) or (isinstance(scope, Scope) and scope.node_id in wanted):
        raise NotFoundError
    return stored


def _archive(places: list[Any]) -> None:
    rows = type(places[0]).objects.filter(pk__in=[place.pk for place in places])
    rows.update(archived_at=timezone.now())


def _children_of(places: list[Any]) -> list[Any]:
    """Return the places right below, as far as they are in use."""
    level = places[0].level
    below = next((lower for upper, lower in pairwise(Level) if upper is level), None)
    if below is None:
        return []
    # Unscoped: what lies in a place of the scope is of the scope.
    children = NODE_MODELS[below].unscoped.filter(**{f"{level}__in": places}, archived_at=None)
    return list(children.annotate(same=identity_of("name")).order_by("pk"))


def _above(model: Any) -> list[Level]:
    levels = list(Level)
    return levels[: levels.index(model.level)]


def _parent_column(model: Any) -> str:
    return f"{_above(model)[-1]}_id"


def _parent_of(place: Place) -> Any:
    return getattr(place, str(_above(place)[-1]))


def _in_use(place: Any, *, people: int = 0, places: int = 0) -> ConflictError:
    what = (
        _("%(number)d people belong to “%(name)s”: move them, or merge it into another place.")
        if people
        else _("%(number)d places lie in “%(name)s”: archive them, or merge it into another place.")
    )
    return ConflictError(what % {"number": people or places, "name": place.name}, code="place_in_use")
