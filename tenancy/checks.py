"""What is checked of the database and its settings, by ``check --database default`` and before migrations."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from tenancy.distribution import distributed_models, tables_distributed


@register(Tags.database)
def check_distribution(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Find that ``DISTRIBUTED`` and the database say different things."""
    if not databases:
        return []
    there, wanted = tables_distributed(), {model._meta.db_table for model in distributed_models()}
    if there and not settings.DISTRIBUTED:
        text = f"DISTRIBUTED is not set, and these tables are distributed: {', '.join(sorted(there))}."
        return [Error(text, hint="Set DISTRIBUTED=1 for every process.", id="tenancy.E001")]
    if settings.DISTRIBUTED and (missing := wanted - there):
        text = f"DISTRIBUTED is set, and these tables are not distributed: {', '.join(sorted(missing))}."
        hint = (
            "It works, with more statements than are needed. Run manage.py distribute, or set DISTRIBUTED=0."
        )
        return [Warning(text, hint=hint, id="tenancy.W001")]
    return []
