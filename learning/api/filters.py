"""What lists of the tree can be narrowed by."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters

from learning.models import Course, CourseCategory, SubCourse, Video


class IdFilter(filters.NumberFilter):  # type: ignore[misc]
    """An integer id; one of another tenant matches as little as one that does not exist."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **kwargs)

    def get_max_validator(self) -> None:
        """Leave the bounds to the field."""


class DeletedFilter(filters.BooleanFilter):  # type: ignore[misc]
    """``deleted=true`` lists what was deleted and can be restored; the view supplies those rows."""

    field_class = forms.NullBooleanField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Deleted rows instead of live ones; needs the delete key.", **kwargs)

    def filter(self, qs: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        return qs


class CategoryFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Categories."""

    deleted = DeletedFilter()

    class Meta:
        model = CourseCategory
        fields = ["is_active"]


class CourseFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Courses."""

    category_id = IdFilter()
    deleted = DeletedFilter()

    class Meta:
        model = Course
        fields = ["is_active"]


class SubCourseFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Sub-courses."""

    course_id = IdFilter()
    deleted = DeletedFilter()

    class Meta:
        model = SubCourse
        fields = ["level", "sub_level", "is_active"]


class VideoFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Videos."""

    sub_course_id = IdFilter()
    deleted = DeletedFilter()

    class Meta:
        model = Video
        fields = ["status"]
