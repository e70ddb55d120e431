"""Question sets, their questions and options (document 004, sections 4 to 7)."""

from typing import Any, ClassVar, Final

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learning.models import Content, Publishable, SubCourse
from quizzes.sets.querysets import QuestionManager, QuestionSetManager
from tenancy.history import track_changes, track_changes_and_deletes
from tenancy.models import Organization, TenantModel
from tenancy.triggers import inherit_from_parent

DEFAULT_PASS_MARK = 70
ONE_ENTRY_ASSESSMENT = "question_set_one_live_entry_assessment_per_sub_course"


class SetType(models.TextChoices):
    """What a question set is for."""

    PRACTICE = "PRACTICE", _("practice")
    INITIAL_ASSESSMENT = "INITIAL_ASSESSMENT", _("entry assessment")
    SAFETY_QUIZ = "SAFETY_QUIZ", _("safety quiz")


class OwnerType(models.TextChoices):
    """What a question set belongs to."""

    SUB_COURSE = "SUB_COURSE", _("sub-course")
    STANDALONE = "STANDALONE", _("nothing (a template or a safety quiz)")


@track_changes
class QuestionSet(Publishable, Content):
    """A practice, an entry assessment, a standalone set to copy from, or a safety quiz.

    A practice of a sub-course is a step of its sequence while published. Each live sub-course has
    exactly one live entry assessment, made by a database trigger (document 004, section 7).
    """

    tenant_parent = "sub_course"

    # As of videos: moving practices writes no entry of it.
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organization"),
    )
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
            # As a step of a sub-course it would be answered by learners, and tell its answers.
            models.CheckConstraint(
                condition=~Q(set_type="SAFETY_QUIZ") | Q(owner_type="STANDALONE"),
                name="safety_quiz_belongs_to_no_sub_course",
                violation_error_code="owner_mismatch",
                violation_error_message=_("A safety quiz belongs to no sub-course."),
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

    # Indexed together with the order.
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organization"),
    )
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
            models.Index(
                fields=["-organization", "question_set", "display_order", "id"], name="questions_in_order"
            ),
        ]
        triggers = [*Content.Meta.triggers, inherit_from_parent("question_set", table="question_sets")]

    def __str__(self) -> str:
        return self.text[:80]


def _counted_on_the_question(name: str, operation: Any, changed: str, **rows: str) -> pgtrigger.Trigger:
    """Return a trigger that counts a change of options as one of their questions, once for a statement."""
    return pgtrigger.Trigger(
        name=f"count_{name}_on_the_question",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),
        func=(
            "UPDATE questions SET revision = revision + 1, updated_at = now() WHERE id IN "
            f"(SELECT question_id FROM ({changed}) changed); RETURN NULL;"
        ),
    )


# Whoever has a question open has its options before them.
_COUNTED_ON_THE_QUESTION: Final = (
    _counted_on_the_question("added", pgtrigger.Insert, "TABLE added", new="added"),
    _counted_on_the_question("removed", pgtrigger.Delete, "TABLE removed", old="removed"),
    _counted_on_the_question(
        "changed",
        pgtrigger.Update,
        "(TABLE after EXCEPT TABLE before) UNION (TABLE before EXCEPT TABLE after)",
        old="before",
        new="after",
    ),
)


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
        triggers = [inherit_from_parent("question", table="questions"), *_COUNTED_ON_THE_QUESTION]

    def __str__(self) -> str:
        return self.text[:80]
