"""Choosing on a page of the admin who gets something: everyone of the place acted in, or of one below it."""

from typing import Any, ClassVar, Final

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.api.scoping import resolve_place
from accounts.idempotency.domain import claim_once
from accounts.people.domain.scopes import ScopeNode, add_descendants
from tenancy.admin import FillInForm, FillInView
from tenancy.models import NODE_MODELS
from tenancy.scope import Scope, current_scope

_INDENT: Final = "\u2003"


class RecipientsForm(FillInForm):
    """Asks for a place; what is besides it says who else there is to choose."""

    place = forms.ChoiceField(label=_("Everyone in"), required=False)

    def __init__(self, *args: Any, nodes: list[ScopeNode], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place: Any = self.fields["place"]
        place.choices = [("", "—"), *_as_choices(nodes)]

    @property
    def place_scope(self) -> Scope:
        """The place chosen. A statement."""
        return resolve_place(self.cleaned_data["place"], attr="place")

    @property
    def place_name(self) -> str:
        """The place chosen, in words."""
        place: Any = self.fields["place"]
        return str(dict(place.choices)[self.cleaned_data["place"]].strip(_INDENT))


class RecipientsView(FillInView):
    """A page that does something for them, once."""

    form_class: ClassVar[type[RecipientsForm]]
    claim = staticmethod(claim_once)

    def form(self, *args: Any, **kwargs: Any) -> RecipientsForm:
        return self.form_class(*args, nodes=_places_of(self.request), **kwargs)


def _places_of(request: HttpRequest) -> list[ScopeNode]:
    """Return the place that the request acts in with all below it. A statement for each level.

    None for an independent learner, who has no place; not for someone who acts in every organization.
    """
    scope = current_scope()
    assert isinstance(scope, Scope)
    if scope.only_user_id:
        return []
    node = NODE_MODELS[scope.level].objects.get(pk=scope.node_id)
    nodes = [ScopeNode(scope.level, node.pk, node.name)]
    user: Any = request.user
    add_descendants(nodes, user=user)
    return nodes


def _as_choices(nodes: list[ScopeNode], depth: int = 0) -> list[tuple[str, str]]:
    """Return ``(level:uuid, name)`` of places from the top down, indented by their level."""
    choices = []
    for node in nodes:
        choices.append((node.scope, _INDENT * depth + node.name))
        choices += _as_choices(node.children, depth + 1)
    return choices
