"""What is checked of the levels before the server starts."""

from typing import Any

from django.contrib import admin
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from accounts.privacy.holdings import holdings
from learning.models import SubCourse
from learning.tree import levels
from progress.steps.completions import step_of


@register()
def check_steps(**kwargs: Any) -> list[CheckMessage]:
    """Find steps that cannot be completed, and steps that no learning path would show."""
    errors: list[CheckMessage] = []
    for level in levels.steps():
        try:
            model = step_of(level).model
        except ImproperlyConfigured as error:
            hint = "Register a model with progress.steps.completions.record_in."
            errors.append(Error(str(error), hint=hint, id="progress.E001"))
        else:
            if model not in {holding.model for holding in holdings()}:
                hint = "Contribute it with accounts.privacy.holdings.contribute."
                text = f"{level.name!r}: who has completed them is not among what is held of people."
                errors.append(Error(text, hint=hint, id="progress.E003"))
            if model not in admin.site._registry:
                hint = "Register a progress.steps.admin.CompletionAdmin."
                text = f"{level.name!r}: who has completed them has no page in the admin."
                errors.append(Error(text, hint=hint, id="progress.E004"))
        if level.parent_model is not SubCourse:
            errors.append(Error(f"{level.name!r} are steps: they belong to sub-courses.", id="progress.E002"))
    return errors
