"""Erasing a person: personal data gone, statistics kept."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pgtrigger
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.privacy.holdings import Holding, Person, holdings
from tenancy.triggers import erasing


def erase_person(*, person: Person) -> dict[str, int]:
    """Erase what is personal of a person; return how many rows of each table were changed or deleted.

    First their accounts are closed, so that nothing more is written for them; then all that
    ``holdings`` names is erased in one transaction. It may be repeated, after a failure too: then the
    accounts are closed, and everything else is as it was.
    """
    _close(person)
    changed: dict[str, int] = {}
    with transaction.atomic(), erasing():
        # Whatever was being written for the person is in before this, and seen below.
        list(User.unscoped.select_for_update().filter(pk__in=person.ids).order_by("pk").values_list("pk"))
        for holding in reversed(holdings()):
            with _unguarded(holding):
                if number := _erase(holding, person):
                    changed[holding.title] = number
    return changed


@transaction.atomic
def _close(person: Person) -> None:
    """End the person's sessions, tokens and membership; where they belonged before is kept."""
    instant = timezone.now()
    # Unscoped here and above: the person's own accounts.
    accounts = User.unscoped.filter(pk__in=person.ids)
    accounts.filter(deleted=None).update(deleted=instant)
    accounts.filter(is_active=True).update(
        is_active=False, token_version=F("token_version") + 1, updated_at=instant
    )


def _erase(holding: Holding, person: Person) -> int:
    if holding.removed:
        return holding.rows(person).delete()[0]
    return holding.rows(person).update(**holding.erased) if holding.erased else 0


@contextmanager
def _unguarded(holding: Holding) -> Iterator[None]:
    with ExitStack() as stack:
        for name in holding.guarded:
            stack.enter_context(pgtrigger.ignore(f"{holding.model._meta.label}:{name}"))
        yield
