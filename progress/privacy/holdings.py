"""Every table that holds something of a person: how their rows are found, and what erasing does to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import CharField, Func, Q, Value
from django.db.models.functions import Cast, Concat, Lower
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import (
    IdempotentRequest,
    LedgerEntry,
    Membership,
    Message,
    PermissionChange,
    Preferences,
    ResetRequest,
    User,
)
from learning.models import Reordering, Subscription, SubscriptionChange
from progress.models import Interaction, ItemProgress, PracticeCompletion, TcodeProgress, VideoCompletion
from quizzes.models import Attempt, SafetyQuizResult


@dataclass(frozen=True, slots=True)
class Person:
    """One person, by the ids of their accounts: a live one, and deleted ones before it.

    Attributes:
        addresses: every address that one of the accounts has or had.
        sole_addresses: those of them that nobody else has or had: what names one is the person's.
    """

    ids: Sequence[UUID]
    addresses: Sequence[str]
    sole_addresses: Sequence[str]


Finder = Callable[[Person], Q]


@dataclass(frozen=True, slots=True)
class Holding:
    """One table.

    Attributes:
        of: finds a person's rows.
        removed: erasing deletes the rows.
        erased: what erasing puts in the place of what a column holds; the other columns stay.
        secret: columns that are not given to the person either: they open the account.
        guarded: triggers that refuse changes of the table, and step aside for an erasure.
    """

    model: type[models.Model]
    of: Finder
    removed: bool = False
    erased: Mapping[str, Any] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    guarded: tuple[str, ...] = ()

    def rows(self, person: Person) -> "models.QuerySet[Any]":
        """Return the person's rows, of whatever organization, deleted ones included."""
        # Unscoped: a person's own rows, wherever they were when they left them.
        manager: Any = getattr(self.model, "unscoped", None) or self.model._base_manager
        found: models.QuerySet[Any] = manager.filter(self.of(person))
        return found


def by(name: str) -> Finder:
    """Find rows by the column that holds the person's id."""
    return lambda person: Q(**{f"{name}__in": person.ids})


def by_address(name: str) -> Finder:
    """Find rows by a column that holds an address, in any case."""
    nobody = Q(pk__in=())
    return lambda person: reduce(
        or_, (Q(**{f"{name}__iexact": address}) for address in person.sole_addresses), nobody
    )


def _entries_about(person: Person) -> Q:
    """Find what the admin's log noted about the person, who is called by their address there."""
    return Q(content_type=ContentType.objects.get_for_model(User), object_id__in=[*map(str, person.ids)])


NOBODYS_ADDRESS: Final = Concat(
    Value("erased-"), Cast("id", CharField()), Value("@erased.invalid"), output_field=CharField()
)
"""Unique, and of a domain that never exists (RFC 2606, section 2)."""

NUMBERS_ONLY: Final = Func(
    "payload",
    template="(SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(%(expressions)s) "
    "WHERE jsonb_typeof(value) IN ('number', 'boolean'))",
    output_field=models.JSONField(),
)
"""A payload without what somebody wrote: which slide was seen is kept, what was asked about it is not."""

HOLDINGS: Final[tuple[Holding, ...]] = (
    Holding(
        User,
        by("pk"),
        erased={
            "email": NOBODYS_ADDRESS,
            "name": "",
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
    Holding(Message, by("user"), removed=True),
    Holding(LedgerEntry, by("user")),
    Holding(IdempotentRequest, by("user"), removed=True),
    Holding(Subscription, by("user"), erased={"reason": ""}),
    Holding(SubscriptionChange, by("user"), erased={"reason": ""}, guarded=("append_only",)),
    Holding(Reordering, by("user")),
    Holding(Attempt, by("user")),
    Holding(
        SafetyQuizResult,
        by("user"),
        # The hash is whatever an importer calls the row by.
        erased={"user_name": "", "import_hash": None},
        guarded=("append_only",),
    ),
    Holding(VideoCompletion, by("user")),
    Holding(PracticeCompletion, by("user")),
    Holding(
        ItemProgress,
        by("user"),
        erased={"value": None, "metadata": None, "import_hash": None, "import_digest": None},
    ),
    Holding(TcodeProgress, by("user")),
    Holding(Interaction, by("user"), erased={"payload": NUMBERS_ONLY}, guarded=("append_only",)),
    Holding(LogEntry, _entries_about, removed=True),
    Holding(BlacklistedToken, by("token__user"), removed=True, secret=frozenset({"token"})),
    Holding(OutstandingToken, by("user"), removed=True, secret=frozenset({"token", "jti"})),
    Holding(ResetRequest, by_address("email"), removed=True),
    Holding(AccessAttempt, by_address("username"), removed=True),
    Holding(AccessFailureLog, by_address("username"), removed=True),
    Holding(AccessLog, by_address("username"), removed=True),
)
"""In the order in which they are exported; erasing goes the other way, accounts last."""


def find_accounts(address_or_id: str) -> list[User]:
    """Return the accounts that have an address, live or deleted, in any organization, or the one of an id."""
    # Unscoped: operators act for a person, in whichever organization they are or were.
    accounts = User.unscoped.select_related("organization").order_by("created_at")
    try:
        return list(accounts.filter(pk=UUID(address_or_id)))
    except ValueError:
        return list(accounts.filter(email__iexact=address_or_id.strip()))


def person_of(accounts: Sequence[User]) -> Person:
    """Return the person behind accounts, with the addresses that they had earlier."""
    ids = sorted(account.pk for account in accounts)
    events: Any = User.pgh_event_model  # type: ignore[attr-defined]
    # Unscoped for the same reason.
    earlier = events.unscoped.filter(pgh_obj__in=ids).values_list("email", flat=True)
    addresses = {*earlier, *(account.email for account in accounts)}
    others = events.unscoped.exclude(pgh_obj__in=ids).annotate(address=Lower("email"))
    others = others.filter(address__in=[address.lower() for address in addresses])
    shared = {*others.values_list("address", flat=True)}
    return Person(
        ids=ids,
        addresses=sorted(addresses),
        sole_addresses=sorted(address for address in addresses if address.lower() not in shared),
    )
