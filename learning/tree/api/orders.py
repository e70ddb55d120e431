"""The body of a reordering (``API.md`` "Reorder")."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tenancy.api.fields import StrictBooleanField, StrictCharField

MAX_ID: Final = 2**63 - 1
MAX_ITEMS: Final = 10_000


@extend_schema_field(
    {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_ITEMS,
        "items": {
            "type": "object",
            "required": ["id", "position"],
            "properties": {
                "id": {"type": "integer", "minimum": 1},
                "position": {"type": "integer", "minimum": 0},
            },
        },
    }
)
class PositionsField(serializers.Field[Any, Any, Any, Any]):
    """``[{id, position}, ...]`` as pairs; one pass, since a list may have a thousand items."""

    default_error_messages = {
        "not_a_list": "Must be a list of objects with the integers id and position.",
        "too_many_items": f"A list has at most {MAX_ITEMS} items.",
        "invalid_item": "Must be an object with the integers id and position.",
    }

    def to_internal_value(self, data: Any) -> list[tuple[int, int]]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        if len(data) > MAX_ITEMS:
            self.fail("too_many_items")
        pairs = []
        for index, item in enumerate(data):
            pk, position = (item.get("id"), item.get("position")) if isinstance(item, dict) else (None, None)
            if type(pk) is not int or type(position) is not int or not 0 < pk <= MAX_ID or position < 0:
                detail = serializers.ErrorDetail(
                    str(self.error_messages["invalid_item"]), code="invalid_item"
                )
                raise serializers.ValidationError({str(index): [detail]})
            pairs.append((pk, position))
        return pairs

    def to_representation(self, value: Any) -> Any:
        return value


class ReorderSerializer(serializers.Serializer[Any]):
    """All siblings of one parent in their new order."""

    items = PositionsField(
        help_text="All live siblings of one parent. Shared rows that the caller may not write "
        "(`is_shared`) may stand anywhere among them, or be left out: they are ignored."
    )
    version = StrictCharField(
        required=False, max_length=64, help_text="Of the order you saw; a stale one is refused with 409."
    )
    dry_run = StrictBooleanField(
        default=False, help_text="Write nothing; answer what the order would mean for learners."
    )
