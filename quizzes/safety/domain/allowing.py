"""Allowing somebody another attempt at the safety quiz of a week that its schedule would refuse."""

from typing import Final

from django.db import transaction

from accounts.models import User
from quizzes.models import AllowedAttempt
from quizzes.safety.domain.schedules import open_quiz_of
from quizzes.safety.domain.submissions import attempts_of, why_not_now
from quizzes.safety.domain.weeks import Week
from tenancy.errors import NotFoundError
from tenancy.scope import organization_scope

KEY: Final = "safety_quizzes.allow_attempt"
MAX_REASON: Final = 500


@transaction.atomic
def allow_attempt(*, by: User, person: User, week: Week, reason: str) -> bool:
    """Let ``person`` take the quiz of a week once more; return whether that takes allowing.

    Who may take it anyway is left as they are, and so is who was allowed to already. Locks the person's row.

    Raises:
        NotFoundError: they are not there any more; ``no_safety_quiz``, the week has none where they belong.
    """
    found = User.objects.select_for_update(no_key=True, of=("self",)).filter(pk=person.pk)
    locked: User | None = found.first()
    if locked is None or locked.organization_id is None:
        raise NotFoundError
    with organization_scope(locked.organization_id):
        schedule = open_quiz_of(week)
        attempts = attempts_of(user=locked, schedule=schedule, week=week)
        if why_not_now(user=locked, schedule=schedule, week=week, attempts=attempts) is None:
            return False
        AllowedAttempt.unscoped.create(
            user=locked,
            organization_id=locked.organization_id,
            quiz_id=schedule.question_set_id,
            week=week.monday,
            reason=reason,
            given_by=by,
        )
    return True
