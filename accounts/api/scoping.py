"""Where a request acts: the caller's own scope, or a node at or below it named by ``X-Scope``."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tenancy.errors import InvalidError, NotFoundError
from tenancy.models import NODE_MODELS
from tenancy.scope import ActiveScope, Level, Scope, current_scope

HEADER: Final = "X-Scope"
META_NAME: Final = "HTTP_X_SCOPE"


def parse_scope(value: str, *, attr: str = HEADER) -> tuple[Level, UUID]:
    """Read ``<level>:<uuid>``.

    Args:
        attr: what to name when it is malformed.

    Raises:
        InvalidError: ``invalid_scope``.
    """
    name, *rest = value.split(":")
    try:
        (identifier,) = rest
        level, node_id = Level(name), UUID(identifier)
        # UUID() also takes braces, a prefix, and hyphens anywhere.
        if str(node_id) != identifier.lower():
            raise ValueError(value)
    except ValueError as error:
        raise InvalidError(
            _("Must be <level>:<uuid>, the level being organization, school, campus or classroom."),
            code="invalid_scope",
            attr=attr,
        ) from error
    return level, node_id


def find_scope(level: Level, node_id: UUID) -> Scope | None:
    """Return the scope of a node of any organization. One statement."""
    # The scope is what is being found out; whoever asks keeps it at or below the user's own.
    node = NODE_MODELS[level].unscoped.filter(pk=node_id).first()
    return None if node is None else node.scope


def resolve_scope(
    user: User, *, header: str | None, find: Callable[[Level, UUID], Scope | None] = find_scope
) -> ActiveScope:
    """Return the active scope of a request: no statement without a header, or when it names one's own.

    Args:
        find: looks a node up, for callers that have the nodes at hand.

    Raises:
        InvalidError: ``invalid_scope``, the header is malformed.
        NotFoundError: ``scope_not_found``, it names a node that is not at or below the user's own.
    """
    own = user.own_scope
    if header is None:
        return own
    level, node_id = parse_scope(header)
    if isinstance(own, Scope) and own.level is level and own.node_id == node_id:
        # An independent learner does not act in an organization, not even in the one they are stored in.
        if user.belongs_to_organization:
            return own
        raise _not_found()
    scope = find(level, node_id)
    if scope is None or (
        not user.is_global
        and not (isinstance(own, Scope) and user.belongs_to_organization and own.contains(scope))
    ):
        raise _not_found()
    # Who comes from the organization may still do in a part of it what they may do in the whole.
    wide = user.is_global or (isinstance(own, Scope) and own.may_change_content)
    return replace(scope, changes_all_content=wide)


def resolve_place(value: str, *, attr: str) -> Scope:
    """Return the scope that a body names as ``<level>:<uuid>``: at or below where the request acts.

    A global user who acts in no organization may name any place. At most one statement.

    Raises:
        InvalidError: ``invalid_scope`` naming ``attr``.
        NotFoundError: ``scope_not_found``.
    """
    level, node_id = parse_scope(value, attr=attr)
    active = current_scope()
    scope = find_scope(level, node_id)
    if scope is None or (isinstance(active, Scope) and (active.only_user_id or not active.contains(scope))):
        raise _not_found()
    return scope


def _not_found() -> NotFoundError:
    return NotFoundError(_("There is no such scope at or below your own."), code="scope_not_found")
