"""What progress holds of people, and what is left of it when one of them is erased.

Completions are held as well: whoever keeps some says so with ``progress.steps.completions.record_in``.
"""

from typing import Final

from django.db import models
from django.db.models import Func

from accounts.privacy.holdings import Holding, by
from progress.models import (
    Interaction,
    ItemProgress,
    StepException,
    TcodeProgress,
)

NUMBERS_ONLY: Final = Func(
    "payload",
    template="(SELECT coalesce(jsonb_object_agg(key, value), '{}') "
    "FROM jsonb_each(CASE WHEN jsonb_typeof(%(expressions)s) = 'object' THEN %(expressions)s ELSE '{}' END) "
    "WHERE jsonb_typeof(value) IN ('number', 'boolean'))",
    output_field=models.JSONField(),
)
"""A payload without what somebody wrote: which slide was seen is kept, what was asked about it is not."""

HOLDINGS: Final = (
    Holding(
        StepException,
        by("user"),
        erased={"reason": "", "ended_reason": ""},
    ),
    Holding(
        ItemProgress,
        by("user"),
        erased={"value": None, "metadata": None, "import_hash": None, "import_digest": None},
    ),
    Holding(TcodeProgress, by("user")),
    Holding(Interaction, by("user"), erased={"payload": NUMBERS_ONLY}),
)
