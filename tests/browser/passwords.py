"""Choosing a password from a link in a mail."""

import re
import time

from django.core import mail

from tests.browser.conftest import TIMEOUT_MS

NEW = "kumquat-violin-8812"


def link_in_mail():
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while not mail.outbox and time.monotonic() < deadline:
        time.sleep(0.05)
    [sent] = mail.outbox
    return re.search(r"^(http\S+)$", sent.body, re.MULTILINE)[1]


def choose(page, password):
    page.get_by_label("New password:", exact=True).fill(password)
    page.get_by_label("Repeat the new password").fill(password)
