"""Why a step is open to a learner, or is not: the answer and what decides it, link by link.

It rests on one statement, made of the expressions that open the step itself (``sequence.state_of``).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights.domain.explaining import CHECKS as CHECKS_OF_RIGHTS
from accounts.rights.domain.explaining import Explanation, LookedAt, account_link
from learning.tree.levels import TreeLevel
from progress.steps.domain.sequence import StepState, state_of
from tenancy.scope import scope_entered
from tenancy.zones import moment_of

CHECKS: Final = {
    "account": CHECKS_OF_RIGHTS["account"],
    "permission": _("Permission"),
    "published": _("Status"),
    "surroundings": _("Sub-course, course and category"),
    "completed": _("Completion"),
    "waived": _("Waiver"),
    "unlocked": _("Unlocking"),
    "sequence": _("Sequence"),
}
"""What people call that which is looked at."""
SEQUENCE: Final = _(
    "Learners take the videos of a sub-course one after the other, and its practices as well, in the order "
    "of the tree: the next one opens when those before it are completed or waived."
)
"""The word of the documents for the rule."""


@dataclass(frozen=True, slots=True)
class StepExplanation(Explanation):
    """Why a step is open, or is not.

    Attributes:
        blocking: the steps still to do before it.
    """

    title: str = ""
    blocking: tuple[dict[str, Any], ...] = ()
    completed_at: datetime | None = None
    is_waived: bool = False
    unlocked_until: datetime | None = None


def explain_step(*, person: User, level: TreeLevel, step_id: int) -> StepExplanation:
    """Return whether a step is open to ``person`` now, and why.

    Raises:
        NotFoundError: where they belong there is no such step.
    """
    with scope_entered(person.own_scope):
        state = state_of(user=person, level=level, step_id=step_id)
    key = f"{level.resource}.get"
    account = account_link(person)
    links = [
        account,
        LookedAt(
            "permission",
            person.holds(key),
            (_("Holds %(key)s.") if person.holds(key) else _("Does not hold %(key)s.")) % {"key": key},
        ),
        LookedAt(
            "published",
            state.is_published,
            _("It is published.") if state.is_published else _("It is not published."),
        ),
        LookedAt(
            "surroundings",
            state.surroundings_published,
            _("Everything above it is published.")
            if state.surroundings_published
            else _("Something above it is not published."),
        ),
        *_exceptions(state),
        _sequence(person, state.blocking),
    ]
    # Staff know of what is not published.
    refusing = {"published": not state.is_visible, "surroundings": not state.is_visible}
    refuses = [link for link in links if not link.holds and refusing.get(link.check, True)]
    return StepExplanation(
        allowed=not refuses,
        decided_by=refuses[0].check if refuses else _opened_by(person, state),
        chain=links,
        title=state.title,
        blocking=tuple(state.blocking or ()),
        completed_at=state.completed_at,
        is_waived=state.is_waived,
        unlocked_until=state.unlocked_until,
    )


def _exceptions(state: StepState) -> list[LookedAt]:
    links = []
    if state.completed_at is not None:
        day = moment_of(state.completed_at)
        links.append(LookedAt("completed", True, _("Completed on %(day)s.") % {"day": day}))
    if state.is_waived:
        links.append(LookedAt("waived", True, _("Waived: it need not be done.")))
    if state.unlocked_until is not None:
        day = moment_of(state.unlocked_until)
        links.append(LookedAt("unlocked", True, _("Unlocked until %(day)s.") % {"day": day}))
    return links


def _sequence(person: User, blocking: list[dict[str, Any]] | None) -> LookedAt:
    if person.is_staff_member:
        return LookedAt("sequence", True, _("The sequence does not bind staff."))
    if not blocking:
        return LookedAt("sequence", True, _("Nothing before it is in the way."))
    names = ", ".join(f"“{step['title']}”" for step in blocking)
    return LookedAt("sequence", False, _("Still to do before it: %(steps)s.") % {"steps": names})


def _opened_by(person: User, state: StepState) -> str:
    if person.is_staff_member:
        return "staff"
    if state.completed_at is not None:
        return "completed"
    if state.is_waived:
        return "waived"
    return "unlocked" if state.unlocked_until is not None else "sequence"
