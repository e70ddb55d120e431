"""The demo's rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests import beginning
from tests.demo.seeding import seed


@pytest.fixture(scope="module")
def demo(django_db_setup: beginning.Beginning, django_db_blocker: Any) -> Iterator[str]:
    """The demo's rows, made once for all tests of a module, and what the command said.

    What a test does to them is taken back after it, as ever in a test with a database.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        beginning.empty(django_db_setup)
        yield seed()
        transaction.set_rollback(True)
