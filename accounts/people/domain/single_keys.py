"""One permission of one person: given, taken back, withheld no longer.

Whoever changes people's permissions does so by the rules of staffing: nothing that they do not hold
themselves, to nobody who holds more. Support helps people who hold more than it does, and opens to them what
it may not see: reports, to staff, and nothing else (``docs/decisions`` 39).
"""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people.domain.staffing import change_person, check_may_staff
from accounts.rights.domain.extras import UPDATE_KEY, lists_of, write_lists
from accounts.rights.keys import REPORT_KEYS, RoleKind
from accounts.rights.rbac import keys_in_database
from tenancy.errors import InvalidError, NotFoundError, RefusedError

OPEN_REPORTS: Final = "permissions.open_reports"
"""The key of support."""

CHANGE: Final = (UPDATE_KEY, OPEN_REPORTS)
"""The keys of which any will do to try."""


def may_change_key(*, by: User, person: User, key: str) -> bool:
    """Whether ``by`` may give ``person`` a key and take it away, as far as is known without a statement."""
    return _by_staffing(by, key) or _by_support(by, person, key)


def _by_staffing(by: User, key: str) -> bool:
    return by.holds(UPDATE_KEY) and by.holds(key)


def _by_support(by: User, person: User, key: str) -> bool:
    is_staff = person.role is not None and person.role.kind == RoleKind.STAFF
    return by.holds(OPEN_REPORTS) and key in REPORT_KEYS and is_staff and person.pk != by.pk


@transaction.atomic
def change_key(*, by: User, person: User, name: str, key: str, add: bool) -> None:
    """Put a key into a list of a person's, or take it out; in force with their next request.

    Args:
        name: of the list (``accounts.rights.domain.extras.LISTS``).

    Raises:
        InvalidError: ``unknown_permission``, naming ``key``.
        NotFoundError: the person is not in the active scope any more.
        RefusedError: ``permission_denied``, ``may_not_grant``, ``may_not_manage``, ``tenant_required``.
        ConflictError: ``own_account``.
    """
    check_may_staff()
    if not keys_in_database().filter(codename=key).exists():
        raise InvalidError(_("There is no such permission."), code="unknown_permission", attr="key")
    if not _by_staffing(by, key):
        # The role may have changed since: what decides is what is stored.
        rows = User.objects.select_for_update(of=("self",)).select_related("role")
        stored = rows.filter(pk=person.pk).first()
        if stored is None:
            raise NotFoundError
        if _by_support(by, stored, key):
            write_lists(person=stored, wanted={name: _changed(stored, name, key, add)})
            return
        if not by.holds(UPDATE_KEY):
            raise RefusedError(
                _("You may open reports to other staff of your place, and nothing else."),
                code="may_not_grant",
            )
    change_person(by=by, person=person, values={name: _changed(person, name, key, add)})


def _changed(person: User, name: str, key: str, add: bool) -> frozenset[str]:
    held = lists_of(person)[name]
    return held | {key} if add else held - {key}
