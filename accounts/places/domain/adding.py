"""Adding and renaming places: at or below where the request acts, each under a name of its own.

A place stays where it was put: moving it would strand the people and the history below it.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.places.domain.names import name_taken_refused
from tenancy.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from tenancy.models import NODE_MODELS, Place, School
from tenancy.scope import EveryOrganization, Level, Scope, current_scope

PARENTS: Final = {lower: upper for upper, lower in pairwise(Level)}
"""What a place of each level lies in."""


def places_at_or_below(level: Level) -> Any:
    """Return the places of a level at or below where the request acts, by name; not those above."""
    scope, levels = current_scope(), list(Level)
    rows = NODE_MODELS[level].objects.order_by("sort_name", "pk")
    if isinstance(scope, Scope) and (scope.only_user_id or levels.index(scope.level) > levels.index(level)):
        return rows.none()
    return rows


def add_school(*, name: str) -> Any:
    """Add a school to the organization the request acts in.

    Raises:
        InvalidError: ``organization_required``, it acts in none.
        RefusedError: ``organization_scope_required``, it acts in a part of one; ``tenant_required``.
        ConflictError: ``name_taken``.
    """
    scope = current_scope()
    if isinstance(scope, Scope) and scope.only_user_id:
        raise RefusedError(_("Only members of an organization can do this."), code="tenant_required")
    if isinstance(scope, EveryOrganization) or scope.is_platform:
        raise InvalidError(
            _("Name an organization in X-Scope: a school is added to one organization."),
            code="organization_required",
            attr="X-Scope",
        )
    if scope.level is not Level.ORGANIZATION:
        raise RefusedError(
            _("This belongs to the whole organization, and you act in a part of it."),
            code="organization_scope_required",
        )
    return save_place(place=School(name=name, organization_id=scope.organization_id))


@transaction.atomic
def add_below(*, level: Level, parent_id: UUID, name: str) -> Any:
    """Add a campus to a school, or a classroom to a campus. Locks what it is added to.

    Raises:
        InvalidError: ``does_not_exist``, naming the parent: it is not within reach, or archived.
        ConflictError: ``name_taken``.
    """
    upper = PARENTS[level]
    # Whoever is archiving the parent now is waited for.
    parent = places_at_or_below(upper).in_use().select_for_update(no_key=True).filter(pk=parent_id).first()
    if parent is None:
        raise InvalidError(_("There is no such place."), code="does_not_exist", attr=f"{upper}Id")
    return save_place(place=NODE_MODELS[level](name=name, **{str(upper): parent}))


def check_parent_stays(*, place: Any, values: Mapping[str, Any]) -> None:
    """Refuse values that would move a place.

    Raises:
        InvalidError: ``place_stays``, naming the parent.
    """
    upper = PARENTS[place.level]
    if values.get(f"{upper}_id", parent := getattr(place, f"{upper}_id")) != parent:
        raise InvalidError(
            _("A place stays where it is. To move its people, merge it into another place."),
            code="place_stays",
            attr=f"{upper}Id",
        )


@transaction.atomic
def rename_place(*, place: Place, name: str) -> Any:
    """Call a place otherwise. Locks it.

    Raises:
        NotFoundError: it is not within reach any more.
        ConflictError: ``place_archived``; ``name_taken``.
    """
    stored = places_at_or_below(place.level).select_for_update().filter(pk=place.pk).first()
    if stored is None:
        raise NotFoundError
    if stored.archived_at is not None:
        raise ConflictError(_("“%(name)s” is archived.") % {"name": stored.name}, code="place_archived")
    stored.name = name
    return save_place(place=stored, fields=["name"])


def save_place(*, place: Any, fields: Sequence[str] | None = None) -> Any:
    """Save a new place, or ``fields`` of one that is there.

    Raises:
        ConflictError: ``name_taken``, another beside it has this name, in some spelling.
    """
    with name_taken_refused(type(place), told=_("There is now a place with this name.")):
        place.save(update_fields=fields)
    return place
