"""The page of a file that is made by a job: how far it is, the file, and an end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.imports.jobs.domain import cancel, queue, where
from accounts.imports.jobs.exports import KIND, list_of, pieces_of
from accounts.imports.jobs.models import ImportJob, JobState


def urls(admin_view: Callable[..., Any]) -> list[URLPattern]:
    """Return the routes; strangers are sent to the login."""
    return [
        path("exports/<uuid:pk>/", admin_view(export_view), name="export_job"),
        path("exports/<uuid:pk>/file/", admin_view(file_view), name="export_file"),
    ]


def start(request: HttpRequest, *, model: type[Model], format_number: str, query: str) -> str:
    """Queue a file of a list, and return the address of its page.

    Raises:
        RefusedError: the organization has enough to wait for.
    """
    made: Any = admin.site.get_model_admin(model)
    file_format = made.get_export_formats()[int(format_number)]()
    user: Any = request.user
    job = queue(
        kind=f"{KIND}{model._meta.label}",
        by=user,
        file_name=made.get_export_filename(request, None, file_format),
        dry_run=False,
        content=b"",
        export_format=format_number,
        list_query=query,
    )
    return reverse("admin:export_job", args=[job.pk])


def _own(request: HttpRequest, pk: UUID) -> ImportJob:
    """Return a file that one asked for where one acts now; without its content, which can be large.

    Raises:
        Http404: there is none.
        PermissionDenied: it is of a list that one may not see any more.
    """
    place, organization = where()
    # Unscoped: the job stands in the organization as a whole, whichever place of it one acts in.
    own = ImportJob.unscoped.filter(
        user=request.user,  # type: ignore[misc]
        organization=organization,
        scope=place,
        kind__startswith=KIND,
    )
    job: ImportJob = get_object_or_404(own.defer("content"), pk=pk)
    if not list_of(job).has_export_permission(request):
        raise PermissionDenied
    return job


def export_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how far a file is to whoever asked for it; cancel it."""
    job = _own(request, pk)
    if request.method == "POST":
        cancel(job)
        return HttpResponseRedirect(request.path)
    opts = list_of(job).opts
    context = {
        **admin.site.each_context(request),
        "title": _("Export %(name)s") % {"name": opts.verbose_name_plural},
        "name": capfirst(str(opts.verbose_name_plural)),
        "opts": opts,
        "job": job,
        "states": JobState,
        "list_query": f"?{job.list_query}" if job.list_query else "",
    }
    response = TemplateResponse(request, "admin/export_job.html", context)
    if job.is_open:
        response["Refresh"] = "2"
    return response


def file_view(request: HttpRequest, pk: UUID) -> HttpResponse | StreamingHttpResponse:
    """Send the file, piece by piece."""
    job = _own(request, pk)
    if job.state != JobState.DONE:
        return HttpResponseRedirect(reverse("admin:export_job", args=[pk]))
    file_format = list_of(job).get_export_formats()[int(job.export_format)]()
    answer = StreamingHttpResponse(pieces_of(job), content_type=file_format.get_content_type())
    answer["Content-Disposition"] = f'attachment; filename="{job.file_name}"'
    answer["Content-Length"] = str(job.size)
    answer["Cache-Control"] = "no-store"
    return answer
