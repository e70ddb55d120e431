"""Choosing on a page of the admin who gets something: everyone of the place acted in, or of one below it."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.api.scoping import resolve_place
from accounts.idempotency.domain import claim_once
from accounts.models import User
from accounts.people.admin.place_choices import INDENT, as_choices, places_from
from accounts.people.domain.scopes import ScopeNode
from tenancy.admin import FillInForm, FillInView
from tenancy.scope import Scope, current_scope


class RecipientsForm(FillInForm):
    """Asks for a place; what is besides it says who else there is to choose."""

    place = forms.ChoiceField(label=_("Everyone in"), required=False)

    def __init__(self, *args: Any, nodes: list[ScopeNode], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place: Any = self.fields["place"]
        place.choices = [("", "—"), *as_choices(nodes)]

    @property
    def place_scope(self) -> Scope:
        """The place chosen. A statement."""
        return resolve_place(self.cleaned_data["place"], attr="place")

    @property
    def place_name(self) -> str:
        """The place chosen, in words."""
        place: Any = self.fields["place"]
        return str(dict(place.choices)[self.cleaned_data["place"]].strip(INDENT))


class RecipientsView(FillInView):
    """A page that does something for them, once."""

    form_class: ClassVar[type[RecipientsForm]]
    claim = staticmethod(claim_once)

    def form(self, *args: Any, **kwargs: Any) -> RecipientsForm:
        # Not for someone who acts in every organization.
        scope, user = current_scope(), self.request.user
        assert isinstance(scope, Scope)
        assert isinstance(user, User)
        return self.form_class(*args, nodes=places_from(scope, user=user), **kwargs)
