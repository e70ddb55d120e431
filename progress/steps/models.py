"""Steps that learners have finished (document 004, section 2), and what staff decided about single ones."""

from typing import ClassVar, Final

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.people.facts import UserFact
from learning.models import Video
from quizzes.models import QuestionSet
from tenancy.models import TenantModel
from tenancy.triggers import UnlessErasing, append_only


def _lists_of_the_admin(what: str) -> list[models.Index]:
    """Return the indexes of an organization's list, and of that of all."""
    newest = ("-completed_at", "-id")
    return [
        models.Index(fields=["organization", *newest], name=f"{what}_in_org"),
        models.Index(fields=newest, name=f"{what}_by_time"),
    ]


class Completion(UserFact):
    """One learner has finished one step; the first time counts and is kept.

    Attributes:
        step: the field that holds what was completed.
    """

    distributed = True
    step: ClassVar[str]

    completed_at = models.DateTimeField(_("completed"), db_default=Now())

    class Meta(TenantModel.Meta):
        abstract = True
        ordering = ["-completed_at"]


class VideoCompletion(Completion):
    """A learner has finished a video."""

    step = "video"

    video = models.ForeignKey(Video, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(Completion.Meta):
        db_table = "user_sub_course_video_progress"
        verbose_name = _("video completion")
        verbose_name_plural = _("video completions")
        constraints = [
            # A double click completes once.
            models.UniqueConstraint(fields=["user", "video"], name="video_completed_once_per_learner"),
        ]
        # Who has completed a video: what a change of the order means for learners in progress.
        indexes = [
            models.Index(fields=["video", "user"], name="video_completed_by"),
            *_lists_of_the_admin("videos_completed"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.video_id}"


class PracticeCompletion(Completion):
    """A learner has finished a practice."""

    step = "question_set"

    question_set = models.ForeignKey(
        QuestionSet, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("practice")
    )

    class Meta(Completion.Meta):
        db_table = "user_practice_progress"
        verbose_name = _("practice completion")
        verbose_name_plural = _("practice completions")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "question_set"], name="practice_completed_once_per_learner"
            ),
        ]
        indexes = [
            models.Index(fields=["question_set", "user"], name="practice_completed_by"),
            *_lists_of_the_admin("practices_completed"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.question_set_id}"


MAX_REASON: Final = 500


class ExceptionKind(models.TextChoices):
    """What was decided."""

    WAIVE = "waive", _("waived")
    UNLOCK = "unlock", _("unlocked")
    COMPLETE = "complete", _("marked complete")
    UNDO = "undo", _("completion undone")


class Waiver(models.TextChoices):
    """Why a step need not be done: the reasons of cmi5 (section 9.3.5) that are staff's to give."""

    TESTED_OUT = "tested_out", _("tested out")
    EQUIVALENT = "equivalent", _("equivalent done elsewhere")
    ADMINISTRATIVE = "administrative", _("administrative")


class StepException(UserFact):
    """Staff decided about one step of one learner, beside the sequence; kept when it is taken back.

    A waiver and an unlocking are in force until they are taken back (``ended_at``), the latter no longer than
    ``until``. Marking complete and undoing a completion are done at once; the row says that they were.
    No foreign key leads to the step: its type is the name that its level has.

    Attributes:
        completed_at: the completion that was undone.
    """

    kind = models.CharField(_("what"), max_length=10, choices=ExceptionKind.choices)
    step_type = models.CharField(_("type of step"), max_length=20)
    step_id = models.BigIntegerField(_("step"))
    waiver = models.CharField(
        _("kind of waiver"), max_length=20, choices=Waiver.choices, blank=True, default="", db_default=""
    )
    until = models.DateTimeField(_("until"), null=True)
    completed_at = models.DateTimeField(_("completed"), null=True)
    reason = models.CharField(_("reason"), max_length=MAX_REASON)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("by"),
    )
    given_at = models.DateTimeField(_("at"), db_default=Now())
    ended_at = models.DateTimeField(_("taken back"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("taken back by"),
    )
    ended_reason = models.CharField(
        _("reason for taking it back"), max_length=MAX_REASON, blank=True, default="", db_default=""
    )

    class Meta(TenantModel.Meta):
        db_table = "step_exceptions"
        ordering = ["-given_at", "-id"]
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        constraints = [
            # One decision is in force at a time; and what the sequence looks a learner's steps up in.
            models.UniqueConstraint(
                fields=["user", "step_type", "kind", "step_id"],
                condition=Q(ended_at=None, kind__in=(ExceptionKind.WAIVE, ExceptionKind.UNLOCK)),
                name="step_exception_one_in_force_per_learner_and_step",
            ),
            models.CheckConstraint(
                condition=(Q(kind=ExceptionKind.WAIVE) & ~Q(waiver=""))
                | (~Q(kind=ExceptionKind.WAIVE) & Q(waiver="")),
                name="step_exception_a_waiver_has_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind=ExceptionKind.UNLOCK, until__isnull=False)
                | (~Q(kind=ExceptionKind.UNLOCK) & Q(until=None)),
                name="step_exception_an_unlocking_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="step_exception_who_took_it_back_is_known",
            ),
        ]
        indexes = [
            # What was decided about a person; and what tells that something was since.
            models.Index(fields=["user", "-given_at", "-id"], name="step_exceptions_of_a_learner"),
            # The lists of an organization and of all.
            models.Index(fields=["organization", "-given_at", "-id"], name="step_exceptions_in_org"),
            models.Index(fields=["-given_at", "-id"], name="step_exceptions_by_time"),
            # Who need not do a step: what a change of the order means for learners.
            models.Index(
                fields=["step_type", "step_id", "user"],
                condition=Q(ended_at=None, kind=ExceptionKind.WAIVE),
                name="step_waived_for",
            ),
        ]
        triggers = [
            # What was decided stays as it was; it is only taken back, once.
            append_only(pgtrigger.Update, but=("ended_at", "ended_by", "ended_reason")),
            pgtrigger.Protect(
                name="taken_back_once",
                operation=pgtrigger.Update,
                condition=UnlessErasing(pgtrigger.Q(old__ended_at__isnull=False)),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.step_type} {self.step_id}"
