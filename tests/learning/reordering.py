"""Siblings of each kind, and what puts them in order."""

from tests import factories

BASE = "/api/v1/course-management"


KINDS = ["categories", "courses", "sub-courses", "videos", "practices"]


def body(ids, **extra):
    return {"items": [{"id": pk, "position": position} for position, pk in enumerate(ids)], **extra}


def siblings(tenant, kind, number=3):
    """Make ``number`` siblings of a kind under a parent of their own, and return them in order."""
    makers = {
        "categories": lambda n: factories.CategoryFactory(
            organization=tenant.organization, display_order=n + 10
        ),
        "courses": lambda n: factories.CourseFactory(category=tenant.category, display_order=n + 10),
        "sub-courses": lambda n: factories.SubCourseFactory(course=tenant.course, display_order=n + 10),
        "videos": lambda n: factories.VideoFactory(sub_course=tenant.sub_course, display_order=n + 10),
        "practices": lambda n: factories.PracticeFactory(sub_course=tenant.sub_course, display_order=n + 10),
    }
    there = {
        "categories": [tenant.category],
        "courses": [tenant.course],
        "sub-courses": [tenant.sub_course],
        "videos": tenant.videos,
        "practices": tenant.practices,
    }
    return [*there[kind], *(makers[kind](n) for n in range(number))]
