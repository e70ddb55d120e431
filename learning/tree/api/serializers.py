"""The tree's rows as clients send and see them (``API.md`` "Learning tree")."""

from typing import Any, Final

from learning.models import Course, CourseCategory, SubCourse, Video
from tenancy.api.fields import StrictModelSerializer, StrictRelatedField


class CategorySerializer(StrictModelSerializer):
    """A category."""

    class Meta:
        model = CourseCategory
        fields = ["id", "title", "description", "display_order", "is_active", "is_shared"]


class CourseSerializer(StrictModelSerializer):
    """A course."""

    category_id = StrictRelatedField(source="category", queryset=CourseCategory.objects.all())

    class Meta:
        model = Course
        fields = ["id", "category_id", "title", "description", "display_order", "is_active", "is_shared"]


class SubCourseSerializer(StrictModelSerializer):
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
