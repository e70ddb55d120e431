"""The demo's command as tests call it."""

from io import StringIO

from django.core.management import call_command


def seed() -> str:
    """Run ``seed_demo``; return what it says."""
    printed = StringIO()
    call_command("seed_demo", stdout=printed)
    return printed.getvalue()
