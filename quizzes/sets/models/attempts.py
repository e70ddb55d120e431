"""What people answered: attempts of question sets, and results of safety quizzes (document 001)."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.people.facts import UserFact
from quizzes.sets.models.questions import QuestionSet
from tenancy.models import TenantModel


class Attempt(UserFact):
    """A learner's submitted answers with their grading, as they were at that moment."""

    distributed = True

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
            # Lists of the admin: an organization's, and that of all.
            models.Index(fields=["organization", "-created_at", "-id"], name="attempts_of_organization"),
            models.Index(fields=["-created_at", "-id"], name="attempts_by_time"),
        ]
        triggers = [
            # What a learner was told must stay what was recorded.
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.score}/{self.total}"
