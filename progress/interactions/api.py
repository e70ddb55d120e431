"""``/api/v1/interactions``: the log of what users do (document 003, section 4)."""

from typing import Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.api.filters import PAGING, refuse_unknown_parameters
from accounts.idempotency.api import idempotent
from accounts.rights.permissions import AUTHENTICATED
from progress.interactions.domain import interactions
from progress.interactions.domain.interaction_input import (
    MAX_ITEMS,
    InteractionInput,
    check_interaction,
    check_moment,
    check_type,
)
from progress.interactions.types import INTERACTIONS
from progress.json_text import MAX_JSON_BYTES
from progress.models import MAX_TYPE, Interaction
from tenancy.errors import InvalidError

_TYPE_HELP: Final = (
    f"One of {', '.join(f'`{name}`' for name in sorted(INTERACTIONS))}; or a type of the client's own, which "
    f"begins with `x-` and continues with lower-case letters, digits and dashes: at most {MAX_TYPE} of them."
)
_PAYLOAD_HELP: Final = "\n".join(
    [
        f"At most {MAX_JSON_BYTES // 1024} KiB. Of a type that begins with `x-` any JSON value but `null`; "
        "of the others an object with the keys of its type, and with any further ones, which are kept:",
        "",
        *(
            f"- `{name}`: "
            + ", ".join(
                f"{key}{'' if key in kind.required else '?'} ({shape['type']})"
                for key, shape in kind.keys.items()
            )
            for name, kind in sorted(INTERACTIONS.items())
        ),
    ]
)
_PARAMETERS: Final = frozenset({"type", "since", "until"})


# The serializers describe, for the OpenAPI document: rows are built in SQL, and what is sent is checked by
# ``progress.interactions.domain.interaction_input``.
@extend_schema_field({"nullable": False})
class PayloadField(serializers.JSONField):
    """Any JSON value."""


class InteractionInputSerializer(serializers.Serializer[Any]):
    """What a user did."""

    type = serializers.CharField(max_length=MAX_TYPE, help_text=_TYPE_HELP)
    payload = PayloadField(help_text=_PAYLOAD_HELP)


class InteractionsInputSerializer(serializers.Serializer[Any]):
    """Several at once, in the order in which they happened."""

    items = serializers.ListField(child=InteractionInputSerializer(), min_length=1, max_length=MAX_ITEMS)
    partial = serializers.BooleanField(  # type: ignore[assignment]
        default=False,
        help_text="Log the valid items and report the result of each, for a client that was offline; "
        "without it, one invalid item refuses all.",
    )


class InteractionSerializer(serializers.Serializer[Any]):
    """An interaction as it was logged."""

    id = serializers.UUIDField()
    userId = serializers.UUIDField()
    type = serializers.CharField(help_text="A type that is no longer logged is still shown.")
    payload = PayloadField()
    createdAt = serializers.DateTimeField()


class LoggedInteractionSerializer(serializers.Serializer[Any]):
    """An interaction that was logged, without its payload."""

    id = serializers.UUIDField()
    type = serializers.CharField()
    createdAt = serializers.DateTimeField()


class LoggedInteractionsSerializer(serializers.Serializer[Any]):
    """What was logged, in the order in which it was sent."""

    items = LoggedInteractionSerializer(many=True)


class ItemErrorSerializer(serializers.Serializer[Any]):
    """What is wrong with an item."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True, help_text="As in `payload.slide`.")


class ItemOutcomeSerializer(serializers.Serializer[Any]):
    """What became of an item: 201 with the row, or 400 with what is wrong."""

    status = serializers.IntegerField()
    id = serializers.UUIDField(required=False)
    type = serializers.CharField(required=False)
    createdAt = serializers.DateTimeField(required=False)
    errors = ItemErrorSerializer(many=True, required=False)  # type: ignore[assignment]


class ItemOutcomesSerializer(serializers.Serializer[Any]):
    """What became of each item, in the order in which it was sent."""

    items = ItemOutcomeSerializer(many=True)


def _either(name: str, *serializer_classes: type[serializers.Serializer[Any]]) -> Any:
    return PolymorphicProxySerializer(
        component_name=name, serializers=list(serializer_classes), resource_type_field_name=None, many=False
    )


class InteractionViewSet(ScopedViewSet):
    """The caller's own interactions; appended, never changed, never removed."""

    queryset = Interaction.objects.none()
    permission_keys = {"list": AUTHENTICATED, "create": AUTHENTICATED}
    hot_actions = frozenset(permission_keys)
    serializer_class = InteractionSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter("type", description=_TYPE_HELP),
            OpenApiParameter("since", OpenApiTypes.DATETIME, description="Logged then or later."),
            OpenApiParameter("until", OpenApiTypes.DATETIME, description="Logged before."),
        ]
    )
    def list(self, request: Request) -> Response:
        """Return the caller's interactions, newest first."""
        refuse_unknown_parameters(request, PAGING | _PARAMETERS)
        sent = request.query_params
        limit, offset = self.paginator.window(request)  # type: ignore[union-attr]
        moments = {
            name: check_moment(sent[name], attr=name) if name in sent else None for name in ("since", "until")
        }
        kind = check_type(sent["type"]) if "type" in sent else None
        return Response(
            interactions.list_interactions(user=self.user, kind=kind, **moments, limit=limit, offset=offset)
        )

    @extend_schema(
        request=_either("AppendInteractions", InteractionInputSerializer, InteractionsInputSerializer),
        responses={
            200: ItemOutcomesSerializer,
            201: _either("AppendedInteractions", InteractionSerializer, LoggedInteractionsSerializer),
        },
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Log one interaction, or up to 500 as `{"items": [...]}`.

        All of them or, if one is wrong, none (400); with `"partial": true` those that are right (200).
        """
        body = request.data
        if not isinstance(body, dict) or "items" not in body:
            answer = interactions.append_interaction(user=self.user, interaction=check_interaction(body))
            return Response(answer, status=201)
        checked = _checked_items(body)
        if _is_partial(body):
            return Response(interactions.append_good_ones(user=self.user, checked=checked))
        answer = interactions.append_interactions(user=self.user, interactions=_all_good(checked))
        return Response(answer, status=201)


def _is_partial(body: dict[str, Any]) -> bool:
    partial = body.get("partial", False)
    if not isinstance(partial, bool):
        raise ValidationError({"partial": _("Must be true or false.")}, code="invalid")
    return partial


def _checked_items(body: dict[str, Any]) -> list[InteractionInput | InvalidError]:
    """Return what is kept of each of ``items``, or the first thing that is wrong with it.

    Raises:
        ValidationError: naming ``items``.
    """
    items = body["items"]
    if "type" in body or "payload" in body:
        raise _wrong_items("ambiguous", _("Send either one interaction or items."))
    if not isinstance(items, list):
        raise _wrong_items("not_a_list", _("Must be a list."))
    if not items:
        raise _wrong_items("empty", _("This list may not be empty."))
    if len(items) > MAX_ITEMS:
        raise _wrong_items("max_length", _("At most %(limit)d items.") % {"limit": MAX_ITEMS})
    return [_checked(item) for item in items]


def _checked(item: object) -> InteractionInput | InvalidError:
    try:
        return check_interaction(item)
    except InvalidError as error:
        return error


def _all_good(checked: list[InteractionInput | InvalidError]) -> list[InteractionInput]:
    """Return the items, none of which is wrong.

    Raises:
        ValidationError: naming each that is.
    """
    good, wrong = [], {}
    for position, item in enumerate(checked):
        if isinstance(item, InteractionInput):
            good.append(item)
        else:
            name = f"items.{position}.{item.attr}" if item.attr else f"items.{position}"
            wrong[name] = [ErrorDetail(str(item.detail), code=item.error_code)]
    if wrong:
        raise ValidationError(wrong)
    return good


def _wrong_items(code: str, detail: str) -> ValidationError:
    return ValidationError({"items": detail}, code=code)
