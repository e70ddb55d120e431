"""Typed progress in the admin."""

from django.contrib import admin

from accounts.imports.pages import ImportPages
from progress.items.imports import ItemProgressResource
from progress.models import ItemProgress
from tenancy.admin import FactAdmin, place_filters


@admin.register(ItemProgress)
class ItemProgressAdmin(ImportPages, FactAdmin):
    """Typed progress, as its users recorded it."""

    import_resource = ItemProgressResource
    permission_keys = {"view": "item_progress.list"}
    date_hierarchy = "created_at"
    list_display = ["created_at", "user", "progress_type", "item_id", "value", "score", "organization"]
    list_filter = ["progress_type", *place_filters("user__")]
    list_select_related = ["user", "organization"]
    search_fields = ["user__email", "user__name", "item_id"]
    ordering = ["-created_at", "-id"]
    fields = (
        "created_at",
        "updated_at",
        "user",
        "campus",
        "progress_type",
        "item_id",
        "value",
        "score",
        "metadata",
    )
    readonly_fields = ("created_at", "updated_at")
    export_fields = (
        "id",
        "created_at",
        "updated_at",
        "user_id",
        "user__email",
        "user__name",
        "campus__name",
        "progress_type",
        "item_id",
        "value",
        "score",
        "metadata",
    )
