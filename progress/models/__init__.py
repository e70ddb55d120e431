"""What learners have done. Facts are leaves: no foreign key points at them.

Tables carry the names of the documents: 004, section 2, 000, and 003.
"""

from progress.models.completions import Completion, PracticeCompletion, VideoCompletion
from progress.models.interactions import MAX_TYPE, Interaction
from progress.models.items import MAX_ITEM_ID, ItemProgress, ProgressType
from progress.models.tcodes import COMPLETE, MAX_SLIDE, TcodeProgress

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
    "TcodeProgress",
    "VideoCompletion",
]
