"""``manage.py process_subscriptions [--dry-run]``: safe to repeat, and from two machines at once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.messages.domain.messages import not_sent_yet, notify_once
from learning.workshop.domain import subscription_clock as processing
from learning.workshop.domain.subscription_notices import due_notices


class Command(BaseCommand):
    help = (
        "Expire subscriptions that have ended, renew those that renew automatically a day before they end, "
        "and notify people whose subscriptions end within 7 days or have ended. Run it daily; running it "
        "again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would happen without changing anything"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            due = processing.count_due()
            told = sum(len(not_sent_yet(notices=notices)) for notices in due_notices())
            text = "Would expire {} and renew {} subscriptions and send {} messages. Nothing was changed."
        else:
            due = processing.process()
            told = sum(notify_once(notices=notices) for notices in due_notices())
            text = "Expired {} and renewed {} subscriptions, sent {} messages."
        if options["verbosity"]:
            self.stdout.write(text.format(due.expired, due.renewed, told))
