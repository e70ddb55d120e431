"""The catalogue of tcodes: what someone may know of, and the rules of changing it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from django.db import models, transaction
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from learning.models import UNIQUE_CODE, Tcode
from learning.tree.domain import structure
from learning.tree.domain.versions import Seen, noted
from learning.workshop.domain.access import access_ends_sql
from tenancy.constraints import refused_by
from tenancy.errors import ConflictError, InvalidError, NotFoundError


def catalogue_for(user: User) -> Any:
    """Return the tcodes ``user`` may know of, in order, with ``access_ends_at``, null for no access.

    Staff know of unpublished ones too. One statement, whatever the number.
    """
    tcodes = Tcode.objects.in_order()
    return _with_access(tcodes if user.is_staff_member else tcodes.shown_to_learners(), user)


def read_tcode(*, pk: int, user: User) -> Any:
    """Return a tcode that ``user`` has just saved, as ``catalogue_for`` does, published or not.

    Raises:
        NotFoundError: it was deleted meanwhile.
    """
    tcode = _with_access(Tcode.objects.filter(pk=pk), user).first()
    if tcode is None:
        raise NotFoundError
    return tcode


def _with_access(tcodes: Any, user: User) -> Any:
    ends = access_ends_sql(user="%s", tcode=f"{Tcode._meta.db_table}.id")
    return tcodes.annotate(
        access_ends_at=RawSQL(ends, [user.pk] * ends.count("%s"), output_field=models.DateTimeField())  # noqa: S611
    )


def find_tcode(*, user: User, pk: int | None) -> Tcode | None:
    """Return a tcode that ``user`` may know of; ``None`` for no id.

    Raises:
        InvalidError: ``does_not_exist`` naming ``tcodeId``.
    """
    if pk is None:
        return None
    tcodes = Tcode.objects.all() if user.is_staff_member else Tcode.objects.shown_to_learners()
    tcode: Tcode | None = tcodes.filter(pk=pk).first()
    if tcode is None:
        raise InvalidError(_("There is no such tcode."), code="does_not_exist", attr="tcodeId")
    return tcode


def add_tcode(*, values: Mapping[str, Any]) -> Tcode:
    """Save a new tcode in the organization the request acts in.

    Raises:
        InvalidError: ``organization_required``, it acts in none.
        RefusedError: ``organization_scope_required``; ``tenant_required``.
        ConflictError: ``code_taken``.
    """
    tcode = Tcode(organization_id=structure.organization_to_write_in(), **values)
    save_tcode(tcode=tcode)
    return tcode


def change_tcode(*, tcode: Tcode, values: Mapping[str, Any], seen: Seen = None) -> None:
    """Save new values on a tcode, and nothing else of it.

    Raises:
        RefusedError: ``shared_content``.
        NotFoundError, StaleError: the tcode is none that was ``seen``.
        ConflictError: ``code_taken``.
    """
    for name, value in values.items():
        setattr(tcode, name, value)
    save_tcode(tcode=tcode, fields=[*values], seen=seen)


@transaction.atomic
def save_tcode(*, tcode: Tcode, fields: Sequence[str] | None = None, seen: Seen = None) -> None:
    """Save a new tcode, or ``fields`` of one that is there.

    Raises:
        RefusedError: ``shared_content``.
        NotFoundError, StaleError: the tcode is none that was ``seen``.
        ConflictError: ``code_taken``.
    """
    structure.check_writable(tcode)
    structure.lock_seen(tcode, seen)
    with _code_taken():
        tcode.save(update_fields=fields)
    noted(tcode)


def restore_tcodes(*, tcodes: Sequence[Tcode]) -> None:
    """Bring back deleted tcodes, all or none.

    Raises:
        RefusedError: ``shared_content``.
        ConflictError: ``code_taken``, another tcode has the code of one of them by now.
    """
    with _code_taken():
        structure.restore_all(items=tcodes)


def _code_taken() -> AbstractContextManager[None]:
    return refused_by(
        UNIQUE_CODE, lambda: ConflictError(_("Another tcode has this code already."), code="code_taken")
    )
