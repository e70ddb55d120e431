"""What an operation may be refused with, read from its view, for the OpenAPI document."""

from collections.abc import Iterable
from typing import Any, Final

from accounts.rights.permissions import AUTHENTICATED, KeyedView

_WITH_BODY: Final = ("POST", "PUT", "PATCH")
_SENTENCES: Final = {
    400: "The input breaks a rule; `attr` names the field.",
    401: "Nobody is signed in, or the token is not valid.",
    403: "The caller may not do this, or not yet.",
    404: "There is no such row for this caller.",
    409: "The state of the data does not allow this.",
    412: "Someone else has changed the row since that `ETag`; `meta` says who and when.",
    413: "The body is too large.",
    415: "The body is not `application/json`.",
    429: "Too many requests; `Retry-After` says when to try again.",
}


def refusals_of(
    view: Any, *, method: str, path: str, takes_body: bool, codes: Iterable[str]
) -> dict[str, str]:
    """Return a description for each status that an operation may be refused with.

    Args:
        codes: those of the operation itself, as ``403 locked``.
    """
    signed_in = bool(view.get_authenticators())
    found: dict[int, list[str]] = {400: []}
    if signed_in:
        found |= {401: ["token_not_valid"], 404: ["scope_not_found"]}
        found[400] = ["invalid_scope"]
    if "{" in path:
        found.setdefault(404, []).insert(0, "not_found")
    if refused := _refused(view, method):
        found[403] = refused
    if takes_body and method in _WITH_BODY:
        found |= {413: ["body_too_large"], 415: ["unsupported_media_type"]}
    if getattr(view, "throttle_scope", None):
        found[429] = ["throttled"]
    if hasattr(_handler(view, method), "is_idempotent"):
        found[409] = ["idempotency_key_reused"]
    for line in codes:
        status, code = line.split()
        found.setdefault(int(status), []).append(code)
    return {str(status): _described(status, found[status]) for status in sorted(found)}


def _refused(view: Any, method: str) -> list[str]:
    if not view.get_authenticators() or not isinstance(view, KeyedView):
        return []
    keys = view.keys_for(getattr(view, "action", None) or method.lower())
    codes = ["tenant_required"] if view.tenant_users_only else []
    return codes if keys == (AUTHENTICATED,) else [*codes, "permission_denied"]


def _handler(view: Any, method: str) -> Any:
    return getattr(view, getattr(view, "action", None) or method.lower(), None)


def _described(status: int, codes: list[str]) -> str:
    named = ", ".join(f"`{code}`" for code in codes)
    return f"{_SENTENCES[status]} Codes: {named}." if named else _SENTENCES[status]
