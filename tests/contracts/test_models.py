"""What holds for every model, whoever adds the next one."""

import pytest
from django.apps import apps
from django.db import models

from tenancy.models import Organization, TenantModel
from tenancy.querysets import ScopedManager
from tenancy.scope import ScopeNotEnteredError, organization_scope

OURS = {"tenancy", "accounts", "learning", "quizzes", "progress"}

# Rows of no tenant: each with its reason.
NOT_TENANT_ROWS = {
    "tenancy.ScheduledRun",  # of the installation
    "accounts.Role",  # seeded, the same for every tenant
    "accounts.Role_permissions",
    "accounts.User_custom_permissions",  # reached through a scoped user only
    "accounts.User_custom_permissions_filter",
    "accounts.Registration",  # of an address, which is not known to be theirs
    "accounts.ResetRequest",  # of an address, which may be nobody's
}

MODELS = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OURS]


def label(model: type[models.Model]) -> str:
    return model._meta.label


def is_tenant_model(model: type[models.Model]) -> bool:
    return label(model) not in NOT_TENANT_ROWS


TENANT_MODELS = [model for model in MODELS if is_tenant_model(model)]


@pytest.mark.parametrize("model", TENANT_MODELS, ids=label)
def test_every_tenant_model_is_scoped_by_default(model):
    assert isinstance(model._default_manager, ScopedManager)
    others = [m for m in model._meta.managers if not isinstance(m, ScopedManager)]
    assert [m.name for m in others] in ([], ["unscoped"])


@pytest.mark.parametrize("model", TENANT_MODELS, ids=label)
def test_every_tenant_row_has_an_organization(model):
    if model is Organization:
        return
    assert issubclass(model, TenantModel) or hasattr(model, "pgh_tracked_model")
    assert model._meta.get_field("organization").null is False


@pytest.mark.parametrize("model", TENANT_MODELS, ids=label)
@pytest.mark.django_db
def test_reading_without_a_scope_is_an_error(model):
    with pytest.raises(ScopeNotEnteredError):
        list(model._default_manager.all())


def test_the_list_of_exceptions_names_only_models_that_exist():
    assert {label(model) for model in MODELS} >= NOT_TENANT_ROWS


@pytest.mark.django_db
def test_a_class_level_queryset_is_scoped_when_it_runs(north, sunrise):
    queryset = type(north.course).objects.all()
    with organization_scope(north.organization):
        assert [c.pk for c in queryset.all()] == [north.course.pk]
    with organization_scope(sunrise.organization):
        assert [c.pk for c in queryset.all()] == [sunrise.course.pk]
