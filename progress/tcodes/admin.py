"""Progress per tcode in the admin: facts are read, never edited."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from progress.models import TcodeProgress
from tenancy.admin import FactAdmin, place_filters


@admin.register(TcodeProgress)
class TcodeProgressAdmin(FactAdmin):
    """How far people are with tcodes."""

    introduction = _("How far people are with a tcode, a unit of the workshop: the last slide they saw.")
    explained_columns = {"tcode": _("A course, a subject or a unit of the workshop, under its short name.")}
    permission_keys = {"view": "completions.list"}
    list_display = ["last_active", "user", "tcode", "percent", "last_slide_seen", "organization"]
    list_filter = [*place_filters("user__"), "last_active"]
    list_select_related = ["user", "tcode", "organization"]
    search_fields = ["user__email", "user__name", "tcode__code", "tcode__title"]
    search_help_text = _("A person's name or e-mail address, or the code or title of a tcode.")
    titled_by = ("user", "tcode")
    ordering = ["-last_active", "-id"]
    fields = ("last_active", "user", "tcode", "percent", "last_slide_seen")
    readonly_fields = ("percent",)
    export_fields = (
        "id",
        "last_active",
        "user_id",
        "user__email",
        "user__name",
        "tcode_id",
        "tcode__code",
        "tcode__title",
        "percent_complete",
        "last_slide_seen",
    )

    @admin.display(description=_("complete"), ordering="percent_complete")
    def percent(self, row: TcodeProgress) -> str:
        """Show no more than people want to know."""
        return f"{row.percent_complete:.4g} %"
