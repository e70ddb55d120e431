"""What a change of rights, and a set of permissions, is called on a page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import PermissionChange


def told_change(change: PermissionChange) -> str:
    """Return what a change of a person's keys was, as a sentence."""
    sentences = {
        (PermissionChange.List.EXTRA, True): _("Given the permission %(key)s"),
        (PermissionChange.List.EXTRA, False): _("No longer given the permission %(key)s"),
        (PermissionChange.List.WITHHELD, True): _("Denied the permission %(key)s"),
        (PermissionChange.List.WITHHELD, False): _("No longer denied the permission %(key)s"),
    }
    return str(sentences[PermissionChange.List(change.list), change.added] % {"key": change.key})


def what_they_allow(permissions: Any) -> str:
    """Return what permissions allow, in one line."""
    return ", ".join(permissions.order_by("codename").values_list("name", flat=True)) or "—"
