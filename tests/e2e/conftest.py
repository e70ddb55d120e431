import pytest

from tests.e2e.databases import Database


@pytest.fixture
def database():
    made = Database()
    try:
        made.start()
        yield made
    finally:
        made.stop()
