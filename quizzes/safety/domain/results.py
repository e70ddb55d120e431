"""Results of the weekly safety quiz: appended by the one who took it, never changed (document 001)."""

from typing import Any, Final, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from learning.tree.domain.structure import organization_to_write_in
from quizzes.models import SafetyQuizResult
from tenancy.scope import current_scope

MAX_ANSWERS: Final = 1000

ROLE_OF_USERS_WITHOUT_ONE: Final = "teacher"
"""The role that is recorded for a user who has none (document 001, "Data Contract")."""


class Submission(NamedTuple):
    """A quiz as it was taken; everything else about the result is the server's to say."""

    quiz_id: str
    quiz_title: str
    week_of: str
    score: int
    total_questions: int
    answers: list[int]


def acts_in_own_scope(*, user: User) -> bool:
    """Whether the active scope is the user's own, and not one below it that they have drilled into."""
    return current_scope() == user.own_scope


def record_result(*, user: User, submission: Submission) -> SafetyQuizResult:
    """Append a result of ``user``, who acts in their own scope, with their name, role and place as of now.

    Raises:
        InvalidError: ``organization_required``, a global user acts in no organization.
        RefusedError: ``tenant_required``, an independent learner belongs to none.
    """
    now = timezone.now()
    result: SafetyQuizResult = SafetyQuizResult.objects.create(
        **submission._asdict(),
        organization_id=organization_to_write_in(),
        school_id=user.school_id,
        campus_id=user.campus_id,
        classroom_id=user.classroom_id,
        user=user,
        user_name=user.display_name,
        user_role=user.role.name if user.role else ROLE_OF_USERS_WITHOUT_ONE,
        completed_at=now,
        created_by=user,
        updated_by=user,
        created_at=now,
        updated_at=now,
    )
    return result


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
