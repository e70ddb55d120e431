"""What someone is called where they do not belong, or do not belong any more."""

from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User

WHO_HAS_LEFT: Final = _("someone who has left")
PLATFORM: Final = _("the platform")


def name_in(organization_id: UUID, *, person: User) -> str:
    """Return how an organization calls someone: by name only whom it has.

    What people are called after they have moved on, and the addresses of those who run the platform, are
    nothing to tell there.
    """
    if person.organization_id == organization_id:
        return person.display_name
    return str(PLATFORM if person.is_global else WHO_HAS_LEFT)
