"""Processes with settings of their own: forks of this one, which has everything imported already.

A process that starts from nothing takes two seconds for ``manage.py check``, nearly all of it for imports.
"""

import os
import runpy
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryFile
from typing import NoReturn

import django.conf
from django.core.signals import setting_changed
from django.db import connections

import config

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "EMAIL_URL": "smtp://mail.example.org:25",
    "SECRET_KEY": "a-long-and-random-value-for-this-test-0123456789-0123456789",
    "ALLOWED_HOSTS": "stepwise.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "PUBLIC_URL": "https://stepwise.example",
    "DEBUG": "0",
}
SECONDS = 60
"""After which a process that has not ended is killed."""


def run(*command: str, **environment: str) -> CompletedProcess[str]:
    """Run what ``python`` would with these arguments: ``-c`` with code, or a file with its own."""
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}

    def do() -> None:
        os.chdir(ROOT)
        sys.argv = list(command)
        if command[0] == "-c":
            exec(command[1], {"__name__": "__main__"})
        else:
            runpy.run_path(command[0], run_name="__main__")

    return forked(do, kept | environment)


def forked(do: Callable[[], object], environment: dict[str, str]) -> CompletedProcess[str]:
    """Call ``do`` in a fork in which nobody has read the settings yet; return how it ended."""
    with TemporaryFile() as out, TemporaryFile() as err:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # other threads of this process do nothing
            child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            _end_with(do, environment)
        _child, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return CompletedProcess([], code, out.read().decode(), err.read().decode())


def _end_with(do: Callable[[], object], environment: dict[str, str]) -> NoReturn:
    """Call ``do`` as the last thing that this process does, with an environment and settings of its own."""
    status = 1
    try:
        signal.alarm(SECONDS)
        sys.stdout, sys.stderr = (open(number, "w", closefd=False) for number in (1, 2))  # noqa: SIM115
        warnings.simplefilter("ignore")
        os.environ.clear()
        os.environ.update(environment)
        sys.modules.pop("config.settings", None)
        vars(config).pop("settings", None)
        django.conf.settings._wrapped = django.conf.empty
        # Clients of tests share what they have made of the settings.
        setting_changed.send(sender=None, setting="MIDDLEWARE", value=None, enter=True)
        _inherited = [(one, one.connection) for one in connections.all(initialized_only=True)]
        for one, _connection in _inherited:
            one.connection = None  # neither used nor ended here: it is the other process's
        do()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - told to who has forked
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
