"""The tenant hierarchy, and the base of every model whose rows belong to an organization."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from safedelete.models import SafeDeleteModel
from uuid_utils.compat import uuid7

from tenancy.names import identity_of
from tenancy.querysets import AllManager, DeletedManager, LiveManager, TenantManager
from tenancy.schedule.models import ScheduledRun  # noqa: F401 - Django looks for models here
from tenancy.scope import PLATFORM_ID, Level, Scope
from tenancy.triggers import inherit_from_parent, keep_sort_name
from tenancy.zones import UTC_NAME, zone_names


class Timestamped(models.Model):
    """When a row was made and last changed, in UTC; filled for plain SQL as well."""

    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("updated"), db_default=Now(), editable=False)

    class Meta:
        abstract = True


class SortedByName(models.Model):
    """Stands in lists by name, as people expect it to; a trigger writes the column (``keep_sort_name``)."""

    sort_name = models.TextField(editable=False, default="", db_default="", db_collation="C")

    class Meta:
        abstract = True


class Scoped(models.Model):
    """What the tenant condition reads from a model, and its two managers.

    Attributes:
        tenant_columns: the field that holds the id of each level the model knows.
        tenant_owner: the field that holds the user a row belongs to, if any.
        tenant_shared: whether every organization may read the reserved organization's rows.
    """

    tenant_columns: ClassVar[dict[Level, str]] = {Level.ORGANIZATION: "organization"}
    tenant_owner: ClassVar[str | None] = None
    tenant_shared: ClassVar[bool] = False

    objects: ClassVar[Any] = TenantManager()
    # The one escape, named so that it can be found.
    unscoped: ClassVar[Any] = models.Manager()

    class Meta:
        abstract = True
        default_manager_name = "objects"


class TenantModel(Scoped):
    """A row that belongs to an organization.

    Attributes:
        tenant_parent: the foreign key to take the organization from, where there is a parent.
        distributed: rows may be spread over several machines by ``user_id`` (``docs/scaling.md``). Statements
            about them are then about no other rows (``tenancy.facts``).
    """

    tenant_parent: ClassVar[str | None] = None
    distributed: ClassVar[bool] = False

    organization = models.ForeignKey(
        "tenancy.Organization", on_delete=models.PROTECT, related_name="+", verbose_name=_("organization")
    )

    class Meta(Scoped.Meta):
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row in its parent's organization; the database trigger does the same for bulk writes."""
        if self.tenant_parent and (parent := getattr(self, self.tenant_parent)):
            self.organization_id = parent.organization_id
        super().save(*args, **kwargs)


class SoftDeletedTenantModel(TenantModel, SafeDeleteModel):
    """A tenant row that is hidden when deleted and can be restored."""

    # As the library has it, but for the index: almost every row is live, so an index on this column
    # only ever misleads the planner away from a primary key.
    deleted = models.DateTimeField(editable=False, null=True)
    deleted_by_cascade = models.BooleanField(editable=False, default=False, db_default=False)

    objects: ClassVar[Any] = LiveManager()
    all_objects: ClassVar[Any] = AllManager()
    deleted_objects: ClassVar[Any] = DeletedManager()
    unscoped: ClassVar[Any] = models.Manager()

    class Meta(TenantModel.Meta):
        abstract = True

    def save(self, keep_deleted: bool = True, **kwargs: Any) -> None:
        """Save without reviving: an instance read before the row was deleted must not bring it back."""
        super().save(keep_deleted=keep_deleted, **kwargs)


class Node(SortedByName, Timestamped):
    """A node of the hierarchy."""

    level: ClassVar[Level]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        """The scope of this node."""
        raise NotImplementedError


class Place(TenantModel, Node):
    """A node below an organization.

    Attributes:
        archived_at: since when nobody is put here any more. What happened here stays and is reported, and the
            name is free.
    """

    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        abstract = True


def _names_differ(parent: str, *, name: str, message: Any) -> models.UniqueConstraint:
    """Return the constraint that no two places below one parent have one name, in any spelling of it."""
    # Imports and people find a place by its name: the second of one name would hide the first.
    return models.UniqueConstraint(
        F(parent),
        identity_of("name"),
        condition=Q(archived_at=None),
        name=name,
        violation_error_code="name_taken",
        violation_error_message=message,
    )


class Organization(Scoped, Node):
    """A tenant: a school group, a training company, or the reserved ``platform``."""

    level = Level.ORGANIZATION
    tenant_columns = {Level.ORGANIZATION: "id"}

    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default=UTC_NAME,
        db_default=UTC_NAME,
        help_text=_("In which the admin shows dates and times. Weeks of safety quizzes are those of UTC."),
    )

    class Meta(Scoped.Meta):
        db_table = "organizations"
        ordering = ["sort_name", "id"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        triggers = [keep_sort_name()]

    @property
    def scope(self) -> Scope:
        return Scope(organization_id=self.pk)

    def clean(self) -> None:
        """Refuse a time zone that there is not.

        Raises:
            ValidationError: ``unknown_time_zone``.
        """
        if self.time_zone not in zone_names():
            unknown = ValidationError(_("There is no such time zone."), code="unknown_time_zone")
            raise ValidationError({"time_zone": unknown})

    @property
    def is_platform(self) -> bool:
        """Whether this is the reserved organization."""
        return self.pk == PLATFORM_ID


class School(Place):
    """A school of an organization."""

    level = Level.SCHOOL
    tenant_columns = {Level.ORGANIZATION: "organization", Level.SCHOOL: "id"}

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="schools", verbose_name=_("organization")
    )

    class Meta(Place.Meta):
        db_table = "schools"
        ordering = ["sort_name", "id"]
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        constraints = [
            _names_differ(
                "organization",
                name="school_names_differ_within_an_organization",
                message=_("There is a school of this name already."),
            )
        ]
        indexes = [models.Index(fields=["organization", "sort_name", "id"], name="schools_by_name")]
        triggers = [keep_sort_name()]

    @property
    def scope(self) -> Scope:
        return Scope(organization_id=self.organization_id, school_id=self.pk)


class Campus(Place):
    """A campus of a school."""

    level = Level.CAMPUS
    tenant_columns = {Level.ORGANIZATION: "organization", Level.SCHOOL: "school", Level.CAMPUS: "id"}
    tenant_parent = "school"

    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="campuses", verbose_name=_("school")
    )

    class Meta(Place.Meta):
        db_table = "campuses"
        ordering = ["sort_name", "id"]
        verbose_name = _("campus")
        verbose_name_plural = _("campuses")
        constraints = [
            _names_differ(
                "school",
                name="campus_names_differ_within_a_school",
                message=_("There is a campus of this name already."),
            )
        ]
        indexes = [models.Index(fields=["school", "sort_name", "id"], name="campuses_by_name")]
        triggers = [keep_sort_name(), inherit_from_parent("school", table="schools")]

    @property
    def scope(self) -> Scope:
        return Scope(self.organization_id, self.school_id, self.pk)


class Classroom(Place):
    """A classroom of a campus."""

    level = Level.CLASSROOM
    tenant_columns = {
        Level.ORGANIZATION: "organization",
        Level.SCHOOL: "school",
        Level.CAMPUS: "campus",
        Level.CLASSROOM: "id",
    }
    tenant_parent = "campus"

    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name=_("school")
    )
    campus = models.ForeignKey(
        Campus, on_delete=models.PROTECT, related_name="classrooms", verbose_name=_("campus")
    )

    class Meta(Place.Meta):
        db_table = "classrooms"
        ordering = ["sort_name", "id"]
        verbose_name = _("classroom")
        verbose_name_plural = _("classrooms")
        constraints = [
            _names_differ(
                "campus",
                name="classroom_names_differ_within_a_campus",
                message=_("There is a classroom of this name already."),
            )
        ]
        indexes = [models.Index(fields=["campus", "sort_name", "id"], name="classrooms_by_name")]
        triggers = [keep_sort_name(), inherit_from_parent("campus", table="campuses", also=("school_id",))]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.school_id = self.campus.school_id
        super().save(*args, **kwargs)

    @property
    def scope(self) -> Scope:
        return Scope(self.organization_id, self.school_id, self.campus_id, self.pk)


NODE_MODELS: dict[Level, type[Organization] | type[School] | type[Campus] | type[Classroom]] = {
    Level.ORGANIZATION: Organization,
    Level.SCHOOL: School,
    Level.CAMPUS: Campus,
    Level.CLASSROOM: Classroom,
}
