"""What people answered, in the admin: facts are read, never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from learning.admin import tree_filters
from learning.models import SubCourse
from quizzes.models import Attempt, Option, Question
from quizzes.sets.domain.questions import may_edit_questions
from tenancy.admin import (
    FactAdmin,
    period_filter,
    place_filters,
)


@admin.register(Attempt)
class AttemptAdmin(FactAdmin):
    """What learners submitted and were told; recorded, never edited."""

    introduction = _(
        "An attempt is one time somebody answered the questions of a practice or an entry assessment."
    )
    explained_columns = {
        "reached": _("The points of the right answers, and of all questions of the set."),
        "ready": _("Whether the points of an entry assessment reach its pass mark. Practices have none."),
    }
    permission_keys = {"view": "attempts.list"}
    list_display = ["created_at", "user", "question_set", "organization", "reached", "ready"]
    list_filter = [
        period_filter("created_at", _("submitted")),
        "ready",
        "question_set__set_type",
        *place_filters("user__"),
        *tree_filters(down_to=SubCourse, prefix="question_set__")[1:],
    ]
    list_select_related = ["user", "question_set", "organization"]
    titled_by = ("user", "question_set")
    fields = ("created_at", "user", "question_set", "reached", "ready", "answers_given")
    readonly_fields = ("reached", "answers_given")
    export_fields = (
        "id",
        "created_at",
        "user_id",
        "user__email",
        "user__name",
        "question_set_id",
        "question_set__title",
        "question_set__set_type",
        "score",
        "total",
        "ready",
    )

    @admin.display(description=_("points"), ordering="score")
    def reached(self, attempt: Attempt) -> str:
        """Points reached and possible."""
        return f"{attempt.score} / {attempt.total}"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Note whether the signed-in person may know what would have been right."""
        attempt = super().get_object(request, *args, **kwargs)
        if attempt is not None:
            user: Any = request.user
            organization_id = attempt.question_set.organization_id
            attempt.tells_correct = may_edit_questions(user=user, organization_id=organization_id)
        return attempt

    @admin.display(description=_("answers"))
    def answers_given(self, attempt: Any) -> Any:
        """Each question with what was chosen, as it is called today.

        Those who may edit the questions are also told what would have been right.
        """
        answers, results = attempt.answers, attempt.results
        asked = Question.all_objects.filter(pk__in=[result["question_id"] for result in results])
        texts = dict(asked.values_list("pk", "text"))
        named = {answer["option_id"] for answer in answers}
        named |= {pk for result in results for pk in result["correct_option_ids"]}
        options = dict(Option.objects.filter(pk__in=named).values_list("pk", "text"))

        def names(ids: Any) -> str:
            return " · ".join(options.get(pk) or str(_("(removed)")) for pk in ids) or "—"

        heads = [_("Question"), _("Chosen"), _("Correct"), _("Points")]
        rows: list[Any] = [
            (
                texts.get(result["question_id"]) or _("(removed)"),
                names(
                    answer["option_id"]
                    for answer in answers
                    if answer["question_id"] == result["question_id"]
                ),
                names(result["correct_option_ids"]),
                result["points"],
            )
            for result in results
        ]
        if not attempt.tells_correct:
            heads, rows = heads[:2], [row[:2] for row in rows]
        head = _cells('<th scope="col">{}</th>', heads)
        body = format_html_join("", "<tr>{}</tr>", ((_cells("<td>{}</td>", row),) for row in rows))
        return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, body)


def _cells(cell: str, values: Any) -> Any:
    return format_html_join("", cell, ((value,) for value in values))
