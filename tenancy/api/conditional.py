"""Conditional reads (RFC 9110, section 13): ``ETag`` out, ``If-None-Match`` in."""

from django.utils.http import parse_etags
from rest_framework.request import Request


def has_seen(request: Request, etag: str) -> bool:
    """Whether the caller names this entity tag, by the weak comparison that reads use."""
    named = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in named or etag in (tag.removeprefix("W/") for tag in named)


def private_headers(etag: str) -> dict[str, str]:
    """Return the headers of a body that is for one caller and must be checked before it is reused."""
    return {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization, X-Scope"}
