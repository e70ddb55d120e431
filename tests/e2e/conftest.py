from collections.abc import Iterator

import pytest

from tests.e2e.databases import Database, started


@pytest.fixture
def database() -> Iterator[Database]:
    """An empty database, on a server that may be killed."""
    with started(Database()) as made:
        yield made


@pytest.fixture
def migrated() -> Iterator[Database]:
    """A migrated database, on a server that may be killed."""
    with started(Database(migrated=True)) as made:
        yield made
