"""Steps that learners have finished (document 004, section 2)."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.people.facts import UserFact
from learning.models import Video
from quizzes.models import QuestionSet
from tenancy.models import TenantModel


class Completion(UserFact):
    """One learner has finished one step; the first time counts and is kept.

    Attributes:
        step: the field that holds what was completed.
    """

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
        indexes = [models.Index(fields=["video", "user"], name="video_completed_by")]

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
        indexes = [models.Index(fields=["question_set", "user"], name="practice_completed_by")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.question_set_id}"
