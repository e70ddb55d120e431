"""People, and what is kept of what they did. ``UserEvent`` is put here by ``track_changes``."""

from accounts.idempotency.models import IdempotentRequest
from accounts.imports.jobs.models import ImportJob, JobState
from accounts.messages.models import LedgerEntry, MailState, Message, Tag
from accounts.people.models import PLACE_OF_USER, UNIQUE_EMAIL, Membership, Placed, User
from accounts.preferences.models import MAX_TAG, PREFERENCES, Preference, Preferences
from accounts.rights.changes import PermissionChange
from accounts.rights.entry import RoleKeptOut
from accounts.rights.models import Role
from accounts.sign_in.models import Registration, ResetRequest

__all__ = [
    "MAX_TAG",
    "PLACE_OF_USER",
    "PREFERENCES",
    "UNIQUE_EMAIL",
    "IdempotentRequest",
    "ImportJob",
    "JobState",
    "LedgerEntry",
    "MailState",
    "Membership",
    "Message",
    "PermissionChange",
    "Placed",
    "Preference",
    "Preferences",
    "Registration",
    "ResetRequest",
    "Role",
    "RoleKeptOut",
    "Tag",
    "User",
]
