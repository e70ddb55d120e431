"""What is held of a person: how the rows of a table are found, and what erasing does to them.

Each app says beside its models what it holds, and contributes that when it starts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import (
    User,
)


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
        guarded: triggers of the history that refuse changes, and are passed by their name; all others know
            of erasures (``tenancy.triggers.erasing``).
        name: what the rows are called in an export, where that is not the table's name.
    """

    model: type[models.Model]
    of: Finder
    removed: bool = False
    erased: Mapping[str, Any] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    guarded: tuple[str, ...] = ()
    name: str = ""

    @property
    def title(self) -> str:
        """What the rows are called in an export."""
        return self.name or self.model._meta.db_table

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


_HOLDINGS: Final[list[Holding]] = []


def contribute(*more: Holding) -> None:
    """Add what an app holds of people; called once, when that app starts."""
    _HOLDINGS.extend(more)


def holdings() -> list[Holding]:
    """Return what all apps hold, in the order in which it is exported; erasing goes the other way."""
    return list(_HOLDINGS)


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
