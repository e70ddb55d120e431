"""Subscriptions in the admin: the list, one of them, and what happened to it."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import admin
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from learning.models import Renewal, Subscription, SubscriptionChange, Tcode
from learning.workshop.admin.granting import GrantView
from learning.workshop.admin.subscription_changes import MANAGE_ACTIONS, ManagePages, SubscriptionState
from learning.workshop.packages import PACKAGES, label_of_package
from tenancy.admin import (
    MOST_ENTRIES,
    SOMEONE_ELSE,
    Entry,
    FactAdmin,
    FillInPages,
    Job,
    Tone,
    branch_filters,
    chip,
    is_readable,
    is_writable,
    place_filters,
)
from tenancy.admin.rows import OUT_OF_SCOPE
from tenancy.models import Organization
from tenancy.zones import day_of

_TONES: Final = {
    SubscriptionState.RUNNING: Tone.GOOD,
    SubscriptionState.TO_COME: Tone.WAITING,
    SubscriptionState.EXPIRED: Tone.QUIET,
    SubscriptionState.REVOKED: Tone.BAD,
}


class StateFilter(admin.SimpleListFilter):
    """Subscriptions by what has become of them by now."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("running", _("Running")),
            ("to_come", _("Upcoming")),
            ("expired", _("Expired")),
            ("revoked", _("Revoked")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "running":
            return queryset.filter(status="active", start_date__lte=Now(), ends_at__gt=Now())
        if self.value() == "to_come":
            return queryset.filter(status="active", start_date__gt=Now())
        if self.value() in ("expired", "revoked"):
            return queryset.filter(current_status=self.value())
        return queryset


class EndsFilter(admin.SimpleListFilter):
    """Subscriptions that end soon and are not over."""

    title = _("ending soon")
    parameter_name = "ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("7", _("Within 7 days")), ("30", _("Within 30 days"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in ("7", "30"):
            return queryset
        until = Now() + timedelta(days=int(str(self.value())))
        return queryset.filter(status="active", ends_at__gt=Now(), ends_at__lte=until)


class RenewalFilter(admin.SimpleListFilter):
    """Subscriptions by what happens at their end."""

    title = _("renewal")
    parameter_name = "renewal"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(one.value, one.label) for one in Renewal]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if self.value() is None else queryset.filter(renewal=self.value())


class PackageFilter(admin.SimpleListFilter):
    """Subscriptions of one package."""

    title = _("package")
    parameter_name = "package"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(package.name, package.label) for package in PACKAGES.values()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if self.value() is None else queryset.filter(subscription_type=self.value())


@admin.register(Subscription)
class SubscriptionAdmin(FillInPages, ManagePages, FactAdmin):
    """Who may use which tcode. The pages name people, so they take the key to see people as well."""

    # What is recorded is not edited, but extended or revoked, with a reason.
    read_only = False
    introduction = _(
        "A subscription opens one tcode, or all of them, for some days. "
        "Its package says for how many, at what price, and what happens at the end."
    )
    explained_columns = {
        "package": _("What was granted: for how many days, at what price, and what happens at the end."),
        "opens": _("A tcode is a course, a subject or a unit of the workshop. The subscription opens it."),
        "state": _("Upcoming ones open when they start; running ones open the tcode now."),
        "at_the_end": _("Whether the next one begins by itself when the days are over."),
    }
    job = Job.PEOPLE
    fill_in = GrantView
    has_events = True
    actions = [*MANAGE_ACTIONS]
    permission_keys = {"view": "subscriptions.list"}
    list_display = [
        "package",
        "user",
        "opens",
        "state",
        "starts",
        "ends",
        "at_the_end",
        "organization",
    ]
    list_filter = [
        StateFilter,
        EndsFilter,
        RenewalFilter,
        PackageFilter,
        *place_filters("user__"),
        *branch_filters(("organization", Organization, "organization"), ("tcode", Tcode, "tcode"))[1:],
    ]
    list_select_related = ["user", "tcode", "organization"]
    search_fields = ["user__email", "user__name", "tcode__code", "tcode__title"]
    titled_by = ("user", "opens")
    ordering = ["-created_at", "-id"]
    fields = (
        "user",
        "opens",
        "package",
        "state",
        "start_date",
        "ends_at",
        "duration_days",
        "terms",
        "at_the_end",
        "overlap",
        "given_by",
        "reason",
        "created_at",
        "revoked_at",
    )
    readonly_fields = (
        "opens",
        "package",
        "state",
        "terms",
        "at_the_end",
        "ends_at",
        "given_by",
        "created_at",
    )
    export_fields = (
        "id",
        "created_at",
        "user_id",
        "user__email",
        "user__name",
        "tcode_id",
        "tcode__code",
        "tcode__title",
        "subscription_type",
        "current_status",
        "start_date",
        "duration_days",
        "ends_at",
        "price",
        "currency",
        "renewal",
        "reason",
    )

    def may_fill_in(self, request: HttpRequest) -> bool:
        return self.has_manage_permission(request)

    def may(self, request: HttpRequest, verb: str) -> bool:
        user: Any = request.user
        return verb == "view" and super().may(request, verb) and user.holds("users.list")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.with_current_status()

    @admin.display(description=_("package"), ordering="subscription_type")
    def package(self, row: Subscription) -> str:
        """What people call the package."""
        return label_of_package(row.subscription_type)

    @admin.display(description=_("tcode"), ordering="tcode__title")
    def opens(self, row: Subscription) -> Any:
        """The tcode, or all of them."""
        if row.tcode is None:
            return _("all tcodes")
        return row.tcode if is_readable(row.tcode) else OUT_OF_SCOPE

    @admin.display(description=_("state"), ordering="status")
    def state(self, row: Any) -> Any:
        """What has become of it by now."""
        state = self.state_of(row)
        return chip(_TONES[state], state.label)

    @admin.display(description=_("at the end"), ordering="renewal")
    def at_the_end(self, row: Subscription) -> Any:
        """What happens at the end, where that is still to come."""
        return row.get_renewal_display() if self.state_of(row).is_open else None

    @admin.display(description=_("start"), ordering="start_date")
    def starts(self, row: Subscription) -> str:
        """The day of the start; its page tells the time."""
        return day_of(row.start_date)

    @admin.display(description=_("end"), ordering="ends_at")
    def ends(self, row: Subscription) -> str:
        """The day of the end; its page tells the time."""
        return day_of(row.ends_at)

    @admin.display(description=_("given by"))
    def given_by(self, row: Subscription) -> Any:
        """Who granted it, where that is somebody of the scope."""
        if row.start_number is not None:
            return _("self-service")
        if row.granted_by is None:
            return _("the system")
        return row.granted_by if is_readable(row.granted_by) else SOMEONE_ELSE

    @admin.display(description=_("terms"))
    def terms(self, row: Subscription) -> str:
        """The price of a period, as it was when it was granted."""
        days = ngettext("%(days)d day", "%(days)d days", row.period_days) % {"days": row.period_days}
        return f"{row.price} {row.currency} / {days}"

    def offers_history(self, row: Any) -> bool:
        return is_writable(row)

    def history_of(self, request: HttpRequest, row: Any) -> list[Entry]:
        """Return what happened to the subscription, from its own record."""
        # The owner's id is what the record is found by.
        changes = SubscriptionChange.objects.filter(user=row.user_id, subscription_id=row.pk)
        newest = changes.order_by("-created_at", "-id")[: MOST_ENTRIES + 1]
        return [
            Entry(change.created_at, change.by_id and str(change.by_id), _told(change)) for change in newest
        ]


def _told(change: SubscriptionChange) -> str:
    days = change.days or 0
    number = {"days": days}
    kind = SubscriptionChange.Kind
    said = {
        kind.STARTED: ngettext("Started for %(days)d day", "Started for %(days)d days", days),
        kind.GRANTED: ngettext("Granted for %(days)d day", "Granted for %(days)d days", days),
        kind.EXTENDED: ngettext("Extended by %(days)d day", "Extended by %(days)d days", days),
        kind.RENEWED: ngettext("Renewed by %(days)d day", "Renewed by %(days)d days", days),
        kind.MOVED: ngettext(
            "Moved by %(days)d day, behind one that was extended",
            "Moved by %(days)d days, behind one that was extended",
            days,
        ),
        kind.RENEWAL_STOPPED: _("Renewal stopped"),
        kind.EXPIRED: _("Expired"),
        kind.REVOKED: _("Revoked"),
    }[kind(change.kind)]
    what = str(said) % number
    return f"{what}: {change.reason}" if change.reason else what
