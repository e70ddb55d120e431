"""Importing in the admin: choose a file, have it checked, import it."""

from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.imports.jobs.domain import KINDS, ImportKind, cancel, start_import
from accounts.imports.jobs.models import ImportJob, JobState
from accounts.imports.report import Report, import_file
from accounts.imports.resource import FileResource
from tenancy.errors import DomainError


class FileForm(forms.Form):
    """Asks for the file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX, or CSV in UTF-8, with a header row. All rows are imported, or none."),
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


class ImportPages(admin.ModelAdmin):
    """Mixed into an admin: whoever holds the keys imports a file into their scope.

    Attributes:
        import_resource: how rows are read and written.
        import_keys: the keys that it takes, all of them.
        import_title: what the button and the page are called, where that is not the list.
        import_about: what a row names.
        after_import: what there is to do once a file is imported.
    """

    import_resource: ClassVar[type[FileResource]]
    import_keys: ClassVar[tuple[str, ...]] = ("results.import",)
    import_title: ClassVar[Any] = ""
    import_about: ClassVar[Any] = _("Person")
    after_import: ClassVar[Any] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        KINDS[self.opts.label] = ImportKind(
            partial(import_file, resource=self.import_resource), self.import_keys
        )

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whether the signed-in person may import."""
        user: Any = request.user
        return bool(self.has_view_permission(request) and all(user.holds(key) for key in self.import_keys))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("import/", wrap(self.import_view), name=self._url_name()),
            path("import/<uuid:pk>/", wrap(self.import_job_view), name=f"{self._url_name()}_job"),
            *super().get_urls(),
        ]

    def _url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_import"

    def get_object_tools(self, request: HttpRequest) -> list[tuple[Any, str]]:
        """Add the button that leads to the import."""
        tools: list[tuple[Any, str]] = super().get_object_tools(request)  # type: ignore[misc]
        if not self.has_import_permission(request):
            return tools
        return [*tools, (self.import_title or _("Import"), reverse(f"admin:{self._url_name()}"))]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file; check it, or import it: at once while it is small, else as a job."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        posted = request.method == "POST"
        form = FileForm(request.POST, request.FILES) if posted else FileForm()
        report = None
        if posted and form.is_valid():
            file = form.cleaned_data["file"]
            if settings.IMPORT_JOBS and file.size > settings.IMPORT_AT_ONCE_BYTES:
                return self._start(request, file)
            report = import_file(
                resource=self.import_resource,
                content=file.read(),
                by=request.user,
                dry_run="check" in request.POST,
            )
        names = [one.column_name for one in self.import_resource.fields.values()]
        optional = self.import_resource.optional
        context = {
            **self._import_context(request),
            "form": form,
            "report": report,
            "needed": [name for name in names if name not in optional],
            "optional": [name for name in names if name in optional],
            "unread": sorted(self.import_resource.unread),
        }
        return TemplateResponse(request, "admin/import.html", context)

    def _start(self, request: HttpRequest, file: Any) -> HttpResponse:
        user: Any = request.user
        try:
            job = start_import(
                kind=self.opts.label,
                content=file.read(),
                file_name=file.name,
                by=user,
                dry_run="check" in request.POST,
            )
        except DomainError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse(f"admin:{self._url_name()}"))
        return HttpResponseRedirect(self._job_url(job.pk))

    def import_job_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Show how far an import is and what became of it, to whoever asked for it; cancel it."""
        user: Any = request.user
        if not self.has_import_permission(request):
            raise PermissionDenied
        # One's own, wherever one acts now; without the file, which can be large.
        own = ImportJob.unscoped.filter(user=user, kind=self.opts.label).defer("content")
        job = get_object_or_404(own, pk=pk)
        if request.method == "POST":
            cancel(job)
            return HttpResponseRedirect(self._job_url(pk))
        report = Report(**job.report) if job.report else None
        context = {**self._import_context(request), "job": job, "states": JobState, "report": report}
        response = TemplateResponse(request, "admin/import_job.html", context)
        if job.is_open:
            response["Refresh"] = "2"
        return response

    def _job_url(self, pk: UUID) -> str:
        return reverse(f"admin:{self._url_name()}_job", args=[pk])

    def _import_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": self.import_title or _("Import %(name)s") % {"name": self.opts.verbose_name_plural},
            "name": capfirst(str(self.opts.verbose_name_plural)),
            "opts": self.opts,
            "about": self.import_about,
            "after_import": self.after_import,
            "import_url": reverse(f"admin:{self._url_name()}"),
        }
