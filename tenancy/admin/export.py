"""The rows of a list as a file: exactly those the list shows, over all its pages."""

from collections.abc import Callable, Iterator
from typing import IO, Any, ClassVar, Final, Protocol

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from import_export import resources
from import_export.admin import ExportMixin
from import_export.fields import Field
from import_export.forms import ExportForm

from tenancy.admin.base import KeyedAdmin
from tenancy.admin.formats import CSV, JSON, XLSX
from tenancy.admin.rows import is_readable
from tenancy.errors import DomainError, RefusedError
from tenancy.lists import number_of
from tenancy.replica import alias_to_read

_TOLD_EACH: Final = 500
"""Rows."""


class TooManyRowsError(Exception):
    """The list is longer than a file of this format may be."""


class TakesLongerError(Exception):
    """The file has so many rows that it is made by a job."""

    def __init__(self, format_number: str) -> None:
        super().__init__()
        self.format_number = format_number


def _too_large(most: int) -> RefusedError:
    told = _("The file would be larger than %(size)d MB. Filter the list.")
    return RefusedError(told % {"size": most // 2**20})


class StartsExports(Protocol):
    """Has a file made by a job, and returns the address of the page that tells how far it is."""

    def __call__(
        self, request: HttpRequest, *, model: type[Model], format_number: str, query: str
    ) -> str: ...


_starts: list[StartsExports] = []


def contribute(starts: StartsExports) -> None:
    """Say who makes large files; called by the app that has jobs, when it starts."""
    _starts[:] = [starts]


class FormatForm(ExportForm):  # type: ignore[misc]
    """Asks for nothing but the format, and proposes the first."""

    def _init_formats(self, formats: list[Any]) -> None:
        labels = [made.label for made in formats]
        self.fields["format"].choices = [(str(index), label) for index, label in enumerate(labels)]


class ScopedField(Field):  # type: ignore[misc]
    """A value of the row, or of one of its parents; empty where that one is out of the scope."""

    def get_value(self, instance: Any) -> Any:
        value = instance
        for name in self.attribute.split("__"):
            value = getattr(value, name)
            if value is None or (hasattr(value, "_meta") and not is_readable(value)):
                return None
        return value

    def export(self, instance: Any, **kwargs: Any) -> Any:
        return self.get_value(instance)


def column_of(name: str) -> str:
    """Return what a file calls a field; what is shown to some only is called what it is."""
    return name.removesuffix("_to_show").replace("__", "_")


class RowsResource(resources.Resource):  # type: ignore[misc]
    """The rows of one list."""

    @classmethod
    def get_display_name(cls) -> str:
        """Return a name that nobody sees: there is one resource for each list."""
        return cls.__name__


class ExportPages(ExportMixin, KeyedAdmin, admin.ModelAdmin):  # type: ignore[misc]
    """Mixed into the admin of a model: a file of what the list shows, for whoever may see the list.

    Attributes:
        export_fields: the columns, as fields of the row or, with ``__``, of a row it stands in.
    """

    export_fields: ClassVar[tuple[str, ...]] = ()
    export_form_class = FormatForm
    export_template_name = "admin/export.html"
    # The button stands in this project's own template.
    import_export_change_list_template = None

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.export_fields) and self.has_view_permission(request)

    def get_export_formats(self) -> list[Any]:
        return [CSV, XLSX, JSON]

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        """Call the file what its list is called, with the day."""
        name = slugify(str(self.opts.verbose_name_plural))
        return f"{name}-{timezone.localdate():%Y-%m-%d}.{file_format.get_extension()}"

    def get_export_resource_classes(self, request: HttpRequest) -> list[Any]:
        columns = {
            column_of(name): ScopedField(attribute=name, column_name=column_of(name))
            for name in self.export_fields
        }
        return [type(f"{self.opts.object_name}Resource", (RowsResource,), columns)]

    def get_export_queryset(self, request: HttpRequest) -> Any:
        paths = {name.rpartition("__")[0] for name in self.export_fields} - {""}
        rows = super().get_export_queryset(request)
        rows = rows.select_related(*paths) if paths else rows
        request.rows_to_export = rows  # type: ignore[attr-defined]
        return rows

    def get_export_data(self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any) -> bytes:
        if not self.has_export_permission(request):
            raise PermissionDenied
        most = file_format.max_rows
        # Counted no further than it takes to know.
        if queryset[most : most + 1].exists():
            told = _("%(format)s: at most %(number)s rows. Filter the list, or export it in another format.")
            raise TooManyRowsError(told % {"format": file_format.label, "number": f"{most:,}"})
        at_once = settings.EXPORT_AT_ONCE_ROWS
        if settings.IMPORT_JOBS and _starts and queryset[at_once : at_once + 1].exists():
            raise TakesLongerError(request.POST["format"])
        content: bytes = file_format.file(*self._table(request, queryset))
        return content

    def _table(self, request: HttpRequest, queryset: Any) -> tuple[list[str], Iterator[list[Any]]]:
        """Return the names of the columns, and the rows as they come from the database."""
        [resource] = self.get_export_resource_classes(request)
        fields = resource().get_export_fields()
        rows = queryset.using(alias_to_read()).iterator(chunk_size=2_000)
        columns = [field.column_name for field in fields]
        return columns, ([field.get_value(row) for field in fields] for row in rows)

    def save_export(
        self,
        request: HttpRequest,
        *,
        format_number: str,
        to: IO[bytes],
        most: int,
        heard: Callable[[int, int], None],
    ) -> None:
        """Write the file of a list to a file, for a job.

        Args:
            request: who asks, and how the list is filtered and ordered.
            most: bytes that the file may have.
            heard: is told, now and then, how many rows of how many are written.

        Raises:
            PermissionDenied: who asks may not see the list.
            RefusedError: the file is larger than it may be.
        """
        if not self.has_export_permission(request):
            raise PermissionDenied
        queryset = self.get_export_queryset(request)
        total = queryset.count()
        columns, rows = self._table(request, queryset)

        def told() -> Iterator[list[Any]]:
            # A workbook is packed at the end: what goes into it is counted too.
            characters = 0
            for number, row in enumerate(rows):
                if number % _TOLD_EACH == 0:
                    heard(number, total)
                characters += sum(len(str(value)) for value in row)
                if max(characters, to.tell()) > most:
                    raise _too_large(most)
                yield row

        self.get_export_formats()[int(format_number)]().save(columns, told(), to)
        if to.tell() > most:
            raise _too_large(most)

    def init_request_context_data(self, request: HttpRequest, form: Any) -> dict[str, Any]:
        number = number_of(request.rows_to_export)  # type: ignore[attr-defined]
        name = self.opts.verbose_name if number == 1 else self.opts.verbose_name_plural
        told = ngettext(
            "The file will hold %(number)s %(name)s: the list as it is filtered and ordered now.",
            "The file will hold %(number)s %(name)s: the list as it is filtered and ordered now.",
            number,
        )
        return {
            **super().init_request_context_data(request, form),
            "title": _("Export %(name)s") % {"name": self.opts.verbose_name_plural},
            "what": told % {"number": number, "name": name},
            "columns": [column_of(name) for name in self.export_fields],
            "list_query": f"?{request.GET.urlencode()}" if request.GET else "",
        }

    def export_action(self, request: HttpRequest) -> Any:
        try:
            return super().export_action(request)
        except TakesLongerError as error:
            query = request.GET.urlencode()
            try:
                page = _starts[0](request, model=self.model, format_number=error.format_number, query=query)
            except DomainError as refusal:
                messages.error(request, str(refusal))
                page = ".."
            return HttpResponseRedirect(page)
        except TooManyRowsError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect("..")
        except IncorrectLookupParameters:
            messages.error(request, _("The list cannot be filtered like that."))
            return HttpResponseRedirect("..")
