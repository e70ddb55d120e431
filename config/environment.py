"""The environment, and files that it names: ``NAME_FILE`` leads to what ``NAME`` would hold.

So do secrets of containers and of systemd (``LoadCredential=``) reach a process without being part of its
environment, which children inherit and others may read.
"""

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping


class _Values(FileAwareMapping):  # type: ignore[misc]
    def __getitem__(self, key: str) -> str:
        try:
            # An editor ends a file with a line break, which is no part of a password.
            return super().__getitem__(key).rstrip("\r\n")  # type: ignore[no-any-return]
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise ImproperlyConfigured(
                f"{key}_FILE is {self.env[f'{key}_FILE']!r}, which cannot be read: {reason}."
            ) from error


class Environment(environ.Env):  # type: ignore[misc]
    """Reads settings; the file wins where both are given."""

    ENVIRON = _Values()
