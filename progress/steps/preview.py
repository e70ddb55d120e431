"""The page that shows a course as a learner meets it who has completed nothing: read only, for staff."""

from collections.abc import Callable
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from learning.models import Course, SubCourse
from learning.tree.domain.levels import COURSES
from learning.tree.levels import steps
from learning.tree.ordering_page.opened import Opened
from progress.steps.domain.path import find_course, path_of_newcomer
from tenancy.admin.pages import check_key, render_page
from tenancy.errors import NotFoundError


def urls(admin_view: Callable[..., Any]) -> list[URLPattern]:
    """Return the route of the page."""
    return [path("ordering/as-learner/<int:pk>/", admin_view(as_learner), name="course_as_learner")]


def address_of_course(course: Course) -> str:
    """Return the address of a course's page."""
    return reverse("admin:course_as_learner", args=[course.pk])


def address_of_sub_course(sub_course: SubCourse) -> str:
    """Return the address of the page of a sub-course's course, at the sub-course."""
    return f"{reverse('admin:course_as_learner', args=[sub_course.course_id])}#sub-course-{sub_course.pk}"


@require_safe
def as_learner(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what learners of the organization see of a course, locked steps included."""
    check_key(request, "learning_tree.get")
    user: Any = request.user
    try:
        course = find_course(user=user, course_id=pk)
    except NotFoundError as error:
        raise Http404 from error
    title = course.fields["title"]
    told = orjson.loads(path_of_newcomer(course))
    context = {
        "title": _("“%(course)s” as a learner sees it") % {"course": title},
        "course": told,
        "is_shown": Course.objects.filter(pk=pk).shown_to_learners().exists(),
        "sub_courses": [(row, _lists(row)) for row in told["sub_courses"]],
        "back": Opened().including(COURSES.name, pk).page_url(f"{COURSES.name}-{pk}"),
    }
    return render_page(request, "admin/ordering/as_learner.html", context)


def _lists(sub_course: dict[str, Any]) -> list[tuple[str, list[tuple[dict[str, Any], str]]]]:
    """Return the lists of steps, each step with the title of the one before it."""
    found = []
    for level in steps():
        rows = sub_course[level.field_name]
        before = ["", *(row["title"] for row in rows)]
        found.append((capfirst(str(level.many)), list(zip(rows, before, strict=False))))
    return found
