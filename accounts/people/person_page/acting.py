"""Doing something for a person, from their page or over the API, and noting it in their history."""

from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from accounts.models import User
from accounts.people.person_page.contributions import PersonAct


@transaction.atomic
def perform(
    *, act: PersonAct, by: User, person: User, values: dict[str, Any], about: str = "", what: str = ""
) -> Any:
    """Do it, and return what was done, for people.

    Args:
        values: what was filled in; the ``reason`` among it.
        about: what it is about, as an address names it.
        what: the same, for people.
    """
    told = act.do(by=by, person=person, about=about, **values)
    entry = ": ".join(str(part) for part in (act.button, what, values["reason"]) if part)
    LogEntry.objects.log_actions(str(by.pk), [person], CHANGE, entry)
    return told
