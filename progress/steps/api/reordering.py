"""``PUT .../reorder`` for every level of the tree."""

from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedView
from learning.tree.domain.ordering import reorder
from progress.steps.api.orders import ReorderSerializer
from progress.steps.api.serializers import ReorderedSerializer
from progress.steps.domain import levels
from progress.steps.domain.arranging import preview_reorder
from progress.steps.domain.levels import TreeLevel


class ReorderView(ScopedView):
    """All siblings of one parent, in their new order."""

    level: ClassVar[TreeLevel]

    @extend_schema(request=ReorderSerializer, responses=ReorderedSerializer)
    def put(self, request: Request) -> Response:
        body = ReorderSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted: dict[str, Any] = {
            "positions": body.validated_data["items"],
            "version": body.validated_data.get("version"),
        }
        if body.validated_data["dry_run"]:
            outcome, impact = preview_reorder(level=self.level, **wanted)
            return Response({"items": outcome.items, "version": outcome.version, "impact": asdict(impact)})
        done = reorder(kind=self.level.siblings, by=self.user, **wanted)
        return Response({"items": done.items, "version": done.version})


class CategoryReorderView(ReorderView):
    """The order of an organization's categories."""

    level = levels.CATEGORIES
    permission_keys = {"put": level.reorder_key}


class CourseReorderView(ReorderView):
    """The order of a category's courses."""

    level = levels.COURSES
    permission_keys = {"put": level.reorder_key}


class SubCourseReorderView(ReorderView):
    """The order of a course's sub-courses."""

    level = levels.SUB_COURSES
    permission_keys = {"put": level.reorder_key}


class VideoReorderView(ReorderView):
    """The order of a sub-course's videos."""

    level = levels.VIDEOS
    permission_keys = {"put": level.reorder_key}


class PracticeReorderView(ReorderView):
    """The order of a sub-course's practices."""

    level = levels.PRACTICES
    permission_keys = {"put": level.reorder_key}
