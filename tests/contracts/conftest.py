"""The room that every contract is tried in: two full tenants, fresh throttles."""

import logging

import pytest
from django.core.cache import cache

from tests.contracts.world import REMEMBERED, World


@pytest.fixture(autouse=True)
def first_wall_alone(settings):
    """What the second wall would hide must not be there in the first place: the contracts are about that."""
    settings.ROW_SECURITY = False


@pytest.fixture
def no_throttles(monkeypatch):
    """A refusal for being too fast would hide what is asked here."""
    monkeypatch.setattr("accounts.sign_in.api.anonymous.AddressThrottle.allow_request", lambda *args: True)
    cache.clear()


@pytest.fixture
def no_request_log():
    """Thousands of refusals are what these tests are about; a failure of ours is still logged."""
    logger = logging.getLogger("django.request")
    level = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(level)


@pytest.fixture
def world(no_throttles, no_request_log, north, sunrise, global_admin, independent) -> World:
    return REMEMBERED.again(north, sunrise, global_admin, independent)
