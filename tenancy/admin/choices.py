"""What a form may point to, offered as a person types.

A form field and its suggestions have one source, ``formfield_for_foreignkey`` of the admin that asks: what
is suggested can be chosen, and nothing else can.
"""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest

from tenancy.admin.rows import key_in, name_of


class NamedChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Names a choice so that two of the same title can be told apart."""

    def __init__(self, *args: Any, named_by: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.named_by = named_by

    def label_from_instance(self, obj: Any) -> str:
        return name_of(obj, self.named_by)


class SuggestingSelect(AutocompleteSelect):
    """A select that asks for suggestions, and says which row it is on."""

    row_id: Any = None

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Leave out what cannot be a key: Django would ask the database for it all the same."""
        key = self.field.target_field
        keys = [one for one in value if key_in(one, key) is not None]
        return super().optgroups(name, keys, attr)

    def get_url(self) -> str:
        address = super().get_url()
        return address if self.row_id is None else f"{address}?{urlencode({'row': self.row_id})}"


class SuggestionsView(AutocompleteJsonView):
    """Suggests what the form that asks would take, to whoever may fill in that form."""

    def process_request(self, request: HttpRequest) -> Any:
        if "\0" in request.GET.get("term", ""):
            raise BadRequest("term")
        asked = super().process_request(request)
        site: Any = self.admin_site
        try:
            self.asking: Any = site.get_model_admin(asked[2].model)
        except NotRegistered as error:
            raise PermissionDenied from error
        return asked

    def has_perm(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.source_field.name in self.asking.get_autocomplete_fields(request) and (
            self.asking.has_add_permission(request) or self.asking.has_change_permission(request)
        )

    def get_queryset(self) -> Any:
        name = self.source_field.name
        self.form_field = self.asking.formfield_for_foreignkey(self.source_field, self.request)
        rows = self.form_field.queryset
        if row_id := self.request.GET.get("row"):
            row = self.asking.get_object(self.request, row_id)
            rows = rows.none() if row is None else self.asking.choices_for(row, name, rows)
        rows, may_repeat = self.model_admin.get_search_results(self.request, rows, self.term)
        return rows.distinct() if may_repeat else rows

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {"id": str(getattr(obj, to_field_name)), "text": self.form_field.label_from_instance(obj)}
