"""Importing in the admin: choose a file, have it checked, import it."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.imports.files import UnreadableFileError, read_csv
from accounts.imports.resource import FileResource, Outcome

MAX_SHOWN: Final = 100


class FileForm(forms.Form):
    """Asks for the file."""

    file = forms.FileField(
        label=_("File"), help_text=_("CSV in UTF-8 with a header row. All rows are imported, or none.")
    )

    def clean_file(self) -> Any:
        """Refuse what would not fit into memory along with what is made of it."""
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_IMPORT_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(size)d MB."),
                code="too_large",
                params={"size": settings.MAX_IMPORT_BYTES // 2**20},
            )
        return file


@dataclass(slots=True)
class Report:
    """What became of a file, or would.

    Attributes:
        wrong: how many rows are; none where the file is wrong as a whole.
        problems: ``(line, column, reason)``, the first of them.
        changes: ``(line, person, what)``, the first of them.
    """

    written: bool = False
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left_deleted: int = 0
    wrong: int = 0
    problems: list[tuple[Any, str, str]] = field(default_factory=list)
    changes: list[tuple[int, str, str]] = field(default_factory=list)


def import_file(*, resource: type[FileResource], content: bytes, by: Any, dry_run: bool) -> Report:
    """Import a file into the active scope, or with ``dry_run`` find out what that would do."""
    try:
        rows = read_csv(content)
    except UnreadableFileError as error:
        problems = [(line, "", str(reason)) for line, reason in error.problems[:MAX_SHOWN]]
        return Report(wrong=len(error.problems), problems=problems)
    outcome: Outcome = resource().import_data(rows, dry_run=dry_run, user=by)
    if not outcome.is_good:
        problems = _problems_of(outcome)
        return Report(wrong=outcome.totals["invalid"], problems=problems[:MAX_SHOWN])
    return Report(
        written=not dry_run,
        created=outcome.totals["new"],
        updated=outcome.totals["update"],
        unchanged=outcome.totals["skip"] - outcome.left_deleted,
        left_deleted=outcome.left_deleted,
        changes=[(row.line, row.person, str(row.what)) for row in outcome.rows[:MAX_SHOWN]],
    )


def _problems_of(outcome: Outcome) -> list[tuple[Any, str, str]]:
    problems: list[tuple[Any, str, str]] = [("", "", str(one.error)) for one in outcome.base_errors]
    for row in outcome.invalid_rows:
        problems += [(row.number, name, " ".join(reasons)) for name, reasons in row.error_dict.items()]
    return problems


class ImportPages(admin.ModelAdmin):
    """Mixed into an admin: whoever holds the keys imports a file into their scope.

    Attributes:
        import_resource: how rows are read and written.
        import_keys: the keys that it takes, all of them.
        after_import: what there is to do once a file is imported.
    """

    import_resource: ClassVar[type[FileResource]]
    import_keys: ClassVar[tuple[str, ...]] = ("results.import",)
    after_import: ClassVar[Any] = ""

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whether the signed-in person may import."""
        user: Any = request.user
        return bool(self.has_view_permission(request) and all(user.holds(key) for key in self.import_keys))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name=self._url_name()), *super().get_urls()]

    def _url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_import"

    def get_object_tools(self, request: HttpRequest) -> list[tuple[Any, str]]:
        """Add the button that leads to the import."""
        tools: list[tuple[Any, str]] = super().get_object_tools(request)  # type: ignore[misc]
        if not self.has_import_permission(request):
            return tools
        return [*tools, (_("Import"), reverse(f"admin:{self._url_name()}"))]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file; check it, or import it."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        posted = request.method == "POST"
        form = FileForm(request.POST, request.FILES) if posted else FileForm()
        report = None
        if posted and form.is_valid():
            report = import_file(
                resource=self.import_resource,
                content=form.cleaned_data["file"].read(),
                by=request.user,
                dry_run="check" in request.POST,
            )
        names = [one.column_name for one in self.import_resource.fields.values()]
        optional = self.import_resource.optional
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import %(name)s") % {"name": self.opts.verbose_name_plural},
            "name": capfirst(str(self.opts.verbose_name_plural)),
            "opts": self.opts,
            "form": form,
            "report": report,
            "needed": [name for name in names if name not in optional],
            "optional": [name for name in names if name in optional],
            "after_import": self.after_import,
        }
        return TemplateResponse(request, "admin/import.html", context)
