"""``GET learning-tree``."""

import hashlib
from typing import Any

import orjson
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from learning.models import CourseLevel, Status, SubLevel
from learning.tree import levels
from learning.tree.domain.tree import build_tree
from tenancy.api.conditional import has_seen, private_headers


class TreeSubCourseSerializer(serializers.Serializer[Any]):
    """A sub-course with what it holds."""

    id = serializers.IntegerField()
    course_id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    level = serializers.ChoiceField(choices=CourseLevel.choices)
    sub_level = serializers.ChoiceField(choices=SubLevel.choices)
    display_order = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Status.choices)
    is_active = serializers.BooleanField()
    is_shared = serializers.BooleanField()

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        for level in levels.steps():
            fields[f"{level.step}_count"] = serializers.IntegerField()
            fields[f"{level.field_name}_version"] = serializers.CharField()
        return fields


class TreeCourseSerializer(serializers.Serializer[Any]):
    """A course with its sub-courses."""

    id = serializers.IntegerField()
    category_id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    display_order = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Status.choices)
    is_active = serializers.BooleanField()
    is_shared = serializers.BooleanField()
    sub_courses_version = serializers.CharField()
    sub_courses = TreeSubCourseSerializer(many=True)


class TreeCategorySerializer(serializers.Serializer[Any]):
    """A category with its courses; a shared one is changed by the platform only."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    display_order = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Status.choices)
    is_active = serializers.BooleanField()
    is_shared = serializers.BooleanField()
    courses_version = serializers.CharField()
    courses = TreeCourseSerializer(many=True)


class LearningTreeSerializer(serializers.Serializer[Any]):
    """The tree down to sub-courses."""

    categories_version = serializers.CharField(allow_null=True)
    categories = TreeCategorySerializer(many=True)


class LearningTreeViewSet(ScopedViewSet):
    """Categories > courses > sub-courses with counts of videos and practices."""

    permission_keys = {"tree": "learning_tree.get"}

    @extend_schema(
        parameters=[OpenApiParameter("If-None-Match", str, "header", description="The last ETag seen.")],
        responses={
            200: LearningTreeSerializer,
            304: OpenApiResponse(description="Nothing has changed since that ETag."),
        },
    )
    def tree(self, request: Request) -> Response:
        """Return the tree."""
        body = orjson.dumps(build_tree(sees_drafts=self.user.is_staff_member))
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        if has_seen(request, etag):
            return Response(status=304, headers=private_headers(etag))
        return Response(body, headers=private_headers(etag))
