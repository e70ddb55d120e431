"""``/api/user_progress`` (document 000)."""

from collections.abc import Callable
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.api.filters import refuse_empty_parameters
from accounts.rights.permissions import AUTHENTICATED
from progress.items.domain import item_input, items
from progress.items.domain.item_input import ItemInput
from progress.models import MAX_ITEM_ID, ItemProgress, ProgressType
from tenancy.errors import InvalidError

_CHECKS: Final[dict[str, Callable[[Any], Any]]] = {
    "progress_type": item_input.check_progress_type,
    "item_id": item_input.check_item_id,
    "value": item_input.check_value,
    "score": item_input.check_score,
    "metadata": item_input.check_metadata,
}
_KEY: Final = ("progress_type", "item_id")


# The serializers describe, for the OpenAPI document: rows are built in SQL, and what is sent is checked by
# ``progress.items.domain.item_input``.
@extend_schema_field({"nullable": True})
class AnyJSONField(serializers.JSONField):
    """Any JSON value."""


class ItemProgressSerializer(serializers.Serializer[Any]):
    """How far the caller is with one item."""

    id = serializers.UUIDField()
    progress_type = serializers.ChoiceField(choices=ProgressType.choices)
    item_id = serializers.CharField(max_length=MAX_ITEM_ID)
    value = serializers.CharField(allow_null=True)
    score = serializers.IntegerField(allow_null=True)
    metadata = AnyJSONField(allow_null=True)
    organizationId = serializers.UUIDField()
    campusId = serializers.UUIDField(allow_null=True)
    userId = serializers.UUIDField()
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()


class ItemProgressInputSerializer(serializers.Serializer[Any]):
    """What to record of an item."""

    progress_type = serializers.ChoiceField(choices=ProgressType.choices)
    item_id = serializers.CharField(max_length=MAX_ITEM_ID, help_text="Trimmed.")
    value = AnyJSONField(required=False, help_text="Kept if it is a string, of at most 10,000 characters.")
    score = AnyJSONField(required=False, help_text="Kept if it is a number: a whole one of 32 bits.")
    metadata = AnyJSONField(required=False, help_text="Any JSON value of at most 16 KiB.")


class SaveItemSerializer(serializers.Serializer[Any]):
    """An item in its envelope."""

    data = ItemProgressInputSerializer()  # type: ignore[assignment]


class DeletedSerializer(serializers.Serializer[Any]):
    """How many rows were deleted."""

    deletedCount = serializers.IntegerField()


_TYPE_PARAMETER: Final = OpenApiParameter("progress_type", enum=ProgressType.values, required=True)


class UserProgressViewSet(ScopedViewSet):
    """The caller's own typed progress."""

    queryset = ItemProgress.objects.none()
    permission_keys = {"list": AUTHENTICATED, "create": AUTHENTICATED, "destroy_by_item": AUTHENTICATED}
    hot_actions = frozenset({"list", "create"})
    tenant_users_only = True
    serializer_class = ItemProgressSerializer

    @extend_schema(parameters=[_TYPE_PARAMETER, OpenApiParameter("item_id", description="Only this item.")])
    def list(self, request: Request) -> Response:
        """Return the caller's rows of a type, newest first."""
        refuse_empty_parameters(request, _KEY)
        sent = request.query_params
        wanted = _checked(sent, _KEY if "item_id" in sent else ("progress_type",))
        limit, offset = self.paginator.window(request)  # type: ignore[union-attr]
        rows = items.list_items(
            user=self.user,
            progress_type=wanted["progress_type"],
            item_id=wanted.get("item_id"),
            limit=limit,
            offset=offset,
        )
        return Response(rows)

    @extend_schema(request=SaveItemSerializer, responses={200: ItemProgressSerializer})
    def create(self, request: Request) -> Response:
        """Record an item, in place of what is recorded for it already."""
        return Response(items.save_item(user=self.user, item=_sent_item(request.data)))

    @extend_schema(
        parameters=[_TYPE_PARAMETER, OpenApiParameter("item_id", required=True)],
        responses={200: DeletedSerializer},
    )
    def destroy_by_item(self, request: Request) -> Response:
        """Delete the caller's row of an item; doing so again deletes nothing."""
        refuse_empty_parameters(request, _KEY)
        deleted = items.delete_item(user=self.user, **_checked(request.query_params, _KEY))
        return Response({"deletedCount": deleted})


def _sent_item(body: Any) -> ItemInput:
    """Return what ``{"data": {...}}`` says of an item; other names in it are nobody's.

    Raises:
        ValidationError: naming ``data`` or each field in it that is wrong.
    """
    data = body.get("data") if isinstance(body, dict) else None
    if data is None:
        raise ValidationError({"data": "This field is required."}, code="required")
    if not isinstance(data, dict):
        raise ValidationError({"data": "Must be an object."}, code="invalid")
    try:
        return ItemInput(**_checked(data, tuple(_CHECKS)))
    except ValidationError as error:
        raise ValidationError({"data": error.detail}) from error


def _checked(sent: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Return what is kept of each value.

    Raises:
        ValidationError: naming each that is wrong.
    """
    kept, wrong = {}, {}
    for name in names:
        try:
            kept[name] = _CHECKS[name](sent.get(name))
        except InvalidError as error:
            wrong[name] = [ErrorDetail(str(error.detail), code=error.error_code)]
    if wrong:
        raise ValidationError(wrong)
    return kept
