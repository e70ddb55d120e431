"""``manage.py send_reminders [--dry-run]``: send the automatic messages that are due. Run it daily.

Subscriptions that end or have ended, safety quizzes that are still pending, and once a week their figures to
managers who asked for them. Safe to repeat, and to run on
several machines at once: none is ever sent twice. Copies by e-mail are queued for ``send_mail_copies``.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.messages.domain.messages import Notice
from accounts.messages.reminders import REASONS, send_reminders, unsent_reminders
from accounts.models import User


class Command(BaseCommand):
    help = "Send the automatic messages that are due and were not sent before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="list who would get what and why without sending anything"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            self.stdout.write(f"{send_reminders()} messages sent")
            return
        number = 0
        for notices in unsent_reminders():
            number += len(notices)
            self._list(notices)
        self.stdout.write(f"{number} messages would be sent")

    def _list(self, notices: list[Notice]) -> None:
        # Of every organization: a command acts in no scope.
        people = User.unscoped.in_bulk([notice.user_id for notice in notices])
        for notice in notices:
            reason = f"{REASONS[notice.kind]} ({notice.kind}, {notice.about})"
            self.stdout.write(f"{people[notice.user_id].email}: {notice.title}; {reason}")
