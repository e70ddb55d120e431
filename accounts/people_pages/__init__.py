"""What staff do to people in the admin, many at once: invite, move, deactivate and let in again."""

from accounts.people_pages.actions import PEOPLE_ACTIONS, PasswordFilter, PeoplePages

__all__ = ["PEOPLE_ACTIONS", "PasswordFilter", "PeoplePages"]
