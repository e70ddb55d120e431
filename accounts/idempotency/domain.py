"""Doing once what somebody asks for twice: two clicks on one button of a page."""

from accounts.models import IdempotentRequest, User
from tenancy.errors import ConflictError


def claim_once(*, user: User, key: str, refusal: ConflictError) -> None:
    """Let the first who claims a key go on. Inside the transaction of what is to be done once.

    Of two at once the second waits here until the first has done it, or has been refused. Keys are kept as
    long as answers to an ``Idempotency-Key``.

    Raises:
        ConflictError: ``refusal``, the key was claimed before.
    """
    # The caller's own row, whatever scope they act in.
    _row, is_new = IdempotentRequest.unscoped.get_or_create(
        user=user, key=key, defaults={"organization_id": user.organization_id}
    )
    if not is_new:
        raise refusal
