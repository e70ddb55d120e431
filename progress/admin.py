"""What learners have completed, in the admin: facts are read, never edited."""

from typing import Any, ClassVar, Final

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.importing.pages import ImportPages
from learning.admin import tree_filters
from learning.models import SubCourse
from progress.importing import ItemProgressResource
from progress.interactions import INTERACTIONS
from progress.models import Interaction, ItemProgress, PracticeCompletion, TcodeProgress, VideoCompletion
from tenancy.admin import FactAdmin, place_filters
from tenancy.errors import InvalidError

MOST_TO_EXPORT: Final = 20_000
"""How many interactions a page turns into a file, which it holds as a whole."""


class CompletionAdmin(FactAdmin):
    """Completions of one kind of step.

    Attributes:
        step: the field that holds what was completed.
    """

    step: ClassVar[str]
    permission_keys = {"view": "users.list"}
    date_hierarchy = "completed_at"
    ordering = ["-completed_at"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        step = cls.step
        cls.list_display = ["completed_at", "user", step, "organization"]
        cls.list_filter = [
            *place_filters("user__"),
            *tree_filters(down_to=SubCourse, prefix=f"{step}__")[1:],
        ]
        cls.list_select_related = ["user", step, "organization"]
        cls.search_fields = ["user__email", "user__name", f"{step}__title"]
        cls.fields = ("completed_at", "user", step)
        cls.export_fields = (
            "id",
            "completed_at",
            "user_id",
            "user__email",
            "user__name",
            f"{step}_id",
            f"{step}__title",
            f"{step}__sub_course__title",
        )


@admin.register(VideoCompletion)
class VideoCompletionAdmin(CompletionAdmin):
    """Videos that learners have finished."""

    step = "video"


@admin.register(PracticeCompletion)
class PracticeCompletionAdmin(CompletionAdmin):
    """Practices that learners have finished."""

    step = "question_set"


@admin.register(ItemProgress)
class ItemProgressAdmin(ImportPages, FactAdmin):
    """Typed progress, as its users recorded it."""

    import_resource = ItemProgressResource
    permission_keys = {"view": "users.list"}
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


@admin.register(TcodeProgress)
class TcodeProgressAdmin(FactAdmin):
    """How far people are with tcodes."""

    permission_keys = {"view": "users.list"}
    list_display = ["last_active", "user", "tcode", "percent", "last_slide_seen", "organization"]
    list_filter = [*place_filters("user__"), "last_active"]
    list_select_related = ["user", "tcode", "organization"]
    search_fields = ["user__email", "user__name", "tcode__code", "tcode__title"]
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


class TypeFilter(admin.SimpleListFilter):
    """Interactions of one type. Which there are is known, and not looked for in millions of rows."""

    title = _("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in sorted(INTERACTIONS)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        if self.value() not in INTERACTIONS:
            raise IncorrectLookupParameters(self.parameter_name)
        return queryset.filter(type=self.value())


@admin.register(Interaction)
class InteractionAdmin(FactAdmin):
    """What people did, as it was logged. There may be millions, which are counted once for each page."""

    permission_keys = {"view": "users.list"}
    show_full_result_count = False
    list_display = ["created_at", "user", "type", "said", "organization"]
    list_filter = [TypeFilter, *place_filters("user__"), "created_at"]
    list_select_related = ["user", "organization"]
    search_fields = ["user__email", "user__name"]
    ordering = ["-created_at", "-id"]
    fields = ("created_at", "user", "type", "payload")
    export_fields = ("id", "created_at", "user_id", "user__email", "user__name", "type", "payload")

    @admin.display(description=_("payload"))
    def said(self, row: Interaction) -> str:
        """Show the beginning of the payload, its keys in the order in which they are declared."""
        declared = INTERACTIONS[row.type].keys if row.type in INTERACTIONS else {}
        names = [
            *(name for name in declared if name in row.payload),
            *sorted(row.payload.keys() - declared.keys()),
        ]
        return Truncator(", ".join(f"{name}: {row.payload[name]}" for name in names)).chars(100)

    def get_export_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_export_queryset(request)
        if rows.order_by()[: MOST_TO_EXPORT + 1].count() > MOST_TO_EXPORT:
            raise InvalidError(
                _("More than %(most)d interactions: narrow the list, or use manage.py export_interactions.")
                % {"most": MOST_TO_EXPORT}
            )
        return rows

    def export_action(self, request: HttpRequest) -> Any:
        try:
            return super().export_action(request)
        except InvalidError as refusal:
            messages.error(request, str(refusal.detail))
            return HttpResponseRedirect(f"..?{request.GET.urlencode()}")
