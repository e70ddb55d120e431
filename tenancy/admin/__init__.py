"""The admin of tenant rows: what a person sees and may change follows their scope and their keys."""

from tenancy.admin.base import KeyedAdmin, TenantForm, refusals_as_messages
from tenancy.admin.chips import ChipColumn, Tone, chip
from tenancy.admin.choices import SuggestionsView
from tenancy.admin.counts import Counted
from tenancy.admin.facts import FactAdmin
from tenancy.admin.fill_in import FillInForm, FillInPages, FillInView
from tenancy.admin.filters import branch_filters, period_filter, place_filters
from tenancy.admin.history import MOST_ENTRIES, Entry, EventReader, HistoryPages, by_whom
from tenancy.admin.jobs import Job
from tenancy.admin.questions import Confirmation, QuestionPages
from tenancy.admin.rows import SOMEONE_ELSE, is_readable, is_writable, name_of
from tenancy.admin.tenant import TenantAdmin

__all__ = [
    "MOST_ENTRIES",
    "SOMEONE_ELSE",
    "ChipColumn",
    "Confirmation",
    "Counted",
    "Entry",
    "EventReader",
    "FactAdmin",
    "FillInForm",
    "FillInPages",
    "FillInView",
    "HistoryPages",
    "Job",
    "KeyedAdmin",
    "QuestionPages",
    "SuggestionsView",
    "TenantAdmin",
    "TenantForm",
    "Tone",
    "branch_filters",
    "by_whom",
    "chip",
    "is_readable",
    "is_writable",
    "name_of",
    "period_filter",
    "place_filters",
    "refusals_as_messages",
]
