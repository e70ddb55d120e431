"""What every admin of tenant rows is made of: keys decide, forms offer what may be chosen, rules refuse."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst

from tenancy.admin.choices import NamedChoiceField, SuggestingSelect
from tenancy.admin.jobs import Job
from tenancy.admin.rows import RelatedColumn, is_writable, label_of, related_admin
from tenancy.errors import DomainError
from tenancy.querysets import TenantQuerySet
from tenancy.scope import EveryOrganization, Scope, current_scope


class KeyedAdmin(admin.options.BaseModelAdmin):
    """Mixed in before an admin or an inline: permission keys decide, not Django's own permissions.

    Attributes:
        permission_keys: for ``view``, ``add``, ``change`` and ``delete`` the key that opens it. What is
            missing is for global users only.
        read_only: closed to everyone but for reading.
        job: where it stands in the side bar.
        named_by: paths to what tells rows of the same name apart where they are offered as choices.
    """

    permission_keys: ClassVar[dict[str, str]] = {}
    read_only: ClassVar[bool] = False
    job: ClassVar[Job] = Job.PEOPLE
    named_by: ClassVar[tuple[str, ...]] = ()

    def get_named_by(self) -> tuple[str, ...]:
        """Return what tells rows of the same name apart; where all organizations meet, that as well."""
        everywhere = isinstance(current_scope(), EveryOrganization)
        has_organization = any(field.name == "organization" for field in self.opts.fields)
        return (*self.named_by, "organization") if everywhere and has_organization else self.named_by

    def may(self, request: HttpRequest, verb: str) -> bool:
        """Whether the signed-in person may do this to some row of the model."""
        user: Any = request.user
        if not user.is_authenticated or not user.is_active or (self.read_only and verb != "view"):
            return False
        key = self.permission_keys.get(verb)
        return bool(user.is_global or (key is not None and user.holds(key)))

    def may_write(self, request: HttpRequest, verb: str, row: Any) -> bool:
        """Whether they may do this to this row, or to some row when it is ``None``."""
        return self.may(request, verb) and (row is None or is_writable(row))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request, "delete", obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only rows of the scope, and of those only what it may change, under names that differ."""
        choices = kwargs.get("queryset", db_field.remote_field.model._default_manager.get_queryset())
        above = related_admin(self.admin_site, db_field)
        if isinstance(choices, TenantQuerySet):
            choices = choices.writable().in_use()
        if isinstance(above, KeyedAdmin):
            named_by = above.get_named_by()
            order: Any = above.get_ordering(request)
            choices = choices.select_related(*named_by).order_by(*order)
            kwargs = {"form_class": NamedChoiceField, "named_by": named_by, **kwargs}
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SuggestingSelect(db_field, self.admin_site))
        kwargs |= {"queryset": choices, "label": capfirst(label_of(db_field))}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer no button to delete a row's parent: that would delete more than the row."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False
        return field

    def column_of(self, request: HttpRequest, name: str) -> RelatedColumn:
        """Return the column that shows the row behind a foreign key."""
        field: Any = self.opts.get_field(name)
        above = related_admin(self.admin_site, field)
        return RelatedColumn(field, may_open=above is not None and above.has_view_permission(request))

    def with_columns(self, request: HttpRequest, names: Any) -> list[Any]:
        """Return names of fields with foreign keys replaced by what shows the row behind them."""
        keys = {field.name for field in self.opts.fields if field.many_to_one}
        return [self.column_of(request, name) if name in keys else name for name in names]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.with_columns(request, super().get_readonly_fields(request, obj))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out the fields that a column already shows: Django knows them by name only."""
        names: Any = super().get_fields(request, obj)
        columns = {column.name for column in names if isinstance(column, RelatedColumn)}
        return [name for name in names if name not in columns]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.with_shown(request, obj, super().get_fieldsets(request, obj))

    def with_shown(self, request: HttpRequest, obj: Any, fieldsets: Any) -> list[Any]:
        """Return fieldsets with the foreign keys that cannot be changed replaced by what shows them.

        Of a row that is yet to be made there is nothing to show: only what can be filled in is left.
        """
        fixed = {*self.get_readonly_fields(request, obj)}
        closed = obj is not None and not self.has_change_permission(request, obj)

        def shown(name: Any) -> Any:
            [column] = self.with_columns(request, [name])
            return column if closed or column in fixed else name

        def is_left(name: Any) -> bool:
            return obj is not None or name not in fixed

        return [
            (title, {**options, "fields": [shown(name) for name in options["fields"] if is_left(name)]})
            for title, options in fieldsets
        ]


class Refused:
    """Where a page goes when a rule of the domain refused what it asked for."""

    response: HttpResponse


@contextmanager
def refusals_as_messages(
    request: HttpRequest, answer_to: Callable[..., HttpResponse | None] | None = None
) -> Iterator[Refused]:
    """Show a refusal on the page it came from; the transaction inside has rolled back by then.

    Args:
        answer_to: returns another page for some refusals.
    """
    refused = Refused()
    try:
        yield refused
    except DomainError as refusal:
        answer = answer_to(request, refusal) if answer_to is not None else None
        if answer is None:
            messages.error(request, str(refusal.detail))
            answer = HttpResponseRedirect(request.get_full_path())
        refused.response = answer


class TenantForm(forms.ModelForm):
    """Puts a new row into the scope's organization where the form does not ask for one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = current_scope()
        if self.instance._state.adding and "organization" not in self.fields and isinstance(scope, Scope):
            self.instance.organization_id = scope.organization_id
