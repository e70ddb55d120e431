"""Writing a message to a person or to everyone of a place: fill in, look at it, send it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.messages.domain.messages import (
    MessageContent,
    check_expiry,
    count_recipients,
    send_to_person,
    send_to_place,
)
from accounts.messages.models import MAX_BODY, MAX_TITLE
from accounts.models import Tag, User
from accounts.people.admin.recipients import RecipientsForm, RecipientsView
from tenancy.errors import InvalidError


class ComposeForm(RecipientsForm):
    """A message, and who is to get it: either a place or a person."""

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
        help_text=_("From then on it no longer appears in inboxes; leave empty to keep it."),
    )

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
    def content(self) -> MessageContent:
        """What the message says."""
        values = self.cleaned_data
        return MessageContent(Tag(values["tag"]), values["title"], values["body"], values["expires_at"])

    @cached_property
    def preview(self) -> "Recipients":
        """Who is to get it. At most two statements."""
        if person := self.cleaned_data["person"]:
            return Recipients(person.display_name, 1)
        return Recipients(self.place_name, count_recipients(self.place_scope))

    def send(self, *, by: User) -> int:
        """Send it; return to how many people.

        Raises:
            InvalidError: what ``send_to_person`` and ``send_to_place`` refuse.
        """
        if person := self.cleaned_data["person"]:
            send_to_person(sender=by, user_id=person.pk, content=self.content)
            return 1
        return send_to_place(sender=by, scope=self.place_scope, content=self.content)


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who is to get a message, in words, and how many that are now."""

    name: str
    number: int


class ComposeView(RecipientsView):
    """Whoever holds the key writes to the people of their scope."""

    name = "compose"
    title = label = _("Write a message")
    verb = "send"
    form_class = ComposeForm
    template_name = "admin/messages/compose.html"
    asked_for = ("place", "person")
    done_before = _("This message has already been sent. To send another one, start over.")

    def do(self, form: ComposeForm) -> None:
        user: Any = self.request.user
        number = form.send(by=user)
        told = ngettext("Sent to %(number)d person.", "Sent to %(number)d people.", number)
        messages.success(self.request, told % {"number": number})
