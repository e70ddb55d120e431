"""How a line of the log is written: without what identifies a person or opens an account.

Messages of this project name neither. But errors of the database and of mail servers quote what they were
given, and a traceback shows it; so everything that looks like an address, a hashed password or a token is
taken out of the finished line, whoever wrote it.
"""

import logging
import re
import time
from typing import Final

from django.db import InterfaceError, OperationalError
from psycopg.errors import DeadlockDetected
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.orjson import OrjsonFormatter

_SECRETS: Final = (
    # E-mail addresses; what stands before the @ of a database's or a mail server's address goes too.
    (re.compile(r"[^\s\"'<>(),;:=/\\\[\]{}@][^\s\"<>(),;:=/\\\[\]{}@]*@[\w.-]*\w"), "[address]"),
    # What Django's hashers and bcrypt make of a password.
    (
        re.compile(r"\b(?:bcrypt|pbkdf2|argon2|scrypt|md5)\w*\$[^\s\"',)]+|\$2[abxy]\$\d\d\$[./\w]{53}"),
        "[hash]",
    ),
    # JSON Web Tokens, and what the links of mails carry.
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), "[token]"),
    (re.compile(r"(\btoken=)[^\s&\"']+"), r"\1[token]"),
)


def redacted(text: str) -> str:
    """Return a text without addresses, hashes and tokens."""
    for pattern, name in _SECRETS:
        text = pattern.sub(name, text)
    return text


class OneLine(logging.Filter):
    """A database that is away or too busy takes one line: a traceback would say nothing more."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, OperationalError | InterfaceError) and not _is_ours(error):
            first = str(error).strip().partition("\n")[0]
            record.msg, record.args = f"{record.getMessage()}: {type(error).__name__}: {first}", ()
            record.exc_info = record.exc_text = None
        return True


def _is_ours(error: BaseException) -> bool:
    """Whether a fault of this code made the database end a transaction."""
    return isinstance(error.__cause__, DeadlockDetected)


class Formatter(logging.Formatter):
    """Formats as usual, traceback included, and redacts the whole."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class JSONFormatter(OrjsonFormatter):
    """One object for each record, its context and what was said with it as members; redacted like a line."""

    def __init__(self) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            ["asctime", "levelname", "name", "message"],
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            # Of a request its number says enough.
            reserved_attrs=[*RESERVED_ATTRS, "request"],
        )
        self.default_time_format, self.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))
