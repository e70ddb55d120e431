"""Who changed what: an event row for every insert and content change, written by database triggers.

Where rows are really deleted and not hidden, ``track_changes_and_deletes`` records that as well.

The order of siblings has a record of its own: one row per reordering tells
more than a thousand events, and costs a thousandth.
"""

from typing import Any, TypeVar

import pghistory
from django.apps import apps
from django.db import models

from tenancy.querysets import TenantManager

M = TypeVar("M", bound=models.Model)

_BOOKKEEPING = (
    "display_order",
    "revision",
    "sort_name",
    "created_at",
    "updated_at",
    "last_login",
    "password",
)


def track_changes(model: type[M]) -> type[M]:
    """Class decorator: keep the history of a tenant model, scoped like the model itself."""
    return _track(model)


def track_changes_and_deletes(model: type[M]) -> type[M]:
    """Class decorator: like ``track_changes``, for rows that do not stay when they are deleted."""
    return _track(model, pghistory.DeleteEvent())


def _track(model: type[M], *more: pghistory.RowEvent) -> type[M]:
    left_out = [field.name for field in model._meta.fields if field.name in _BOOKKEEPING]
    attributes: dict[str, Any] = {
        # Narrower levels as well, as they were then: what someone did elsewhere is not told here.
        "tenant_columns": dict(model.tenant_columns),  # type: ignore[attr-defined]
        "tenant_owner": None,
        "tenant_shared": False,
        "objects": TenantManager(),
        "unscoped": models.Manager(),
    }
    tracked: type[M] = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=left_out)),
        *more,
        exclude=left_out,
        obj_field=pghistory.ObjForeignKey(related_name="+"),
        context_field=pghistory.ContextJSONField(),
        context_id_field=pghistory.ContextUUIDField(),
        append_only=True,
        attrs=attributes,
        meta={"default_manager_name": "objects"},
    )(model)
    return tracked


def event_model_of(model: type[models.Model]) -> Any:
    """Return the model of the events of a tracked model, or ``None``."""
    found = (events for events in apps.get_models() if getattr(events, "pgh_tracked_model", None) is model)
    return next(found, None)
