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
from progress.models import Interaction
from tenancy.errors import InvalidError

TYPES: Final = sorted(INTERACTIONS)
_PAYLOAD_HELP: Final = "\n".join(
    [
        f"An object with the keys of its type, at most {MAX_JSON_BYTES // 1024} KiB; other keys are refused:",
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
@extend_schema_field({"type": "object", "additionalProperties": True})
class PayloadField(serializers.DictField):
    """A JSON object."""


class InteractionInputSerializer(serializers.Serializer[Any]):
    """What a user did."""

    type = serializers.ChoiceField(choices=TYPES)
    payload = PayloadField(help_text=_PAYLOAD_HELP)


class InteractionsInputSerializer(serializers.Serializer[Any]):
    """Several at once, all or none, in the order in which they happened."""

    items = serializers.ListField(child=InteractionInputSerializer(), min_length=1, max_length=MAX_ITEMS)


class InteractionSerializer(serializers.Serializer[Any]):
    """An interaction as it was logged."""

    id = serializers.UUIDField()
    type = serializers.CharField(help_text="A type that is not logged any more is still shown.")
    payload = PayloadField()
    createdAt = serializers.DateTimeField()


class LoggedInteractionSerializer(serializers.Serializer[Any]):
    """An interaction that was logged, without its payload."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=TYPES)
    createdAt = serializers.DateTimeField()


class LoggedInteractionsSerializer(serializers.Serializer[Any]):
    """What was logged, in the order in which it was sent."""

    items = LoggedInteractionSerializer(many=True)


def _either(name: str, *serializer_classes: type[serializers.Serializer[Any]]) -> Any:
    return PolymorphicProxySerializer(
        component_name=name, serializers=list(serializer_classes), resource_type_field_name=None, many=False
    )


class InteractionViewSet(ScopedViewSet):
    """The caller's own interactions; appended, never changed, never removed."""

    queryset = Interaction.objects.none()
    permission_keys = {"list": AUTHENTICATED, "create": AUTHENTICATED}
    serializer_class = InteractionSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter("type", enum=TYPES),
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
        responses={201: _either("AppendedInteractions", InteractionSerializer, LoggedInteractionsSerializer)},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Log one interaction, or up to 500 as `{"items": [...]}`: all of them or, if one is wrong, none."""
        body = request.data
        if isinstance(body, dict) and "items" in body:
            sent = _checked_items(body)
            answer = interactions.append_interactions(user=self.user, interactions=sent)
        else:
            answer = interactions.append_interaction(user=self.user, interaction=check_interaction(body))
        return Response(answer, status=201)


def _checked_items(body: dict[str, Any]) -> list[InteractionInput]:
    """Return what is kept of each of ``items``.

    Raises:
        ValidationError: naming ``items``, or each item by the first thing that is wrong with it.
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
    kept, wrong = [], {}
    for position, item in enumerate(items):
        try:
            kept.append(check_interaction(item))
        except InvalidError as error:
            name = f"items.{position}.{error.attr}" if error.attr else f"items.{position}"
            wrong[name] = [ErrorDetail(str(error.detail), code=error.error_code)]
    if wrong:
        raise ValidationError(wrong)
    return kept


def _wrong_items(code: str, detail: str) -> ValidationError:
    return ValidationError({"items": detail}, code=code)
