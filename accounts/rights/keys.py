"""Permission keys and seeded roles: the one place where either is named.

A key is a Django ``Permission`` (its codename is the key); ``manage.py sync_rbac`` writes both to the
database after every ``migrate``. Source: ``API.md`` "Permissions"; document 004 sections 1.1 and 3;
document 001 "Access Rules".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoleKind(models.TextChoices):
    """What a role is for. Only staff are subjects of completion reports; learners follow the sequence."""

    SYSTEM = "SYSTEM", _("system")
    STAFF = "STAFF", _("staff")
    LEARNER = "LEARNER", _("learner")
    GUARDIAN = "GUARDIAN", _("guardian")
    GUEST = "GUEST", _("guest")


_RESOURCES: Final = {
    "course_categories": "course categories",
    "courses": "courses",
    "subcourses": "sub-courses",
    "videos": "videos",
    "question_sets": "question sets",
    "questions": "questions",
    "tcodes": "tcodes",
    "users": "people",
}
_VERBS: Final = {"list": "List", "get": "Read", "create": "Create", "update": "Change", "delete": "Delete"}

KEYS: Final[dict[str, str]] = {
    **{f"{name}.{verb}": f"{do} {what}" for name, what in _RESOURCES.items() for verb, do in _VERBS.items()},
    "course_categories.reorder": "Reorder course categories",
    "courses.reorder": "Reorder courses",
    "subcourses.reorder": "Reorder sub-courses",
    "videos.reorder": "Reorder videos",
    "practices.reorder": "Reorder practices",
    "learning_tree.get": "Read the learning tree",
    "learning_path.get": "Read a learning path",
    "question_sets.list_by_owner": "List the question sets of a sub-course",
    "question_set_items.list": "Read the questions of a set",
    "progress.update": "Complete videos and practices",
    "READ_SAFETY_QUIZ_REPORTS": "Read safety quiz reports",
    "results.import": "Import progress and quiz results",
    "subscriptions.manage": "Manage subscriptions",
    "subscriptions.list": "See who has which subscription",
    "places.list": "See schools, campuses and classrooms",
    "places.create": "Create schools, campuses and classrooms",
    "places.update": "Change schools, campuses and classrooms",
    "roles.list": "See roles and what they grant",
    "roles.create": "Create roles",
    "roles.update": "Change roles",
    "completions.list": "See what people have completed",
    "attempts.list": "See what people answered",
    "item_progress.list": "Read the typed progress of people",
    "interactions.list": "Read the log of what people did",
    "preferences.list": "See what people prefer",
    "messages.list": "See which messages were sent",
    "permissions.list": "See the extra and withheld permissions of people",
    "permissions.update": "Give and withhold permissions",
    "messages.send": "Send messages",
    "sign_in.manage": "See who is locked out, unlock sign-in, send sign-in links and end all tokens",
}
"""Every key with its label, in English: labels are stored."""

GLOBAL_KEYS: Final = frozenset({"roles.create", "roles.update"})
"""The keys that are for global users: a role is the same in every organization."""


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """A seeded role."""

    kind: RoleKind
    keys: frozenset[str] = frozenset()
    is_global: bool = False

    @property
    def enters_admin(self) -> bool:
        """Whether its people may enter the admin: whoever works for an organization, or for all of them."""
        return self.kind in (RoleKind.STAFF, RoleKind.SYSTEM)


_READ_CONTENT: Final = frozenset(
    {
        "learning_tree.get",
        "learning_path.get",
        "question_sets.list_by_owner",
        "question_set_items.list",
        *(
            f"{name}.{verb}"
            for name in ("course_categories", "courses", "subcourses", "videos", "question_sets", "questions")
            for verb in ("list", "get")
        ),
    }
)

_HELPS: Final = frozenset(
    {"users.list", "users.get", "places.list", "permissions.list", "completions.list", "sign_in.manage"}
)

ROLES: Final[dict[str, RoleSpec]] = {
    "GLOBAL_ADMIN": RoleSpec(RoleKind.SYSTEM, frozenset(KEYS), is_global=True),
    "ADMIN": RoleSpec(RoleKind.STAFF, frozenset(KEYS) - GLOBAL_KEYS),
    "PRINCIPAL": RoleSpec(
        RoleKind.STAFF,
        frozenset({"READ_SAFETY_QUIZ_REPORTS", "learning_tree.get", "users.list", "completions.list"}),
    ),
    "INSTRUCTOR": RoleSpec(RoleKind.STAFF, _READ_CONTENT),
    "SUPPORT": RoleSpec(RoleKind.STAFF, _READ_CONTENT | _HELPS),
    "TEACHER": RoleSpec(RoleKind.STAFF, _READ_CONTENT),
    "STUDENT": RoleSpec(
        RoleKind.LEARNER,
        frozenset(
            {
                "videos.get",
                "progress.update",
                "question_sets.get",
                "question_set_items.list",
                "learning_path.get",
            }
        ),
    ),
    "GUARDIAN": RoleSpec(RoleKind.GUARDIAN),
    "GUEST": RoleSpec(RoleKind.GUEST),
}

ROLE_OF_USERS_WITHOUT_ONE: Final = "STUDENT"
"""Whose keys a user with no role holds (document 003: every logged-in user is treated as a student)."""


def keys_of(resource: str, name: str) -> dict[str, str]:
    """Return the keys of the usual actions on a resource, with their labels; ``name`` is in the plural."""
    return {f"{resource}.{verb}": f"{do} {name}" for verb, do in _VERBS.items()}


def contribute(*keys: Mapping[str, str], held_by: Iterable[str] = ()) -> None:
    """Add the keys of what an app owns; called once, when that app starts.

    Administrators hold every key.

    Args:
        held_by: the seeded roles that hold them beside those.
    """
    added = {key: label for some in keys for key, label in some.items()}
    KEYS.update(added)
    for role in {"GLOBAL_ADMIN", "ADMIN", *held_by}:
        ROLES[role] = replace(ROLES[role], keys=ROLES[role].keys | added.keys())
