"""What the authoring endpoints of every kind of content share."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.api.base import AttributedView, ScopedViewSet
from learning.models import Content
from learning.tree.api.confirming import is_confirmed
from learning.tree.api.versioned import VersionedRows
from learning.tree.domain import learner_guard, structure
from learning.tree.levels import SiblingKind


def crud_keys(resource: str) -> dict[str, str | tuple[str, ...]]:
    """Return the permission keys of the usual actions on a resource."""
    return {
        "list": f"{resource}.list",
        "retrieve": f"{resource}.get",
        "create": f"{resource}.create",
        "update": f"{resource}.update",
        "partial_update": f"{resource}.update",
        "destroy": f"{resource}.delete",
        "restore": f"{resource}.delete",
    }


class ContentWritesView(AttributedView):
    """Mixed into a view that changes what belongs to an organization as a whole."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # A method that the path does not know is the framework's to refuse.
        action: str | None = getattr(self, "action", None)
        if action in self.permission_keys and request.method not in ("GET", "HEAD"):
            # Before a parent is looked for: one that may not be changed would not exist.
            structure.check_content_scope()


class ContentViewSet(
    VersionedRows,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    ContentWritesView,
    ScopedViewSet,
):
    """List, create, read, update, delete and restore rows of the tree.

    Staff see every status; everyone else only what learners may know of, whatever keys they were given.

    Attributes:
        kind: the siblings these rows are.
        resource: the first half of the permission keys.
    """

    kind: ClassVar[SiblingKind]
    resource: ClassVar[str]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        # Programs ask their people themselves, or ask to be asked.
        with learner_guard.confirmed():
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD") and not is_confirmed(request):
            learner_guard.ask()

    def keys_for(self, action: str) -> tuple[str, ...] | None:
        keys = super().keys_for(action)
        # Deleted rows are for those who may delete and restore.
        if action == "list" and self._wants_deleted():
            return (f"{self.resource}.delete",)
        return keys

    def _wants_deleted(self) -> bool:
        return self.request.query_params.get("deleted") == "true"

    def get_queryset(self) -> Any:
        model: Any = self.kind.model
        if self.action == "restore":
            return model.all_objects.all()
        if self.action == "list" and self._wants_deleted():
            return model.deleted_objects.order_by("-deleted", "id")
        rows = model.objects.in_order()
        if self.action == "list":
            rows = rows.by_parents()
        return rows if self.user.is_staff_member else rows.shown_to_learners()

    def get_object(self) -> Any:
        item = super().get_object()
        if self.action != "retrieve":
            # Before the body is looked at: what is wrong with it does not matter then.
            structure.check_writable(item)
        return item

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.row_answer(self.get_serializer(self.get_object()))

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        self.perform_create(serializer)
        return self.row_answer(serializer, status.HTTP_201_CREATED)

    def update(self, request: Request, *args: Any, partial: bool = False, **kwargs: Any) -> Response:
        serializer = self.get_serializer(self.get_object(), data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        return self.row_answer(serializer)

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        values = {"display_order": None, **serializer.validated_data}
        serializer.instance = structure.add(item=self.new_item(values), kind=self.kind)

    def new_item(self, values: dict[str, Any]) -> Content:
        """Return the unsaved row; override to add what is not in the body."""
        return self.kind.model(**values)  # type: ignore[return-value]

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        item: Any = serializer.instance
        values = serializer.validated_data
        serializer.instance = structure.change(item=item, kind=self.kind, values=values, seen=self.seen)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Hide a row and everything below it; it can be restored."""
        self.perform_destroy(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def perform_destroy(self, instance: Content) -> None:
        """Delete; override where a rule stands before it."""
        structure.delete(item=instance, seen=self.seen)

    @extend_schema(request=None)
    def restore(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Bring back a deleted row with everything that was deleted with it."""
        restored = self.perform_restore(self.get_object())
        return self.row_answer(self.get_serializer(restored))

    def perform_restore(self, instance: Any) -> Any:
        """Restore; override where a rule stands before it."""
        return structure.restore(item=instance)
