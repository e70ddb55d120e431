"""The admin of what people did: facts are read, never edited. The front page lists it in this order."""

from progress.steps.admin import StepExceptionAdmin

from progress.items.admin import ItemProgressAdmin  # isort: skip
from progress.tcodes.admin import TcodeProgressAdmin  # isort: skip
from progress.interactions.admin import InteractionAdmin  # isort: skip

__all__ = [
    "InteractionAdmin",
    "ItemProgressAdmin",
    "StepExceptionAdmin",
    "TcodeProgressAdmin",
]
