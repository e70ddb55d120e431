"""What people answered, in the admin: facts are read, never edited."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from learning.admin import tree_filters
from learning.models import SubCourse
from quizzes.models import Attempt, Option, Question
from tenancy.admin import (
    FactAdmin,
    place_filters,
)


@admin.register(Attempt)
class AttemptAdmin(FactAdmin):
    """What learners submitted and were told; recorded, never edited."""

    permission_keys = {"view": "users.list"}
    list_display = ["created_at", "user", "question_set", "organization", "reached", "ready"]
    list_filter = [
        "ready",
        "question_set__set_type",
        *place_filters("user__"),
        *tree_filters(down_to=SubCourse, prefix="question_set__")[1:],
    ]
    list_select_related = ["user", "question_set", "organization"]
    search_fields = ["user__email", "user__name", "question_set__title"]
    date_hierarchy = "created_at"
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

    @admin.display(description=_("answers"))
    def answers_given(self, attempt: Attempt) -> Any:
        """Each question with what was chosen and what would have been right, as it is called today."""
        answers, results = attempt.answers, attempt.results
        asked = Question.all_objects.filter(pk__in=[result["question_id"] for result in results])
        texts = dict(asked.values_list("pk", "text"))
        named = {answer["option_id"] for answer in answers}
        named |= {pk for result in results for pk in result["correct_option_ids"]}
        options = dict(Option.objects.filter(pk__in=named).values_list("pk", "text"))

        def names(ids: Any) -> str:
            return " · ".join(options.get(pk) or str(_("(removed)")) for pk in ids) or "—"

        rows = [
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
        heads = format_html_join(
            "",
            '<th scope="col">{}</th>',
            ((head,) for head in (_("Question"), _("Chosen"), _("Correct"), _("Points"))),
        )
        body = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", rows)
        return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", heads, body)
