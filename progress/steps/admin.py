"""What learners have completed, in the admin: facts are read, never edited."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, CharField, OuterRef, Subquery, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learning.admin import tree_filters
from learning.models import SubCourse
from progress.models import StepException
from progress.steps.completions import all_steps
from progress.steps.keys import EXCEPTIONS_LIST
from tenancy.admin import FactAdmin, period_filter, place_filters


class CompletionAdmin(FactAdmin):
    """Completions of one kind of step.

    Attributes:
        step: the field that holds what was completed.
    """

    step: ClassVar[str]
    permission_keys = {"view": "completions.list"}
    ordering = ["-completed_at", "-id"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        step = cls.step
        cls.list_display = ["completed_at", "user", step, "organization"]
        cls.list_filter = [
            period_filter("completed_at", _("completed")),
            *place_filters("user__"),
            *tree_filters(down_to=SubCourse, prefix=f"{step}__")[1:],
        ]
        cls.list_select_related = ["user", step, "organization"]
        cls.titled_by = ("user", step)
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


# Every kind of step has its page: apps have registered theirs before the admin looks for pages.
for _step in all_steps():
    _page = type(f"{_step.model.__name__}Admin", (CompletionAdmin,), {"step": _step.model.step})
    admin.site.register(_step.model, _page)


@admin.register(StepException)
class StepExceptionAdmin(FactAdmin):
    """What staff decided about single steps of learners; it is decided on the page of a person."""

    introduction = _(
        "What staff decided for one learner and one step. A waiver lets them go on without completing it; "
        "an unlocking opens it to them before its turn, until a date."
    )
    permission_keys = {"view": EXCEPTIONS_LIST}
    ordering = ["-given_at", "-id"]
    list_display = ["given_at", "user", "kind", "step", "reason", "given_by", "ended_at"]
    list_filter = [*place_filters("user__"), "kind", "waiver"]
    list_select_related = ["user", "given_by"]
    titled_by = ("user", "kind", "title")
    search_fields = ["user__email", "user__name", "reason"]
    fields = (
        "given_at",
        "user",
        "kind",
        "step",
        "waiver",
        "until",
        "completed_at",
        "reason",
        "given_by",
        "ended_at",
        "ended_by",
        "ended_reason",
    )
    readonly_fields = ("step",)
    export_fields = (
        "id",
        "given_at",
        "user_id",
        "user__email",
        "user__name",
        "kind",
        "step_type",
        "step_id",
        "waiver",
        "until",
        "completed_at",
        "reason",
        "given_by_id",
        "ended_at",
        "ended_by_id",
        "ended_reason",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Bring what the steps are called: no foreign key leads there."""
        titles = [
            When(
                step_type=step.name,
                # Unscoped: of a row of the scope; its step may be a shared one, or deleted by now.
                then=Subquery(step.level.model.unscoped.filter(pk=OuterRef("step_id")).values("title")[:1]),
            )
            for step in all_steps()
        ]
        return super().get_queryset(request).annotate(title=Case(*titles, output_field=CharField()))

    @admin.display(description=_("step"))
    def step(self, row: Any) -> str:
        """What the step is called now."""
        return f"{row.title} ({row.step_type})"
