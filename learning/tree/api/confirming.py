"""``?confirmed=false``: a client asks to be asked before its change moves learners."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from tenancy.errors import InvalidError

NAME: Final = "confirmed"

CONFIRMED: Final = OpenApiParameter(
    NAME,
    bool,
    OpenApiParameter.QUERY,
    description="With `false`, a change that would move learners is refused with 409 "
    "`confirmation_required`, which says whom; `true`, and without it, the change is made.",
)

_VALUES: Final = {"true": True, "false": False}


def is_confirmed(request: Request) -> bool:
    """Whether a change is to be made whomever it moves.

    Raises:
        InvalidError: it is neither ``true`` nor ``false``.
    """
    sent = request.query_params.get(NAME, "true")
    if sent not in _VALUES:
        raise InvalidError(_("Must be true or false."), attr=NAME)
    return _VALUES[sent]
