"""The active scope: a value, and an error when there is none."""

from contextvars import copy_context

import pytest

from tenancy.conditions import shared_parameters
from tenancy.scope import (
    EVERY_ORGANIZATION,
    PLATFORM_ID,
    Level,
    Scope,
    ScopeNotEnteredError,
    current_scope,
    enter_scope,
    every_organization,
    organization_scope,
    scope_entered,
)

pytestmark = pytest.mark.django_db


def test_no_scope_is_an_error_and_not_every_organization():
    with pytest.raises(ScopeNotEnteredError):
        current_scope()
    with pytest.raises(ScopeNotEnteredError):
        shared_parameters()


def test_a_scope_ends_with_its_block_also_after_an_error(north, sunrise):
    with organization_scope(north.organization):
        with pytest.raises(ZeroDivisionError), organization_scope(sunrise.organization.pk):
            assert current_scope() == sunrise.scope
            raise ZeroDivisionError
        assert current_scope() == north.scope
        with every_organization():
            assert current_scope() is EVERY_ORGANIZATION
        with scope_entered(None), pytest.raises(ScopeNotEnteredError):
            current_scope()
    with pytest.raises(ScopeNotEnteredError):
        current_scope()


def test_a_scope_entered_by_a_hook_lasts_until_its_context_ends(north):
    def hook():
        enter_scope(north.scope)
        return current_scope()

    assert copy_context().run(hook) == north.scope
    with pytest.raises(ScopeNotEnteredError):
        current_scope()


def test_the_deepest_node_that_is_set_is_the_level(north):
    scopes = [place.scope for place in (north.organization, north.school, north.campus, north.classroom)]
    assert [scope.level for scope in scopes] == list(Level)
    assert [str(scope) for scope in scopes] == [
        f"organization:{north.organization.pk}",
        f"school:{north.school.pk}",
        f"campus:{north.campus.pk}",
        f"classroom:{north.classroom.pk}",
    ]
    assert scopes[1].id_at(Level.CAMPUS) is None


def test_a_node_contains_itself_and_what_is_below(north, sunrise):
    line = [place.scope for place in (north.organization, north.school, north.campus, north.classroom)]
    for upper, scope in enumerate(line):
        assert [scope.contains(other) for other in line] == [lower >= upper for lower in range(4)]
        assert not scope.contains(sunrise.classroom.scope)


def test_the_reserved_organization_is_known_by_its_id(north):
    assert Scope(PLATFORM_ID).is_platform
    assert not north.scope.is_platform
    assert repr(EVERY_ORGANIZATION) == "EVERY_ORGANIZATION"


def test_hand_written_statements_get_the_same_condition(north):
    with organization_scope(north.organization):
        assert shared_parameters() == {
            "every": False,
            "organizations": f"{{{north.organization.pk},{PLATFORM_ID}}}",
        }
    with every_organization():
        assert shared_parameters() == {"every": True, "organizations": "{}"}
