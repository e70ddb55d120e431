"""Rows that tell which revision they are, and are changed only as the revision that a caller names."""

from typing import Any, ClassVar

from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from learning.tree.domain.versions import Seen
from tenancy.api.conditional import revisions_named, tag_of


class VersionedRows:
    """Mixed into views of single rows (``SharedContent``): ``ETag`` out, ``If-Match`` in."""

    request: Any
    rows_are_versioned: ClassVar[bool] = True  # for the OpenAPI document

    @property
    def seen(self) -> Seen:
        """The revisions that the caller may change or delete; ``None`` for any."""
        return revisions_named(self.request)

    def row_answer(self, serializer: BaseSerializer[Any], status: int = 200) -> Response:
        """Return the row that a serializer was made for, with its tag."""
        row: Any = serializer.instance
        return Response(serializer.data, status=status, headers={"ETag": tag_of(row.revision)})
