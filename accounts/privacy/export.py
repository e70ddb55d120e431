"""Everything about one person, as JSON."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from accounts.models import User
from accounts.privacy.holdings import Holding, Person, holdings

BATCH: Final = 2_000
"""How many rows are in memory at once."""


class Writable(Protocol):
    """Something to write text to."""

    def write(self, text: str, /) -> Any:
        """Take some text."""


def write_person(*, person: Person, to: Writable) -> int:
    """Write ``{exportedAt, addresses, tables: {name: [row, ...]}}``; return how many rows.

    A row is ``{column: value}``; where a column leads to another row, ``{id, name}``. A table that holds
    nothing of the person is an empty list.
    """
    number = 0
    with transaction.atomic():
        head = {"exportedAt": datetime.now(UTC).isoformat(), "addresses": list(person.addresses)}
        to.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "tables": {')
        for index, holding in enumerate(holdings()):
            to.write(f"{',' if index else ''}\n  {json.dumps(holding.title)}: [")
            between = ""
            for row in _rows(holding, person):
                told = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
                to.write(f"{between}\n   {told}")
                between, number = ",", number + 1
            to.write("]")
        to.write("\n }\n}\n")
    return number


def _rows(holding: Holding, person: Person) -> Iterator[dict[str, Any]]:
    fields: list[Any] = [one for one in holding.model._meta.concrete_fields if one.name not in holding.secret]
    rows = holding.rows(person).order_by("pk").values(*[one.attname for one in fields])
    found = rows.iterator(chunk_size=BATCH)
    while some := list(islice(found, BATCH)):
        names = {one.attname: _names(one, some) for one in fields if one.is_relation}
        for row in some:
            yield {
                one.name: {"id": row[one.attname], "name": names[one.attname].get(row[one.attname])}
                if one.is_relation and row[one.attname] is not None
                else row[one.attname]
                for one in fields
            }


def _names(one: Any, rows: Any) -> dict[Any, str]:
    """Return what the rows behind a foreign key are called; people other than the person are not named."""
    model: type[models.Model] = one.related_model
    if issubclass(model, User):
        return defaultdict(str)
    # Unscoped: what the person's own rows stand in.
    manager: Any = getattr(model, "unscoped", None) or model._base_manager
    found = manager.in_bulk({row[one.attname] for row in rows} - {None})
    return {pk: str(row) for pk, row in found.items()}
