"""The levels of the tree whose rows are this app's own."""

from typing import Final

from django.utils.translation import ngettext_lazy

from learning.models import Course, CourseCategory, SubCourse, Video
from learning.tree.levels import TreeLevel

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
)
VIDEOS: Final = TreeLevel(
    "videos",
    Video,
    "sub_course",
    resource="videos",
    counted=ngettext_lazy("%d video", "%d videos"),
    step="video",
    path_fields=("duration_seconds",),
)
