"""Results of the weekly safety quiz: appended by the one who took it, never changed (document 001).

A client reports a score of its own (here), or sends answers that are graded here
(``quizzes.safety.domain.submissions``); both become a row of the same table.
"""

from datetime import timedelta
from typing import Any, Final, NamedTuple

from django.db.models import BooleanField, DateTimeField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from learning.tree.domain.structure import organization_to_write_in
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.schedules import counted_in
from quizzes.safety.domain.weeks import Week, current_week, names_of
from tenancy.scope import current_scope

MAX_RESULT_ANSWERS: Final = 1000

SCORE_ABOVE_TOTAL: Final = "score_above_total"
SCORE_MESSAGE: Final = _("A score is at most the number of questions.")

ROLE_NAME_WITHOUT_A_ROLE: Final = "teacher"
"""The role that is recorded for a user who has none (document 001, "Data Contract")."""


class Submission(NamedTuple):
    """A quiz as it was taken; everything else about the result is the server's to say."""

    quiz_id: str
    quiz_title: str
    week_of: str
    score: int
    total_questions: int
    answers: list[int]


class Graded(NamedTuple):
    """What only the server says of a quiz that it graded itself."""

    passed: bool
    attempt: int
    grading: list[dict[str, Any]]


def acts_in_own_scope(*, user: User) -> bool:
    """Whether the active scope is the user's own, and not one below it that they have drilled into."""
    return current_scope() == user.own_scope


def record_result(*, user: User, submission: Submission, graded: Graded | None = None) -> SafetyQuizResult:
    """Append a result of ``user``, who acts in their own scope, with their name, role and place as of now.

    Raises:
        InvalidError: ``organization_required``, a global user acts in no organization.
        RefusedError: ``tenant_required``, an independent learner belongs to none.
    """
    now = timezone.now()
    result: SafetyQuizResult = SafetyQuizResult.objects.create(
        **submission._asdict(),
        **(graded._asdict() if graded else {}),
        organization_id=organization_to_write_in(),
        school_id=user.school_id,
        campus_id=user.campus_id,
        classroom_id=user.classroom_id,
        user=user,
        user_name=user.display_name,
        user_role=user.role.name if user.role else ROLE_NAME_WITHOUT_A_ROLE,
        completed_at=now,
        created_by=user,
        updated_by=user,
        created_at=now,
        updated_at=now,
    )
    return result


def own_result(*, user: User, week_of: str | None) -> SafetyQuizResult | None:
    """Return the one of the user's results that counts; ``None`` when there is none.

    It is the one that the report of the week counts (``quizzes.safety.domain.completion``); without a week,
    the best of all.
    """
    own, week = results_of(user=user), None
    if week_of is not None:
        week, own = Week.named(week_of), own.filter(week_of__in=names_of(week_of))
    own = counted_in(own, week or current_week(timezone.now()))
    best_first: list[Any] = [F("passed").desc(nulls_last=True), "-completed_at", "-id"]
    if week is not None:
        late = ExpressionWrapper(Q(completed_at__gte=week.ends), output_field=BooleanField())
        best_first.insert(0, late)
    return own.order_by(*best_first).first()


def in_week(results: "QuerySet[SafetyQuizResult, Any]", week_of: str) -> "QuerySet[SafetyQuizResult, Any]":
    """Return those of ``results`` that name the same week as a text, in the same order."""
    # Sorted by a sum: looking for old results in the order of an index would read all later ones first.
    completed_at = ExpressionWrapper(F("completed_at") + timedelta(0), output_field=DateTimeField())
    return results.filter(week_of__in=names_of(week_of)).order_by(completed_at.desc(), "-id")


def results_of(*, user: User) -> "QuerySet[SafetyQuizResult, Any]":
    """Return the user's own results, newest first, wherever in their organization they were then.

    A global user's are those of every organization.
    """
    # Unscoped: the place of an older result need not lie in the active scope. The organization is named.
    own = SafetyQuizResult.unscoped.filter(user=user, deleted=None).order_by("-completed_at", "-id")
    return own if user.is_global else own.filter(organization=user.organization_id)


def results_of_scope() -> "QuerySet[SafetyQuizResult, Any]":
    """Return the results that were submitted at or below the active scope, newest first."""
    results: QuerySet[SafetyQuizResult, Any] = SafetyQuizResult.objects.order_by("-completed_at", "-id")
    return results
