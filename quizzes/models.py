"""Question sets, their questions and options, the attempts learners make, and results of safety quizzes."""

from typing import Any, ClassVar, Final

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.models import PLACE_OF_USER
from learning.models import Content, Status, SubCourse
from quizzes.querysets import QuestionManager, QuestionSetManager
from tenancy.history import track_changes, track_changes_and_deletes
from tenancy.models import Campus, Classroom, School, SoftDeletedTenantModel, TenantModel, Timestamped
from tenancy.scope import Level
from tenancy.triggers import inherit_from_parent

DEFAULT_PASS_MARK = 70
ONE_ENTRY_ASSESSMENT = "question_set_one_live_entry_assessment_per_sub_course"


class SetType(models.TextChoices):
    """What a question set is for."""

    PRACTICE = "PRACTICE", _("practice")
    INITIAL_ASSESSMENT = "INITIAL_ASSESSMENT", _("entry assessment")


class OwnerType(models.TextChoices):
    """What a question set belongs to."""

    SUB_COURSE = "SUB_COURSE", _("sub-course")
    STANDALONE = "STANDALONE", _("nothing (a template)")


@track_changes
class QuestionSet(Content):
    """A practice, an entry assessment, or a standalone set to copy from.

    A practice of a sub-course is a step of its sequence while published. Each live sub-course has
    exactly one live entry assessment, made by a database trigger (document 004, section 7).
    """

    tenant_parent = "sub_course"

    sub_course = models.ForeignKey(
        SubCourse,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="question_sets",
        db_column="owner_id",
        db_index=False,
        verbose_name=_("sub-course"),
    )
    set_type = models.CharField(_("type"), max_length=20, choices=SetType.choices)
    owner_type = models.CharField(_("owner"), max_length=10, choices=OwnerType.choices)
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.DRAFT, db_default=Status.DRAFT
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark (percent)"),
        default=DEFAULT_PASS_MARK,
        db_default=DEFAULT_PASS_MARK,
        validators=[MaxValueValidator(100)],
    )

    objects: ClassVar[Any] = QuestionSetManager()

    class Meta(Content.Meta):
        db_table = "question_sets"
        verbose_name = _("question set")
        verbose_name_plural = _("question sets")
        constraints = [
            # An owner id without an owner type, or the reverse, would be in no list and in no sequence.
            models.CheckConstraint(
                condition=Q(owner_type="SUB_COURSE", sub_course__isnull=False)
                | Q(owner_type="STANDALONE", sub_course__isnull=True),
                name="question_set_has_the_owner_it_says",
                violation_error_code="owner_mismatch",
                violation_error_message=_("A set of a sub-course names it; a standalone set names none."),
            ),
            # Two backfills at once, or a backfill and the trigger, must leave one.
            models.UniqueConstraint(
                fields=["sub_course"],
                condition=Q(set_type="INITIAL_ASSESSMENT", deleted__isnull=True),
                name=ONE_ENTRY_ASSESSMENT,
                violation_error_code="entry_assessment_exists",
                violation_error_message=_("This sub-course already has its entry assessment."),
            ),
            models.CheckConstraint(
                condition=Q(pass_mark__lte=100), name="question_set_pass_mark_is_a_percentage"
            ),
        ]
        indexes = [
            models.Index(
                fields=["sub_course", "set_type", "display_order", "id"], name="practice_siblings_in_order"
            ),
        ]
        triggers = [
            *Content.Meta.triggers,
            pgtrigger.Trigger(
                name="inherit_from_parent",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("owner_id", "organization_id"),
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("NEW.owner_id IS NOT NULL"),
                func=(
                    "SELECT organization_id INTO NEW.organization_id FROM sub_courses "
                    "WHERE id = NEW.owner_id; RETURN NEW;"
                ),
            ),
        ]

    @property
    def is_entry_assessment(self) -> bool:
        """Whether this is the entry assessment of a sub-course."""
        return self.set_type == SetType.INITIAL_ASSESSMENT and self.owner_type == OwnerType.SUB_COURSE


class QuestionType(models.TextChoices):
    """How many options of a question are right."""

    SINGLE_CHOICE = "SINGLE_CHOICE", _("single choice")
    MULTIPLE_CHOICE = "MULTIPLE_CHOICE", _("multiple choice")
    TRUE_FALSE = "TRUE_FALSE", _("true or false")


@track_changes
class Question(Content):
    """A question of a set."""

    tenant_parent = "question_set"

    title = None  # type: ignore[assignment]
    description = None  # type: ignore[assignment]

    question_set = models.ForeignKey(
        QuestionSet, on_delete=models.PROTECT, related_name="questions", db_index=False
    )
    text = models.TextField(_("text"), max_length=5000)
    question_type = models.CharField(
        _("type"),
        max_length=15,
        choices=QuestionType.choices,
        default=QuestionType.SINGLE_CHOICE,
        db_default=QuestionType.SINGLE_CHOICE,
    )
    points = models.PositiveIntegerField(
        _("points"), default=1, db_default=1, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    explanation = models.TextField(_("explanation"), max_length=5000, blank=True, default="", db_default="")
    # Which question this one was copied from, so that its options can be copied too.
    copied_from_id = models.BigIntegerField(null=True, editable=False)

    objects: ClassVar[Any] = QuestionManager()

    class Meta(Content.Meta):
        db_table = "questions"
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes = [
            models.Index(fields=["question_set", "display_order", "id"], name="question_siblings_in_order"),
        ]
        triggers = [*Content.Meta.triggers, inherit_from_parent("question_set", table="question_sets")]

    def __str__(self) -> str:
        return self.text[:80]


@track_changes_and_deletes
class Option(TenantModel):
    """One answer to choose from."""

    tenant_shared: ClassVar[bool] = True
    tenant_parent = "question"

    id = models.BigAutoField(primary_key=True)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="options")
    text = models.CharField(_("text"), max_length=1000)
    is_correct = models.BooleanField(_("correct"), default=False, db_default=False)
    display_order = models.PositiveIntegerField(_("position"), default=0, db_default=0)

    class Meta(TenantModel.Meta):
        db_table = "question_options"
        ordering = ["display_order", "id"]
        verbose_name = _("option")
        verbose_name_plural = _("options")
        triggers = [inherit_from_parent("question", table="questions")]

    def __str__(self) -> str:
        return self.text[:80]


class Attempt(TenantModel):
    """A learner's submitted answers with their grading, as they were at that moment."""

    tenant_columns = PLACE_OF_USER
    tenant_owner = "user"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        "tenancy.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    question_set = models.ForeignKey(QuestionSet, on_delete=models.PROTECT, related_name="+", db_index=False)
    score = models.PositiveIntegerField(_("points reached"))
    total = models.PositiveIntegerField(_("points possible"))
    ready = models.BooleanField(_("ready"), null=True)
    answers = models.JSONField(_("answers"))
    results = models.JSONField(_("results"))
    created_at = models.DateTimeField(_("submitted"), db_default=Now())

    class Meta(TenantModel.Meta):
        db_table = "question_set_attempts"
        ordering = ["-created_at", "-id"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            models.Index(fields=["user", "question_set", "-created_at"], name="attempts_of_a_learner"),
        ]
        triggers = [
            # What a learner was told must stay what was recorded.
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.score}/{self.total}"


MAX_WEEK_OF: Final = 100
_NEWEST: Final = ("-completed_at", "-id")
_LEVELS: Final = tuple(str(level) for level in Level)


def _of_live_results(whose: str, *fields: str, **options: Any) -> models.Index:
    """Return an index of the results that are not deleted."""
    live = Q(deleted__isnull=True)
    return models.Index(fields=fields, condition=live, name=f"quiz_results_of_{whose}", **options)


class SafetyQuizResult(Timestamped, SoftDeletedTenantModel):
    """A weekly safety quiz as a member of staff submitted it (document 001); appended, never changed.

    Written by ``quizzes.domain.results`` and by imports only.

    Attributes:
        user_name, user_role: what the user was called and which role they had at that moment.
        school, campus, classroom: where the user belonged at that moment. The result stays there when
            the user moves on: what a place's lists show does not change afterwards.
    """

    tenant_columns = {level: str(level) for level in Level}
    tenant_owner = "user"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        "tenancy.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organization"),
    )
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
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("person"),
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
        ]
        indexes = [
            # The two shapes of ``quizzes.domain.completion``: all results of an organization's week as
            # one range, and one person's results of a week. Covering: figures are read from them alone.
            _of_live_results("week", "organization", "week_of", "user", "-completed_at", include=["score"]),
            _of_live_results("persons_week", "user", "week_of", "-completed_at", include=["score"]),
            # Lists, newest first, with their counts: one's own, an organization's of a week, and those of
            # a scope of each level. Covering what the tenant condition compares, for the counts.
            _of_live_results("person", "user", *_NEWEST, include=["organization"]),
            _of_live_results("week_newest", "organization", "week_of", *_NEWEST),
            *(
                _of_live_results(str(level), str(level), *_NEWEST, include=_LEVELS[:position])
                for position, level in enumerate(_LEVELS)
            ),
        ]
        triggers = [
            # A score that was reported must stay what was recorded. Deleting means hiding.
            pgtrigger.ReadOnly(
                name="append_only", exclude=["deleted", "deleted_by_cascade", "updated_at", "updated_by"]
            ),
            pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.user_name}: {self.score}/{self.total_questions}"
