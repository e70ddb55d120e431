"""The active scope: where in the tenant hierarchy the current request or command acts.

A scope is a frozen value in a ``ContextVar``. Three states are kept apart: a node of the hierarchy
(``Scope``), every organization (``EVERY_ORGANIZATION``), and *no scope entered*, which is an error for
whoever reads it. ``None`` never means everyone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from tenancy.models import Organization

PLATFORM_ID: Final = UUID("00000000-0000-7000-8000-000000000001")
"""The reserved organization: shared content, and home of people who belong to no organization."""


class Level(StrEnum):
    """The levels of the hierarchy, from the widest to the narrowest."""

    ORGANIZATION = "organization"
    SCHOOL = "school"
    CAMPUS = "campus"
    CLASSROOM = "classroom"


class ScopeNotEnteredError(RuntimeError):
    """Tenant rows were asked for while no scope was entered."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One node of organization > school > campus > classroom, with the ids of its ancestors.

    ``only_user_id`` narrows further, to what one person owns: independent learners share the reserved
    organization and must not see each other.

    ``changes_all_content`` says of a narrower node that who acts here may change what belongs to the
    organization as a whole: they come from there, or their role says so. It is no part of where this is.
    """

    organization_id: UUID
    school_id: UUID | None = None
    campus_id: UUID | None = None
    classroom_id: UUID | None = None
    only_user_id: UUID | None = None
    changes_all_content: bool = field(default=False, compare=False)

    @property
    def level(self) -> Level:
        """The narrowest level that is set."""
        if self.classroom_id:
            return Level.CLASSROOM
        if self.campus_id:
            return Level.CAMPUS
        return Level.SCHOOL if self.school_id else Level.ORGANIZATION

    def id_at(self, level: Level) -> UUID | None:
        """Return the id of this scope's node at ``level``, or ``None`` above which nothing is set."""
        value: UUID | None = getattr(self, f"{level}_id")
        return value

    @property
    def node_id(self) -> UUID:
        """The id of the node itself."""
        return self.id_at(self.level) or self.organization_id

    def contains(self, other: "Scope") -> bool:
        """Whether ``other`` is this node or lies below it."""
        return all(self.id_at(level) in (None, other.id_at(level)) for level in Level)

    @property
    def may_change_content(self) -> bool:
        """Whether who acts here, given the key, changes what belongs to the organization as a whole."""
        whole = self.changes_all_content or self.level is Level.ORGANIZATION
        return whole and self.only_user_id is None

    @property
    def is_platform(self) -> bool:
        """Whether this is the reserved organization."""
        return self.organization_id == PLATFORM_ID

    def __str__(self) -> str:
        return f"{self.level}:{self.node_id}"


class EveryOrganization:
    """The scope of a global user who acts in no particular organization."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "EVERY_ORGANIZATION"


EVERY_ORGANIZATION: Final = EveryOrganization()

ActiveScope = Scope | EveryOrganization

_active: ContextVar[ActiveScope | None] = ContextVar("active_scope", default=None)


def active_scope() -> ActiveScope | None:
    """Return the active scope, or ``None`` where none was entered: for what only passes it on."""
    return _active.get()


def current_scope() -> ActiveScope:
    """Return the active scope.

    Raises:
        ScopeNotEnteredError: none was entered. Tenant rows are never read by accident.
    """
    scope = _active.get()
    if scope is None:
        raise ScopeNotEnteredError(
            "No scope entered: use organization_scope(org), every_organization() or a scoped request."
        )
    return scope


def enter_scope(scope: ActiveScope) -> None:
    """Make ``scope`` active until the request ends. For request hooks; elsewhere use ``scope_entered``."""
    _active.set(scope)


@contextmanager
def scope_entered(scope: ActiveScope | None) -> Iterator[None]:
    """Make ``scope`` active inside the block and restore what was active before.

    ``None`` enters the block with no scope at all, as a request does before anyone is authenticated.
    """
    token: Token[ActiveScope | None] = _active.set(scope)
    try:
        yield
    finally:
        _active.reset(token)


@contextmanager
def organization_scope(organization: "Organization | UUID") -> Iterator[None]:
    """Act in one organization, as management commands and tests do."""
    organization_id = organization if isinstance(organization, UUID) else organization.pk
    with scope_entered(Scope(organization_id=organization_id)):
        yield


@contextmanager
def every_organization() -> Iterator[None]:
    """Act in all organizations at once, deliberately."""
    with scope_entered(EVERY_ORGANIZATION):
        yield


def may_write_in(organization_id: UUID) -> bool:
    """Whether the active scope may change an organization's content, given the permission key.

    Shared content is read by all and changed by global users. An organization's own is changed from the
    organization, not from a place in it (``docs/decisions/0011``); who belongs to no organization changes
    none's.

    Raises:
        ScopeNotEnteredError: none was entered.
    """
    scope = current_scope()
    if isinstance(scope, EveryOrganization):
        return True
    return scope.may_change_content and scope.organization_id == organization_id


def may_write_place(place: Scope) -> bool:
    """Whether the active scope may change a place, given the permission key: one at or below it.

    Raises:
        ScopeNotEnteredError: none was entered.
    """
    scope = current_scope()
    if isinstance(scope, EveryOrganization):
        return True
    return scope.only_user_id is None and scope.contains(place)
