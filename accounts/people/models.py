"""People: who they are, where they belong and since when, and what they may do."""

import datetime
from functools import cached_property
from typing import Any, ClassVar, Final

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Permission
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.people.managers import UserManager
from accounts.rights.keys import WORKING
from accounts.rights.models import Role
from accounts.rights.principal import load_may_enter_admin, load_permission_keys
from tenancy.history import track_changes
from tenancy.models import (
    Campus,
    Classroom,
    Organization,
    School,
    SoftDeletedTenantModel,
    SortedByName,
    TenantModel,
    Timestamped,
)
from tenancy.names import GRAMS
from tenancy.querysets import AllManager, DeletedManager
from tenancy.scope import EVERY_ORGANIZATION, PLATFORM_ID, ActiveScope, Level, Scope
from tenancy.triggers import keep_sort_name

SEARCHED: Final = ("name", "email")
"""What people are searched by, with an index of its parts."""

UNIQUE_EMAIL: Final = "user_email_is_unique_in_any_case"
"""The constraint that refuses the second of two people who take one address at the same time."""

PLACE_OF_USER: Final = {
    Level.ORGANIZATION: "organization",
    Level.SCHOOL: "user__school",
    Level.CAMPUS: "user__campus",
    Level.CLASSROOM: "user__classroom",
}
"""Tenant columns of what has a user and no place of its own: whoever may see the user may see it."""

_MEMBERSHIP: Final = ("organization", "school", "campus", "classroom", "role")
_KEEP_MEMBERSHIP: Final = f"""
    SELECT * INTO current FROM memberships WHERE user_id = NEW.id AND valid_until IS NULL;
    IF NEW.is_active AND NEW.deleted IS NULL AND NEW.organization_id <> '{PLATFORM_ID}' THEN
        IF (current.organization_id, current.school_id, current.campus_id, current.classroom_id,
            current.role_id)
            IS NOT DISTINCT FROM
            (NEW.organization_id, NEW.school_id, NEW.campus_id, NEW.classroom_id, NEW.role_id)
        THEN
            RETURN NULL;
        END IF;
        begins := true;
    END IF;
    -- The clock and not now(), which is the beginning of the transaction: a membership that began within
    -- it would end before that. One that began by a clock a little ahead of this one still ends after it.
    UPDATE memberships
    SET valid_until = GREATEST(moment, valid_from + interval '1 microsecond'), updated_at = moment
    WHERE id = current.id;
    IF begins THEN
        INSERT INTO memberships (id, user_id, organization_id, school_id, campus_id, classroom_id, role_id,
                                 valid_from)
        SELECT gen_random_uuid(), NEW.id, NEW.organization_id, NEW.school_id, NEW.campus_id,
               NEW.classroom_id, NEW.role_id, GREATEST(moment, max(valid_until))
        FROM memberships WHERE user_id = NEW.id;
    END IF;
    RETURN NULL;
"""


class Placed(models.Model):
    """Belongs to at most one node; the deepest one that is set is the own scope, its ancestors are kept."""

    tenant_columns: ClassVar[dict[Level, str]] = {level: str(level) for level in Level}

    school = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("school")
    )
    campus = models.ForeignKey(
        Campus, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("campus")
    )
    classroom = models.ForeignKey(
        Classroom,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("classroom"),
    )
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("role")
    )

    class Meta:
        abstract = True


@track_changes
class User(Placed, AbstractBaseUser, SortedByName, Timestamped, SoftDeletedTenantModel):
    """A person who can log in. Place and role mirror the current membership (``docs/decisions``)."""

    tenant_columns = Placed.tenant_columns
    tenant_owner = "id"

    # Of callers: which version of them was read, and whether that was for an earlier request and nobody has
    # made sure of it yet (``accounts.rights.remembered``).
    read_as: str | None = None
    is_remembered = False

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=200, blank=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="users",
        default=PLATFORM_ID,
        verbose_name=_("organization"),
    )
    custom_permissions = models.ManyToManyField(
        Permission,
        blank=True,
        related_name="+",
        verbose_name=_("extra permissions"),
        help_text=_("Held on top of what the role grants."),
    )
    custom_permissions_filter = models.ManyToManyField(
        Permission,
        blank=True,
        related_name="+",
        verbose_name=_("withheld permissions"),
        help_text=_("Taken away from what the role and the extra permissions grant."),
    )
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    is_staff = models.BooleanField(
        _("may enter the admin in any role"),
        default=False,
        db_default=False,
        help_text=_(
            "Others may enter it if their role may. What they find there is what they hold keys for."
        ),
    )
    # Carried by every token; a token with another number is refused.
    token_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects: ClassVar[Any] = UserManager()
    all_objects: ClassVar[Any] = AllManager()
    deleted_objects: ClassVar[Any] = DeletedManager()
    unscoped: ClassVar[Any] = models.Manager()

    class Meta(SoftDeletedTenantModel.Meta):
        db_table = "users"
        ordering = ["email"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            # Login is by e-mail in any case; a deleted person frees the address.
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(deleted__isnull=True),
                name=UNIQUE_EMAIL,
                violation_error_code="email_taken",
                violation_error_message=_("This e-mail address is already in use."),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "sort_name", "id"], name="users_by_name"),
            # The lists of an organization and of all, and the search in them.
            models.Index(fields=["organization", "email", "id"], name="users_by_address"),
            models.Index(fields=["email", "id"], name="all_users_by_address"),
            GinIndex(models.Func(*SEARCHED, function=GRAMS), name="users_by_part_of_name"),
            # Few among all: the list of them, and the front page that says how many were deleted lately.
            models.Index(
                fields=["organization", "-deleted"],
                condition=Q(deleted__isnull=False),
                name="deleted_users_by_time",
            ),
        ]
        triggers = [
            # As ``display_name``.
            keep_sort_name("COALESCE(NULLIF(NEW.name, ''), NEW.email)", "name", "email"),
            # The row mirrors the current membership, whoever changes it: API, admin, update() or SQL. Who
            # is deactivated or deleted belongs nowhere from then on, and who comes back, where their row
            # says; reports about the time before go on naming them.
            pgtrigger.Trigger(
                name="keep_membership",
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                condition=pgtrigger.AnyChange(*_MEMBERSHIP, "is_active", "deleted"),
                declare=[
                    ("current", "memberships"),
                    ("moment", "timestamptz := clock_timestamp()"),
                    ("begins", "boolean := false"),
                ],
                func=_KEEP_MEMBERSHIP,
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @classmethod
    def normalize_email(cls, email: str) -> str:
        """Return the one spelling of an address: trimmed and in lower case."""
        return email.strip().lower()

    def set_password(self, raw_password: str | None) -> None:
        """Set the password, and refuse every token issued before, wherever the change is made."""
        super().set_password(raw_password)
        if not self._state.adding:
            self.token_version += 1

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Tie the admin's sessions to what ends tokens as well."""
        return f"{super()._get_session_auth_hash(secret)}{self.token_version}"  # type: ignore[misc]

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name, or the e-mail address of someone without one."""
        return self.name or self.email

    @property
    def belongs_to_organization(self) -> bool:
        """Whether the user is a member of a real organization, not an independent learner."""
        return self.organization_id != PLATFORM_ID

    @cached_property
    def place_names(self) -> tuple[str, ...]:
        """The names of the nodes the user belongs to, from the organization down."""
        nodes = (self.organization, self.school, self.campus, self.classroom)
        return tuple(node.name for node in nodes if node is not None)

    @cached_property
    def time_zone(self) -> str:
        """The time zone of the user's organization."""
        return self.organization.time_zone

    @property
    def own_scope(self) -> ActiveScope:
        """Where the user belongs: every organization for a global user, else the deepest node set."""
        if self.is_global:
            return EVERY_ORGANIZATION
        return Scope(
            self.organization_id,  # type: ignore[arg-type]
            self.school_id,
            self.campus_id,
            self.classroom_id,
            only_user_id=None if self.belongs_to_organization else self.pk,
            changes_all_content=self.role is not None and self.role.changes_all_content,
        )

    @property
    def is_global(self) -> bool:
        """Whether the user's role reaches every organization."""
        return self.role is not None and self.role.is_global

    @property
    def is_staff_member(self) -> bool:
        """Whether the user sees every status and is never sequence-blocked. Everyone else is a learner."""
        return self.role is not None and self.role.kind in WORKING

    @cached_property
    def permission_keys(self) -> frozenset[str]:
        """The keys in force: role, plus extra, minus withheld (not for global users)."""
        return load_permission_keys(self.pk)

    @cached_property
    def may_enter_admin(self) -> bool:
        """Whether the admin is open to the user; ``is_staff`` is only a part of it."""
        return load_may_enter_admin(self.pk)

    def holds(self, key: str) -> bool:
        """Whether the user may do what ``key`` names."""
        return self.is_active and (self.is_global or key in self.permission_keys)

    # The three methods below are what Django's admin asks of a user.

    @property
    def is_superuser(self) -> bool:
        """Django's name for a global user."""
        return self.is_global

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether the user holds a key; Django's own ``app.codename`` permissions are global users' only."""
        return self.holds(perm)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether any page of an app may be listed; each model decides for itself."""
        return self.may_enter_admin


class Membership(Placed, Timestamped, TenantModel):
    """Where a person belonged, in which role, and for which period (half-open, UTC).

    Written by ``accounts.people.domain.membership``, and by a trigger where a user's row is changed in
    another way; history never changes.
    """

    tenant_columns = Placed.tenant_columns
    tenant_owner = "user"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    valid_from = models.DateTimeField(_("from"), default=timezone.now, db_default=Now())
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        db_table = "memberships"
        ordering = ["user_id", "-valid_from"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            # Two staff moving one person at once must not leave them in two places.
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(valid_until__isnull=True),
                name="membership_at_most_one_is_current",
                violation_error_code="already_member",
                violation_error_message=_("This person already belongs somewhere."),
            ),
            models.UniqueConstraint(fields=["user", "valid_from"], name="membership_starts_once"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")),
                name="membership_ends_after_it_starts",
                violation_error_message=_("A membership ends after it starts."),
            ),
        ]
        indexes = [
            # The roster of a past week: who belonged to an organization then.
            models.Index(fields=["organization", "valid_from"], name="membership_roster"),
            # Of this week: the staff of an organization, without reading its learners.
            models.Index(fields=["organization", "role", "valid_until"], name="membership_of_a_role"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d}"

    def is_current(self, at: datetime.datetime) -> bool:
        """Whether the membership is in force at ``at``."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)
