"""Finding a step by its title, whatever its state: what somebody cannot open is often not in their tree."""

from typing import Any, Final

from django import forms
from django.db.models import Q
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.people.person_page.contributions import Asked, Cell, Table
from progress.steps.completions import Step, all_steps

MOST_FOUND: Final = 20
_MOST_WORDS: Final = 10


class StepSearchForm(forms.Form):
    """Asks for a title."""

    button = _("Find")
    find = forms.CharField(
        label=_("Why is a step open or locked for them?"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("title of a video or practice")}),
    )


def step_form(asked: Asked) -> forms.Form:
    """Return the form as it was sent."""
    return StepSearchForm(initial={**asked.query})


def found_steps(asked: Asked, text: str) -> Table:
    """Return the steps whose titles hold all the words, drafts included. In the scope of the person.

    One statement for each type of step.
    """
    rows = [row for step in all_steps() for row in _rows(step, text)]
    return Table(
        caption=_("Found"),
        columns=(_("Step"), _("Title"), _("In")),
        rows=rows[:MOST_FOUND],
        empty=_("There is no such step for them."),
        note=_("There are more: name it more exactly.") if len(rows) > MOST_FOUND else "",
    )


def _rows(step: Step, text: str) -> list[tuple[Any, ...]]:
    wanted = Q()
    for word in text.split()[:_MOST_WORDS]:
        wanted &= Q(title__mentions=word)
    rows = step.level.rows().filter(wanted).select_related(step.level.parent).order_by("title", "pk")
    return [
        (
            step.level.one,
            Cell(row.title, url=f"?{urlencode({'find': text, 'step': f'{step.name}:{row.pk}'})}#tree"),
            str(getattr(row, step.level.parent)),
        )
        for row in rows[: MOST_FOUND + 1]
    ]
