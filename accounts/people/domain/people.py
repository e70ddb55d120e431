"""What people may change about themselves and are shown of their rights; deleting and restoring them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import UNIQUE_EMAIL, Role, User
from accounts.rights.keys import ROLE_OF_USERS_WITHOUT_ONE
from accounts.rights.rbac import keys_in_database
from tenancy.constraints import refused_by
from tenancy.errors import ConflictError
from tenancy.scope import every_organization


def rename(*, user: User, name: str) -> None:
    """Set the name a user is shown by. One statement."""
    # The caller's own row, whatever scope they act in.
    User.unscoped.filter(pk=user.pk).update(name=name, updated_at=timezone.now())
    user.name = name


@transaction.atomic
def delete_people(*, people: Sequence[User]) -> None:
    """Hide people, who can no longer sign in; what they did and where they belonged stays.

    Two statements, whatever their number; locks the people in the order of their ids.
    """
    instant = timezone.now()
    User.objects.filter(pk__in=_lock(people)).update(deleted=instant, updated_at=instant)


def restore_person(*, person: User) -> None:
    """Bring back a deleted person, in the place and role they had; a live one stays as they are.

    Raises:
        ConflictError: ``email_taken``, someone else has their e-mail address by now.
    """
    restore_people(people=[person])


@transaction.atomic
def restore_people(*, people: Sequence[User]) -> None:
    """Bring back deleted people, all or none; tokens from before stay refused.

    Three statements, whatever their number; locks the people in the order of their ids.

    Raises:
        ConflictError: ``email_taken``, naming the address that someone else has by now.
    """
    gone = User.deleted_objects.filter(pk__in=_lock(people))
    if taken := _taken_address(people):
        raise _email_taken(taken)
    # Someone else may have taken it a moment ago.
    with refused_by(UNIQUE_EMAIL, lambda: _email_taken(_taken_address(people))):
        gone.update(
            deleted=None,
            deleted_by_cascade=False,
            token_version=F("token_version") + 1,
            updated_at=timezone.now(),
        )


def _lock(people: Sequence[User]) -> list[Any]:
    rows = User.all_objects.select_for_update().filter(pk__in=[person.pk for person in people])
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _taken_address(people: Sequence[User]) -> str | None:
    """Return an address of ``people`` that belongs to somebody else who is live, or to two of them."""
    wanted = Counter(User.normalize_email(person.email) for person in people)
    # Unscoped: addresses are unique among all tenants; nobody learns whose it is.
    others = User.unscoped.exclude(pk__in=[person.pk for person in people])
    addresses = others.filter(deleted=None).annotate(address=Lower("email")).values_list("address", flat=True)
    with every_organization():
        taken = addresses.filter(address__in=list(wanted)).first()
    return taken or next((address for address, number in wanted.items() if number > 1), None)


def _email_taken(address: str | None) -> ConflictError:
    return ConflictError(
        _("Someone else now uses the e-mail address %(address)s.") % {"address": address}, code="email_taken"
    )


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
