"""The permission keys of what people have done, and which seeded roles hold them.

Source: ``API.md`` "Permissions"; document 001 "Access Rules"; document 004 sections 1.1 and 3.
"""

from accounts.rights.keys import READERS, contribute
from progress.reports import keys as reports
from progress.steps import keys as steps


def contribute_keys() -> None:
    """Add them to those of people; called when the app starts."""
    contribute({"learning_path.get": "Read a learning path"}, held_by=[*READERS, "STUDENT"])
    contribute({"progress.update": "Complete videos and practices"}, held_by=["STUDENT"])
    completions = {steps.COMPLETIONS_LIST: "See what people have completed"}
    contribute(completions, steps.KEYS, held_by=["PRINCIPAL", "SUPPORT"])
    contribute(reports.KEYS, held_by=reports.HELD_BY, open_reports=True)
    contribute(
        {
            "item_progress.list": "Read the typed progress of people",
            "interactions.list": "Read the log of what people did",
        }
    )
