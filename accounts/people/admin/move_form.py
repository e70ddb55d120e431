"""Where to move people, and in which role: what the page that asks offers, and what was chosen."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people.admin.place_names import name_of_place
from accounts.people.domain.staffing import PLACE
from accounts.rights.domain.granting import assignable_roles, place_within
from tenancy.models import NODE_MODELS, Node
from tenancy.scope import EveryOrganization, Level, Scope, current_scope


class MoveForm(forms.Form):
    """Asks for a place, a role, or both; what is left empty stays as it is for everyone."""

    top: Node | None = None

    def clean(self) -> dict[str, Any]:
        values = {**(super().clean() or {})}
        nodes = {str(level): values[level] for level in Level if values.get(level) is not None}
        to_the_top = values.get("to_the_top", False)
        if nodes and to_the_top:
            raise forms.ValidationError(_("Choose one place only."), code="two_places")
        if not (nodes or to_the_top or values.get("role")) and not self.errors:
            raise forms.ValidationError(_("Choose a place, a role, or both."), code="nothing_chosen")
        try:
            self.place = place_within(current_scope(), **nodes)
        except ValueError as error:
            raise forms.ValidationError(
                _("Choose places that are inside one another and within your scope."), code="invalid_place"
            ) from error
        self.node: Any = next((nodes[level] for level in reversed(Level) if level in nodes), self.top)
        self.moves = bool(nodes) or to_the_top
        return values

    @property
    def chosen(self) -> dict[str, Any]:
        """What to set, for ``accounts.people.domain.staffing.move_people``."""
        role = self.cleaned_data["role"]
        return ({PLACE: self.place} if self.moves else {}) | ({} if role is None else {"role": role})

    @property
    def place_name(self) -> str:
        """The place chosen, in words."""
        above = (getattr(self.node, level, None) for level in Level if level != self.node.level)
        return name_of_place((*above, self.node))

    @property
    def in_words(self) -> str:
        """What was chosen, in words."""
        names = [self.place_name] if self.moves else []
        return ", ".join([*names, *([str(self.cleaned_data["role"])] if self.cleaned_data["role"] else [])])


def move_form(described: admin.ModelAdmin, request: HttpRequest) -> type[MoveForm]:
    """Return the form for whoever asks: with the places of their scope and the roles they may give."""
    by: Any = request.user
    scope = current_scope()
    levels = [level for level in Level if isinstance(scope, EveryOrganization) or level != Level.ORGANIZATION]
    fields: dict[str, Any] = {}
    for level in levels:
        column: Any = User._meta.get_field(level)
        fields[level] = described.formfield_for_foreignkey(column, request, required=False, initial=None)
    if isinstance(scope, Scope):
        fields["top"] = NODE_MODELS[scope.level].objects.get(pk=scope.node_id)
        fields["to_the_top"] = forms.BooleanField(
            label=_("To %(place)s itself") % {"place": fields["top"]},
            help_text=_("Removes them from every place below it."),
            required=False,
        )
    fields["role"] = forms.ModelChoiceField(
        label=_("Role"),
        queryset=assignable_roles(by=by),
        required=False,
        empty_label=_("Keep each person's role"),
    )
    return type("MoveForm", (MoveForm,), fields)
