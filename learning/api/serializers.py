"""The tree's rows as clients send and see them (``API.md`` "Learning tree")."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from learning.models import Course, CourseCategory, SubCourse, Video
from tenancy.api.fields import StrictCharField, StrictModelSerializer, StrictRelatedField

MAX_ID: Final = 2**63 - 1
MAX_ITEMS: Final = 10_000


class CategorySerializer(StrictModelSerializer):
    """A category."""

    class Meta:
        model = CourseCategory
        fields = ["id", "title", "description", "display_order", "is_active"]


class CourseSerializer(StrictModelSerializer):
    """A course."""

    category_id = StrictRelatedField(source="category", queryset=CourseCategory.objects.all())

    class Meta:
        model = Course
        fields = ["id", "category_id", "title", "description", "display_order", "is_active"]


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
        ]

    def to_representation(self, instance: Video) -> dict[str, Any]:
        fields = super().to_representation(instance)
        if not self.context.get(ADDRESS_SHOWN):
            del fields["video_url"]
        return fields


@extend_schema_field(
    {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_ITEMS,
        "items": {
            "type": "object",
            "required": ["id", "position"],
            "properties": {
                "id": {"type": "integer", "minimum": 1},
                "position": {"type": "integer", "minimum": 0},
            },
        },
    }
)
class PositionsField(serializers.Field[Any, Any, Any, Any]):
    """``[{id, position}, ...]`` as pairs; one pass, since a list may have a thousand items."""

    default_error_messages = {
        "not_a_list": "Must be a list of objects with the integers id and position.",
        "too_many_items": f"A list has at most {MAX_ITEMS} items.",
        "invalid_item": "Must be an object with the integers id and position.",
    }

    def to_internal_value(self, data: Any) -> list[tuple[int, int]]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        if len(data) > MAX_ITEMS:
            self.fail("too_many_items")
        pairs = []
        for index, item in enumerate(data):
            pk, position = (item.get("id"), item.get("position")) if isinstance(item, dict) else (None, None)
            if type(pk) is not int or type(position) is not int or not 0 < pk <= MAX_ID or position < 0:
                detail = serializers.ErrorDetail(
                    str(self.error_messages["invalid_item"]), code="invalid_item"
                )
                raise serializers.ValidationError({str(index): [detail]})
            pairs.append((pk, position))
        return pairs

    def to_representation(self, value: Any) -> Any:
        return value


class ReorderSerializer(serializers.Serializer[Any]):
    """All siblings of one parent in their new order."""

    items = PositionsField()
    version = StrictCharField(
        required=False, max_length=64, help_text="Of the order you saw; a stale one is refused with 409."
    )


class PositionSerializer(serializers.Serializer[Any]):
    """Where an item stands."""

    id = serializers.IntegerField()
    position = serializers.IntegerField()


class ReorderedSerializer(serializers.Serializer[Any]):
    """The order as it is now."""

    items = PositionSerializer(many=True)
    version = serializers.CharField()
