"""Permission keys and seeded roles: those of people; other apps contribute the keys that they ask for.

A key is a Django ``Permission`` (its codename is the key); ``manage.py sync_rbac`` writes both to the
database after every ``migrate``. Source: ``API.md`` "Permissions"; document 004 sections 1.1 and 3;
document 001 "Access Rules".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext_lazy as _


class RoleKind(models.TextChoices):
    """What a role is for. Only staff are subjects of completion reports; learners follow the sequence."""

    SYSTEM = "SYSTEM", _("system")
    STAFF = "STAFF", _("staff")
    LEARNER = "LEARNER", _("learner")
    GUARDIAN = "GUARDIAN", _("guardian")
    GUEST = "GUEST", _("guest")


WORKING: Final = (RoleKind.STAFF, RoleKind.SYSTEM)
"""The kinds of those who work for an organization, or for all of them. Whoever is of another kind, or has no
role, meets the tree as learners do (``User.is_staff_member``). Quiz reports are about ``STAFF`` alone."""


def learner_sql(role: str) -> str:
    """SQL: whether people are learners, by the row ``role`` of their role, which may be absent.

    Guardians and guests are none: they have nothing to complete, and no report waits for them. The twin of
    ``User.objects.learners()``.
    """
    return f"({role}.kind IS NULL OR {role}.kind = '{RoleKind.LEARNER}')"


_VERBS: Final = {"list": "List", "get": "Read", "create": "Create", "update": "Change", "delete": "Delete"}


def keys_of(resource: str, name: str, *verbs: str) -> dict[str, str]:
    """Return the keys of actions on a resource, with their labels; ``name`` is in the plural.

    Args:
        verbs: of ``list``, ``get``, ``create``, ``update`` and ``delete``; none means all of them.
    """
    return {f"{resource}.{verb}": f"{_VERBS[verb]} {name}" for verb in verbs or _VERBS}


KEYS: Final[dict[str, str]] = {
    **keys_of("users", "people"),
    "results.import": "Import progress and quiz results",
    "places.list": "See schools, campuses and classrooms",
    "places.create": "Create schools, campuses and classrooms",
    "places.update": "Change schools, campuses and classrooms",
    "roles.list": "See roles and what they grant",
    "roles.create": "Create roles",
    "roles.update": "Change roles",
    "preferences.list": "See what people prefer",
    "messages.list": "See which messages were sent",
    "permissions.list": "See the extra and withheld permissions of people",
    "permissions.update": "Give and withhold permissions",
    "permissions.open_reports": "Open reports to staff, and close them",
    "messages.send": "Send messages",
    "sign_in.manage": "See who is locked out, unlock sign-in, send sign-in links and end all tokens",
}
"""Every key with its label, in English: labels are stored. Other apps ``contribute`` theirs."""

GLOBAL_KEYS: Final = frozenset({"roles.create", "roles.update"})
"""The keys that are for global users: a role is the same in every organization."""


REPORT_KEYS: Final[set[str]] = set()
"""The keys that open a report of a place and nothing else: support may give them to staff."""


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """A seeded role."""

    kind: RoleKind
    keys: frozenset[str] = frozenset()
    is_global: bool = False

    @property
    def enters_admin(self) -> bool:
        """Whether its people may enter the admin: whoever works for an organization, or for all of them."""
        return self.kind in WORKING


ROLES: Final[dict[str, RoleSpec]] = {
    "GLOBAL_ADMIN": RoleSpec(RoleKind.SYSTEM, frozenset(KEYS), is_global=True),
    "ADMIN": RoleSpec(RoleKind.STAFF, frozenset(KEYS) - GLOBAL_KEYS),
    "PRINCIPAL": RoleSpec(RoleKind.STAFF, frozenset({"users.list"})),
    "INSTRUCTOR": RoleSpec(RoleKind.STAFF),
    "SUPPORT": RoleSpec(
        RoleKind.STAFF,
        frozenset(
            {
                "users.list",
                "users.get",
                "places.list",
                "permissions.list",
                "permissions.open_reports",
                "sign_in.manage",
            }
        ),
    ),
    "TEACHER": RoleSpec(RoleKind.STAFF),
    "STUDENT": RoleSpec(RoleKind.LEARNER),
    "GUARDIAN": RoleSpec(RoleKind.GUARDIAN),
    "GUEST": RoleSpec(RoleKind.GUEST),
}
"""The seeded roles, with what they hold of ``KEYS``."""

READERS: Final = ("INSTRUCTOR", "SUPPORT", "TEACHER")
"""The seeded roles of staff who may read all content."""

ROLE_OF_USERS_WITHOUT_ONE: Final = "STUDENT"
"""Whose keys a user with no role holds (document 003: every logged-in user is treated as a student)."""


def contribute(*keys: Mapping[str, str], held_by: Iterable[str] = (), open_reports: bool = False) -> None:
    """Add the keys of what an app owns; called when that app starts.

    Administrators hold every key.

    Args:
        held_by: the seeded roles that hold them beside those.
        open_reports: whether each opens a report of a place and nothing else.

    Raises:
        ImproperlyConfigured: a key that is there already.
    """
    added = {key: label for some in keys for key, label in some.items()}
    if twice := added.keys() & KEYS.keys():
        raise ImproperlyConfigured(f"Permission keys are named twice: {sorted(twice)}")
    KEYS.update(added)
    if open_reports:
        REPORT_KEYS.update(added)
    for role in {"GLOBAL_ADMIN", "ADMIN", *held_by}:
        ROLES[role] = replace(ROLES[role], keys=ROLES[role].keys | added.keys())
