"""``manage.py send_mail_copies``: mail what is due. Run it every few minutes.

Messages whose readers want a copy, and links for a new password that the process which was asked for one did
not get to.

As many as like may run at once, on any number of machines; see ``accounts.messages.domain.mail_copies`` for
what happens when the mail server refuses, or this is interrupted.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.messages.domain.mail_copies import deliver_copies
from accounts.models import MailState
from accounts.sign_in.domain.reset_requests import answer_requests


class Command(BaseCommand):
    help = "Send the e-mail copies of messages and the password reset links that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=1000, help="the most to send (default: 1000)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError("--limit must be 1 or more.")
        try:
            answered = answer_requests(limit=options["limit"])
            outcome = deliver_copies(limit=options["limit"])
        except OSError as error:
            raise CommandError(f"The mail server cannot be reached: {error}") from error
        self.stdout.write(
            f"{outcome[MailState.SENT]} sent, {outcome[MailState.QUEUED]} to be tried again, "
            f"{outcome[MailState.FAILED]} failed, {outcome[MailState.DROPPED]} no longer wanted, "
            f"{outcome[MailState.UNKNOWN]} interrupted; {answered} requests for a new password answered"
        )
