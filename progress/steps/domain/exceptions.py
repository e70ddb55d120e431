"""Exceptions that staff make to the sequence, for one learner or many: each has a reason and is on record.

What they mean for the sequence is said where the rule is (``progress.steps.domain.sequence``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from learning.tree.levels import TreeLevel
from progress.steps.completions import Step, all_steps, step_of
from progress.steps.domain.sequence import is_shown
from progress.steps.models import ExceptionKind, StepException, Waiver
from tenancy.errors import ConflictError, InvalidError
from tenancy.scope import Scope, organization_scope

MOST_PEOPLE: Final = 500
"""How many learners one exception is made for at once."""


class Act(StrEnum):
    """What is done to a step of a learner."""

    WAIVE = "waive"
    UNWAIVE = "unwaive"
    UNLOCK = "unlock"
    LOCK = "lock"
    COMPLETE = "complete"
    UNDO = "undo"

    @property
    def key(self) -> str:
        """The permission key. Who may give something may take it back."""
        return f"step_exceptions.{_GIVES.get(self, self)}"

    @property
    def takes_back(self) -> ExceptionKind | None:
        """What it takes back."""
        return ExceptionKind(_GIVES[self]) if self in _GIVES else None

    @property
    def label(self) -> Any:
        """What the button says."""
        return _LABELS[self]


_GIVES: Final = {Act.UNWAIVE: Act.WAIVE, Act.LOCK: Act.UNLOCK}
_LABELS: Final = {
    Act.WAIVE: _("Waive"),
    Act.UNWAIVE: _("Take back the waiver"),
    Act.UNLOCK: _("Unlock until a date"),
    Act.LOCK: _("Lock again"),
    Act.COMPLETE: _("Mark complete"),
    Act.UNDO: _("Undo the completion"),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about a step, and why.

    Attributes:
        waiver: why the step need not be done, when it is waived.
        until: how long it is open, when it is unlocked.
    """

    act: Act
    level: TreeLevel
    step_id: int
    reason: str
    waiver: Waiver | None = None
    until: datetime | None = None

    def check(self) -> None:
        """Refuse what says too much or too little.

        Raises:
            InvalidError: naming ``waiver`` or ``until``: ``required``, ``not_for_this`` or ``in_the_past``.
        """
        for name, act in (("waiver", Act.WAIVE), ("until", Act.UNLOCK)):
            given = getattr(self, name) is not None
            if self.act is act and not given:
                raise InvalidError(_("This field is required."), code="required", attr=name)
            if self.act is not act and given:
                raise InvalidError(_("This does not apply here."), code="not_for_this", attr=name)
        if self.until is not None and self.until <= timezone.now():
            raise InvalidError(_("This moment has passed."), code="in_the_past", attr="until")


@dataclass(frozen=True, slots=True)
class Decided:
    """For which learners something changes, and for which it was so already."""

    changed: list[User]
    unchanged: list[User]


def step_named(name: str) -> Step:
    """Return the kind of step that clients call by this name.

    Raises:
        InvalidError: ``invalid_choice`` naming ``type``.
    """
    for step in all_steps():
        if step.name == name:
            return step
    raise InvalidError(_("There is no such type of step."), code="invalid_choice", attr="type")


def learners_in(scope: Scope) -> QuerySet[User]:
    """Return the active learners at or below a place that lies in the active scope."""
    people: QuerySet[User] = User.objects.learners().filter(**{f"{scope.level}_id": scope.node_id})
    return people


@transaction.atomic
def decide(*, by: User, people: QuerySet[User], decision: Decision) -> Decided:
    """Do to one step of each of ``people``, who are of one organization, what was decided; all or none.

    Whoever it is so for already is left as they are. The number of statements does not grow with people,
    whose rows are locked in the order of their ids.

    Raises:
        InvalidError: what ``Decision.check`` refuses; ``does_not_exist`` naming ``step_id``, learners of the
            organization know of no such step.
        ConflictError: ``too_many_people``; ``no_people``.
    """
    decided = look_ahead(people=people.select_for_update(no_key=True, of=("self",)), decision=decision)
    _WRITES[decision.act](by, decided.changed, decision)
    return decided


def look_ahead(*, people: QuerySet[User], decision: Decision) -> Decided:
    """Return what ``decide`` would do, and do nothing.

    Raises:
        InvalidError, ConflictError: as ``decide``.
    """
    decision.check()
    rows = list(people.order_by("pk")[: MOST_PEOPLE + 1])
    if len(rows) > MOST_PEOPLE:
        raise ConflictError(
            _("At most %(number)d people at once: choose a smaller place.") % {"number": MOST_PEOPLE},
            code="too_many_people",
        )
    if not rows:
        raise ConflictError(_("There is nobody this could be done for."), code="no_people")
    with organization_scope(organization_of(rows[0])):
        if not is_shown(to=rows[0], level=decision.level, step_id=decision.step_id):
            raise InvalidError(_("Learners have no such step."), code="does_not_exist", attr="step_id")
    takes, have = _who_have(rows, decision)
    changed = [person for person in rows if (person.pk in have) is takes]
    return Decided(changed, [person for person in rows if (person.pk in have) is not takes])


def _who_have(people: Sequence[User], decision: Decision) -> tuple[bool, set[UUID]]:
    """Return whether a decision takes something away, and from whom it could be taken. One statement."""
    takes = decision.act.takes_back
    if takes is not None:
        rows: QuerySet[Any] = _in_force(people, decision, takes)
    elif decision.act in (Act.COMPLETE, Act.UNDO):
        rows = _completions(step_of(decision.level), people, decision)
    else:
        given = _in_force(people, decision, ExceptionKind(decision.act))
        rows = given.filter(waiver=decision.waiver or "", until=decision.until)
    return takes is not None or decision.act is Act.UNDO, set(rows.values_list("user_id", flat=True))


def _give(by: User, people: Sequence[User], decision: Decision) -> None:
    """Put a waiver or an unlocking in force, in the place of another one."""
    _end(by, people, decision, ExceptionKind(decision.act))
    _record(by, people, decision)


def _take_back(by: User, people: Sequence[User], decision: Decision) -> None:
    kind = decision.act.takes_back
    assert kind is not None
    _end(by, people, decision, kind)


def _end(by: User, people: Sequence[User], decision: Decision, kind: ExceptionKind) -> None:
    _in_force(people, decision, kind).update(
        ended_at=timezone.now(), ended_by=by, ended_reason=decision.reason
    )


def _complete(by: User, people: Sequence[User], decision: Decision) -> None:
    step = step_of(decision.level)
    # One that a learner makes at this moment stays.
    step.model.unscoped.bulk_create(
        [
            step.model(
                user_id=person.pk,
                organization_id=organization_of(person),
                **{f"{step.model.step}_id": decision.step_id},
            )
            for person in people
        ],
        ignore_conflicts=True,
    )
    _record(by, people, decision)


def _undo(by: User, people: Sequence[User], decision: Decision) -> None:
    rows = _completions(step_of(decision.level), people, decision)
    made = {row.user_id: row for row in rows.select_for_update()}
    rows.filter(pk__in=[row.pk for row in made.values()]).delete()
    _record(by, [person for person in people if person.pk in made], decision, made)


_WRITES: Final = {
    Act.WAIVE: _give,
    Act.UNWAIVE: _take_back,
    Act.UNLOCK: _give,
    Act.LOCK: _take_back,
    Act.COMPLETE: _complete,
    Act.UNDO: _undo,
}


def organization_of(person: User) -> UUID:
    """Return where a person belongs; everyone belongs somewhere."""
    assert person.organization_id is not None
    return person.organization_id


def _record(
    by: User, people: Sequence[User], decision: Decision, undone: dict[UUID, Any] | None = None
) -> None:
    """Keep what was decided; of a completion that was undone, when it was made and in which organization."""
    step = step_of(decision.level)
    before = undone or {}
    StepException.unscoped.bulk_create(
        StepException(
            user_id=person.pk,
            organization_id=getattr(before.get(person.pk), "organization_id", organization_of(person)),
            kind=ExceptionKind(decision.act),
            step_type=step.name,
            step_id=decision.step_id,
            waiver=decision.waiver or "",
            until=decision.until,
            completed_at=getattr(before.get(person.pk), "completed_at", None),
            reason=decision.reason,
            given_by=by,
        )
        for person in people
    )


def _in_force(people: Sequence[User], decision: Decision, kind: ExceptionKind) -> QuerySet[StepException]:
    # Unscoped: whose they are was read in the scope, and they may have been given elsewhere.
    rows: QuerySet[StepException] = StepException.unscoped.filter(
        user__in=[person.pk for person in people],
        step_type=step_of(decision.level).name,
        step_id=decision.step_id,
        kind=kind,
        ended_at=None,
    )
    return rows


def _completions(step: Step, people: Sequence[User], decision: Decision) -> QuerySet[Any]:
    # Unscoped: a completion is the learner's, wherever they were when they made it.
    rows: QuerySet[Any] = step.model.unscoped.filter(
        **{"user__in": [person.pk for person in people], f"{step.model.step}_id": decision.step_id}
    )
    return rows


def exceptions_of(*, person: User) -> QuerySet[StepException]:
    """Return what was decided about a person's steps, the latest first, taken back or not."""
    # Unscoped: whoever may see the person may see it, wherever they were.
    rows: QuerySet[StepException] = StepException.unscoped.filter(user=person)
    return rows.select_related("given_by", "ended_by").order_by("-given_at", "-id")


def titles_of(rows: Sequence[StepException]) -> dict[tuple[str, int], str]:
    """Return what the steps of exceptions are called. One statement for each type of step."""
    titles: dict[tuple[str, int], str] = {}
    for step in all_steps():
        ids = {row.step_id for row in rows if row.step_type == step.name}
        # Unscoped: the ids come from rows of a person of the scope; a deleted step still has its title.
        named = step.level.model.unscoped.filter(pk__in=ids).values_list("pk", "title")
        titles |= {(step.name, pk): title for pk, title in named}
    return titles
