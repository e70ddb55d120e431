"""Which weeks have which safety quiz, in the admin; writes go through the API's domain functions."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learning.tree.admin.content import content_keys
from quizzes.models import QuestionSet, SafetyQuizSchedule
from quizzes.safety.domain import schedules
from quizzes.safety.domain.weeks import Week, current_week
from tenancy.admin import Job, TenantAdmin, TenantForm, place_filters
from tenancy.scope import EveryOrganization, current_scope, may_write_in


class ScheduleForm(TenantForm):
    """Takes any day of a week for the week."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"first_week", "last_week"} & self.fields.keys():
            self.fields[name].help_text = _("Any day of the week.")
        if "last_week" in self.fields:
            self.fields["last_week"].help_text = _(
                "Any day of the week. Without one, it goes on until another schedule begins."
            )

    def clean_first_week(self) -> date:
        """Return the Monday."""
        return Week(self.cleaned_data["first_week"]).monday

    def clean_last_week(self) -> date | None:
        """Return the Monday."""
        day = self.cleaned_data["last_week"]
        return day and Week(day).monday


@admin.register(SafetyQuizSchedule)
class SafetyQuizScheduleAdmin(TenantAdmin):
    """Schedules belong to the organization as a whole: nobody changes them from a part of it."""

    introduction = _("Staff do a safety quiz each week. A schedule says which quiz it is, in which weeks.")
    job = Job.TREE
    form = ScheduleForm
    permission_keys = content_keys("safety_quizzes")
    list_display = [
        "question_set",
        "first_week",
        "last_week",
        "organization",
        "pass_mark",
        "retakes",
        "graded_only",
        "updated_at",
    ]
    list_filter = [*place_filters()[:1], "retakes", "graded_only"]
    list_select_related = ["question_set", "organization"]
    search_fields = ["question_set__title"]
    autocomplete_fields = ["organization", "question_set"]
    set_on_add = ("organization",)
    titled_by = ("question_set", "first_week")
    ordering = ["organization", "-first_week", "-id"]
    export_fields = (
        "id",
        "question_set_id",
        "question_set__title",
        "first_week",
        "last_week",
        "pass_mark",
        "retakes",
        "graded_only",
        "organization__name",
        "created_at",
        "updated_at",
    )

    def may_write(self, request: HttpRequest, verb: str, row: Any) -> bool:
        """It holds for the whole organization, and is decided there."""
        here = row is None or may_write_in(row.organization_id)
        return here and super().may_write(request, verb, row)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        scope = current_scope()
        whole = isinstance(scope, EveryOrganization) or scope.may_change_content
        return whole and super().has_add_permission(request, obj)

    @admin.display(empty_value="")
    def action_checkbox(self, obj: Any) -> Any:
        return super().action_checkbox(obj) if may_write_in(obj.organization_id) else ""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the coming week."""
        coming = current_week(timezone.now()).back(-1)
        return {"first_week": coming.monday, **super().get_changeform_initial_data(request)}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer safety quizzes, the shared ones as well."""
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "question_set":
            order = self.admin_site.get_model_admin(QuestionSet).get_ordering(request)
            field.queryset = QuestionSet.objects.safety_quizzes().order_by(*order)
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            schedules.schedule_quiz(schedule=obj)
            return
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        schedules.change_schedule(schedule=obj, values=values)

    def delete_rows(self, rows: list[Any]) -> None:
        schedules.delete_schedules(schedules=rows)

    def restore_rows(self, rows: list[Any]) -> None:
        schedules.restore_schedules(schedules=rows)
