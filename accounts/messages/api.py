"""``/api/v1/messages``: the caller's inbox, and sending."""

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.api.filters import PAGING, refuse_unknown_parameters
from accounts.api.scoping import resolve_place
from accounts.idempotency.api import idempotent
from accounts.messages.domain import inbox
from accounts.messages.domain.messages import MessageContent, send_to_person, send_to_place
from accounts.messages.models import MAX_BODY, MAX_TITLE
from accounts.models import Message, Tag
from accounts.rights.permissions import AUTHENTICATED
from accounts.sign_in.api.anonymous import validated
from tenancy.api.fields import StrictCharField, StrictChoiceField, StrictDateTimeField, StrictUUIDField

_FLAGS: Final = {"true": True, "false": False}


class MessageSerializer(serializers.Serializer[Any]):
    """A message as its reader sees it. Describes the answer only: rows are built in SQL."""

    id = serializers.UUIDField(read_only=True)
    tag = serializers.ChoiceField(choices=Tag.choices)
    title = serializers.CharField(max_length=MAX_TITLE)
    body = serializers.CharField(max_length=MAX_BODY, help_text="Plain text, never markup.")
    readAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()
    expiresAt = serializers.DateTimeField(allow_null=True)


class SendMessageSerializer(serializers.Serializer[Any]):
    """What to send, and to whom: either ``userId`` or ``scope``."""

    userId = StrictUUIDField(required=False, help_text="Someone in the active scope.")
    scope = StrictCharField(
        required=False,
        max_length=100,
        help_text="`level:uuid` of a place at or below the active scope: everyone there.",
    )
    tag = StrictChoiceField(choices=Tag.choices, default=Tag.INFO)
    title = StrictCharField(max_length=MAX_TITLE)
    body = StrictCharField(max_length=MAX_BODY, help_text="Plain text, never markup.")
    expiresAt = StrictDateTimeField(
        required=False, allow_null=True, help_text="From when on it is left out of inboxes."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("userId" in attrs) == ("scope" in attrs):
            code, said = (
                ("ambiguous_recipient", "Send to a person or to a scope, not both.")
                if "scope" in attrs
                else ("required", "Either userId or scope is required.")
            )
            raise ValidationError({"userId": ErrorDetail(said, code=code)})
        return attrs


class SentSerializer(serializers.Serializer[Any]):
    """What was sent."""

    recipients = serializers.IntegerField(help_text="How many people got it.")
    message = MessageSerializer(allow_null=True, help_text="The message to one person; null for a scope.")


class MessagesViewSet(ScopedViewSet):
    """Messages to the caller, and from them to people of their scope."""

    queryset = Message.objects.none()
    permission_keys = {"list": AUTHENTICATED, "read": AUTHENTICATED, "create": "messages.send"}
    serializer_class = MessageSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter("tag", enum=Tag.values, description="Only these."),
            OpenApiParameter("unread", bool, description="Only unread messages, or only read ones."),
        ]
    )
    def list(self, request: Request) -> Response:
        """Return the caller's messages, newest first; expired ones are left out."""
        refuse_unknown_parameters(request, PAGING | {"tag", "unread"})
        limit, offset = self.paginator.window(request)  # type: ignore[union-attr]
        rows = inbox.list_inbox(
            user=self.user,
            tag=_one_of(request, "tag", {tag.value: tag for tag in Tag}),
            unread=_one_of(request, "unread", _FLAGS),
            limit=limit,
            offset=offset,
        )
        return Response(rows)

    @extend_schema(request=None, responses={200: MessageSerializer})
    def read(self, request: Request, pk: str) -> Response:
        """Note that the caller has read a message of theirs; a repeat keeps the first time."""
        return Response(inbox.mark_read(user=self.user, message_id=UUID(pk)))

    @extend_schema(request=SendMessageSerializer, responses={201: SentSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Send a message to a person, or to every active person at or below a place."""
        sent = validated(SendMessageSerializer, request)
        content = MessageContent(Tag(sent["tag"]), sent["title"], sent["body"], sent.get("expiresAt"))
        if "scope" in sent:
            place = resolve_place(sent["scope"], attr="scope")
            number = send_to_place(sender=self.user, scope=place, content=content)
            return Response({"recipients": number, "message": None}, status=201)
        row = send_to_person(sender=self.user, user_id=sent["userId"], content=content)
        return Response(b'{"recipients":1,"message":%b}' % row, status=201)


def _one_of(request: Request, name: str, choices: dict[str, Any]) -> Any:
    """Return what a parameter stands for; ``None`` where it was not sent.

    Raises:
        ValidationError: ``invalid_choice``.
    """
    sent = request.query_params.get(name)
    if sent is None:
        return None
    if sent not in choices:
        said = f"Must be one of: {', '.join(choices)}."
        raise ValidationError({name: said}, code="invalid_choice")
    return choices[sent]
