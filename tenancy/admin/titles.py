"""What pages of the admin are called: by what is on them, never by what a row is called in the database."""

from typing import Any, ClassVar, Final

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from tenancy.admin.base import KeyedAdmin
from tenancy.admin.rows import RelatedColumn

_SHORT: Final = 80


class TitledPages(KeyedAdmin, admin.ModelAdmin):
    """Mixed into an admin: a list is called what is listed, and the page of a row what the row is about.

    Attributes:
        titled_by: fields and columns that say what a row is about, where its own name does not.
        introduction: what such a row is, for those who meet the word for the first time.
    """

    titled_by: ClassVar[tuple[str, ...]] = ()
    introduction: ClassVar[Any] = ""

    def title_of(self, row: Any) -> str:
        """Return what a page about ``row`` is called."""
        named = [self._told(row, name) for name in self.titled_by] or [str(row)]
        return Truncator(" · ".join(filter(None, named))).chars(_SHORT)

    def _told(self, row: Any, name: str) -> str:
        field: Any = next((field for field in self.opts.fields if field.name == name), None)
        if field is not None and (field.many_to_one or field.one_to_one):
            return RelatedColumn(field, may_open=False).told(row) or ""
        if callable(column := getattr(self, name, None)):
            return str(column(row))
        shown = getattr(row, f"get_{name}_display", None)
        return str(localize(shown() if shown else getattr(row, name)))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        title = capfirst(str(self.opts.verbose_name_plural))
        told = {"title": title, "introduction": self.introduction}
        return super().changelist_view(request, {**told, **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        context["introduction"] = self.introduction
        if row is not None:
            context |= {"title": self.title_of(row), "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)

    def render_delete_form(self, request: HttpRequest, context: Any) -> Any:
        title = self.title_of(context["object"])
        return super().render_delete_form(
            request, {**context, "title": _("Delete: %(row)s") % {"row": title}, "subtitle": None}
        )
