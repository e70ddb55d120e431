"""What is known of a person's way through the tree, for the page of that person, and what can be mended."""

from typing import Any, Final

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.people.person_page.contributions import Asked, Section, Table
from progress.steps.completions import all_steps
from progress.steps.finding import step_form
from progress.steps.keys import COMPLETIONS_LIST, EXCEPTIONS_LIST
from progress.steps.person_page.exceptions import ACTS, exceptions_made
from progress.steps.person_page.tree import moment, tree_of
from progress.tcodes.models import TcodeProgress

__all__ = ["ACTS", "SECTIONS"]


def _activity(asked: Asked) -> list[Table]:
    """Return when they did something last: of each table the latest row, in their own right."""
    rows: list[tuple[Any, Any]] = [(_("Signed in"), asked.person.last_login)]
    for step in all_steps():
        # Unscoped: what somebody did is theirs, wherever they were.
        last = step.model.unscoped.filter(user=asked.person).aggregate(last=Max("completed_at"))["last"]
        rows.append((_("Completed a step: %(kind)s") % {"kind": step.level.one}, last))
    last = TcodeProgress.unscoped.filter(user=asked.person).aggregate(last=Max("last_active"))["last"]
    rows.append((_("Worked on a tcode"), last))
    return [Table(columns=(_("What"), _("When")), rows=[(what, moment(when)) for what, when in rows])]


SECTIONS: Final = {
    "activity": Section(_("Last activity"), (COMPLETIONS_LIST,), _activity, rank=28),
    "tree": Section(_("The tree, as they see it"), (COMPLETIONS_LIST,), tree_of, rank=30, form=step_form),
    "exceptions": Section(_("Exceptions made for them"), (EXCEPTIONS_LIST,), exceptions_made, rank=35),
}
