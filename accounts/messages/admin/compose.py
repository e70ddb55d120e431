"""Writing a message to a person or to everyone of a place: fill in, look at it, send it.

The page is three steps of one form, with nothing kept in between: what was filled in comes back with each of
them, and is checked again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.api.scoping import resolve_place
from accounts.idempotency.domain import claim_once
from accounts.messages.domain.messages import (
    Content,
    check_expiry,
    count_recipients,
    send_to_person,
    send_to_place,
)
from accounts.messages.models import MAX_BODY, MAX_TITLE
from accounts.models import Tag, User
from accounts.people.admin.place_choices import INDENT, as_choices, places_of
from accounts.people.domain.scopes import ScopeNode
from tenancy.admin.base import refusals_as_messages
from tenancy.errors import ConflictError, InvalidError
from tenancy.scope import EveryOrganization, current_scope

SEND_KEY: Final = "messages.send"


class ComposeForm(forms.Form):
    """A message, and who is to get it: either a place or a person."""

    place = forms.ChoiceField(label=_("Everyone in"), required=False)
    person = forms.EmailField(
        label=_("Or to one person"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
        help_text=_("The e-mail address of someone in your scope."),
    )
    tag = forms.ChoiceField(label=_("Tag"), choices=Tag.choices, initial=Tag.INFO)
    title = forms.CharField(
        label=_("Title"), max_length=MAX_TITLE, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 10}),
        help_text=_("Plain text; lines stay as they are."),
    )
    expires_at = forms.DateTimeField(
        label=_("Expires"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In UTC. From then on it no longer appears in inboxes; leave empty to keep it."),
    )
    # Two clicks on one button send once.
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, nodes: list[ScopeNode], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["place"]
        places.choices = [("", "—"), *as_choices(nodes)]

    def clean_person(self) -> User | None:
        """Return the person of the scope who has this address and may log in."""
        email = User.normalize_email(self.cleaned_data["person"])
        if not email:
            return None
        person: User | None = User.objects.filter(email=email, is_active=True).first()
        if person is None:
            raise forms.ValidationError(
                _("Nobody in your scope can log in with this address."), code="does_not_exist"
            )
        return person

    def clean_expires_at(self) -> Any:
        """Refuse a moment that has passed."""
        expires_at = self.cleaned_data["expires_at"]
        try:
            check_expiry(expires_at)
        except InvalidError as refusal:
            raise forms.ValidationError(str(refusal.detail), code=refusal.error_code) from refusal
        return expires_at

    def clean(self) -> dict[str, Any]:
        values = {**(super().clean() or {})}
        if {"place", "person"} & {*self.errors}:
            return values
        if values.get("place") and values.get("person"):
            raise forms.ValidationError(
                _("Choose a place or name a person, not both."), code="ambiguous_recipient"
            )
        if not values.get("place") and not values.get("person"):
            raise forms.ValidationError(_("Choose a place or name a person."), code="no_recipient")
        return values

    @property
    def content(self) -> Content:
        """What the message says."""
        values = self.cleaned_data
        return Content(Tag(values["tag"]), values["title"], values["body"], values["expires_at"])

    @property
    def recipients(self) -> "Recipients":
        """Who is to get it. At most two statements."""
        values = self.cleaned_data
        if values["person"]:
            return Recipients(values["person"].display_name, 1)
        scope = resolve_place(values["place"], attr="place")
        name = dict(self.fields["place"].choices)[values["place"]].strip(INDENT)  # type: ignore[attr-defined]
        return Recipients(name, count_recipients(scope))

    def send(self, *, by: User) -> int:
        """Send it once, however often this is called; return to how many people.

        Raises:
            ConflictError: ``already_sent``.
            InvalidError: what ``send_to_person`` and ``send_to_place`` refuse.
        """
        values = self.cleaned_data
        with transaction.atomic():
            claim_once(
                user=by,
                key=f"compose {values['once']}",
                refusal=ConflictError(
                    _("This message has already been sent. To send another one, start over."),
                    code="already_sent",
                ),
            )
            if values["person"]:
                send_to_person(sender=by, user_id=values["person"].pk, content=self.content)
                return 1
            scope = resolve_place(values["place"], attr="place")
            return send_to_place(sender=by, scope=scope, content=self.content)


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who is to get a message, in words, and how many that are now."""

    name: str
    number: int


class ComposePages(admin.ModelAdmin):
    """Mixed into the admin of messages: whoever holds the key writes to their scope."""

    get_object_tools: Callable[[HttpRequest], list[tuple[Any, str]]]
    compose_url: ClassVar[str] = "admin:accounts_message_compose"

    def has_compose_permission(self, request: HttpRequest) -> bool:
        """Whether the signed-in person may send messages."""
        user: Any = request.user
        return bool(user.is_authenticated and user.holds(SEND_KEY))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.compose_view)
        return [path("compose/", view, name="accounts_message_compose"), *super().get_urls()]

    def compose_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a message, show what it will look like and how many will get it, or send it."""
        if not self.has_compose_permission(request):
            raise PermissionDenied
        if isinstance(current_scope(), EveryOrganization):
            return self._page(request, "choose")
        nodes = places_of(request)
        if request.method != "POST":
            return self._page(request, "form", form=ComposeForm(nodes=nodes, initial=_asked_for(request)))
        form = ComposeForm(request.POST, nodes=nodes)
        if not form.is_valid() or "edit" in request.POST:
            return self._page(request, "form", form=form)
        if "send" not in request.POST:
            return self._page(request, "preview", form=form, to=form.recipients)
        with refusals_as_messages(request) as refused:
            return self._send(request, form)
        return refused.response

    def _send(self, request: HttpRequest, form: ComposeForm) -> HttpResponse:
        user: Any = request.user
        number = form.send(by=user)
        told = ngettext("Sent to %(number)d person.", "Sent to %(number)d people.", number)
        messages.success(request, told % {"number": number})
        page = "admin:accounts_message_changelist" if self.has_view_permission(request) else "admin:index"
        return HttpResponseRedirect(reverse(page))

    def _page(self, request: HttpRequest, name: str, **context: Any) -> TemplateResponse:
        context |= {
            **self.admin_site.each_context(request),
            "title": _("Write a message"),
            "opts": self.opts,
        }
        return TemplateResponse(request, f"admin/messages/{name}.html", context)


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """Return what a link to this page fills in already."""
    return {name: request.GET[name] for name in ("place", "person") if name in request.GET}
