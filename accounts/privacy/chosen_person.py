"""How the two commands are told whom they are about."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.privacy.holdings import Person, find_accounts, person_of


def add_arguments(parser: CommandParser) -> None:
    """Declare who, and what to do about several accounts of one address."""
    parser.add_argument("who", metavar="EMAIL", help="their address, or the id of an account")
    parser.add_argument(
        "--every-account",
        action="store_true",
        help="deleted accounts with this address as well: the address was always theirs",
    )


def asked_for(options: dict[str, Any]) -> Person:
    """Return the person that the arguments name.

    Raises:
        CommandError: nobody, or several accounts: an address may have gone from one person to the next.
    """
    accounts = find_accounts(options["who"])
    if not accounts:
        raise CommandError(f"There is no account with the address or id {options['who']!r}.")
    if len(accounts) > 1 and not options["every_account"]:
        told = [
            f"  {one.pk}  {one.organization.slug}  created {one.created_at:%Y-%m-%d}"
            + (f", deleted {one.deleted:%Y-%m-%d}" if one.deleted else "")
            for one in accounts
        ]
        raise CommandError(
            "\n".join(["Several accounts have this address. Name one by its id, or --every-account:", *told])
        )
    return person_of(accounts)
