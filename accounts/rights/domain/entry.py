"""Who may not enter the admin: whom they ask, and what an organization may close."""

from typing import Final

from django.utils.translation import gettext as _

from accounts.models import Role, RoleKeptOut, User
from accounts.rights.domain.extras import UPDATE_KEY
from tenancy.constraints import refused_by
from tenancy.errors import ConflictError, RefusedError
from tenancy.scope import organization_scope

_NAMED: Final = 3


def check_may_keep_out(*, by: User, role: Role) -> None:
    """Refuse to close the admin for oneself.

    Raises:
        RefusedError: ``own_role``, naming ``role``.
    """
    if role.pk == by.role_id and not by.is_staff and not by.is_global:
        raise RefusedError(
            _("You could no longer enter the admin yourself: this is your own role."),
            code="own_role",
            attr="role",
        )


def keep_out(*, row: RoleKeptOut) -> None:
    """Close the admin for people of a role.

    Raises:
        ConflictError: ``kept_out_already``.
    """
    with refused_by("role_is_kept_out_once", _kept_out_already):
        row.save()


def _kept_out_already() -> ConflictError:
    return ConflictError(_("People of this role do not enter the admin already."), code="kept_out_already")


def why_no_entry(user: User) -> str:
    """Return what to tell someone who has proved who they are and may not enter: whom to ask.

    At most two statements. Nobody is named to people of no organization, nor anyone of another one.
    """
    if not user.belongs_to_organization:
        return _(
            "The password is right, but only people who work for an organization enter the administration."
        )
    refused = _("The password is right, but your account may not enter the administration.")
    told = {"organization": user.organization.name, "names": _in_words(_who_decide(user))}
    whom = (
        _("Ask %(names)s of %(organization)s.")
        if told["names"]
        else _("Ask who administers %(organization)s.")
    )
    return f"{refused} {whom % told}"


def _who_decide(user: User) -> list[str]:
    """Return the names of those who give rights in the whole organization, the first by name."""
    with organization_scope(user.organization_id):  # type: ignore[arg-type]
        people = User.objects.filter(
            is_active=True,
            school=None,
            role__is_global=False,
            role__enters_admin=True,
            role__permissions__codename=UPDATE_KEY,
        ).exclude(pk=user.pk)
        return [person.display_name for person in people.order_by("sort_name", "pk")[:_NAMED]]


def _in_words(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s or %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
