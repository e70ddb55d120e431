"""Processes of their own, with settings of their own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "EMAIL_URL": "smtp://mail.example.org:25",
    "SECRET_KEY": "a-long-and-random-value-for-this-test-0123456789-0123456789",
    "ALLOWED_HOSTS": "stepwise.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "PUBLIC_URL": "https://stepwise.example",
    "DEBUG": "0",
}


def run(*command, **environment):
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
