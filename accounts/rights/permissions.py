"""May they: one permission class that reads the key a view declares for its action.

A caller without the key is refused before any row is looked up, so that a foreign id never answers
differently from one that does not exist.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission

from accounts.models import User
from tenancy.errors import RefusedError

if TYPE_CHECKING:  # DRF's views import this module through the settings
    from rest_framework.request import Request
    from rest_framework.views import APIView

AUTHENTICATED = ""
"""The key of an action that every signed-in user may take."""


class KeyedView:
    """A view that declares who may call it.

    Attributes:
        permission_keys: for each action (viewsets) or lower-case method (plain views), the key that
            opens it, several keys of which any will do, or ``AUTHENTICATED``.
        tenant_users_only: independent learners are told so (403 ``tenant_required``) before any key is
            asked for.
    """

    permission_keys: ClassVar[dict[str, str | tuple[str, ...]]] = {}
    tenant_users_only: ClassVar[bool] = False

    def keys_for(self, action: str) -> tuple[str, ...] | None:
        """Return the keys of an action, or ``None`` when it declares none and is therefore closed."""
        keys = self.permission_keys.get(action)
        return (keys,) if isinstance(keys, str) else keys


def action_of(request: "Request", view: "APIView") -> str | None:
    """Return what the request asks of a view; ``None`` for a method the view does not know."""
    method = (request.method or "").lower()
    if method == "options" or not hasattr(view, method):
        return None
    action: str | None = getattr(view, "action", "get" if method == "head" else method)
    return action


class HoldsKey(BasePermission):
    """Signed in, and holding a key of the action. A view that declares nothing is closed."""

    def has_permission(self, request: "Request", view: Any) -> bool:
        user = request.user
        if not isinstance(user, User):
            return False
        action = action_of(request, view)
        if action is None:  # the framework answers 405, or OPTIONS
            return True
        if not isinstance(view, KeyedView) or (keys := view.keys_for(action)) is None:
            return False
        if view.tenant_users_only:
            _check_tenant_user(user)
        return any(key == AUTHENTICATED or user.holds(key) for key in keys)


def _check_tenant_user(user: User) -> None:
    """Refuse independent learners what is for the people of an organization (documents 000 and 001).

    Raises:
        RefusedError: ``tenant_required``.
    """
    if not (user.belongs_to_organization or user.is_global):
        raise RefusedError(_("Only members of an organization can do this."), code="tenant_required")
