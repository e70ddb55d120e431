"""``Idempotency-Key``: a ``POST`` that appends can be sent again without appending again.

A view decorates the handler that does the work::

    class MessageViewSet(ScopedViewSet):
        permission_keys = {"create": "messages.send"}

        @idempotent
        def create(self, request, **kwargs):
            message = send_message(sender=self.user, ...)
            return Response(MessageSerializer(message).data, status=201)

The handler runs in one transaction with the row that keeps its answer. Of several requests with one key
the first inserts that row and the others wait for it: they get the same answer, byte for byte, when it
succeeds, and one of them does the work when it was refused. A request without the header costs nothing.
"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import orjson
from django.db import connection, transaction
from django.utils.encoding import force_bytes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from uuid_utils.compat import uuid7

from accounts.api.scoping import HEADER as SCOPE_HEADER
from accounts.models import IdempotentRequest, User
from tenancy.errors import ConflictError

HEADER: Final = "Idempotency-Key"
META_NAME: Final = "HTTP_IDEMPOTENCY_KEY"
_VALID: Final = re.compile(r"[\x20-\x7e]{1,200}")

# One statement claims the key or returns what it was used for; the assignment that changes nothing makes
# the row of someone else's claim visible, once that is committed.
_CLAIM_SQL: Final = f"""
    INSERT INTO {IdempotentRequest._meta.db_table} (id, user_id, organization_id, key, fingerprint)
    VALUES (%(id)s, %(user_id)s, %(organization_id)s, %(key)s, %(fingerprint)s)
    ON CONFLICT (user_id, key) DO UPDATE SET key = EXCLUDED.key
    RETURNING id, fingerprint, status, body
"""

Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """Decorate a view's handler so that it honours ``Idempotency-Key``. The caller is signed in."""

    @extend_schema(
        parameters=[
            OpenApiParameter(
                HEADER,
                str,
                OpenApiParameter.HEADER,
                description="1 to 200 printable ASCII characters; the same key and body get the first "
                "answer again and add nothing. Keys are kept for at least 24 hours.",
            )
        ]
    )
    @wraps(handler)
    def answer_once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.META.get(META_NAME)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not _VALID.fullmatch(key):
            raise ValidationError(
                {HEADER: "Must be 1 to 200 printable ASCII characters."}, code="invalid_idempotency_key"
            )
        # A refusal leaves the block as an exception, which gives the key back.
        with transaction.atomic():
            claim, earlier = _claim(view.user, key, fingerprint(request))
            if earlier is not None:
                return earlier
            response = handler(view, request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
                return response
            body = force_bytes(request.accepted_renderer.render(response.data))
            # The row claimed above, which is the caller's.
            IdempotentRequest.unscoped.filter(user=view.user, pk=claim).update(
                status=response.status_code, body=body.decode()
            )
            return Response(body, status=response.status_code)

    answer_once.is_idempotent = True  # type: ignore[attr-defined]
    return answer_once


def fingerprint(request: Request) -> str:
    """Return what makes two requests with one key the same: method, path, scope and the body's values.

    The scope is the one that was asked for: who was moved in between still sends the same request.
    """
    parts = (request.method, request.path.rstrip("/"), request.headers.get(SCOPE_HEADER, ""))
    # The parser takes nothing that is nested too deeply to be written.
    body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256("\n".join(map(str, parts)).encode() + b"\n" + body).hexdigest()


def _claim(user: User, key: str, wanted: str) -> tuple[Any, Response | None]:
    """Return the id of a fresh claim, or the answer that an earlier one brought.

    Raises:
        ConflictError: ``idempotency_key_reused``.
    """
    claim = uuid7()
    values = {
        "id": claim,
        "user_id": user.pk,
        "organization_id": user.organization_id,
        "key": key,
        "fingerprint": wanted,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_SQL, values)
        holder, used_for, status, body = cursor.fetchone()
    if holder == claim:
        return claim, None
    if used_for != wanted:
        raise ConflictError(
            "This key was used for another request; send a new one.",
            code="idempotency_key_reused",
            attr=HEADER,
        )
    return holder, Response(body.encode(), status=status)
