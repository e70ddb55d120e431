"""What people may change about themselves, and what they are shown of their rights and places."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Case, CharField, QuerySet, Value, When
from django.utils import timezone

from accounts.keys import ROLE_OF_USERS_WITHOUT_ONE
from accounts.models import Role, User
from accounts.rbac import keys_in_database


def rename(*, user: User, name: str) -> None:
    """Set the name a user is shown by. One statement."""
    # The caller's own row, whatever scope they act in.
    User.unscoped.filter(pk=user.pk).update(name=name, updated_at=timezone.now())
    user.name = name


def permissions_of(*, user: User) -> "QuerySet[Permission, Any]":
    """Return the keys that concern ``user``, each with the ``source`` that decides it, by key.

    The role comes before extra permissions; withheld ones beat both, except for global users, who hold
    every key.
    """
    keys = keys_in_database().order_by("codename")
    if user.is_global:
        return keys.annotate(source=Value("global"))
    role = user.role or Role.objects.get(name=ROLE_OF_USERS_WITHOUT_ONE)
    return keys.annotate(
        source=Case(
            When(
                pk__in=_ids(User.custom_permissions_filter, user=user),
                then=Value("custom_permissions_filter"),
            ),
            When(pk__in=_ids(Role.permissions, role=role), then=Value("role")),
            When(pk__in=_ids(User.custom_permissions, user=user), then=Value("custom_permission")),
            output_field=CharField(),
        )
    ).exclude(source=None)


def _ids(relation: Any, **owner: Any) -> "QuerySet[Any, Any]":
    """Return the ids of the permissions on the other side of a many-to-many relation."""
    ids: QuerySet[Any, Any] = relation.through.objects.filter(**owner).values("permission_id")
    return ids
