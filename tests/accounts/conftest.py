"""Fresh throttles, and a database that threads can share."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection


@pytest.fixture(autouse=True)
def _fresh_throttles():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def run_at_once():
    """Run calls on threads of their own, each with its own connection; return what they returned."""

    def run(calls, workers=8):
        def call_and_close(call):
            try:
                return call()
            finally:
                connection.close()

        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(call_and_close, calls))

    return run
