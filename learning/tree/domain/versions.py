"""Whether a row is still what someone saw of it, and who has changed it since.

``revision`` counts the changes of a row in the database, whoever makes them; the moment of the last one is
kept with it, and the history of the row bears the same moment: one transaction has one time.
"""

from collections.abc import Collection
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people.domain.names import name_in
from learning.models import Reordering, SharedContent
from learning.tree.levels import kinds
from tenancy.errors import StaleError
from tenancy.history import event_model_of

Seen = Collection[int] | None
"""The revisions that a caller takes for the present one; ``None`` for whatever it is."""

_MOST_ORDERS: Final = 20


def check_seen(row: SharedContent, seen: Seen) -> None:
    """Refuse to change a row that is not what the caller saw any more. To be called once it is locked.

    Raises:
        StaleError: with who changed it and when.
    """
    if seen is None or row.revision in seen:
        return
    raise StaleError(
        _("Someone else has changed this since you loaded it."),
        meta={"changed_by": changed_by(row), "changed_at": row.updated_at},
    )


def changed_by(row: SharedContent) -> str | None:
    """Return who made the last change of a row, as its organization calls them; ``None`` if nobody did."""
    person = User.unscoped.select_related("role").filter(pk=_whose(row)).first()
    return name_in(row.organization_id, person=person) if person else None


def _whose(row: SharedContent) -> Any:
    siblings = [kind for kind in kinds() if kind.model is type(row)]
    parts = {part for kind in siblings for part in kind.parts}
    recorded = [(type(row), "pgh_obj_id"), *((model, f"{field}_id") for model, field in parts)]
    for model, field in recorded:
        events = event_model_of(model).objects.filter(**{field: row.pk}, pgh_created_at=row.updated_at)
        event = events.order_by("-pgh_id").first()
        if event is not None and (event.pgh_context or {}).get("user"):
            return event.pgh_context["user"]
    # Recorded by the statement that moved the row, in the transaction that the row's moment is the start of.
    orders = Reordering.objects.filter(
        organization=row.organization_id,
        kind__in=[kind.name for kind in siblings],
        created_at__gte=row.updated_at,
        after__contains=[row.pk],
    )
    newest = orders.order_by("-created_at")[:_MOST_ORDERS]
    moved = (order for order in newest if order.before.index(row.pk) != order.after.index(row.pk))
    return next((order.user_id for order in moved), None)


def noted(row: Any) -> Any:
    """Return a row that was just written with the revision that this made of it, while it is locked."""
    row.refresh_from_db(fields=["revision", "updated_at"])
    return row
