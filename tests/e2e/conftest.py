from collections.abc import Iterator

import pytest

from tests.e2e.clusters import copy_empty, copy_migrated, copy_with_demo
from tests.e2e.databases import Database, started


@pytest.fixture
def database() -> Iterator[Database]:
    """An empty database, on a server that may be killed."""
    with started(Database(copy_empty)) as made:
        yield made


@pytest.fixture(scope="module")
def migrated(django_db_setup: None) -> Iterator[Database]:
    """A migrated database, on a server that may be killed, for all tests of a file."""
    with started(Database(copy_migrated)) as made:
        yield made


@pytest.fixture(scope="module")
def with_demo(django_db_setup: None) -> Iterator[Database]:
    """A database with the demo data, on a server that may be killed, for all tests of a file."""
    with started(Database(copy_with_demo)) as made:
        yield made
