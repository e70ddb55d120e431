"""The public paths. A path has no trailing slash, and one is tolerated."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, path, re_path

from learning.api import views as learning

# An id with more digits than any row has is a path that does not exist.
_CONTENT_ID = "(?P<pk>[0-9]{1,18})"

_COLLECTION = {"get": "list", "post": "create"}
_ITEM = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}


def route(path_pattern: str, view: Callable[..., Any]) -> URLPattern:
    """Return the route of one path below ``/api/v1/``; ``<id>`` stands for the id of content."""
    pattern = path_pattern.replace("<id>", _CONTENT_ID)
    return re_path(rf"^api/v1/{pattern}/?$", view)


def resource(path_pattern: str, viewset: Any) -> list[URLPattern]:
    """Return the routes of a resource with the usual actions."""
    return [
        route(path_pattern, viewset.as_view(_COLLECTION)),
        route(f"{path_pattern}/<id>", viewset.as_view(_ITEM)),
        route(f"{path_pattern}/<id>/restore", viewset.as_view({"post": "restore"})),
    ]


_LEARNING = [
    route("course-management/categories/reorder", learning.CategoryReorderView.as_view()),
    route("course-management/courses/reorder", learning.CourseReorderView.as_view()),
    route("course-management/sub-courses/reorder", learning.SubCourseReorderView.as_view()),
    route("course-management/videos/reorder", learning.VideoReorderView.as_view()),
    *resource("course-management/categories", learning.CategoryViewSet),
    *resource("course-management/courses", learning.CourseViewSet),
    *resource("course-management/sub-courses", learning.SubCourseViewSet),
    *resource("course-management/videos", learning.VideoViewSet),
]

urlpatterns = [
    path("admin/", admin.site.urls),
    *_LEARNING,
]

handler400 = "config.api.errors.bad_request"
handler403 = "config.api.errors.permission_denied"
handler404 = "config.api.errors.not_found"
handler500 = "config.api.errors.server_error"
