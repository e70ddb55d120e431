"""What the domain raises when a rule refuses; the API's exception handler turns it into a response.

A code is stable and for programs, a detail is for people, ``meta`` carries data a client can act on.
"""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule of the domain refused. Subclasses say how; nothing was written."""

    code: ClassVar[str] = "error"
    detail: str | Promise = _("The request was refused.")

    def __init__(
        self,
        detail: str | Promise | None = None,
        *,
        code: str | None = None,
        attr: str | None = None,
        meta: dict[str, Any] | None = None,
    ) -> None:
        self.detail = detail if detail is not None else self.detail
        self.error_code = code or self.code
        self.attr = attr
        self.meta = meta
        super().__init__(str(self.detail))


class InvalidError(DomainError):
    """The input breaks a rule; ``attr`` names the field."""

    code = "invalid"


class RefusedError(DomainError):
    """The caller may not do this, now or at all."""

    code = "permission_denied"


class NotFoundError(DomainError):
    """There is no such thing for this caller."""

    code = "not_found"
    detail = _("Not found.")


class ConflictError(DomainError):
    """The state of the data does not allow this."""

    code = "conflict"


class StaleError(DomainError):
    """Someone has changed the row since the caller looked at it; ``meta`` says who and when."""

    code = "stale_row"
