"""The tree's rows as clients send and see them (``API.md`` "Learning tree")."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from learning.models import Course, CourseCategory, Status, SubCourse, Video
from tenancy.api.fields import StrictBooleanField, StrictModelSerializer, StrictRelatedField


class HoldingSerializer(StrictModelSerializer):
    """A row that holds others: ``is_active`` is another word for its status being ``PUBLISHED``."""

    is_active = StrictBooleanField(
        required=False,
        help_text="Whether it is published. Sent, true publishes; false makes a draft of what is published.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        values = dict(super().validate(attrs))
        active: bool | None = values.pop("is_active", None)
        if active is None:
            return values
        if "status" not in values:
            present = getattr(self.instance, "status", Status.DRAFT)
            hidden = Status.DRAFT if present == Status.PUBLISHED else present
            values["status"] = Status.PUBLISHED if active else hidden
        elif active != (values["status"] == Status.PUBLISHED):
            raise serializers.ValidationError(
                {
                    "is_active": serializers.ErrorDetail(
                        str(_("This contradicts the status.")), "contradiction"
                    )
                }
            )
        return values


class CategorySerializer(HoldingSerializer):
    """A category."""

    class Meta:
        model = CourseCategory
        fields = ["id", "title", "description", "display_order", "status", "is_active", "is_shared"]


class CourseSerializer(HoldingSerializer):
    """A course."""

    category_id = StrictRelatedField(source="category", queryset=CourseCategory.objects.all())

    class Meta:
        model = Course
        fields = [
            "id",
            "category_id",
            "title",
            "description",
            "display_order",
            "status",
            "is_active",
            "is_shared",
        ]


class SubCourseSerializer(HoldingSerializer):
    """A sub-course; its level and sub-level belong together."""

    course_id = StrictRelatedField(source="course", queryset=Course.objects.all())

    class Meta:
        model = SubCourse
        fields = [
            "id",
            "course_id",
            "title",
            "description",
            "level",
            "sub_level",
            "display_order",
            "status",
            "is_active",
            "is_shared",
        ]


ADDRESS_SHOWN: Final = "address_shown"
"""Serializer context: whether the caller may be told where a video is. Absent means no."""


class VideoSerializer(StrictModelSerializer):
    """A video; its address is left out unless the view says that the caller may have it."""

    sub_course_id = StrictRelatedField(source="sub_course", queryset=SubCourse.objects.all())

    class Meta:
        model = Video
        fields = [
            "id",
            "sub_course_id",
            "title",
            "description",
            "video_url",
            "duration_seconds",
            "display_order",
            "status",
            "is_shared",
        ]

    def to_representation(self, instance: Video) -> dict[str, Any]:
        fields = super().to_representation(instance)
        if not self.context.get(ADDRESS_SHOWN):
            del fields["video_url"]
        return fields
