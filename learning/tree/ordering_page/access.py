"""Who may open what of the page, and how a part of it is rendered."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.models import User
from learning.tree.levels import SiblingKind, TreeLevel, kind_named, level_named


def user_of(request: HttpRequest) -> User:
    """Return the signed-in person."""
    user: Any = request.user
    return user  # type: ignore[no-any-return]


def check_key(request: HttpRequest, key: str) -> None:
    """Refuse who does not hold a key.

    Raises:
        PermissionDenied: they do not.
    """
    if not user_of(request).holds(key):
        raise PermissionDenied


def level_or_404(kind: str) -> TreeLevel:
    """Return a level of the tree by its name.

    Raises:
        Http404: there is none.
    """
    try:
        return level_named(kind)
    except KeyError as error:
        raise Http404 from error


def kind_or_404(name: str) -> SiblingKind:
    """Return a kind of siblings that people arrange, by its name.

    Raises:
        Http404: there is none.
    """
    try:
        return kind_named(name)
    except KeyError as error:
        raise Http404 from error


def row_or_404(level: SiblingKind, pk: int) -> Any:
    """Return a live row of the scope.

    Raises:
        Http404: there is none.
    """
    row = level.rows().filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def rendered(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """Return a page of the admin site."""
    request.current_app = admin.site.name  # type: ignore[attr-defined]
    everything = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, f"admin/ordering/{name}.html", everything)
