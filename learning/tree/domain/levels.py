"""The levels of the tree whose rows are this app's own."""

import re
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


_VIDEO: Final = re.compile(r"(?P<title>\S.*?)\s+(?P<url>https?://\S+)(?:\s+(?P<seconds>[0-9]{1,6}))?")


def _video_of(line: str) -> dict[str, Any]:
    """Read a title, and after it perhaps a link and a length in seconds.

    Raises:
        ValidationError: the link is none.
    """
    found = _VIDEO.fullmatch(line)
    if found is None:
        return {"title": line, "video_url": ""}
    url = Video._meta.get_field("video_url").clean(found["url"], None)
    seconds = found["seconds"]
    return {"title": found["title"], "video_url": url, "duration_seconds": seconds and int(seconds)}


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
    # A draft may wait for its link; the form asks for it.
    written=_video_of,
    unready=lambda video: "" if video.video_url else _("“%(title)s” has no link yet."),
    path_fields=("duration_seconds",),
)
LEVELS: Final = (CATEGORIES, COURSES, SUB_COURSES, VIDEOS)
"""From the top."""
