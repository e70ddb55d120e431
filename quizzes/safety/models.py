"""The weekly safety quiz: which one a week has, and its results (document 001)."""

from typing import Any, ClassVar, Final

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.people.facts import UserFact
from quizzes.safety.querysets import ScheduleManager
from quizzes.sets.models.questions import DEFAULT_PASS_MARK, QuestionSet
from tenancy.history import track_changes
from tenancy.models import Campus, Classroom, School, SoftDeletedTenantModel, TenantModel, Timestamped
from tenancy.scope import Level
from tenancy.triggers import append_only

MAX_WEEK_OF: Final = 100


_NEWEST: Final = ("-completed_at", "-id")


_FIGURES: Final = ("score", "passed")


_LEVELS: Final = tuple(str(level) for level in Level)


def _of_live_results(whose: str, *fields: str, **options: Any) -> models.Index:
    """Return an index of the results that are not deleted."""
    live = Q(deleted__isnull=True)
    return models.Index(fields=fields, condition=live, name=f"quiz_results_of_{whose}", **options)


class Retakes(models.TextChoices):
    """Whether the quiz of a week may be taken again."""

    NEVER = "NEVER", _("never")
    UNTIL_PASSED = "UNTIL_PASSED", _("until it is passed")
    ALWAYS = "ALWAYS", _("always")


ONE_SCHEDULE_PER_FIRST_WEEK: Final = "safety_quiz_one_schedule_begins_in_a_week"


@track_changes
class SafetyQuizSchedule(Timestamped, SoftDeletedTenantModel):
    """The question set that an organization's staff answer in some weeks.

    The quiz of a week is that of the schedule that began last of those that reach it: one without an end is
    what the organization asks as a rule, and one with an end takes its place for a while.

    Attributes:
        first_week, last_week: their Mondays; without a last week it goes on until another one begins.
        pass_mark: percent of the questions.
        graded_only: whether a result that a client has reported itself leaves its sender pending.
    """

    id = models.BigAutoField(primary_key=True)
    question_set = models.ForeignKey(
        QuestionSet, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("safety quiz")
    )
    first_week = models.DateField(_("first week"))
    last_week = models.DateField(_("last week"), null=True, blank=True)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark (percent)"),
        default=DEFAULT_PASS_MARK,
        db_default=DEFAULT_PASS_MARK,
        validators=[MaxValueValidator(100)],
        help_text=_("Of the questions, whatever their points."),
    )
    retakes = models.CharField(
        _("may be taken again"),
        max_length=12,
        choices=Retakes.choices,
        default=Retakes.UNTIL_PASSED,
        db_default=Retakes.UNTIL_PASSED,
    )
    graded_only = models.BooleanField(
        _("graded results only"),
        default=False,
        db_default=False,
        help_text=_("Who has only reported a result of their own stays pending in these weeks."),
    )

    objects: ClassVar[Any] = ScheduleManager()

    class Meta(SoftDeletedTenantModel.Meta):
        db_table = "safety_quiz_schedules"
        ordering = ["-first_week", "-id"]
        verbose_name = _("safety quiz schedule")
        verbose_name_plural = _("safety quiz schedules")
        constraints = [
            # Two that begin together would both be the quiz of that week.
            models.UniqueConstraint(
                fields=["organization", "first_week"],
                condition=Q(deleted__isnull=True),
                name=ONE_SCHEDULE_PER_FIRST_WEEK,
                violation_error_code="schedule_exists",
                violation_error_message=_("Another schedule begins in this week."),
            ),
            # Weeks are compared by their Mondays: any other day would be in no week at all.
            models.CheckConstraint(
                condition=Q(first_week__iso_week_day=1)
                & (Q(last_week__isnull=True) | Q(last_week__iso_week_day=1)),
                name="safety_quiz_schedule_is_of_whole_weeks",
                violation_error_code="not_a_monday",
                violation_error_message=_("A week is named by its Monday."),
            ),
            models.CheckConstraint(
                condition=Q(last_week__isnull=True) | Q(last_week__gte=models.F("first_week")),
                name="safety_quiz_schedule_ends_after_it_begins",
                violation_error_code="ends_before_it_begins",
                violation_error_message=_("The last week is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(pass_mark__lte=100), name="safety_quiz_pass_mark_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_week} – {self.last_week or '…'}"


class SafetyQuizResult(UserFact, Timestamped, SoftDeletedTenantModel):
    """A weekly safety quiz as a member of staff submitted it (document 001); appended, never changed.

    Written by ``quizzes.safety.domain.results`` and by imports only.

    Attributes:
        user_name, user_role: what the user was called and which role they had at that moment.
        school, campus, classroom: where the user belonged at that moment. The result stays there when
            the user moves on: what a place's lists show does not change afterwards.
        passed, attempt, grading: of a quiz that was graded here, whether the pass mark was reached, which of
            the person's attempts in that week it was, and how each question was answered. All are empty
            where the person's client reported the score.
    """

    distributed = True
    tenant_columns = {level: str(level) for level in Level}

    school = models.ForeignKey(
        School,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("school"),
    )
    campus = models.ForeignKey(
        Campus,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("campus"),
    )
    classroom = models.ForeignKey(
        Classroom,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("classroom"),
    )
    quiz_id = models.TextField(_("quiz"), max_length=200)
    quiz_title = models.TextField(_("quiz title"), max_length=500)
    week_of = models.TextField(_("week"), max_length=MAX_WEEK_OF)
    user_name = models.TextField(_("name at that time"))
    user_role = models.TextField(_("role at that time"))
    score = models.PositiveIntegerField(_("score"))
    total_questions = models.PositiveIntegerField(_("questions"))
    answers = models.JSONField(_("answers"))
    completed_at = models.DateTimeField(_("completed"))
    passed = models.BooleanField(_("passed"), null=True)
    attempt = models.PositiveIntegerField(_("attempt"), null=True)
    grading = models.JSONField(_("grading"), null=True)
    # Who wrote a row is almost always its user, who is held already.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("updated by"),
    )
    import_hash = models.CharField(_("import hash"), max_length=255, null=True, editable=False)  # noqa: DJ001

    class Meta(SoftDeletedTenantModel.Meta):
        db_table = "safety_quiz_results"
        ordering = ["-completed_at", "-id"]
        verbose_name = _("safety quiz result")
        verbose_name_plural = _("safety quiz results")
        constraints = [
            # A file that is imported twice must not be recorded twice. Within an organization, not the
            # installation: what one tenant's rows are called must not be in the way of another's.
            models.UniqueConstraint(
                fields=["user", "organization", "import_hash"],
                condition=Q(import_hash__isnull=False),
                name="safety_quiz_result_imported_once",
                violation_error_code="duplicate_import_hash",
                violation_error_message=_("This row has been imported already."),
            ),
            # Half a grading would be reported as one and could not be shown.
            models.CheckConstraint(
                condition=Q(passed__isnull=True, attempt__isnull=True, grading__isnull=True)
                | Q(passed__isnull=False, attempt__isnull=False, grading__isnull=False),
                name="safety_quiz_result_is_graded_or_not",
            ),
        ]
        indexes = [
            # The two shapes of ``quizzes.safety.domain.completion``: all results of an organization's week as
            # one range, and one person's results of a week. Covering: figures are read from them alone.
            _of_live_results("a_week", "organization", "week_of", "user", "-completed_at", include=_FIGURES),
            _of_live_results("a_persons_week", "user", "week_of", "-completed_at", include=_FIGURES),
            # A person's best result of all there ever were, where any was graded.
            models.Index(
                fields=["user", "-passed", *_NEWEST],
                condition=Q(deleted__isnull=True, passed__isnull=False),
                name="quiz_results_graded_best_first",
            ),
            # Lists, newest first, with their counts: one's own, an organization's of a week, and those of
            # a scope of each level. Covering what the tenant condition compares, for the counts.
            _of_live_results("person", "user", *_NEWEST, include=["organization"]),
            _of_live_results("week_newest", "organization", "week_of", *_NEWEST),
            # The same for those who act in every organization.
            _of_live_results("all", *_NEWEST),
            _of_live_results("week_of_all", "week_of", *_NEWEST),
            *(
                _of_live_results(str(level), str(level), *_NEWEST, include=_LEVELS[:position])
                for position, level in enumerate(_LEVELS)
            ),
        ]
        triggers = [
            # A score that was reported must stay what was recorded. Deleting means hiding.
            append_only(pgtrigger.Update, but=("deleted", "deleted_by_cascade", "updated_at", "updated_by")),
            pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.user_name}: {self.score}/{self.total_questions}"


class AllowedAttempt(UserFact):
    """Somebody may take the quiz of a week once more, whatever its schedule says; appended, never changed.

    It is used up by the next attempt. No foreign key leads to the quiz: results name it in the same way.

    Attributes:
        quiz_id: the question set.
        week: its Monday.
    """

    quiz_id = models.BigIntegerField(_("safety quiz"))
    week = models.DateField(_("week"))
    reason = models.CharField(_("reason"), max_length=500)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("by"),
    )
    given_at = models.DateTimeField(_("at"), db_default=Now())

    class Meta(TenantModel.Meta):
        db_table = "safety_quiz_allowed_attempts"
        ordering = ["-given_at", "-id"]
        verbose_name = _("allowed attempt")
        verbose_name_plural = _("allowed attempts")
        indexes = [models.Index(fields=["user", "week", "-given_at"], name="attempts_allowed_to_a_person")]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.user_id} {self.week}"
