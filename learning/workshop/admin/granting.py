"""Granting a package to many in the admin: fill in, look at how many that is, grant."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from accounts.people.admin.recipients import RecipientsForm, RecipientsView
from learning.models import MAX_REASON, Overlap, Tcode
from learning.workshop.domain.subscriptions import (
    Granted,
    check_tcode,
    count_overlapping,
    grant,
    recipients,
    waiting,
)
from learning.workshop.packages import PACKAGES, Package
from tenancy.errors import InvalidError
from tenancy.zones import moment_of

MOST_ADDRESSES: Final = 1000
_SHOWN: Final = 20
_NAMED: Final = 5


class GrantForm(RecipientsForm):
    """A package, and who is to get it: people of a place, or those who are named."""

    package = forms.ChoiceField(label=_("Package"))
    tcode = forms.ModelChoiceField(
        label=_("Tcode"),
        queryset=Tcode.objects.none(),
        required=False,
        help_text=_("A unit of the workshop. Leave empty for a package that opens all of them."),
    )
    role = forms.ModelChoiceField(
        label=_("Only people with the role"),
        queryset=Role.objects.all(),
        required=False,
        empty_label=_("all roles"),
    )
    addresses = forms.CharField(
        label=_("Or to these people"),
        required=False,
        max_length=255 * MOST_ADDRESSES,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 4}),
        help_text=_("E-mail addresses of people in your scope, one per line."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Kept in the history of each."),
    )
    field_order = ["package", "tcode", "place"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["package"].choices = [(one.name, _described(one)) for one in PACKAGES.values()]
        # Shared ones as well: what every organization may read, it may let its people use.
        fields["tcode"].queryset = Tcode.objects.in_order()

    def clean_addresses(self) -> list[Any]:
        """Return the people of the scope who have these addresses and may log in."""
        lines = [line.strip() for line in self.cleaned_data["addresses"].splitlines()]
        wanted = {User.normalize_email(line): line for line in lines if line}
        if len(wanted) > MOST_ADDRESSES:
            raise ValidationError(_("At most %(number)d addresses."), params={"number": MOST_ADDRESSES})
        for line in wanted.values():
            try:
                validate_email(line)
            except ValidationError as error:
                raise ValidationError(
                    _("“%(line)s” is not an e-mail address."), params={"line": line[:254]}
                ) from error
        people = User.objects.filter(email__in=wanted, is_active=True)
        found = dict(people.values_list("email", "pk")) if wanted else {}
        if missing := [line for email, line in wanted.items() if email not in found]:
            raise ValidationError(
                _("Nobody in your scope can log in with: %(lines)s."),
                code="does_not_exist",
                params={"lines": _some(missing)},
            )
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        values = {**(super().clean() or {})}
        if {"package", "tcode"} <= {*values}:
            try:
                check_tcode(PACKAGES[values["package"]], values["tcode"])
            except InvalidError as refusal:
                self.add_error("tcode", ValidationError(str(refusal.detail), code=refusal.error_code))
        if {"place", "addresses"} <= {*values} and bool(values["place"]) == bool(values["addresses"]):
            raise ValidationError(_("Choose a place or name people, not both."), code="ambiguous_recipient")
        return values

    @property
    def people(self) -> Any:
        """Everyone who is to get it."""
        values = self.cleaned_data
        if values["addresses"]:
            return User.objects.filter(pk__in=values["addresses"])
        scope = self.place_scope
        people = User.objects.filter(**{f"{scope.level}_id": scope.node_id})
        return people.filter(role=values["role"]) if values["role"] else people

    @cached_property
    def preview(self) -> "GrantPreview":
        """What granting would do. At most four statements, whatever the number of people."""
        package, tcode = PACKAGES[self.cleaned_data["package"]], self.cleaned_data["tcode"]
        people = recipients(self.people, tcode)
        number = people.count()
        some = people.order_by("email")[:_SHOWN]
        return GrantPreview(
            package=package,
            tcode=tcode,
            number=number,
            some=[f"{person.display_name} ({person.email})" for person in some],
            more=max(0, number - _SHOWN),
            overlapping=count_overlapping(people=people, tcode=tcode),
        )

    def grant(self, *, by: User) -> Granted:
        """Grant it; raises what ``grant`` raises."""
        values = self.cleaned_data
        return grant(
            people=self.people,
            package_name=values["package"],
            tcode=values["tcode"],
            by=by,
            reason=values["reason"],
        )


@dataclass(frozen=True, slots=True)
class GrantPreview:
    """What a grant would do.

    Attributes:
        number: how many people get it.
        some, more: the first of them, and how many there are besides.
        overlapping: how many of them have the tcode already, now or to come.
    """

    package: Package
    tcode: Tcode | None
    number: int
    some: list[str]
    more: int
    overlapping: int

    @property
    def lengthens(self) -> bool:
        """Whether what overlaps is made longer."""
        return self.package.overlap is Overlap.EXTEND


class GrantView(RecipientsView):
    """Whoever manages subscriptions, and may see whose they are, grants further ones in their scope."""

    name = verb = "grant"
    title = _("Grant subscriptions")
    label = _("Grant to people")
    form_class = GrantForm
    template_name = "admin/subscriptions/grant.html"
    asked_for = ("package", "tcode", "place")
    done_before = _("This has already been granted. To grant it again, start over.")

    def has_changed(self, form: GrantForm) -> bool:
        # What was looked at is what is done: people come and go in between.
        return self.request.POST.get("number") != str(form.preview.number)

    def do(self, form: GrantForm) -> None:
        user: Any = self.request.user
        granted = form.grant(by=user)
        number = len(granted.made) + len(granted.extended)
        told = ngettext("Granted to %(number)d person.", "Granted to %(number)d people.", number)
        messages.success(self.request, told % {"number": number})
        later, first = waiting(granted)
        if first is not None:
            told = ngettext(
                "For %(number)d of them access begins when their current subscription ends: on %(day)s.",
                "For %(number)d of them access begins when their current subscriptions end: from %(day)s on.",
                later,
            )
            messages.info(self.request, told % {"number": later, "day": moment_of(first)})


def _described(package: Package) -> str:
    days = ngettext("%(days)d day", "%(days)d days", package.duration_days) % {"days": package.duration_days}
    what = _("all tcodes") if package.all_tcodes else _("one tcode")
    return f"{package.label} — {days}, {what}, {package.price} {package.currency}"


def _some(lines: list[str]) -> str:
    return ", ".join(lines[:_NAMED]) + (" …" if len(lines) > _NAMED else "")
