"""What the workshop offers (document 003, section 5): metadata here, the content itself elsewhere."""

from typing import Any, ClassVar, Final

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from learning.content import SharedContent
from learning.workshop.querysets import TcodeManager
from tenancy.history import track_changes

UNIQUE_CODE: Final = "tcode_code_is_unique_in_an_organization"
"""The constraint that refuses the second of two tcodes that get one code at the same time."""

MAX_SLIDES: Final = 2**31 - 1


@track_changes
class Tcode(SharedContent):
    """One course, subject or unit of the workshop."""

    code = models.CharField(
        _("code"),
        max_length=50,
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z",
                _("Letters, digits, dots, dashes and underscores; a letter or a digit first."),
            )
        ],
        help_text=_("Its short name, once in an organization, in any case."),
    )
    subject = models.CharField(_("subject"), max_length=100)
    slide_count = models.PositiveIntegerField(
        _("number of slides"), default=0, db_default=0, validators=[MaxValueValidator(MAX_SLIDES)]
    )
    content_url = models.URLField(
        _("link to the content"),
        max_length=2000,
        help_text=_("Shown only to people with access. Put public content elsewhere."),
    )
    is_published = models.BooleanField(
        _("published"), default=False, db_default=False, help_text=_("Learners see only what is published.")
    )

    objects: ClassVar[Any] = TcodeManager()

    class Meta(SharedContent.Meta):
        db_table = "tcodes"
        ordering = ["subject", "title", "id"]
        verbose_name = _("tcode")
        verbose_name_plural = _("tcodes")
        constraints = [
            # People tell tcodes apart by their codes, and do not mind the case; a deleted one frees its code.
            models.UniqueConstraint(
                "organization",
                Lower("code"),
                condition=Q(deleted__isnull=True),
                name=UNIQUE_CODE,
                violation_error_code="code_taken",
                violation_error_message=_("Another tcode has this code already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
