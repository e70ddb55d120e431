"""Rows of any level of the tree."""

from typing import Any

import pytest

from tests import factories

# What rows of some levels cannot be without.
REQUIRED: dict[str, dict[str, Any]] = {
    "sub-courses": {"level": "BEGINNER", "sub_level": "A1"},
    "videos": {"video_url": "https://videos.example/one.mp4"},
}
# What learners could do nothing with without it.
FILLED: dict[str, Any] = {"practices": lambda row: factories.QuestionFactory(question_set=row)}


def every(levels):
    return pytest.mark.parametrize("level", levels, ids=lambda level: level.name)


def make(level, parent, number=3):
    """Make rows that learners see, in order."""
    whose = {"organization": getattr(parent, "organization", parent), level.parent: parent}
    values = {**whose, **level.narrowing, **REQUIRED.get(level.name, {}), "status": "PUBLISHED"}
    return [
        level.model.unscoped.create(title=f"{level.name} {n}", display_order=n, **values)
        for n in range(number)
    ]


def parent_in(level, tenant):
    """Make a fresh parent for rows of a level."""
    if level.above is None:
        return factories.OrganizationFactory() if tenant is None else tenant.organization
    above = parent_in(level.above, tenant)
    return make(level.above, above, 1)[0]
