"""What is checked of the levels of the tree before the server starts: what was forgotten must be named."""

from typing import Any

from django.contrib import admin
from django.core.checks import CheckMessage, Error, register

from accounts.rights.keys import KEYS
from learning.tree.levels import levels

_VERBS = ("list", "get", "create", "update", "delete")


@register()
def check_levels(**kwargs: Any) -> list[CheckMessage]:
    """Find levels without their keys, without a page in the admin, or without a history."""
    errors: list[CheckMessage] = []
    for level in levels():
        wanted = [*(f"{level.resource}.{verb}" for verb in _VERBS), level.reorder_key]
        errors += [
            Error(
                f"{level.name!r}: the key {key} is not there.",
                hint="Contribute it with accounts.rights.keys.contribute.",
                id="learning.E001",
            )
            for key in wanted
            if key not in KEYS
        ]
        if level.model not in admin.site._registry:
            errors.append(
                Error(
                    f"{level.name!r}: its rows have no page in the admin.",
                    hint="Register a ContentAdmin.",
                    id="learning.E002",
                )
            )
        if not hasattr(level.model, "pgh_event_model"):
            errors.append(
                Error(
                    f"{level.name!r}: changes of its rows are not recorded.",
                    hint="Decorate the model with tenancy.history.track_changes.",
                    id="learning.E003",
                )
            )
    return errors
