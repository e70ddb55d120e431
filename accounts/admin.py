"""The admin of people, in the order in which the front page lists it."""

from accounts.people.admin.people import UserAdmin
from accounts.places.admin.nodes import CampusAdmin, ClassroomAdmin, OrganizationAdmin, SchoolAdmin
from accounts.rights.admin import PermissionChangeAdmin, RoleAdmin, RoleKeptOutAdmin

from accounts.messages.admin.lists import MessageAdmin  # isort: skip
from accounts.preferences.admin import PreferencesAdmin  # isort: skip

__all__ = [
    "CampusAdmin",
    "ClassroomAdmin",
    "MessageAdmin",
    "OrganizationAdmin",
    "PermissionChangeAdmin",
    "PreferencesAdmin",
    "RoleAdmin",
    "RoleKeptOutAdmin",
    "SchoolAdmin",
    "UserAdmin",
]
