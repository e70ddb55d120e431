"""Constraints that refuse: the database decides who was first, and people are told so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from tenancy.errors import DomainError


@contextmanager
def refused_by(constraint: str, refusal: Callable[[], DomainError]) -> Iterator[None]:
    """Raise ``refusal()`` where a write in the block meets a constraint, not the error of the database.

    Looking first would let two at once through; the constraint does not. The block is a savepoint, so that a
    surrounding transaction can go on.

    Raises:
        DomainError: ``refusal()``.
        IntegrityError: another constraint was met.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        met = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if met != constraint:
            raise
        raise refusal() from error
