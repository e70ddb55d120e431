"""What management commands share."""

from django.core.management.base import CommandError

from tenancy.models import Organization
from tenancy.scope import EVERY_ORGANIZATION, ActiveScope, every_organization


def scope_of(slug: str | None) -> ActiveScope:
    """Return the scope of the organization that ``--organization`` names; all of them for none.

    Raises:
        CommandError: there is no organization with this slug.
    """
    if slug is None:
        return EVERY_ORGANIZATION
    with every_organization():
        organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise CommandError(f"There is no organization with the slug {slug!r}.")
    scope: ActiveScope = organization.scope
    return scope
