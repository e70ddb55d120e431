"""Videos from pasted lines and from files, above the list of videos."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.idempotency.domain import claim_once
from accounts.imports.pages import ImportPages
from learning.models import Video
from learning.tree.domain.video_lines import VideoLine, add_missing, missing_in, videos_in
from learning.tree.imports import VideosResource
from tenancy.admin import FillInForm, FillInPages, FillInView


@dataclass(frozen=True, slots=True)
class PastePreview:
    """What pasted lines would add to a sub-course.

    Attributes:
        rows: each line, and whether it is added.
    """

    number: int
    rows: list[tuple[VideoLine, bool]]


class LinesForm(FillInForm):
    """A sub-course, and its new videos line by line."""

    lines = forms.CharField(
        label=_("Videos"),
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 90}),
        help_text=_(
            "A line for each: title, link and, if you like, length in seconds, with tabs, semicolons or "
            "commas between them, as two or three columns of a spreadsheet are pasted."
        ),
    )
    field_order = ("sub_course", "lines")

    def clean_lines(self) -> list[VideoLine]:
        """Read the lines; what is wrong is named by line."""
        return videos_in(self.cleaned_data["lines"])

    @property
    def preview(self) -> PastePreview:
        """What would be added."""
        lines = self.cleaned_data["lines"]
        added = missing_in(self.cleaned_data["sub_course"], lines)
        return PastePreview(len(added), [(line, line in added) for line in lines])


class LinesView(FillInView):
    """Whoever may add videos adds a draft for each line."""

    name = "lines"
    title = label = _("Add videos from lines")
    verb = "do"
    form_class = LinesForm
    template_name = "admin/videos/lines.html"
    asked_for = ("sub_course",)
    claim = staticmethod(claim_once)
    done_before = _("These videos have already been added.")

    def form(self, *args: Any, **kwargs: Any) -> FillInForm:
        form = super().form(*args, **kwargs)
        column: Any = Video._meta.get_field("sub_course")
        offered = self.described.formfield_for_foreignkey(column, self.request, required=True)
        form.fields["sub_course"] = offered
        form.order_fields(LinesForm.field_order)
        return form

    def do(self, form: Any) -> None:
        values = form.cleaned_data
        added = add_missing(sub_course=values["sub_course"], lines=values["lines"])
        for video in added:
            self.described.log_addition(self.request, video, str(_("Added from pasted lines.")))
        told = ngettext("Added %(number)d video.", "Added %(number)d videos.", len(added))
        messages.success(self.request, f"{told % {'number': len(added)}} {_('Drafts are published later.')}")


class VideoSources(ImportPages, FillInPages):
    """Mixed into the admin of videos."""

    fill_in = LinesView
    import_resource = VideosResource
    import_keys = ("videos.create", "videos.update")
    import_about = _("Video")
    after_import = _("New videos are drafts: publish them from the list.")

    def may_fill_in(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and super().has_import_permission(request)
