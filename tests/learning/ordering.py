"""The ordering page as its tests open it, and what its script asks for."""

import json

from django.test import Client as Browser

from accounts.models import User
from learning.models import Course, CourseCategory, SubCourse, Video
from quizzes.models import QuestionSet

PAGE = "/admin/ordering/"


def sign_in(user, **fields):
    User.unscoped.filter(pk=user.pk).update(is_staff=True, **fields)
    staff = Browser()
    staff.force_login(User.unscoped.get(pk=user.pk), backend="accounts.sign_in.authentication.EmailBackend")
    return staff


def order_of(sub_course):
    rows = Video.unscoped.filter(sub_course=sub_course, deleted=None).order_by("display_order", "pk")
    return list(rows.values_list("pk", flat=True))


def items(ids):
    return [{"id": pk, "position": position} for position, pk in enumerate(ids)]


def ask(staff, path, body, **headers):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return staff.post(f"{PAGE}{path}/", data, content_type="application/json", headers=headers)


def row_of(tenant, kind):
    return {
        "categories": tenant.category,
        "courses": tenant.course,
        "sub-courses": tenant.sub_course,
        "videos": tenant.videos[0],
        "practices": tenant.practices[0],
    }[kind]


MODELS = {
    "categories": CourseCategory,
    "courses": Course,
    "sub-courses": SubCourse,
    "videos": Video,
    "practices": QuestionSet,
}
