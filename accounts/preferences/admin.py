"""What people prefer, in the admin: read, never edited."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import PREFERENCES, Preferences
from tenancy.admin import FactAdmin, Job, branch_filters
from tenancy.models import Campus, Classroom, Organization, School


@admin.register(Preferences)
class PreferencesAdmin(FactAdmin):
    """What people prefer; theirs to change."""

    job = Job.PEOPLE
    permission_keys = {"view": "preferences.list"}
    list_display = ["user", *(preference.column for preference in PREFERENCES), "updated_at", "lives_in"]
    # Where their people belong now.
    list_filter = [
        *(preference.column for preference in PREFERENCES),
        *branch_filters(
            ("organization", Organization, "user__organization"),
            ("school", School, "user__school"),
            ("campus", Campus, "user__campus"),
            ("classroom", Classroom, "user__classroom"),
        ),
    ]
    everywhere_only = ("lives_in",)
    list_select_related = ["user__organization"]
    titled_by = ("user",)
    ordering = ["user__email"]
    fields = ("user", *(preference.column for preference in PREFERENCES), "created_at", "updated_at")
    readonly_fields = ("created_at", "updated_at")
    export_fields = (
        "id",
        "user_id",
        "user__email",
        "user__name",
        *(preference.column for preference in PREFERENCES),
        "updated_at",
    )

    @admin.display(description=_("organization"), ordering="user__organization__name")
    def lives_in(self, preferences: Preferences) -> str:
        """The organization the person belongs to now."""
        return str(preferences.user.organization)
