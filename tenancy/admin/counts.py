"""Columns that count a row's children, in the statement that reads the list."""

from collections.abc import Callable
from copy import copy
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html


class Counted:
    """A column of a list: how many live rows of the scope stand in each row.

    Args:
        label: the column's heading.
        model: returns the model of what is counted; asked late, for it may be of a layer above.
        key: its foreign key to the row, which is also the parameter that narrows its own list to the row.
        only: narrows what is counted, in terms that its own list can be narrowed by.
    """

    may_open = False

    def __init__(self, name: str, label: Any, model: Callable[[], Any], *, key: str, **only: Any) -> None:
        self.model, self.key, self.only = model, key, only
        self.attribute = f"number_of_{name}"
        # What Django's lists read from a column.
        self.__name__ = name
        self.short_description = label
        self.admin_order_field = self.attribute

    def number(self) -> Any:
        """Return the expression that counts."""
        model = self.model()
        rows = model._default_manager.filter(**{self.key: OuterRef("pk")}, **self.only)
        if any(field.name == "deleted" for field in model._meta.fields):
            rows = rows.filter(deleted=None)
        numbers = rows.order_by().values(self.key).annotate(number=Count("pk")).values("number")
        return Coalesce(Subquery(numbers, output_field=models.IntegerField()), 0)

    def linked(self, site: admin.AdminSite, request: HttpRequest) -> "Counted":
        """Return the column with links to what it counts, for whoever may list that."""
        made, listed = copy(self), site._registry.get(self.model())
        made.may_open = listed is not None and listed.has_view_permission(request)
        return made

    def __call__(self, row: Any) -> Any:
        number = getattr(row, self.attribute)
        if not self.may_open:
            return number
        opts = self.model()._meta
        address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        return format_html(
            '<a href="{}?{}">{}</a>', address, urlencode({self.key: row.pk, **self.only}), number
        )
