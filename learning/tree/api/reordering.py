"""``PUT .../reorder`` for every level of the tree."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from learning.tree.api.confirming import CONFIRMED, is_confirmed
from learning.tree.api.orders import ReorderSerializer
from learning.tree.api.reordering_answer import ReorderedSerializer
from learning.tree.domain.arranging import preview_reorder, reorder
from learning.tree.domain.structure import check_content_scope
from learning.tree.levels import TreeLevel


class ReorderViewSet(ScopedViewSet):
    """The order of the siblings of one level: ``as_view({"put": "reorder"}, level=VIDEOS)``."""

    level: Any = None  # every route names one

    def __init__(self, *, level: TreeLevel, **options: Any) -> None:
        super().__init__(level=level, **options)
        self.permission_keys = {"reorder": level.reorder_key}  # type: ignore[misc]

    @extend_schema(request=ReorderSerializer, responses=ReorderedSerializer, parameters=[CONFIRMED])
    def reorder(self, request: Request) -> Response:
        """Put all siblings of one parent in a new order; answers those that were put in order."""
        check_content_scope()
        body = ReorderSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted: dict[str, Any] = {
            "positions": body.validated_data["items"],
            "version": body.validated_data.get("version"),
        }
        if body.validated_data["dry_run"]:
            outcome, impact = preview_reorder(level=self.level, **wanted)
            return Response({"items": outcome.items, "version": outcome.version, "impact": asdict(impact)})
        done = reorder(level=self.level, by=self.user, confirmed=is_confirmed(request), **wanted)
        return Response({"items": done.items, "version": done.version})
