"""Which names of a file are one name: the database says so, for many at once (``tenancy.names``)."""

from collections.abc import Iterable

from django.db import connection

from tenancy.names import IDENTITY


class Spellings:
    """Names, each with what it has in common with all other spellings of it."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def learn(self, names: Iterable[str]) -> None:
        """Find out about names; at most one statement."""
        new = [*({*names} - self._known.keys())]
        if new:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT name, {IDENTITY}(name) FROM unnest(%s::text[]) AS name", [new])
                self._known.update(cursor.fetchall())

    def identity(self, name: str) -> str:
        """Return what a name that was learned has in common with its other spellings."""
        return self._known[name]
