"""The levels of the tree whose rows are this app's own."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from learning.models import Course, CourseCategory, CourseLevel, SubCourse, SubLevel, Video
from learning.tree.levels import TreeLevel


def _level_of_the_last(sub_courses: Any) -> dict[str, Any]:
    """Return level and sub-level of the sub-course before, the first ones without any."""
    last = sub_courses.last()
    if last is None:
        return {"level": CourseLevel.BEGINNER, "sub_level": SubLevel.A1}
    return {"level": last.level, "sub_level": last.sub_level}


CATEGORIES: Final = TreeLevel(
    "categories",
    CourseCategory,
    "organization",
    resource="course_categories",
    counted=ngettext_lazy("%d category", "%d categories"),
)
COURSES: Final = TreeLevel(
    "courses",
    Course,
    "category",
    resource="courses",
    counted=ngettext_lazy("%d course", "%d courses"),
)
SUB_COURSES: Final = TreeLevel(
    "sub-courses",
    SubCourse,
    "course",
    resource="subcourses",
    counted=ngettext_lazy("%d sub-course", "%d sub-courses"),
    blank=_level_of_the_last,
)
VIDEOS: Final = TreeLevel(
    "videos",
    Video,
    "sub_course",
    resource="videos",
    counted=ngettext_lazy("%d video", "%d videos"),
    step="video",
    # A draft may wait for its address; the form asks for it.
    blank=lambda _siblings: {"video_url": ""},
    unready=lambda video: "" if video.video_url else _("“%(title)s” has no link yet."),
    path_fields=("duration_seconds",),
)
