"""What people prefer. ``PREFERENCES`` is the one place: an entry there is a column, its check in the
database, a key of the API and a line in the admin; it takes a migration (``makemigrations``) and no more.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.people.models import User
from tenancy.models import TenantModel, Timestamped
from tenancy.scope import Level

MAX_TAG: Final = 255


@dataclass(frozen=True, slots=True)
class Preference:
    """One preference.

    Attributes:
        name: the key in JSON.
        column: its name in the database.
        default: what holds for those who never chose; its type is that of all values.
        allowed: every value there is; none given for yes and no, or where there is a pattern.
        pattern: the form of values that nobody can list; who writes them knows more of them.
    """

    name: str
    column: str
    label: Any
    default: str | float | bool
    allowed: tuple[str | float, ...] = ()
    pattern: str = ""

    def make_field(self) -> "models.Field[Any, Any]":
        """Return the column."""
        options: dict[str, Any] = {"default": self.default, "db_default": self.default}
        if isinstance(self.default, bool):
            return models.BooleanField(self.label, **options)
        if isinstance(self.default, float):
            return models.FloatField(self.label, **options)
        return models.CharField(self.label, max_length=MAX_TAG if self.pattern else 35, **options)

    def make_constraints(self) -> list[models.BaseConstraint]:
        """Return what keeps other values out, whoever writes them."""
        if not self.allowed and not self.pattern:
            return []
        condition = (
            Q(**{f"{self.column}__in": self.allowed})
            if self.allowed
            else Q(**{f"{self.column}__regex": self.pattern})
        )
        return [
            models.CheckConstraint(
                condition=condition,
                name=f"preferences_{self.column}_is_allowed",
                violation_error_message=_("This is not one of the choices."),
            )
        ]


PREFERENCES: Final = (
    Preference("theme", "theme", _("theme"), "system", ("system", "light", "dark")),
    Preference(
        "language",
        "language",
        _("language"),
        "en",
        # Any tag of BCP 47; accounts.preferences.languages knows which are.
        pattern="^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*$",
    ),
    Preference(
        "playbackSpeed",
        "playback_speed",
        _("playback speed"),
        1.0,
        (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0),
    ),
    Preference("captions", "captions", _("captions"), default=False),
    Preference("autoplay", "autoplay", _("autoplay"), default=True),
    Preference("weeklyDigest", "weekly_digest", _("weekly figures by e-mail"), default=False),
    Preference("emailCopies", "email_copies", _("copies of messages by e-mail"), default=False),
)


class Preferences(Timestamped, TenantModel):
    """What one person prefers; the columns of ``PREFERENCES`` come on top of those below.

    Written by ``accounts.preferences.domain``, on first read.

    Attributes:
        organization: where the person belonged then. They take their preferences along: the tenant
            condition asks where they belong now.
    """

    tenant_columns = {
        Level.ORGANIZATION: "user__organization",
        Level.SCHOOL: "user__school",
        Level.CAMPUS: "user__campus",
        Level.CLASSROOM: "user__classroom",
    }
    tenant_owner = "user"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        "tenancy.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Unique: two first reads at once must not leave two rows.
    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="preferences", verbose_name=_("person")
    )

    class Meta(TenantModel.Meta):
        db_table = "user_preferences"
        ordering = ["user_id"]
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")
        constraints = [
            constraint for preference in PREFERENCES for constraint in preference.make_constraints()
        ]

    def __str__(self) -> str:
        return str(self.user_id)


for _preference in PREFERENCES:
    Preferences.add_to_class(_preference.column, _preference.make_field())
