"""People, and what is kept of what they did. ``UserEvent`` is put here by ``track_changes``."""

from accounts.models.messages import LedgerEntry, MailState, Message, Tag
from accounts.models.people import PLACE_OF_USER, UNIQUE_EMAIL, Membership, Placed, Role, User
from accounts.models.preferences import PREFERENCES, Preference, Preferences
from accounts.models.records import IdempotentRequest, PermissionChange

__all__ = [
    "PLACE_OF_USER",
    "PREFERENCES",
    "UNIQUE_EMAIL",
    "IdempotentRequest",
    "LedgerEntry",
    "MailState",
    "Membership",
    "Message",
    "PermissionChange",
    "Placed",
    "Preference",
    "Preferences",
    "Role",
    "Tag",
    "User",
]
