"""What staff decided about steps of a person, and the acts that decide it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.people.person_page.contributions import (
    Asked,
    Cell,
    PersonAct,
    Preview,
    ReasonForm,
    Table,
)
from progress.steps.domain.exceptions import (
    Act,
    Decision,
    decide,
    exceptions_of,
    learners_in,
    look_ahead,
    titles_of,
)
from progress.steps.domain.explaining import explain_step
from progress.steps.models import ExceptionKind, StepException, Waiver
from progress.steps.person_page.tree import moment, named
from tenancy.errors import ConflictError

_MOST: Final = 50


def exceptions_made(asked: Asked) -> list[Table]:
    """Return what was decided for a person, the latest first."""
    found = list(exceptions_of(person=asked.person)[:_MOST])
    titles = titles_of(found)
    return [
        Table(
            columns=(_("When"), _("What"), _("Step"), _("Why"), _("By"), _("Taken back")),
            rows=[
                (
                    moment(row.given_at),
                    Cell(row.get_kind_display(), note=_details(row)),
                    titles.get((row.step_type, row.step_id), "—"),
                    row.reason,
                    row.given_by.display_name,
                    Cell(moment(row.ended_at), note=row.ended_reason),
                )
                for row in found
            ],
        )
    ]


def _details(row: StepException) -> Any:
    if row.kind == ExceptionKind.WAIVE:
        return row.get_waiver_display()
    if row.kind == ExceptionKind.UNLOCK:
        return _("until %(time)s") % {"time": moment(row.until)}
    return _("it was of %(time)s") % {"time": moment(row.completed_at)} if row.completed_at else ""


class StepForm(ReasonForm):
    """Why, and for whom besides."""

    whole_class = forms.BooleanField(label=_("For every learner of their class"), required=False)


class WaiveForm(StepForm):
    """Why a step need not be done."""

    waiver = forms.ChoiceField(label=_("Kind of waiver"), choices=Waiver.choices)
    field_order = ["waiver", "reason", "whole_class"]


class UnlockForm(StepForm):
    """Until when a step is open."""

    until = forms.DateField(
        label=_("Until the end of"),
        widget=forms.DateInput(attrs={"type": "date"}),
        initial=lambda: timezone.localdate() + timedelta(days=7),
    )
    field_order = ["until", "reason", "whole_class"]

    def clean_until(self) -> datetime:
        """Return the end of the day."""
        day = self.cleaned_data["until"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."), code="in_the_past")
        return timezone.make_aware(datetime.combine(day, time.max))


def about_step(person: User, about: str) -> str:
    """Return what people call the step that an address names."""
    step, pk = named(about)
    told = explain_step(person=person, level=step.level, step_id=pk)
    return f"{step.level.one} “{told.title}”"


@dataclass(frozen=True, slots=True)
class _StepAct:
    """One of the acts, from the page of a person: on a step of theirs, or of everyone in their class."""

    act: Act

    def do(self, *, by: User, person: User, about: str, **filled_in: Any) -> Any:
        """Do it, and say for how many."""
        people, decision = self._meant(person, about, **filled_in)
        number = len(decide(by=by, people=people, decision=decision).changed)
        if not number:
            return _("It was already so.")
        return ngettext("Done for %(n)d person.", "Done for %(n)d people.", number) % {"n": number}

    def preview(self, *, person: User, about: str, whole_class: bool, **filled_in: Any) -> Preview | None:
        """Return for whom in the class it would be done; of one person there is nothing to look at."""
        if not whole_class:
            return None
        people, decision = self._meant(person, about, whole_class=True, **filled_in)
        decided = look_ahead(people=people, decision=decision)
        number, unchanged = len(decided.changed), len(decided.unchanged)
        title = about_step(person, about)
        left = ngettext(
            "It is already so for %(n)d learner of the class.",
            "It is already so for %(n)d learners of the class.",
            unchanged,
        )
        for_whom = ngettext("%(act)s for %(n)d person", "%(act)s for %(n)d people", number)
        return Preview(
            number=number,
            button=for_whom % {"act": self.act.label, "n": number},
            columns=(_("Person"), _("Class"), _("Step")),
            rows=[
                (one.display_name, person.classroom, title)
                for one in sorted(decided.changed, key=lambda one: (one.sort_name, one.pk))
            ],
            further=left % {"n": unchanged} if unchanged else "",
        )

    def _meant(
        self, person: User, about: str, *, reason: str, whole_class: bool, waiver: str = "", until: Any = None
    ) -> tuple[QuerySet[User], Decision]:
        step, pk = named(about)
        people = class_of(person) if whole_class else User.objects.filter(pk=person.pk)
        decision = Decision(self.act, step.level, pk, reason, Waiver(waiver) if waiver else None, until)
        return people, decision


def class_of(person: User) -> QuerySet[User]:
    """Return the learners of a person's class who are in the active scope.

    Raises:
        ConflictError: ``no_class``.
    """
    if person.classroom is None:
        raise ConflictError(_("They do not belong to a class."), code="no_class")
    return learners_in(person.classroom.scope)


NOTES: Final = {
    Act.WAIVE: _("They need not do the step, and it holds nothing up. It does not count as completed."),
    Act.UNWAIVE: _("They have to do the step again before those behind it open."),
    Act.UNLOCK: _("The step is open to them, whatever comes before it. Those behind it still wait."),
    Act.LOCK: _("The step opens again when those before it are done."),
    Act.COMPLETE: _("It counts as if they had completed it now. The record says who did it for them."),
    Act.UNDO: _("The completion is taken away; the record keeps when it was made."),
}
FORMS: Final = {Act.WAIVE: WaiveForm, Act.UNLOCK: UnlockForm}
ACTS: Final = {
    f"step-{act}": PersonAct(
        act.label,
        NOTES[act],
        act.key,
        _StepAct(act).do,
        about=about_step,
        form=FORMS.get(act, StepForm),
        preview=_StepAct(act).preview,
    )
    for act in Act
}
