"""What is checked of the levels of the tree before the server starts: what was forgotten must be named."""

from typing import Any, Final

from django.apps import apps
from django.contrib import admin
from django.core.checks import CheckMessage, Error, register
from django.urls import get_resolver

from accounts.rights.keys import KEYS
from learning.models import Content
from learning.tree.levels import kinds, levels

_VERBS: Final = ("list", "get", "create", "update", "delete")
_ACTIONS: Final = frozenset({"list", "retrieve", "create", "update", "partial_update", "destroy", "restore"})


@register()
def check_levels(**kwargs: Any) -> list[CheckMessage]:
    """Find levels without their keys, routes, page in the admin or history, and content without a level."""
    errors: list[CheckMessage] = [
        Error(
            f"{model._meta.label} is content, but no list of siblings is made of it.",
            hint="Register a level for it with learning.tree.levels.register.",
            id="learning.E004",
        )
        for model in apps.get_models()
        if issubclass(model, Content) and model not in {kind.model for kind in kinds()}
    ]
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
        if missing := _ACTIONS - _actions_on(level.model):
            errors.append(
                Error(
                    f"{level.name!r}: no route leads to {', '.join(sorted(missing))}.",
                    hint="Add the routes of a ContentViewSet.",
                    id="learning.E005",
                )
            )
    return errors


def _actions_on(model: type[Any]) -> set[str]:
    """Return the actions on rows of a model that some route leads to."""
    found: set[str] = set()
    for pattern in get_resolver().url_patterns:
        callback = getattr(pattern, "callback", None)
        kind = getattr(getattr(callback, "cls", None), "kind", None)
        if kind and kind.model is model:
            found.update(callback.actions.values())  # type: ignore[union-attr]
    return found
