"""Who is in one's class and how far they came, on the front page of whoever teaches it."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db.models import Count, F, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from progress.reports.keys import REPORT
from progress.steps.completions import Step, all_steps
from progress.steps.models import Completion
from tenancy.front_page.today import Piece, Shown
from tenancy.scope import Level, Scope, current_scope

MOST_LEARNERS: Final = 40
"""How many are named; of a class that is larger, the first by name."""


class LearnerOfClass(NamedTuple):
    """A learner of the class.

    Attributes:
        completed: how many steps they have completed.
        last_at: when they completed one last.
    """

    name: str
    completed: int
    last_at: datetime | None


def my_class(user: Any) -> Shown | None:
    """Return the learners of the class in which someone acts; nothing outside of a class."""
    scope = current_scope()
    if not isinstance(scope, Scope) or scope.level is not Level.CLASSROOM:
        return None
    everybody = User.objects.learners().order_by("sort_name", "pk")
    if settings.DISTRIBUTED:
        people = list(everybody[: MOST_LEARNERS + 1])
        _look_up(people)
    else:
        people = list(_with_completions(everybody)[: MOST_LEARNERS + 1])
    learners = [
        LearnerOfClass(person.display_name, _completed_by(person), person.last_at)
        for person in people[:MOST_LEARNERS]
    ]
    return {
        "class": user.place_names[-1],
        "learners": learners,
        "has_more": len(people) > MOST_LEARNERS,
    }


def _look_up(people: list[Any]) -> None:
    """Find what ``_with_completions`` says, after the people."""
    done: dict[str, dict[Any, Any]] = {}
    for step in all_steps():
        # Of people of the scope, in the organization they are in.
        rows = step.model.unscoped.filter(user__in=[person.pk for person in people]).order_by()
        counted = rows.values_list("user", "organization").annotate(
            number=Count("pk"), last=Max("completed_at")
        )
        done[_named(step)] = {
            (user, organization): (number, last) for user, organization, number, last in counted
        }
    for person in people:
        found = {
            name: rows.get((person.pk, person.organization_id), (0, None)) for name, rows in done.items()
        }
        for name, (number, _last_at) in found.items():
            setattr(person, name, number)
        person.last_at = max((last for _number_of, last in found.values() if last), default=None)


def _with_completions(people: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    return people.annotate(
        **{_named(step): _number(step.model) for step in all_steps()},
        # The latest of them, or the only one.
        last_at=Greatest(*(_last(step.model) for step in all_steps())),
    )


def _named(step: Step) -> str:
    return f"completed_{step.level.field_name}"


def _completed_by(person: Any) -> int:
    return sum(getattr(person, _named(step)) for step in all_steps())


def _of_each(model: type[Completion]) -> "QuerySet[Any, Any]":
    # Of people of the scope, in the organization they are in.
    return model.unscoped.filter(  # type: ignore[no-any-return]
        user=OuterRef("pk"), organization=OuterRef("organization_id")
    ).order_by()


def _number(model: type[Completion]) -> Coalesce:
    counted = _of_each(model).values("user").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _last(model: type[Completion]) -> Subquery:
    return Subquery(_of_each(model).values("user").annotate(last=Max(F("completed_at"))).values("last"))


MY_CLASS: Final = Piece(
    name="my_class",
    keys=(REPORT,),
    template="admin/people/my_class.html",
    look=my_class,
    rank=2,
)
