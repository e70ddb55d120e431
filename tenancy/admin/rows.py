"""What the signed-in person may see and change of one row, and how a page names it and links to it."""

from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tenancy.models import Node
from tenancy.scope import (
    PLATFORM_ID,
    EveryOrganization,
    Level,
    current_scope,
    may_write_in,
    may_write_place,
)

SOMEONE_ELSE: Final = _("someone else")
OUT_OF_SCOPE: Final = _("out of your scope")
NOTHING: Final = "—"
"""Where there is nothing to show."""


def is_writable(row: Any) -> bool:
    """Whether the active scope may change a row it can see, given the key.

    Content is the whole organization's to change, and shared content global users'; a place above one's own
    is seen and not changed.
    """
    column = getattr(row, "tenant_columns", {}).get(Level.ORGANIZATION)
    if column is None:
        return True
    if isinstance(row, Node):
        return may_write_place(row.scope)
    organization_id = row.serializable_value(column)
    if getattr(row, "tenant_shared", False):
        return may_write_in(organization_id)
    scope = current_scope()
    if isinstance(scope, EveryOrganization):
        return True
    return scope.only_user_id is None and scope.organization_id == organization_id


def is_own(row: Any) -> bool:
    """Whether a row that the active scope can see belongs to its organization, and is not a shared one."""
    column = getattr(row, "tenant_columns", {}).get(Level.ORGANIZATION)
    scope = current_scope()
    if column is None or isinstance(scope, EveryOrganization):
        return True
    return scope.only_user_id is None and bool(row.serializable_value(column) == scope.organization_id)


def is_readable(row: Any) -> bool:
    """Whether the active scope may see a row that was reached without the tenant condition, by a foreign key.

    The condition itself is ``tenancy.querysets.TenantCondition``; this is it for a row in memory.
    """
    scope = current_scope()
    if isinstance(scope, EveryOrganization):
        return True
    shared = getattr(row, "tenant_shared", False) and not scope.is_platform
    for level, column in getattr(row, "tenant_columns", {}).items():
        wanted, value = scope.id_at(level), row.serializable_value(column)
        if wanted is None or value == wanted:
            continue
        if not (shared and level is Level.ORGANIZATION and value == PLATFORM_ID):
            return False
    return True


def label_of(field: Any) -> Any:
    """Return what people call a field; a foreign key without a name of its own is called what it leads to."""
    if field.many_to_one and str(field.verbose_name) == field.name.replace("_", " "):
        return field.related_model._meta.verbose_name
    return field.verbose_name


class RelatedColumn:
    """Shows the row behind a foreign key: in a list, or on a page where the field cannot be changed.

    It is a link for whoever may open that row. A row out of the scope, as of a person who has moved to
    another organization, is not named.
    """

    def __init__(self, field: "models.ForeignKey[Any, Any]", *, may_open: bool) -> None:
        self.name = field.name
        self.may_open = may_open
        self.is_person = field.related_model is get_user_model()
        # What Django's pages read from a column.
        self.__name__ = field.name
        self.short_description = label_of(field)
        self.admin_order_field = field.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RelatedColumn) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __call__(self, row: Any) -> Any:
        related = getattr(row, self.name)
        if related is None:
            # On a page of one row Django would write the name of Python's value.
            return NOTHING
        if not is_readable(related):
            return self.told(row)
        # A deleted row has no page.
        if not self.may_open or getattr(related, "deleted", None) is not None:
            return str(related)
        opts = related._meta
        address = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[quote(related.pk)])
        return format_html('<a href="{}">{}</a>', address, related)

    def told(self, row: Any) -> str | None:
        """Return what the row behind the key is called in the title of a page."""
        related = getattr(row, self.name)
        if related is None:
            return None
        if not is_readable(related):
            return str(SOMEONE_ELSE if self.is_person else OUT_OF_SCOPE)
        return str(related.get_full_name() if self.is_person else related)


def related_admin(site: admin.AdminSite, field: Any) -> Any:
    """Return the admin of the model a relation leads to, or ``None``."""
    return site._registry.get(field.related_model)


def key_in(value: Any, field: Any) -> Any:
    """Return a value that was sent as one of the key ``field``, or ``None`` when it cannot be one."""
    try:
        return field.clean(value, None)
    except ValidationError:
        return None


def name_of(row: Any, paths: tuple[str, ...]) -> str:
    """Return what tells a row from its namesakes: its own name and the names of its parents."""
    names = [str(row)]
    for path in paths:
        above = row
        for step in path.split("__"):
            above = above and getattr(above, step)
        if above is not None:
            names.append(str(above))
    return " — ".join(names)
