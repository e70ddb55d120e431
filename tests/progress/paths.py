"""Where learning paths are."""

BASE = "/api/v1/course-management"


def path_url(course):
    return f"{BASE}/courses/{course.pk}/learning-path"
