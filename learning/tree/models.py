"""The learning tree: categories > courses > sub-courses > videos. Other apps may add levels.

Tables carry the names of document 004.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from learning.content import SharedContent
from learning.tree.querysets import CategoryManager, CourseManager, SubCourseManager, VideoManager
from tenancy.history import track_changes
from tenancy.models import Organization, TenantModel
from tenancy.triggers import inherit_from_parent

MAX_ORDER = 2**31 - 1


class Status(models.TextChoices):
    """Whether learners see an item: only ``PUBLISHED`` ones."""

    DRAFT = "DRAFT", _("draft")
    PUBLISHED = "PUBLISHED", _("published")
    ARCHIVED = "ARCHIVED", _("archived")


class Content(SharedContent):
    """A row of the learning tree: the ids and revisions of a course's rows are the version of its path."""

    display_order = models.PositiveIntegerField(
        _("position"), default=0, db_default=0, validators=[MaxValueValidator(MAX_ORDER)]
    )

    class Meta(SharedContent.Meta):
        abstract = True
        ordering = ["display_order", "id"]

    def __str__(self) -> str:
        return self.title


class Publishable(models.Model):
    """Shown to learners while published, if they see what it stands in; what is new is a draft."""

    status = models.CharField(
        _("status"),
        max_length=9,
        choices=Status.choices,
        default=Status.DRAFT,
        db_default=Status.DRAFT,
    )

    class Meta:
        abstract = True

    @property
    def is_active(self) -> bool:
        """Whether it is published: what clients of the API call it, of rows that hold others."""
        return self.status == Status.PUBLISHED


class Branch(Publishable):
    """Holds other rows.

    A program that fills the tables by SQL and says nothing of the status publishes what it writes, as it
    did when the column was a switch that was on; whoever writes through Django begins with a draft.
    """

    status = models.CharField(
        _("status"),
        max_length=9,
        choices=Status.choices,
        default=Status.DRAFT,
        db_default=Status.PUBLISHED,
    )

    class Meta:
        abstract = True


@track_changes
class CourseCategory(Branch, Content):
    """The top of the tree."""

    objects: ClassVar[Any] = CategoryManager()

    class Meta(Content.Meta):
        db_table = "course_categories"
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        indexes = [
            models.Index(fields=["organization", "display_order", "id"], name="category_siblings_in_order")
        ]


@track_changes
class Course(Branch, Content):
    """A course of a category."""

    tenant_parent = "category"

    category = models.ForeignKey(
        CourseCategory, on_delete=models.PROTECT, related_name="courses", db_index=False
    )

    objects: ClassVar[Any] = CourseManager()

    class Meta(Content.Meta):
        db_table = "courses"
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        indexes = [models.Index(fields=["category", "display_order", "id"], name="course_siblings_in_order")]
        triggers = [
            *Content.Meta.triggers,
            inherit_from_parent("category", table="course_categories"),
        ]


class CourseLevel(models.TextChoices):
    """How advanced a sub-course is (document 004, section 1.2)."""

    BEGINNER = "BEGINNER", _("beginner")
    INTERMEDIATE = "INTERMEDIATE", _("intermediate")
    ADVANCED = "ADVANCED", _("advanced")


class SubLevel(models.TextChoices):
    """The step within a level, named after the CEFR's reference levels."""

    A1 = "A1"
    A2 = "A2"
    A3 = "A3"
    B1 = "B1"
    B2 = "B2"
    B3 = "B3"
    C1 = "C1"
    C2 = "C2"
    C3 = "C3"


SUB_LEVELS: dict[str, tuple[str, ...]] = {
    CourseLevel.BEGINNER: ("A1", "A2", "A3"),
    CourseLevel.INTERMEDIATE: ("B1", "B2", "B3"),
    CourseLevel.ADVANCED: ("C1", "C2", "C3"),
}


class LongNamedIndex(models.Index):
    """An index with a name that a document gives: longer than the 30 characters Django takes."""

    max_name_length = 63

    def deconstruct(self) -> Any:
        """Be a plain index in migrations, which import nothing from here and do not check the length."""
        _path, expressions, options = super().deconstruct()
        return "django.db.models.Index", expressions, options

    def __eq__(self, other: object) -> bool:
        return isinstance(other, models.Index) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]


@track_changes
class SubCourse(Branch, Content):
    """A part of a course at one level; has its entry assessment from the moment it exists."""

    tenant_parent = "course"

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sub_courses", db_index=False)
    level = models.CharField(_("level"), max_length=12, choices=CourseLevel.choices)
    sub_level = models.CharField(_("sub-level"), max_length=2, choices=SubLevel.choices)

    objects: ClassVar[Any] = SubCourseManager()

    class Meta(Content.Meta):
        db_table = "sub_courses"
        verbose_name = _("sub-course")
        verbose_name_plural = _("sub-courses")
        constraints = [
            # A sub-level means nothing under another level, whoever writes the row.
            models.CheckConstraint(
                condition=(
                    Q(level="BEGINNER", sub_level__in=("A1", "A2", "A3"))
                    | Q(level="INTERMEDIATE", sub_level__in=("B1", "B2", "B3"))
                    | Q(level="ADVANCED", sub_level__in=("C1", "C2", "C3"))
                ),
                name="sub_course_sub_level_belongs_to_level",
                violation_error_code="sub_level_mismatch",
                violation_error_message=_("This sub-level does not belong to the level."),
            ),
        ]
        indexes = [
            models.Index(fields=["course", "display_order", "id"], name="sub_course_siblings_in_order"),
            LongNamedIndex(fields=["level", "sub_level"], name="idx_sub_courses_level_sub_level"),
        ]
        triggers = [*Content.Meta.triggers, inherit_from_parent("course", table="courses")]

    def clean(self) -> None:
        """Check the pair: ``BEGINNER`` has A1 to A3, ``INTERMEDIATE`` B1 to B3, ``ADVANCED`` C1 to C3.

        Raises:
            ValidationError: ``sub_level_mismatch``.
        """
        if self.sub_level not in SUB_LEVELS.get(self.level, ()):
            raise ValidationError(
                {
                    "sub_level": ValidationError(
                        _("%(sub_level)s does not belong to %(level)s."),
                        code="sub_level_mismatch",
                        params={"sub_level": self.sub_level, "level": self.level},
                    )
                }
            )


@track_changes
class Video(Publishable, Content):
    """A video of a sub-course, a step of its sequence while published."""

    tenant_parent = "sub_course"

    # No index of its own: moving a thousand videos would write a thousand entries of it.
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organization"),
    )
    sub_course = models.ForeignKey(SubCourse, on_delete=models.PROTECT, related_name="videos", db_index=False)
    video_url = models.URLField(_("link"), max_length=2000)
    duration_seconds = models.PositiveIntegerField(_("duration in seconds"), null=True, blank=True)

    objects: ClassVar[Any] = VideoManager()

    class Meta(Content.Meta):
        db_table = "sub_course_videos"
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        indexes = [
            models.Index(fields=["sub_course", "display_order", "id"], name="video_siblings_in_order"),
        ]
        triggers = [*Content.Meta.triggers, inherit_from_parent("sub_course", table="sub_courses")]


class Reordering(TenantModel):
    """One reordering of a list of siblings: who, when, and both orders.

    ``parent_id`` is empty for categories, whose parent is the organization.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Both are known to exist by the statement that writes a row, whose one it is that was moved and whose
    # caller was read; the index of a list begins with the organization.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=20)
    parent_id = models.BigIntegerField(null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    before = ArrayField(models.BigIntegerField())
    after = ArrayField(models.BigIntegerField())
    created_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        db_table = "reorderings"
        ordering = ["-created_at"]
        verbose_name = _("reordering")
        verbose_name_plural = _("reorderings")
        indexes = [
            models.Index(
                fields=["organization", "kind", "parent_id", "-created_at"], name="reordering_of_a_list"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.parent_id or ''}".strip()
