"""Courses as files in the admin: take one out; bring one in, once its changes have been looked at."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.imports.jobs.domain import (
    KINDS,
    ImportKind,
    cancel,
    forget_checked,
    import_at_once,
    start_import,
)
from accounts.imports.report import Report
from accounts.models import ImportJob, JobState
from learning.tree.course_files import comparing
from learning.tree.course_files.documents import MOST_BYTES
from learning.tree.course_files.exporting import FORMATS, JSON, ZIP, export_course, read_keys
from learning.tree.course_files.files import is_small
from learning.tree.course_files.importing import delete_keys, import_course, write_keys
from tenancy.admin import TenantAdmin, is_writable
from tenancy.errors import DomainError
from tenancy.scope import EveryOrganization, Scope, current_scope

KIND: Final = "course file"
_TYPES: Final = {JSON: "application/json", ZIP: "application/zip"}
_WORDS: Final = {
    comparing.ADDED: _("added"),
    comparing.CHANGED: _("changed"),
    comparing.MOVED: _("moved"),
    comparing.MISSING: _("missing in the file"),
}


class CourseFileForm(forms.Form):
    """The file, and what becomes of what it lacks."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A course that was exported: JSON, or a ZIP of CSV tables. Its changes are shown first."),
    )
    delete_missing = forms.BooleanField(
        label=_("Delete what the course has and the file lacks"),
        required=False,
        help_text=_("It can be restored. Without this it stays, behind the rest."),
    )

    def __init__(self, *args: Any, may_delete: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_delete:
            del self.fields["delete_missing"]

    def clean_file(self) -> Any:
        """Refuse what is too large."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            size = {"size": MOST_BYTES // 2**20}
            raise ValidationError(_("The file is larger than %(size)d MB."), code="too_large", params=size)
        return file


class CourseFilePages(TenantAdmin):
    """Mixed into the admin of courses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        KINDS[KIND] = ImportKind(import_course, write_keys(), keeps_checked=True)

    def has_file_permission(self, request: HttpRequest) -> bool:
        """Whether the signed-in person may bring a course in."""
        user: Any = request.user
        return self.has_add_permission(request) and all(user.holds(key) for key in write_keys())

    def _may_take_out(self, request: HttpRequest, course: Any) -> bool:
        user: Any = request.user
        return is_writable(course) and all(user.holds(key) for key in read_keys())

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("file/", wrap(self.file_view), name="learning_course_file"),
            path("file/<uuid:pk>/", wrap(self.file_job_view), name="learning_course_file_job"),
            path("<path:object_id>/file/", wrap(self.take_out_view), name="learning_course_take_out"),
            *super().get_urls(),
        ]

    def get_object_tools(self, request: HttpRequest) -> list[tuple[Any, str]]:
        tools = super().get_object_tools(request)
        if not self.has_file_permission(request):
            return tools
        return [*tools, (_("Import a course"), reverse("admin:learning_course_file"))]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Offer to take the course out."""
        course = context.get("original")
        if course is not None and self._may_take_out(request, course):
            address = reverse("admin:learning_course_take_out", args=[course.pk])
            tools = [
                (_("Export as JSON"), f"{address}?as={JSON}"),
                (_("Export as CSV"), f"{address}?as={ZIP}"),
            ]
            context = {**context, "row_tools": [*context.get("row_tools", ()), *tools]}
        return super().render_change_form(request, context, *args, **kwargs)

    def take_out_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Return a course as a file."""
        course = self.get_object(request, object_id) if self.has_view_permission(request) else None
        as_format = request.GET.get("as", JSON)
        if course is None or as_format not in FORMATS:
            raise Http404
        if not self._may_take_out(request, course):
            raise PermissionDenied
        try:
            content = export_course(course, as_format)
        except DomainError as refusal:
            messages.error(request, str(refusal.detail))
            return HttpResponseRedirect(reverse("admin:learning_course_change", args=[course.pk]))
        name = f"{slugify(course.title) or f'course-{course.pk}'}.{as_format}"
        return HttpResponse(
            content,
            content_type=_TYPES[as_format],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def file_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file and look at it: at once while it is small, else as a job."""
        user: Any = request.user
        if not self.has_file_permission(request):
            raise PermissionDenied
        everywhere = isinstance(current_scope(), EveryOrganization)
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = CourseFileForm(*sent, may_delete=all(user.holds(key) for key in delete_keys()))
        if sent and not everywhere and form.is_valid():
            file = form.cleaned_data["file"]
            options = {"delete_missing": form.cleaned_data.get("delete_missing", False)}
            return self._started(request, file.read(), file.name, dry_run=True, options=options)
        context = {**self._file_context(request), "form": None if everywhere else form}
        return TemplateResponse(request, "admin/courses/file.html", context)

    def file_job_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Show what a file changes, or changed, to whoever brought it; do it; or cancel it."""
        user: Any = request.user
        if not self.has_file_permission(request):
            raise PermissionDenied
        job = get_object_or_404(ImportJob.unscoped.filter(user=user, kind=KIND), pk=pk)
        report = Report(**job.report) if job.report else None
        goes_on = bool(report and job.state == JobState.DONE and job.content and report.changes)
        if request.method == "POST" and "cancel" in request.POST:
            cancel(job)
            return HttpResponseRedirect(reverse("admin:learning_course_file_job", args=[pk]))
        if request.method == "POST" and goes_on and report:
            return self._go_on(request, job, report)
        context = {
            **self._file_context(request),
            "job": job,
            "states": JobState,
            "report": report,
            "goes_on": goes_on,
            "deletes": job.options.get("delete_missing"),
            "changes": [(_WORDS[what], where, how) for what, where, how in report.changes] if report else [],
        }
        response = TemplateResponse(request, "admin/courses/file_job.html", context)
        if job.is_open:
            response["Refresh"] = "2"
        return response

    def _go_on(self, request: HttpRequest, job: ImportJob, report: Report) -> HttpResponse:
        """Do what was shown; what its question said, if there was one, is agreed to by that."""
        options = {**job.options, "seen": report.digest, "agreed": bool(report.question)}
        scope = current_scope()
        if job.scope != (str(scope) if isinstance(scope, Scope) else ""):
            messages.error(request, _("You act in another organization now: look at the file there first."))
            return HttpResponseRedirect(request.get_full_path())
        content = bytes(job.content)
        return self._started(request, content, job.file_name, dry_run=False, options=options)

    def _started(
        self, request: HttpRequest, content: bytes, name: str, *, dry_run: bool, options: dict[str, Any]
    ) -> HttpResponse:
        user: Any = request.user
        is_large = settings.IMPORT_JOBS and not is_small(content, settings.IMPORT_AT_ONCE_BYTES)
        start = start_import if is_large else import_at_once
        if dry_run:
            forget_checked(kind=KIND, by=user)
        try:
            job = start(kind=KIND, content=content, file_name=name, by=user, dry_run=dry_run, options=options)
        except DomainError as refusal:
            messages.error(request, str(refusal.detail))
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(reverse("admin:learning_course_file_job", args=[job.pk]))

    def _file_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": _("Import a course"),
            "opts": self.opts,
            "import_url": reverse("admin:learning_course_file"),
        }
