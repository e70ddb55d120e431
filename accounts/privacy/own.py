"""What accounts, and the packages for signing in and the admin, hold of people."""

from typing import Final

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import (
    IdempotentRequest,
    ImportJob,
    LedgerEntry,
    Membership,
    Message,
    PermissionChange,
    Preferences,
    Registration,
    ResetRequest,
    User,
)
from accounts.privacy.holdings import Holding, Person, by, by_address


def _entries_about(person: Person) -> Q:
    """Find what the admin's log noted about the person, who is called by their address there."""
    return Q(content_type=ContentType.objects.get_for_model(User), object_id__in=[*map(str, person.ids)])


NOBODYS_ADDRESS: Final = Concat(
    Value("erased-"), Cast("id", CharField()), Value("@erased.invalid"), output_field=CharField()
)
"""Unique, and of a domain that never exists (RFC 2606, section 2)."""

HOLDINGS: Final = (
    Holding(
        User,
        by("pk"),
        erased={
            "email": NOBODYS_ADDRESS,
            "name": "",
            # Its trigger writes it anew.
            "sort_name": "",
            "password": make_password(None),
            "last_login": None,
            "is_staff": False,
        },
        secret=frozenset({"password", "token_version"}),
    ),
    Holding(
        User.pgh_event_model,  # type: ignore[attr-defined]
        by("pgh_obj"),
        erased={"email": NOBODYS_ADDRESS, "name": ""},
        secret=frozenset({"token_version"}),
        guarded=("append_only",),
    ),
    Holding(User.custom_permissions.through, by("user"), removed=True),
    Holding(User.custom_permissions_filter.through, by("user"), removed=True),
    Holding(Membership, by("user")),
    Holding(PermissionChange, by("user")),
    Holding(Preferences, by("user"), removed=True),
    # Their readers keep what they were sent.
    Holding(Message, by("sender"), name="messages_sent"),
    Holding(Message, by("user"), removed=True),
    Holding(LedgerEntry, by("user")),
    Holding(IdempotentRequest, by("user"), removed=True),
    Holding(ImportJob, by("user"), removed=True, secret=frozenset({"content"})),
    # What the rows were called may name other people.
    Holding(LogEntry, by("user"), secret=frozenset({"object_repr"}), name="admin_actions"),
    Holding(LogEntry, _entries_about, removed=True),
    Holding(BlacklistedToken, by("token__user"), removed=True, secret=frozenset({"token"})),
    Holding(OutstandingToken, by("user"), removed=True, secret=frozenset({"token", "jti"})),
    Holding(Registration, by_address("email"), removed=True, secret=frozenset({"password"})),
    Holding(ResetRequest, by_address("email"), removed=True),
    Holding(AccessAttempt, by_address("username"), removed=True),
    Holding(AccessFailureLog, by_address("username"), removed=True),
    Holding(AccessLog, by_address("username"), removed=True),
)
