"""The base of every API view: who, where, may they, then the view."""

from typing import Any, ClassVar

import pghistory
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.api.scoping import META_NAME, resolve_scope
from accounts.models import User
from accounts.rights.permissions import KeyedView
from accounts.rights.remembered import forget
from tenancy.errors import DomainError
from tenancy.middleware import request_id
from tenancy.scope import enter_scope


class ScopedView(KeyedView, APIView):
    """Enters the caller's active scope once they are authenticated; anonymous callers have none.

    Attributes:
        hot_actions: those whose first statement is one of ``accounts.rights.remembered.fetch_for``. Who calls
            is not read for them again as long as nothing of it has changed.
    """

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    hot_actions: ClassVar[frozenset[str]] = frozenset()

    @property
    def takes_remembered_callers(self) -> bool:
        """Whether the present action makes sure of its caller itself."""
        return getattr(self, "action", None) in self.hot_actions

    def perform_authentication(self, request: Request) -> None:
        if isinstance(request.user, User):
            enter_scope(resolve_scope(request.user, header=request.META.get(META_NAME)))

    def handle_exception(self, exc: Exception) -> Response:
        """Refuse nobody for what they were."""
        refused = isinstance(exc, DomainError | APIException) and not _concerns_the_body(exc)
        return self._answer_anew() if refused and self._is_unsure else super().handle_exception(exc)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Serve nobody for what they were, where no statement was needed either."""
        if self._is_unsure and response.status_code < 400:
            response = self._answer_anew()
        return super().finalize_response(request, response, *args, **kwargs)

    @property
    def _is_unsure(self) -> bool:
        """Whether the caller is as remembered, and no statement has made sure of them yet."""
        return getattr(getattr(self.request, "_user", None), "is_remembered", False)

    def _answer_anew(self) -> Response:
        """Return what the request is answered for its caller as they are now."""
        forget(self.user)
        del self.request._user  # type: ignore[attr-defined]
        self.hot_actions = frozenset()  # type: ignore[misc]
        try:
            self.initial(self.request, *self.args, **self.kwargs)
            handler = getattr(self, str(self.request.method).lower())
            answer: Response = handler(self.request, *self.args, **self.kwargs)
        except Exception as error:  # noqa: BLE001 - as in the framework's own dispatch
            return super().handle_exception(error)
        return answer

    @property
    def user(self) -> User:
        """The caller, once permissions have been checked."""
        user = self.request.user
        assert isinstance(user, User)
        return user


class ScopedViewSet(ScopedView, GenericViewSet[Any]):
    """A viewset of tenant rows. Its ``queryset`` comes from a scoped manager."""


class AttributedView(ScopedView):
    """A view whose writes to tracked models are recorded under the caller's name."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.method in ("GET", "HEAD"):
            return super().dispatch(request, *args, **kwargs)
        with pghistory.context(request=request_id.get()):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if isinstance(request.user, User):
            # Adds to the context entered above; alone it does nothing.
            pghistory.context(user=str(request.user.pk))


def _concerns_the_body(exc: Exception) -> bool:
    """Whether a body could not be read: whoever sent it, and a second look would find it empty."""
    return isinstance(exc, ParseError) or getattr(exc, "status_code", None) in (413, 415)


def no_content() -> Response:
    """Return 204."""
    return Response(status=204)
