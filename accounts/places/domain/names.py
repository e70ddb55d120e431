"""A name is one place's among those beside it: the database refuses the second, whatever its spelling."""

from contextlib import AbstractContextManager
from typing import Any

from django.utils.functional import Promise

from tenancy.constraints import refused_by
from tenancy.errors import ConflictError
from tenancy.models import Place


def name_taken_refused(model: type[Place], *, told: str | Promise) -> AbstractContextManager[None]:
    """Refuse what the block writes if the name is another place's: ``name_taken``, with what is told."""
    rules: Any = model._meta.constraints
    [differ] = (rule for rule in rules if rule.violation_error_code == "name_taken")
    return refused_by(differ.name, lambda: ConflictError(told, code="name_taken"))
