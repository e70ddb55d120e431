"""What quizzes know of a person, for the page of that person: what they reached."""

from typing import Any, Final

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people.person_page.contributions import Asked, Cell, PersonAct, Section, Table
from quizzes.models import AllowedAttempt, Attempt, SafetyQuizResult
from quizzes.safety.domain.allowing import KEY, allow_attempt
from quizzes.safety.domain.weeks import Week
from quizzes.safety.domain.words import range_of
from tenancy.errors import NotFoundError
from tenancy.zones import moment_of

_MOST: Final = 12


def _safety(asked: Asked) -> list[Table]:
    rows = SafetyQuizResult.objects.filter(user=asked.person).order_by("-completed_at", "-id")[:_MOST]
    return [
        Table(
            columns=(_("Submitted"), _("Week"), _("Quiz"), _("Score")),
            rows=[
                (
                    moment_of(row.completed_at),
                    row.week_of or "—",
                    row.quiz_title or row.quiz_id,
                    Cell(
                        f"{row.score}/{row.total_questions}",
                        note=_("self-reported") if row.passed is None else "",
                    ),
                )
                for row in rows
            ],
        ),
    ]


def _further(asked: Asked) -> list[Table]:
    """Return the weeks whose quiz they took here, to allow another attempt; what they reached is not told."""
    rows = SafetyQuizResult.objects.filter(user=asked.person, attempt__isnull=False).order_by()
    rows = rows.values("week_of").annotate(number=Max("attempt"), last=Max("completed_at"))
    taken = Table(
        columns=(_("Week"), _("Attempts"), _("Last attempt")),
        rows=[
            (
                row["week_of"] or "—",
                Cell(row["number"], acts=(("allow-attempt", row["week_of"] or ""),)),
                moment_of(row["last"]),
            )
            for row in rows.order_by("-last")[:_MOST]
        ],
        empty=_("They have taken none that is graded here."),
    )
    return [taken, _allowed(asked.person)]


def _allowed(person: User) -> Table:
    # Unscoped: whoever may see the person may see it, wherever they were.
    rows = AllowedAttempt.unscoped.filter(user=person).select_related("given_by").order_by("-given_at")
    return Table(
        caption=_("Further attempts allowed"),
        columns=(_("When"), _("Week"), _("Why"), _("By")),
        rows=[
            (
                moment_of(row.given_at),
                str(Week(row.week)),
                row.reason,
                row.given_by.display_name,
            )
            for row in rows[:_MOST]
        ],
        empty=_("None."),
    )


def _week(about: str) -> Week:
    week = Week.named(about)
    if week is None:
        raise NotFoundError
    return week


def _about_week(person: User, about: str) -> str:
    return range_of(_week(about))


def _allow(*, by: User, person: User, about: str, reason: str) -> Any:
    changed = allow_attempt(by=by, person=person, week=_week(about), reason=reason)
    return _("They may take it once more.") if changed else _("They may take it anyway.")


def _attempts(asked: Asked) -> list[Table]:
    rows = Attempt.objects.filter(user=asked.person).select_related("question_set")
    ready = {True: Cell(_("reached"), "good"), False: Cell(_("not reached"), "bad"), None: Cell("—")}
    return [
        Table(
            columns=(_("Submitted"), _("Set"), _("Score"), _("Pass mark")),
            rows=[
                (
                    moment_of(row.created_at),
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
    "further-attempts": Section(_("Further attempts at safety quizzes"), (KEY,), _further, rank=52),
    "attempts": Section(_("Attempts at question sets"), ("attempts.list",), _attempts, rank=51),
}
ACTS: Final = {
    "allow-attempt": PersonAct(
        _("Allow another attempt"),
        _("They may take the quiz of this week once more, whatever its schedule says."),
        KEY,
        _allow,
        about=_about_week,
    ),
}
