"""Results of the weekly safety quiz (document 001)."""

from typing import Any, Final

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.people.facts import UserFact
from tenancy.models import Campus, Classroom, School, SoftDeletedTenantModel, Timestamped
from tenancy.scope import Level

MAX_WEEK_OF: Final = 100


_NEWEST: Final = ("-completed_at", "-id")


_LEVELS: Final = tuple(str(level) for level in Level)


def _of_live_results(whose: str, *fields: str, **options: Any) -> models.Index:
    """Return an index of the results that are not deleted."""
    live = Q(deleted__isnull=True)
    return models.Index(fields=fields, condition=live, name=f"quiz_results_of_{whose}", **options)


class SafetyQuizResult(UserFact, Timestamped, SoftDeletedTenantModel):
    """A weekly safety quiz as a member of staff submitted it (document 001); appended, never changed.

    Written by ``quizzes.safety.domain.results`` and by imports only.

    Attributes:
        user_name, user_role: what the user was called and which role they had at that moment.
        school, campus, classroom: where the user belonged at that moment. The result stays there when
            the user moves on: what a place's lists show does not change afterwards.
    """

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
            # The two shapes of ``quizzes.safety.domain.completion``: all results of an organization's week as
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
