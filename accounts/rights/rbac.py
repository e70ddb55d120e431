"""Keep the permission keys and seeded roles in the database in step with ``accounts.rights.keys``."""

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.models import Role
from accounts.rights.keys import KEYS, ROLES


@transaction.atomic
def sync_rbac() -> dict[str, int]:
    """Create what is missing, correct what differs, remove keys that no longer exist.

    Running it again changes nothing. Roles that someone added are left alone.

    Returns:
        How many keys and roles were ``created``, ``changed`` and ``removed``.
    """
    counts = {"created": 0, "changed": 0, "removed": 0}
    content_type = ContentType.objects.get_for_model(Role)
    existing = {p.codename: p for p in keys_in_database()}
    for key, label in KEYS.items():
        permission = existing.get(key)
        if permission is None:
            existing[key] = Permission.objects.create(content_type=content_type, codename=key, name=label)
            counts["created"] += 1
        elif permission.name != label:
            permission.name = label
            permission.save(update_fields=["name"])
            counts["changed"] += 1
    for key in existing.keys() - KEYS.keys():
        existing[key].delete()
        counts["removed"] += 1
    for name, spec in ROLES.items():
        wanted = {"kind": spec.kind, "is_global": spec.is_global, "enters_admin": spec.enters_admin}
        role, created = Role.objects.get_or_create(name=name, defaults=wanted)
        counts["created"] += created
        if any(getattr(role, field) != value for field, value in wanted.items()):
            Role.objects.filter(pk=role.pk).update(**wanted)
            counts["changed"] += 1
        granted = set(role.permissions.values_list("codename", flat=True))
        if granted != spec.keys:
            role.permissions.set(existing[key] for key in spec.keys)
            counts["changed"] += 1
    return counts


def keys_in_database() -> Any:
    """Return the permissions that are keys, not Django's own add/change/delete/view."""
    django_own = [f"{action}_role" for action in ("add", "change", "delete", "view")]
    return Permission.objects.filter(content_type=ContentType.objects.get_for_model(Role)).exclude(
        codename__in=django_own
    )
