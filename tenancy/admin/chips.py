"""Chips: how pages show the status of a row, the same in lists, on forms, in reports and in the tree."""

from collections.abc import Mapping
from copy import copy
from enum import StrEnum
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


class Tone(StrEnum):
    """What a status means for those who look at it; ``admin.css`` gives each its look."""

    GOOD = "good"
    WAITING = "waiting"
    BAD = "bad"
    QUIET = "quiet"


def chip(tone: Tone, text: Any) -> SafeString:
    """Return a status as a chip. Its text alone tells it: colours and marks come on top."""
    return format_html('<span class="sw-chip sw-{}">{}</span>', tone, text)


class ChipColumn:
    """A column that shows a field as a chip.

    Args:
        tones: what each value means.
        labels: what people call a value, where the field has no choices.
    """

    def __init__(self, name: str, tones: Mapping[Any, Tone], labels: Mapping[Any, Any] | None = None) -> None:
        self.name, self.tones, self.labels = name, tones, labels
        # What Django's pages read from a column.
        self.__name__ = name
        self.admin_order_field = name
        self.short_description: Any = name

    def of(self, model: Any) -> "ChipColumn":
        """Return the column with the heading that the field has in ``model``."""
        made = copy(self)
        made.short_description = model._meta.get_field(self.name).verbose_name
        return made

    def __call__(self, row: Any) -> SafeString:
        value = getattr(row, self.name)
        shown = getattr(row, f"get_{self.name}_display", None)
        label = shown() if shown else (self.labels or {}).get(value, value)
        return chip(self.tones.get(value, Tone.QUIET), label)
