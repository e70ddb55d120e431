"""What lists of the tree can be narrowed by."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from accounts.api.filters import StrictBooleanFilter
from learning.models import Course, CourseCategory, Status, SubCourse, Video


class DigitsFilterField(forms.IntegerField):
    """An integer in plain digits: ``1.0`` and `` 1`` are not."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value and not (value.isascii() and value.isdigit()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


@extend_schema_field({"type": "integer", "minimum": 1})
class IdFilter(filters.NumberFilter):  # type: ignore[misc]
    """An integer id; one of another tenant matches as little as one that does not exist."""

    field_class = DigitsFilterField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **kwargs)

    def get_max_validator(self) -> None:
        """Leave the bounds to the field."""


class DeletedFilter(StrictBooleanFilter):
    """``deleted=true`` lists what was deleted and can be restored; the view supplies those rows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Deleted rows instead of live ones; needs the delete key.", **kwargs)

    def filter(self, qs: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        return qs


class ActiveFilter(StrictBooleanFilter):
    """``is_active=true`` lists what is published, ``false`` drafts and what is archived."""

    def filter(self, qs: QuerySet[Any], value: bool | str) -> QuerySet[Any]:
        if value == "":  # not asked
            return qs
        return qs.filter(status=Status.PUBLISHED) if value else qs.exclude(status=Status.PUBLISHED)


class CategoryFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Categories."""

    is_active = ActiveFilter()
    deleted = DeletedFilter()

    class Meta:
        model = CourseCategory
        fields = ["status"]


class CourseFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Courses."""

    category_id = IdFilter()
    is_active = ActiveFilter()
    deleted = DeletedFilter()

    class Meta:
        model = Course
        fields = ["status"]


class SubCourseFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Sub-courses."""

    course_id = IdFilter()
    is_active = ActiveFilter()
    deleted = DeletedFilter()

    class Meta:
        model = SubCourse
        fields = ["status", "level", "sub_level"]


class VideoFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Videos."""

    sub_course_id = IdFilter()
    deleted = DeletedFilter()

    class Meta:
        model = Video
        fields = ["status"]
