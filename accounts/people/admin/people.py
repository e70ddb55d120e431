"""People, roles and memberships in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.functions import Concat, Lower
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.imports.pages import ImportPages
from accounts.models import Membership, PermissionChange, Role, User
from accounts.people.addresses import check_no_look_alike
from accounts.people.admin.actions import PEOPLE_ACTIONS, PasswordFilter, PeoplePages
from accounts.people.domain.people import delete_people, restore_people
from accounts.people.domain.staffing import (
    PLACE,
    add_person,
    change_person,
    changes_of,
    check_changes,
    check_role,
)
from accounts.people.imports import PeopleResource
from accounts.people.models import SEARCHED
from accounts.people.person_page.admin import PersonPages
from accounts.rights.domain.extras import EXTRA, LIST_KEY, LISTS, UPDATE_KEY
from accounts.rights.domain.granting import assignable_roles, grantable_keys, may_manage, place_within
from accounts.rights.principal import load_permission_keys_of
from accounts.rights.wording import told_change, what_they_allow
from tenancy.admin import (
    MOST_ENTRIES,
    Entry,
    KeyedAdmin,
    TenantAdmin,
    TenantForm,
    by_whom,
    place_filters,
)
from tenancy.admin.by_name import words_of
from tenancy.errors import DomainError, InvalidError
from tenancy.names import mentioned_in
from tenancy.scope import Scope, current_scope, every_organization

_PLACE = ("organization", "school", "campus", "classroom")
_ACCOUNT = ("email", "name", "is_active", "is_staff")


class KeyChoiceField(forms.ModelMultipleChoiceField):
    """Permission keys by what they allow."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class UserForm(TenantForm):
    """A person's account, place and rights; refuses what the signed-in admin may not hand out."""

    by: User
    place: Scope | None

    def clean_email(self) -> str:
        """Addresses are unique among all tenants, so the default manager cannot say."""
        email = User.normalize_email(self.cleaned_data["email"])
        if email != self.instance.email:
            check_no_look_alike(email)
        # Unscoped for the same reason; nobody learns whose it is. Compared as the constraint does.
        namesakes = User.unscoped.alias(address=Lower("email")).filter(address=email, deleted=None)
        with every_organization():
            taken = namesakes.exclude(pk=self.instance.pk).exists()
        if taken:
            raise forms.ValidationError(_("This e-mail address is already in use."), code="email_taken")
        return email

    def clean(self) -> dict[str, Any]:
        values = {**(super().clean() or {})}
        try:
            self.place = place_within(current_scope(), **{level: values.get(level) for level in _PLACE})
        except ValueError as error:
            raise forms.ValidationError(
                _("Choose places that are inside one another and within your scope."), code="invalid_place"
            ) from error
        try:
            if self.instance._state.adding:
                check_role(by=self.by, role=values.get("role"))
            else:
                changes = changes_of(self.instance, self.staffed(values))
                check_changes(by=self.by, person=self.instance, changes=changes)
        except DomainError as refusal:
            self.add_error(refusal.attr, forms.ValidationError(str(refusal.detail), code=refusal.error_code))
        for name in LISTS:
            # With another role an extra key that this admin is not offered goes.
            if name in values and not (name == EXTRA and "role" in self.changed_data):
                values[name] = self._with_those_out_of_reach(name, values[name])
        return values

    def staffed(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return what was changed here, for ``accounts.people.domain.staffing``."""
        changed = {
            name: values[name] for name in (*_ACCOUNT, "role") if name in {*self.changed_data} & {*values}
        }
        for name in {*LISTS} & {*self.changed_data} & {*values}:
            chosen = self._with_those_out_of_reach(name, values[name])
            changed[name] = frozenset(permission.codename for permission in chosen)
        return changed | ({PLACE: self.place} if {*_PLACE} & {*self.changed_data} else {})

    def _with_those_out_of_reach(self, name: str, chosen: "QuerySet[Any]") -> list[Any]:
        """Keep what this admin is not offered: leaving it out must not take it away."""
        if self.instance._state.adding:
            return list(chosen)
        offered: Any = self.fields[name]
        kept = getattr(self.instance, name).exclude(pk__in=offered.queryset.values("pk"))
        return [*chosen, *kept]


class MembershipInline(KeyedAdmin, admin.TabularInline):
    """Where the person belonged and since when; moving them is done by changing their place."""

    model = Membership
    permission_keys = {"view": "users.list"}
    read_only = True
    extra = 0
    fields = ("role", *_PLACE, "valid_from", "valid_until")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("role", *_PLACE)


@admin.register(User)
class UserAdmin(PersonPages, PeoplePages, ImportPages, TenantAdmin):
    """People of the scope. Passwords are theirs alone: a new person gets a mail to choose one."""

    actions = [*TenantAdmin.actions, *PEOPLE_ACTIONS]
    import_resource = PeopleResource
    import_keys = ("users.create", "users.update")
    after_import = _("No invitations were sent. Select the new people in the list and invite them.")

    form = UserForm
    permission_keys = {
        "view": "users.list",
        "add": "users.create",
        "change": "users.update",
        "delete": "users.delete",
    }
    list_display = [
        "email",
        "name",
        "role",
        "organization",
        "place",
        "is_active",
        "last_login",
    ]
    list_select_related = ["role", *_PLACE]
    list_filter = ["is_active", PasswordFilter, "is_staff", "role", *place_filters()]
    narrowed_by = ("last_login__isnull",)
    search_fields = SEARCHED
    autocomplete_fields = [*_PLACE]
    titled_by = ("display_name",)
    ordering = ["email"]
    filter_horizontal = ["custom_permissions", "custom_permissions_filter"]
    readonly_fields = ["last_login", "created_at", "extra_permissions", "withheld_permissions"]
    inlines = [MembershipInline]
    history_sentences = {"token_version": _("Signed out everywhere")}
    export_fields = (
        "id",
        "email",
        "name",
        "role__name",
        "organization__name",
        "school__name",
        "campus__name",
        "classroom__name",
        "is_active",
        "is_staff",
        "last_login",
        "created_at",
    )

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Narrowing a list by the beginning of a hash would spell it out."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find each word where Django would, by the index of parts of names."""
        return queryset.filter(mentioned_in(SEARCHED, [*words_of(search_term)])), False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = self.get_exclude(request, obj)
        places = [level for level in _PLACE if level not in hidden]
        lists = self.lists_on_the_page(request, obj)
        return self.with_shown(
            request,
            obj,
            [
                (None, {"fields": ["email", "name", "is_active", "is_staff", "last_login", "created_at"]}),
                (_("Place"), {"fields": [*places, "role"]}),
                *([(_("Permissions"), {"fields": lists})] if lists else []),
            ],
        )

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show where somebody belonged; someone new has belonged nowhere yet."""
        return [] if obj is None else super().get_inlines(request, obj)

    def lists_on_the_page(self, request: HttpRequest, person: User | None) -> list[str]:
        """Return what shows extra and withheld permissions: to choose, to read, or not at all.

        One's own are for somebody else to change.
        """
        by = self.user_of(request)
        if not by.holds(LIST_KEY):
            return []
        changes = person is None or self.has_change_permission(request, person)
        if changes and by != person and by.holds(UPDATE_KEY):
            return [*LISTS]
        # Someone new has none.
        return [] if person is None else ["extra_permissions", "withheld_permissions"]

    def user_of(self, request: HttpRequest) -> User:
        """Return who is signed in."""
        assert isinstance(request.user, User)
        return request.user

    @admin.display(
        description=_("place"),
        ordering=Concat("school__sort_name", "campus__sort_name", "classroom__sort_name"),
    )
    def place(self, person: User) -> str | None:
        """Where in the organization the person belongs."""
        nodes = (person.school, person.campus, person.classroom)
        return " › ".join(node.name for node in nodes if node is not None) or None

    @admin.display(description=_("extra permissions"))
    def extra_permissions(self, person: User) -> str:
        """What the person holds on top of the role."""
        return what_they_allow(person.custom_permissions)

    @admin.display(description=_("withheld permissions"))
    def withheld_permissions(self, person: User) -> str:
        """What is taken away from the person."""
        return what_they_allow(person.custom_permissions_filter)

    def looked_up(self, rows: list[Any]) -> list[Any]:
        load_permission_keys_of(rows)
        return rows

    def delete_rows(self, rows: list[Any]) -> None:
        delete_people(people=rows)

    def restore_rows(self, rows: list[Any]) -> None:
        restore_people(people=rows)

    def history_of(self, request: HttpRequest, row: Any) -> list[Entry]:
        """Add what was done for the person, and the changes of what they have extra or withheld.

        The latter for those who may see the lists.
        """
        entries = [*super().history_of(request, row), *self.done_for(row)]
        if not self.user_of(request).holds(LIST_KEY):
            return entries
        changes = PermissionChange.objects.filter(user=row).order_by("-id")[: MOST_ENTRIES + 1]
        return [
            *entries,
            *(Entry(change.created_at, by_whom(change.context), told_change(change)) for change in changes),
        ]

    def may_write(self, request: HttpRequest, verb: str, row: Any) -> bool:
        by: Any = request.user
        if row is not None and (not may_manage(by=by, person=row) or (verb == "delete" and row == by)):
            return False
        return super().may_write(request, verb, row)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        by: Any = request.user
        if db_field.name == "role":
            kwargs["queryset"] = assignable_roles(by=by)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        by: Any = request.user
        field: Any = super().formfield_for_manytomany(
            db_field, request, **{**kwargs, "queryset": grantable_keys(by=by), "form_class": KeyChoiceField}
        )
        # The picker of a field named x calls its search box x_filter, which is the other field's name.
        field.widget.attrs["id"] = f"id_{db_field.name}_picker"
        return field

    def answer_to(self, request: HttpRequest, refusal: DomainError) -> Any:
        """Let the form say so, too, when someone else has saved the same address a moment before."""
        if isinstance(refusal, InvalidError) and refusal.error_code == "email_taken":
            # Nothing was saved; the other person's row can be seen by now.
            return self.changeform_view(request, **request.resolver_match.kwargs)  # type: ignore[union-attr]
        return super().answer_to(request, refusal)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Tell the form who fills it in."""
        form = super().get_form(request, obj, change, **kwargs)
        form.by = request.user
        return form

    def choices_for(self, row: Any, name: str, choices: Any) -> Any:
        """Offer the role someone has: leaving it must not take it away."""
        if name != "role":
            return choices
        return Role.objects.filter(Q(pk__in=choices.values("pk")) | Q(pk=row.role_id))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the account by the rules of staffing."""
        by: Any = request.user
        if change:
            change_person(by=by, person=obj, values=form.staffed(form.cleaned_data))
        else:
            add_person(by=by, person=obj, at=form.place)


# What stands in files of its own is listed after what it is about.
