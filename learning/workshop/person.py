"""What the workshop knows of a person, for their page: their tcodes, and why they may use them."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.people.person_page.contributions import Asked, Cell, PersonAct, ReasonForm, Section, Table
from learning.models import MAX_DAYS, Subscription
from learning.workshop.domain.access import Reason, access_to_each
from learning.workshop.domain.subscription_changes import extend
from tenancy.errors import NotFoundError
from tenancy.scope import scope_entered
from tenancy.zones import day_of

MANAGE: Final = "subscriptions.manage"
_MOST: Final = 50
_REASONS: Final = {
    Reason.ACTIVE_SUBSCRIPTION: _("A subscription runs."),
    Reason.INTERNAL_ACCESS: _("Internal access opens all tcodes."),
    Reason.NOT_STARTED: _("The subscription has not begun yet."),
    Reason.EXPIRED: _("The subscription has ended."),
    Reason.REVOKED: _("The subscription was revoked."),
    Reason.NO_SUBSCRIPTION: _("There is no subscription."),
}


class ExtendForm(ReasonForm):
    """By how many days, and why."""

    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=MAX_DAYS)
    field_order = ["days", "reason"]


def _tcodes(asked: Asked) -> list[Table]:
    with scope_entered(asked.person.own_scope):
        found = access_to_each(user=asked.person, limit=_MOST)
    rows = []
    for tcode, access in found:
        own = access.subscription
        window = f"{day_of(own.start_date)} – {day_of(own.ends_at)}" if own else "—"
        may_extend = own is not None and access.reason is not Reason.REVOKED
        rows.append(
            (
                f"{tcode.code}: {tcode.title}",
                Cell(_("yes"), "good") if access.allowed else Cell(_("no"), "bad"),
                _REASONS[access.reason],
                Cell(window, acts=(("extend-subscription", str(own.pk)),) if may_extend and own else ()),
            )
        )
    return [Table(columns=(_("Tcode"), _("Access"), _("Why"), _("Subscription")), rows=rows)]


def _subscription(person: User, about: str) -> Subscription:
    try:
        # Unscoped: one of this person, who was read in the scope; it may have been granted elsewhere.
        return Subscription.unscoped.select_related("tcode").get(user=person, pk=UUID(about))  # type: ignore[no-any-return]
    except (ValueError, Subscription.DoesNotExist) as error:
        raise NotFoundError from error


def _about_subscription(person: User, about: str) -> str:
    row = _subscription(person, about)
    return f"{row.tcode.title if row.tcode else _('all tcodes')} ({row.subscription_type})"


def _extend(*, by: User, person: User, about: str, reason: str, days: int) -> Any:
    extend(subscriptions=[_subscription(person, about)], days=days, reason=reason, by=by)
    return ngettext("Extended by %(n)d day.", "Extended by %(n)d days.", days) % {"n": days}


SECTIONS: Final = {
    "tcodes": Section(_("Tcodes"), ("subscriptions.list",), _tcodes, rank=40),
}
ACTS: Final = {
    "extend-subscription": PersonAct(
        _("Extend"),
        _("The days are added at the end. Subscriptions queued behind it move back."),
        MANAGE,
        _extend,
        about=_about_subscription,
        form=ExtendForm,
    ),
}
