"""What is asked for on the pages of ``accounts.sign_in.pages``."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights.domain.entry import why_no_entry
from accounts.sign_in.api.serializers import MAX_PASSWORD

LONGEST_OF_LINK = 200

_rules = lazy(password_validators_help_text_html, str)


class EntryForm(AdminAuthenticationForm):
    """Signing in to the admin."""

    def confirm_login_allowed(self, user: Any) -> None:
        """Tell who has given the right password, and nobody else, why it does not open the door."""
        if not user.may_enter_admin:
            raise forms.ValidationError(why_no_entry(user), code="no_entry")


class AskForm(forms.Form):
    """For whom a mail is asked for."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )

    def clean_email(self) -> str:
        return User.normalize_email(self.cleaned_data["email"])


class ConfirmForm(forms.Form):
    """What the link brought; the button is a person's, where a link may be followed by a machine."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_OF_LINK)


class ChooseForm(forms.Form):
    """A new password, twice, with what the link brought."""

    uid = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_OF_LINK)
    token = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_OF_LINK)
    new_password = forms.CharField(
        label=_("New password"),
        max_length=MAX_PASSWORD,
        strip=False,
        help_text=_rules(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )
    repeated = forms.CharField(
        label=_("Repeat the new password"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "repeated" in values and values.get("new_password", "") not in ("", values["repeated"]):
            self.add_error("repeated", _("The two passwords do not match."))
        return values
