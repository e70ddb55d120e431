"""People, and what is kept of what they did. ``UserEvent`` is put here by ``track_changes``."""

from accounts.models.people import UNIQUE_EMAIL, Membership, Placed, Role, User
from accounts.models.records import IdempotentRequest, PermissionChange

__all__ = [
    "UNIQUE_EMAIL",
    "IdempotentRequest",
    "Membership",
    "PermissionChange",
    "Placed",
    "Role",
    "User",
]
