"""What learners have done. Facts are leaves: no foreign key points at them.

Tables carry the names of the documents: 004, section 2, 000, and 003.
"""

from progress.interactions.models import MAX_TYPE, Interaction
from progress.items.models import MAX_ITEM_ID, ItemProgress, ProgressType
from progress.steps.models import Completion, PracticeCompletion, StepException, VideoCompletion
from progress.tcodes.models import COMPLETE, MAX_SLIDE, TcodeProgress

__all__ = [
    "COMPLETE",
    "MAX_ITEM_ID",
    "MAX_SLIDE",
    "MAX_TYPE",
    "Completion",
    "Interaction",
    "ItemProgress",
    "PracticeCompletion",
    "ProgressType",
    "StepException",
    "TcodeProgress",
    "VideoCompletion",
]
