"""``manage.py seed_demo``: two organizations with people, catalogues and progress to look at."""

from typing import Any

from django.core.management.base import BaseCommand

from demo.loading import load_demo
from demo.people import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = (
        "Write the demo data and print its accounts; what is already there is left as it is. "
        "Not for a database that strangers can reach: the password is public."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        written = load_demo()
        self.stdout.write(
            f"Demo data is in place; new: {written['people']} people, {written['catalogues']} catalogues, "
            f"{written['quiz_results']} quiz results, {written['items']} items of typed progress, "
            f"{written['workshop']} tcodes and subscriptions, {written['messages']} messages, "
            f"{written['records']} records of the workshop."
        )
        width = max(len(person.email) for person in PEOPLE)
        self.stdout.write(f"\n{'login':<{width}}  role          what it can do (password: {PASSWORD})")
        for person in PEOPLE:
            self.stdout.write(f"{person.email:<{width}}  {person.role or '-':<12}  {person.can}")
