"""The room that every contract is tried in: two full tenants, cheap hashes, fresh throttles."""

import logging

import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.core.cache import cache

from tests import factories
from tests.contracts.world import World, make_world


@pytest.fixture
def cheap_hashes(monkeypatch):
    """Hashing is slow on purpose; here it would only be slow."""
    monkeypatch.setattr(BCryptSHA256PasswordHasher, "rounds", 4)
    monkeypatch.setattr(factories, "_hashed", [])


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
def world(cheap_hashes, no_throttles, no_request_log, north, sunrise, global_admin, independent) -> World:
    return make_world(north, sunrise, global_admin, independent)
