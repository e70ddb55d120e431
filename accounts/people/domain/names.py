"""What someone is called where they do not belong, or do not belong any more."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tenancy.scope import EveryOrganization, current_scope

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


def names_here(ids: Collection[str]) -> dict[str, str]:
    """Return what the active scope may call people, by their ids, in one statement.

    Colleagues of the organization by name, wherever in it they are; people who run the platform by name,
    never by address. Nobody else: who has left is named where they went.
    """
    scope = current_scope()
    # Unscoped: of everyone else it is only looked at whether they may be named.
    people = User.unscoped.select_related("role").filter(pk__in=ids)
    names = {}
    for person in people:
        if isinstance(scope, EveryOrganization) or person.organization_id == scope.organization_id:
            names[str(person.pk)] = person.display_name
        elif person.is_global:
            names[str(person.pk)] = (
                str(_("%(name)s (platform)") % {"name": person.name}) if person.name else str(PLATFORM)
            )
    return names
