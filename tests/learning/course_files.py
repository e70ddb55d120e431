"""Courses as files."""

import json

from learning.models import Course
from learning.tree.course_files.exporting import JSON, export_course
from tenancy.scope import scope_entered


def exported(tenant, course, as_format=JSON):
    with scope_entered(tenant.scope):
        return export_course(Course.objects.get(pk=course.pk), as_format)


def document(tenant, course):
    return json.loads(exported(tenant, course))
