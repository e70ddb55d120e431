"""Authoring the tree: categories, courses, sub-courses and videos, and their order."""

from typing import Any

from learning.models import Content, Course, CourseCategory, SubCourse, Video
from learning.tree.api import filters, serializers
from learning.tree.api.base import ContentViewSet, crud_keys
from learning.tree.domain import levels, structure


class CategoryViewSet(ContentViewSet):
    """Categories of the organization, and the shared ones."""

    queryset = CourseCategory.objects.all()
    kind = levels.CATEGORIES
    resource = "course_categories"
    permission_keys = crud_keys("course_categories")
    serializer_class = serializers.CategorySerializer
    filterset_class = filters.CategoryFilterSet

    def new_item(self, values: dict[str, Any]) -> Content:
        return super().new_item({**values, "organization_id": structure.organization_to_write_in()})


class CourseViewSet(ContentViewSet):
    """Courses."""

    queryset = Course.objects.all()
    kind = levels.COURSES
    resource = "courses"
    permission_keys = crud_keys("courses")
    serializer_class = serializers.CourseSerializer
    filterset_class = filters.CourseFilterSet


class SubCourseViewSet(ContentViewSet):
    """Sub-courses; each has its entry assessment from the moment it is created."""

    queryset = SubCourse.objects.all()
    kind = levels.SUB_COURSES
    resource = "subcourses"
    permission_keys = crud_keys("subcourses")
    serializer_class = serializers.SubCourseSerializer
    filterset_class = filters.SubCourseFilterSet


class VideoViewSet(ContentViewSet):
    """Videos, for authoring. What a learner may open is decided where completions are kept."""

    queryset = Video.objects.all()
    kind = levels.VIDEOS
    resource = "videos"
    permission_keys = crud_keys("videos")
    serializer_class = serializers.VideoSerializer
    filterset_class = filters.VideoFilterSet

    def get_serializer_context(self) -> dict[str, Any]:
        # A list, or the answer to a change, would be a way round the lock.
        context = dict(super().get_serializer_context())
        if not getattr(self, "swagger_fake_view", False):
            context[serializers.ADDRESS_SHOWN] = self.user.is_staff_member or self.action == "create"
        return context
