"""Which safety quiz a week has: the schedules of an organization, and the quiz that a week gets from them.

Schedules belong to the organization as a whole, like its content.
"""

from contextlib import AbstractContextManager
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learning.models import Status
from learning.tree.domain.structure import check_content_scope, organization_to_write_in
from quizzes.models import QuestionSet, SafetyQuizResult, SafetyQuizSchedule, SetType
from quizzes.safety.domain.weeks import Week
from quizzes.safety.models import ONE_SCHEDULE_PER_FIRST_WEEK
from tenancy.conditions import at_place_sql
from tenancy.constraints import refused_by
from tenancy.errors import ConflictError, InvalidError, NotFoundError
from tenancy.scope import Level

_WEEKS: Final = ("first_week", "last_week")


def schedule_quiz(*, schedule: SafetyQuizSchedule) -> SafetyQuizSchedule:
    """Save a new schedule, in its organization or else the scope's.

    Raises:
        InvalidError: ``organization_required``; ``not_a_safety_quiz``, ``ends_before_it_begins``.
        RefusedError: ``organization_scope_required``.
        ConflictError: ``schedule_exists``, another one begins in the same week.
    """
    check_content_scope()
    schedule.organization_id = schedule.organization_id or organization_to_write_in()
    return _saved(schedule)


@transaction.atomic
def change_schedule(*, schedule: SafetyQuizSchedule, values: dict[str, Any]) -> SafetyQuizSchedule:
    """Save new values on a schedule. Results that were graded already stay as they are.

    Raises:
        NotFoundError: it was deleted meanwhile.
        InvalidError, RefusedError, ConflictError: as ``schedule_quiz``.
    """
    check_content_scope()
    locked = SafetyQuizSchedule.objects.select_for_update().filter(pk=schedule.pk).first()
    if locked is None:
        raise NotFoundError
    for name, value in values.items():
        setattr(locked, name, value)
    return _saved(locked)


def delete_schedules(*, schedules: list[SafetyQuizSchedule]) -> None:
    """Hide schedules; results of their weeks stay.

    Raises:
        RefusedError: ``organization_scope_required``.
    """
    check_content_scope()
    rows = SafetyQuizSchedule.objects.filter(pk__in=[schedule.pk for schedule in schedules])
    rows.update(deleted=timezone.now())


def restore_schedules(*, schedules: list[SafetyQuizSchedule]) -> None:
    """Bring back deleted schedules, all or none.

    Raises:
        RefusedError: ``organization_scope_required``.
        ConflictError: ``schedule_exists``, another one begins in the same week by now.
    """
    check_content_scope()
    rows = SafetyQuizSchedule.deleted_objects.filter(pk__in=[schedule.pk for schedule in schedules])
    with _one_begins():
        rows.update(deleted=None)


def _saved(schedule: SafetyQuizSchedule) -> SafetyQuizSchedule:
    if schedule.question_set.set_type != SetType.SAFETY_QUIZ:
        raise InvalidError(
            _("This set is not a safety quiz."), code="not_a_safety_quiz", attr="question_set_id"
        )
    for name in _WEEKS:
        day = getattr(schedule, name)
        setattr(schedule, name, day and Week(day).monday)
    if schedule.last_week is not None and schedule.last_week < schedule.first_week:
        raise InvalidError(
            _("The last week is before the first."), code="ends_before_it_begins", attr="last_week"
        )
    schedule.updated_at = timezone.now()
    with _one_begins():
        schedule.save()
    return schedule


def _one_begins() -> AbstractContextManager[None]:
    return refused_by(
        ONE_SCHEDULE_PER_FIRST_WEEK,
        lambda: ConflictError(_("Another schedule begins in this week."), code="schedule_exists"),
    )


def schedule_of(week: Week) -> SafetyQuizSchedule | None:
    """Return the schedule that a week of the active organization has, whatever has become of its set."""
    schedules = SafetyQuizSchedule.objects.reaching(week.monday).select_related("question_set")
    found: SafetyQuizSchedule | None = schedules.first()
    return found


def open_quiz_of(week: Week) -> SafetyQuizSchedule:
    """Return the schedule of a week whose set can be answered.

    Raises:
        NotFoundError: ``no_safety_quiz``, nothing is scheduled, or the set is a draft or deleted.
    """
    schedule = schedule_of(week)
    if schedule is None or not is_open(schedule.question_set):
        raise NotFoundError(_("No safety quiz is scheduled for this week."), code="no_safety_quiz")
    return schedule


def is_open(question_set: QuestionSet) -> bool:
    """Whether a set can be answered: it is live and published."""
    return question_set.deleted is None and question_set.status == Status.PUBLISHED


def counted_in(results: "QuerySet[SafetyQuizResult, Any]", week: Week) -> "QuerySet[SafetyQuizResult, Any]":
    """Return those of ``results`` that count by the rule of a week, each by that of its organization."""
    if settings.DISTRIBUTED:
        # What is asked of schedules is asked before results are.
        rules: dict[Any, bool] = {}
        for organization, rule in SafetyQuizSchedule.objects.reaching(week.monday).values_list(
            "organization", "graded_only"
        ):
            rules.setdefault(organization, rule)
        return results.exclude(organization__in=[pk for pk, rule in rules.items() if rule], passed=None)
    own = SafetyQuizSchedule.objects.filter(organization=OuterRef("organization"))
    rule = Subquery(own.reaching(week.monday).values("graded_only")[:1])
    return results.alias(graded_only=Coalesce(rule, False)).exclude(graded_only=True, passed=None)


def graded_only_sql(within: Level | None, *, monday: str) -> str:
    """SQL: an array of the organizations in which only graded results count in a week.

    Needs ``tenancy.conditions.place_parameters``.

    Args:
        within: the level of the place that is reported; ``None`` for every organization.
        monday: expression, the first day of the week.
    """
    return f"""ARRAY(
        SELECT rule.organization_id FROM (
            SELECT DISTINCT ON (s.organization_id) s.organization_id, s.graded_only
            FROM safety_quiz_schedules s
            WHERE {at_place_sql("s", Level.ORGANIZATION if within else None)} AND s.deleted IS NULL
              AND s.first_week <= {monday} AND (s.last_week IS NULL OR s.last_week >= {monday})
            ORDER BY s.organization_id, s.first_week DESC
        ) rule WHERE rule.graded_only
    )"""


def counts_sql(graded_only: str) -> str:
    """SQL: a result ``r`` counts: it was graded here, or its organization takes what clients report.

    Args:
        graded_only: expression, from ``graded_only_sql``.
    """
    # CASE, of which the planner supposes nothing: of the comparison it supposes in a database with one large
    # organization that no row is left, and reads the roster once for each result.
    return f"CASE WHEN r.passed IS NULL THEN r.organization_id <> ALL ({graded_only}) ELSE true END"
