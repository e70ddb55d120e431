"""Importing typed progress from CSV.

Columns: ``email``, ``progress_type``, ``item_id``, and as far as the file has them ``value``, ``score``,
``metadata`` (JSON), ``created_at`` and ``import_hash``. An empty cell is nothing.

A row is that of a person, a type and an item; so is the ``import_hash`` that is derived. A row that is
recorded already is changed where the file says something that it did not say the last time; what its user
has saved since stays otherwise, and what its user has deleted stays deleted.
"""

import hashlib
import re
from datetime import datetime
from typing import Any, Final

import orjson
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.imports.cells import column, if_any, read_json, read_moment
from accounts.imports.facts import FactCandidate, FactResource
from accounts.models import User
from progress.items.domain import item_input
from progress.models import ItemProgress

_CONTENT: Final = ("value", "score", "metadata")
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}")


def _read_score(cell: str) -> int | None:
    text = cell.strip()
    if not _NUMBER.fullmatch(text):
        raise ValueError(_("Must be a whole number."))
    return item_input.check_score(int(text))


def _read_metadata(cell: str) -> Any:
    metadata = read_json(cell)
    try:
        item_input.check_metadata(metadata)
    except orjson.JSONEncodeError as error:
        raise ValueError(_("Is nested too deeply.")) from error
    return metadata


class ItemProgressResource(FactResource):
    """Typed progress of the people in the active scope."""

    optional = FactResource.optional | {*_CONTENT, "created_at"}
    subject = "item_id"

    progress_type = column("progress_type", lambda cell: item_input.check_progress_type(cell.strip()))
    item_id = column("item_id", item_input.check_item_id)
    value = column("value", lambda cell: item_input.check_value(cell or None))
    score = column("score", if_any(_read_score))
    metadata = column("metadata", if_any(_read_metadata))
    created_at = column("created_at", if_any(read_moment))

    class Meta(FactResource.Meta):
        model = ItemProgress

    def identity(self, values: dict[str, Any]) -> tuple[str, ...]:
        return "typed progress", values["progress_type"], values["item_id"]

    def look_up(self, candidates: list[FactCandidate]) -> None:
        """Find rows that their users have recorded themselves."""
        rows = ItemProgress.unscoped.raw(
            """
            SELECT r.* FROM user_progress r
            JOIN unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[])
                AS wanted (user_id, organization_id, progress_type, item_id)
            USING (user_id, organization_id, progress_type, item_id)
            WHERE r.deleted IS NULL
            """,
            [
                [candidate.person.pk for candidate in candidates if candidate.person],
                [candidate.person.organization_id for candidate in candidates if candidate.person],
                [candidate.values["progress_type"] for candidate in candidates],
                [candidate.values["item_id"] for candidate in candidates],
            ],
        )
        known = {(row.user_id, row.progress_type, row.item_id): row for row in rows}
        for candidate in candidates:
            assert candidate.person is not None
            values = candidate.values
            key = (candidate.person.pk, values["progress_type"], values["item_id"])
            candidate.known = known.get(key)

    def compare(self, candidate: FactCandidate) -> None:
        row, values = candidate.known, candidate.values
        if (row.progress_type, row.item_id) != (values["progress_type"], values["item_id"]):
            other = {"type": row.progress_type, "item": row.item_id}
            candidate.refuse(
                "import_hash", _("Another row already has this hash: %(type)s %(item)s.") % other
            )
            return
        digest = _digest(values)
        if row.import_digest == digest:
            return
        if values.get("created_at") is None:
            values.pop("created_at", None)
        changes = [name for name, value in values.items() if getattr(row, name) != value]
        # Even where nothing else changes, so that the next import knows what this one said.
        candidate.changes = changes or ["import_hash"]

    def own(self, instance: ItemProgress, candidate: FactCandidate, by: User | None) -> None:
        person, now = candidate.person, timezone.now()
        assert person is not None
        instance.import_digest = _digest(candidate.values)
        instance.import_hash = instance.import_hash or candidate.import_hash
        instance.updated_by = by or person
        instance.updated_at = now
        if candidate.known is None:
            instance.user = person
            instance.organization_id = person.organization_id  # type: ignore[assignment]
            instance.campus_id = person.campus_id
            instance.created_by = by or person
            instance.created_at = instance.updated_at = candidate.values.get("created_at") or now

    def write(self, instances: list[ItemProgress]) -> None:
        ItemProgress.objects.bulk_create(
            instances,
            update_conflicts=True,
            unique_fields=["user", "organization", "progress_type", "item_id", "deleted"],
            update_fields=[
                *(*_CONTENT, "created_at", "updated_at", "updated_by", "import_hash", "import_digest")
            ],
        )


def _digest(values: dict[str, Any]) -> str:
    """Return what a row of a file says, in short."""
    created_at: datetime | None = values.get("created_at")
    said = [values.get(name) for name in _CONTENT]
    written = orjson.dumps([*said, created_at], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(written).hexdigest()
