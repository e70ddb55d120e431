"""Extending and revoking subscriptions in the admin: a page that asks for the reason, for one or for many."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from learning.models import MAX_DAYS, MAX_REASON, Renewal, Subscription
from learning.workshop.domain import subscription_changes as managing
from tenancy.admin import Confirmation, QuestionPages, refusals_as_messages

MANAGE_ACTIONS: Final = ["extend_selected", "revoke_selected", "stop_renewal_selected"]


class SubscriptionState(Enum):
    """What has become of a subscription by now."""

    RUNNING = _("running")
    TO_COME = _("upcoming")
    EXPIRED = _("expired")
    REVOKED = _("revoked")

    @property
    def label(self) -> Any:
        """What people call it."""
        return self.value

    @property
    def is_open(self) -> bool:
        """Whether its end is still to come."""
        return self in (SubscriptionState.RUNNING, SubscriptionState.TO_COME)


class ChangeReasonForm(forms.Form):
    """Asks why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Kept in the history of each."),
    )


class ExtensionForm(ChangeReasonForm):
    """Asks by how many days, and why."""

    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=MAX_DAYS)
    field_order = ["days", "reason"]


@dataclass(frozen=True, slots=True)
class SubscriptionAct:
    """Something that is done to subscriptions.

    Attributes:
        done: how to say that it was done to ``number`` of them.
        entry: how the log of the admin says it.
        fits: whether it can be done to a row at all.
    """

    title: Any
    note: Any
    button: Any
    done: Any
    entry: Any
    form: type[ChangeReasonForm]
    do: Callable[..., None]
    fits: Callable[[Any, SubscriptionState], bool]


ACTS: Final = {
    "extend": SubscriptionAct(
        _("Extend subscriptions"),
        _("The days are added at the end. Subscriptions queued behind one move back."),
        _("Extend"),
        ngettext_lazy("Extended %(number)d subscription.", "Extended %(number)d subscriptions.", "number"),
        _("Extended."),
        ExtensionForm,
        managing.extend,
        lambda _row, state: state is not SubscriptionState.REVOKED,
    ),
    "revoke": SubscriptionAct(
        _("Revoke subscriptions"),
        _(
            "Access ends immediately, and subscriptions queued behind one move up. People can still read "
            "what they have recorded."
        ),
        _("Revoke"),
        ngettext_lazy("Revoked %(number)d subscription.", "Revoked %(number)d subscriptions.", "number"),
        _("Revoked."),
        ChangeReasonForm,
        managing.revoke,
        lambda _row, state: state.is_open,
    ),
    "stop-renewal": SubscriptionAct(
        _("Stop renewing subscriptions"),
        _("They keep running until their current end, and then end."),
        _("Stop renewing"),
        ngettext_lazy("%(number)d subscription will end.", "%(number)d subscriptions will end.", "number"),
        _("Renewal stopped."),
        ChangeReasonForm,
        managing.stop_renewal,
        lambda row, state: state.is_open and row.renewal == Renewal.AUTOMATIC,
    ),
}


class ManagePages(QuestionPages):
    """Mixed into the admin of subscriptions: actions of the list, and buttons of each row."""

    def state_of(self, row: Any) -> SubscriptionState:
        """Return what has become of a row that was read with its current status."""
        if row.current_status == "active":
            return SubscriptionState.TO_COME if row.start_date > timezone.now() else SubscriptionState.RUNNING
        return SubscriptionState.EXPIRED if row.current_status == "expired" else SubscriptionState.REVOKED

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """Whether the signed-in person may grant, extend and revoke what these pages show them."""
        user: Any = request.user
        return self.has_view_permission(request) and bool(user.holds("subscriptions.manage"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.manage_view)
        own = [
            path(f"<path:object_id>/{name}/", view, {"name": name}, f"learning_subscription_{name}")
            for name in ACTS
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Offer what can be done to the row."""
        row = context["original"]
        context["row_tools"] = [
            (act.button, reverse(f"admin:learning_subscription_{name}", args=[row.pk]))
            for name, act in ACTS.items()
            if self.has_manage_permission(request) and act.fits(row, self.state_of(row))
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(permissions=["manage"], description=_("Extend selected subscriptions…"))
    def extend_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask for days and a reason, then make the windows longer."""
        return self._manage_selected(request, queryset, "extend")

    @admin.action(permissions=["manage"], description=_("Revoke selected subscriptions…"))
    def revoke_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask for a reason, then end access."""
        return self._manage_selected(request, queryset, "revoke")

    @admin.action(permissions=["manage"], description=_("Stop renewing selected subscriptions…"))
    def stop_renewal_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask for a reason, then let them end."""
        return self._manage_selected(request, queryset, "stop-renewal")

    def _manage_selected(self, request: HttpRequest, queryset: Any, name: str) -> HttpResponse | None:
        rows = self.chosen(queryset.select_related("user", "tcode"))
        return self._manage(request, rows, name, back=request.get_full_path()) if rows else None

    def manage_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Extend or revoke one subscription, from its own page."""
        if not self.has_manage_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        back = reverse("admin:learning_subscription_change", args=[row.pk])
        with refusals_as_messages(request) as refused:
            return self._manage(request, [row], name, back=back) or HttpResponseRedirect(back)
        return refused.response

    def _manage(self, request: HttpRequest, rows: list[Any], name: str, *, back: str) -> HttpResponse | None:
        """Return the page that asks; ``None`` when it was answered and done."""
        act = ACTS[name]
        form = act.form(request.POST if "post" in request.POST else None)
        if form.is_valid():
            act.do(subscriptions=rows, by=request.user, **form.cleaned_data)
            self.record(request, rows, act.done, act.entry)
            return None
        question = Confirmation(
            title=act.title,
            note=act.note,
            button=f"{act.button} ({len(rows)})" if len(rows) > 1 else act.button,
            columns=(_("Person"), _("Tcode"), _("Package"), _("State"), _("Start"), _("End")),
            rows=[self._shown(request, row) for row in rows],
            form=form,
        )
        return self.ask(request, rows, question, back=back)

    def _shown(self, request: HttpRequest, row: Subscription) -> tuple[Any, ...]:
        person, shown = self.column_of(request, "user"), cast(Any, self)
        return (
            person(row),
            shown.opens(row),
            shown.package(row),
            shown.state(row),
            shown.starts(row),
            shown.ends(row),
        )
