"""Conditional requests (RFC 9110, section 13): ``ETag`` out, ``If-None-Match`` and ``If-Match`` in."""

from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from tenancy.errors import InvalidError


def has_seen(request: Request, etag: str) -> bool:
    """Whether the caller names this entity tag, by the weak comparison that reads use."""
    named = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return "*" in named or etag in (tag.removeprefix("W/") for tag in named)


def private_headers(etag: str) -> dict[str, str]:
    """Return the headers of a body that is for one caller and must be checked before it is reused."""
    return {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization, X-Scope"}


def tag_of(revision: int) -> str:
    """Return the entity tag of a row whose changes are counted."""
    return f'"{revision}"'


def revisions_named(request: Request) -> frozenset[int] | None:
    """Return the revisions of a row that ``If-Match`` names; ``None`` where it names all or is not sent.

    Compared strongly, as writes are: a weak tag, or one that no row ever had, names none.

    Raises:
        InvalidError: ``invalid_if_match``, there is no entity tag in the header.
    """
    sent = request.headers.get("If-Match")
    if sent is None:
        return None
    named = parse_etags(sent)
    if not named:
        raise InvalidError(
            _('If-Match takes entity tags in quotation marks, as "7", or *.'),
            code="invalid_if_match",
            attr="If-Match",
        )
    if named == ["*"]:
        return None
    tags = (tag.strip('"') for tag in named)
    return frozenset(int(tag) for tag in tags if tag.isascii() and tag.isdigit() and len(tag) < 20)
