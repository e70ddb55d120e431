"""Who did something, as those who read of it may know them.

The app that owns people says what they are called; it contributes that when it starts.
"""

from collections.abc import Callable, Collection
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenancy.admin.rows import SOMEONE_ELSE

Names = Callable[[Collection[str]], dict[str, str]]
"""Returns the names of people by their ids, as the active scope may know them; the others are missing."""

YOU: Final = _("You")
SYSTEM: Final = _("the system")

_CONTRIBUTED: Final[list[Names]] = []


def contribute(names: Names) -> None:
    """Say what people are called; called once, when the app that owns them starts."""
    _CONTRIBUTED[:] = [names]


def told_who(request: HttpRequest, ids: Collection[str | None]) -> dict[str | None, str]:
    """Return how to tell the signed-in person who each of ``ids`` is, in one statement at most."""
    user: Any = request.user
    own, others = str(user.pk), {pk for pk in ids if pk is not None} - {str(user.pk)}
    names = _CONTRIBUTED[0](others) if others else {}
    told: dict[str | None, str] = {pk: names.get(pk, str(SOMEONE_ELSE)) for pk in others}
    return {**told, own: str(YOU), None: str(SYSTEM)}
