"""``manage.py prune_expired``: delete what is kept for a limited time only. Safe to repeat; run it daily."""

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import IdempotentRequest, ImportJob, LedgerEntry, Message, Registration
from accounts.sign_in.domain.registration import VALID

KEEP_ANSWERS: Final = timedelta(hours=24)
KEEP_MESSAGES: Final = timedelta(days=30)
"""After they have expired: staff may still ask what was sent."""
KEEP_IMPORTS: Final = timedelta(days=7)
"""After they have ended; what they wrote stays, of course."""
KEEP_LEDGER: Final = timedelta(days=30)
"""After the last moment at which its notice could be due; without one, for ever."""


class Command(BaseCommand):
    help = (
        "Delete answers kept for Idempotency-Key for over 24 hours, spent tokens that have expired, "
        "registrations that nobody confirmed, messages, with what is noted of automatic ones, 30 days after "
        "they have expired, and what is noted of imports a week after they have ended."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        # Everyone's: a command acts in no scope, and age alone decides.
        answers, _ = IdempotentRequest.unscoped.filter(created_at__lt=now - KEEP_ANSWERS).delete()
        # As long as a token may be late it must be known that it is spent.
        refused_since = now - timedelta(seconds=settings.SIMPLE_JWT["LEEWAY"])
        BlacklistedToken.objects.filter(token__expires_at__lte=refused_since).delete()
        tokens, _ = OutstandingToken.objects.filter(expires_at__lte=refused_since).delete()
        Registration.objects.filter(created_at__lt=now - VALID).delete()
        messages, _ = Message.unscoped.filter(expires_at__lt=now - KEEP_MESSAGES).delete()
        noted, _ = LedgerEntry.unscoped.filter(due_until__lt=now - KEEP_LEDGER).delete()
        imports, _ = ImportJob.unscoped.filter(ended_at__lt=now - KEEP_IMPORTS).delete()
        self.stdout.write(
            f"{answers} answers, {tokens} tokens deleted; {messages} messages, "
            f"{noted} entries of the ledger, {imports} imports"
        )
