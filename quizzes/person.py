"""What quizzes know of a person, for the page of that person: what they reached."""

from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.people.person_page.contributions import Asked, Cell, Section, Table
from quizzes.models import Attempt, SafetyQuizResult

_MOST: Final = 12


def _safety(asked: Asked) -> list[Table]:
    rows = SafetyQuizResult.objects.filter(user=asked.person).order_by("-completed_at", "-id")[:_MOST]
    return [
        Table(
            columns=(_("Submitted"), _("Week"), _("Quiz"), _("Score")),
            rows=[
                (
                    date_format(row.completed_at, "j F Y H:i"),
                    row.week_of or "—",
                    row.quiz_title or row.quiz_id,
                    f"{row.score}/{row.total_questions}",
                )
                for row in rows
            ],
        )
    ]


def _attempts(asked: Asked) -> list[Table]:
    rows = Attempt.objects.filter(user=asked.person).select_related("question_set")
    ready = {True: Cell(_("reached"), "good"), False: Cell(_("not reached"), "bad"), None: Cell("—")}
    return [
        Table(
            columns=(_("Submitted"), _("Set"), _("Score"), _("Pass mark")),
            rows=[
                (
                    date_format(row.created_at, "j F Y H:i"),
                    row.question_set.title,
                    f"{row.score}/{row.total}",
                    ready[row.ready],
                )
                for row in rows.order_by("-created_at", "-id")[:_MOST]
            ],
        )
    ]


SECTIONS: Final = {
    "safety-quizzes": Section(_("Safety quizzes"), ("READ_SAFETY_QUIZ_REPORTS",), _safety, rank=50),
    "attempts": Section(_("Attempts at question sets"), ("attempts.list",), _attempts, rank=51),
}
