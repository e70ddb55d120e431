"""The log of interactions for other systems, as JSON lines, however many there are."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

import orjson
from django.db import transaction

from progress.interactions.domain.xapi import LoggedInteraction, moment, statement_of
from progress.models import Interaction
from tenancy.replica import alias_to_read

_AT_A_TIME: Final = 2000


def _as_row(interaction: LoggedInteraction, *, home: str) -> dict[str, Any]:
    """Return a row as the API shows it, with whose it is."""
    return {
        "id": str(interaction.id),
        "userId": str(interaction.user_id),
        "organizationId": str(interaction.organization_id),
        "type": interaction.type,
        "payload": interaction.payload,
        "createdAt": moment(interaction.created_at),
    }


FORMATS: Final[dict[str, Callable[..., dict[str, Any]]]] = {"xapi": statement_of, "jsonl": _as_row}


def export_lines(
    *, file_format: str, since: datetime | None, until: datetime | None, home: str
) -> Iterator[bytes]:
    """Yield the interactions of the active scope as lines of JSON, oldest first.

    They are read through a cursor of the database, in one transaction: neither this process nor the
    database holds all of them.

    Args:
        file_format: one of ``FORMATS``.
        since, until: only those of this half-open span of time.
        home: see ``progress.interactions.domain.xapi``.
    """
    rows = Interaction.objects.order_by("created_at", "id")
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    if until is not None:
        rows = rows.filter(created_at__lt=until)
    written_as = FORMATS[file_format]
    alias = alias_to_read()
    with transaction.atomic(using=alias):
        for row in rows.using(alias).values_list(*LoggedInteraction._fields).iterator(chunk_size=_AT_A_TIME):
            yield orjson.dumps(written_as(LoggedInteraction(*row), home=home))
