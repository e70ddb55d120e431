"""Where the caller may act."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.people.api.serializers import ScopeNodeSerializer
from accounts.people.domain.scopes import ScopeNode, add_descendants, top_nodes
from accounts.rights.permissions import AUTHENTICATED
from tenancy.models import Organization


class ScopesViewSet(ScopedViewSet):
    """The nodes the caller may act in, as a tree, whatever scope this request acts in."""

    queryset = Organization.objects.none()
    permission_keys = {"list": AUTHENTICATED}
    serializer_class = ScopeNodeSerializer

    def list(self, request: Request) -> Response:
        top: Any = top_nodes(user=self.user)
        page = list(self.paginate_queryset(self.filter_queryset(top)) or ())
        add_descendants(page, user=self.user)
        return self.get_paginated_response([as_json(node) for node in page])


def as_json(node: ScopeNode) -> dict[str, Any]:
    """Return a node and all below it as a client sees them."""
    return {
        "level": node.level,
        "id": str(node.id),
        "name": node.name,
        "scope": node.scope,
        "children": [as_json(child) for child in node.children],
    }
