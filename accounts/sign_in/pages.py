"""The pages that mails lead to, and the one where such a mail is asked for.

They need no script, and are not for learners or staff in particular. The token in a mail's link is what opens
an account: it stands in the query and not in the path, which is logged, it goes to no other page by a
``Referer``, and nothing is kept of it here, so that two links can be open in two tabs.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import pghistory
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import FormView

from accounts.models import User
from accounts.sign_in.api.anonymous import seconds_to_wait
from accounts.sign_in.domain.invitations import accept_invitation, invitation_tokens
from accounts.sign_in.domain.passwords import AccountTokens, confirm_reset, person_of_link, reset_tokens
from accounts.sign_in.domain.registration import confirm_registration, registration_of
from accounts.sign_in.domain.reset_requests import request_reset
from accounts.sign_in.forms import AskForm, ChooseForm, ConfirmForm
from tenancy.errors import ConflictError, InvalidError
from tenancy.middleware import request_id


@method_decorator(never_cache, "dispatch")
class AccountPage(FormView):
    """A page with one form.

    Attributes:
        title: its heading.
        throttle_scope: the name of the rate at which one address may send the form.
    """

    http_method_names = ["get", "head", "post"]
    title: Any
    throttle_scope: str

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        if seconds := seconds_to_wait(request, self.throttle_scope):
            minutes = -(-seconds // 60)
            form.add_error(
                None,
                ngettext(
                    "Too many attempts. Wait %(n)d minute.",
                    "Too many attempts. Wait %(n)d minutes.",
                    minutes,
                )
                % {"n": minutes},
            )
            answer = self.form_invalid(form)
            answer.status_code = 429
            answer["Retry-After"] = str(seconds)
            return answer
        return self.form_valid(form)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        defaults = {
            "title": self.title,
            "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
            "days": settings.INVITATION_DAYS,
            "app_url": settings.APP_URL,
        }
        return super().get_context_data(**{**defaults, **more})


class AskPage(AccountPage):
    """Ask for a mail to choose a password with; the answer tells nobody whether an address exists."""

    title = _("Forgot password?")
    throttle_scope = "password_reset"
    form_class = AskForm
    template_name = "account/ask.html"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        email = form.cleaned_data["email"]
        request_reset(email=email)
        self.template_name = "account/asked.html"
        return self.render_to_response(self.get_context_data(title=_("Check your e-mail"), email=email))


# The token proves more than a cookie could, and where no Referer is sent a form comes with no origin either.
@method_decorator(csrf_exempt, "dispatch")
class LinkPage(AccountPage):
    """Choose a password with what a mail's link brought.

    Attributes:
        tokens: what checks the link.
        accept: the rule that uses it up.
    """

    throttle_scope = "invitation"
    form_class = ChooseForm
    template_name = "account/choose.html"
    tokens: ClassVar[AccountTokens]
    accept: ClassVar[Callable[..., None]]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        link = {name: request.GET.get(name, "") for name in ("uid", "token")}
        person = person_of_link(uid=link["uid"], token=link["token"], tokens=self.tokens)
        answer = self.over() if person is None else self.shown(ChooseForm(initial=link), person)
        answer["Referrer-Policy"] = "no-referrer"
        return answer

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        person = self.person(form)
        return self.over() if person is None else self.shown(form, person)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        person = self.person(form)
        if person is None:
            return self.over()
        sent = {name: form.cleaned_data[name] for name in ("uid", "token", "new_password")}
        try:
            with pghistory.context(request=request_id.get()):
                type(self).accept(**sent)
        except InvalidError:  # used up by another tab meanwhile
            return self.over()
        except ValidationError as error:
            form.add_error(None, error)
            return self.shown(form, person)
        # Whoever is signed in is read from here on: not this person, whose sessions have just ended.
        self.template_name = "account/chosen.html"
        return self.render_to_response(self.get_context_data(title=_("Password saved"), person=person))

    def person(self, form: forms.Form) -> User | None:
        """Return whose link was sent along."""
        sent = form.cleaned_data
        return person_of_link(uid=sent.get("uid", ""), token=sent.get("token", ""), tokens=self.tokens)

    def shown(self, form: forms.Form, person: User) -> HttpResponse:
        """Show the form, with what is wrong; a password is typed anew."""
        return self.render_to_response(self.get_context_data(form=form, person=person))

    def over(self) -> HttpResponse:
        """Say that the link does not work, and how to go on. The same whatever the reason."""
        self.template_name = "account/over.html"
        title = _("This link no longer works")
        return self.render_to_response(self.get_context_data(title=title), status=410)


class ResetPage(LinkPage):
    """Choose a new password."""

    title = _("Choose a new password")
    tokens = reset_tokens
    accept = staticmethod(confirm_reset)


class InvitationPage(LinkPage):
    """Choose a first password."""

    title = _("Choose your password")
    tokens = invitation_tokens
    accept = staticmethod(accept_invitation)
    extra_context = {"is_invitation": True}


@method_decorator(csrf_exempt, "dispatch")
class ConfirmPage(AccountPage):
    """Confirm the address that one signed up with."""

    title = _("Confirm your address")
    throttle_scope = "invitation"
    form_class = ConfirmForm
    template_name = "account/confirm.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        token = request.GET.get("token", "")
        waiting = registration_of(token)
        if waiting is None:
            return self.over()
        form = ConfirmForm(initial={"token": token})
        answer = self.render_to_response(self.get_context_data(form=form, email=waiting.email))
        answer["Referrer-Policy"] = "no-referrer"
        return answer

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        return self.over()

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            with pghistory.context(request=request_id.get()):
                user = confirm_registration(token=form.cleaned_data["token"])
        except (ConflictError, InvalidError):
            return self.over()
        self.template_name = "account/confirmed.html"
        return self.render_to_response(self.get_context_data(title=_("Address confirmed"), email=user.email))

    def over(self) -> HttpResponse:
        """Say that the link does not work, and how to go on."""
        self.template_name = "account/unconfirmed.html"
        title = _("This link no longer works")
        return self.render_to_response(self.get_context_data(title=title), status=410)
