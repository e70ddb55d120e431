"""What is known of a person's way through the tree, for the page of that person, and what can be mended."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

import orjson
from django import forms
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.people.person_page.contributions import (
    Asked,
    Cell,
    PersonAct,
    Preview,
    ReasonForm,
    Section,
    Table,
)
from learning.tree import levels
from progress.steps.completions import Step, all_steps
from progress.steps.domain import path
from progress.steps.domain.courses import list_courses
from progress.steps.domain.exceptions import (
    Act,
    Decision,
    decide,
    exceptions_of,
    learners_in,
    look_ahead,
    step_named,
    titles_of,
)
from progress.steps.domain.explaining import CHECKS, SEQUENCE, StepExplanation, explain_step
from progress.steps.finding import found_steps, step_form
from progress.steps.keys import COMPLETIONS_LIST, EXCEPTIONS_LIST
from progress.steps.models import ExceptionKind, StepException, Waiver
from progress.tcodes.models import TcodeProgress
from tenancy.errors import ConflictError, DomainError, InvalidError, NotFoundError
from tenancy.scope import scope_entered
from tenancy.zones import moment_of

_MOST_COURSES: Final = 100
_MOST: Final = 50
_NAMED: Final = 3
MOST_SOUGHT: Final = 200
"""Letters of a title."""


def moment(value: Any) -> str:
    """Return a time as the page writes it."""
    return moment_of(value) if value else "—"


# --- The tree, as they see it -----------------------------------------------------------------------


def _tree(asked: Asked) -> list[Table]:
    """Return their courses, and of one of them every step: what is done, open, locked and why."""
    person = asked.person
    with scope_entered(person.own_scope):
        courses = list_courses(user=person, limit=_MOST_COURSES, offset=0)["rows"]
        tables = [_courses_table(asked, courses)]
        if about := asked.query.get("step"):
            tables.insert(0, _why_table(person, about))
        if text := asked.query.get("find", "").replace("\0", "").strip()[:MOST_SOUGHT]:
            tables.insert(0, found_steps(asked, text))
        if (chosen := _chosen(asked, courses)) is not None:
            found = path_of(person, chosen)
            tables += [_steps_table(asked, found, sub_course) for sub_course in found["sub_courses"]]
    return tables


def path_of(person: User, course_id: int) -> dict[str, Any]:
    """Return a course as ``person`` meets it, from what is sent to them; in their own scope.

    Raises:
        NotFoundError: no such course for them.
    """
    course = path.find_course(user=person, course_id=course_id, with_states=True)
    found: dict[str, Any] = orjson.loads(path.build_path(user=person, course=course))
    return found


def _courses_table(asked: Asked, courses: list[dict[str, Any]]) -> Table:
    page = reverse("admin:accounts_user_person", args=[asked.person.pk])
    rows = []
    for row in courses:
        step = row["continue_at"]
        done = _("%(done)d of %(total)d") % {"done": row["completed"], "total": row["total"]}
        waived = _("and %(n)d waived") % {"n": row["waived"]} if row["waived"] else ""
        rows.append(
            (
                Cell(row["title"], url=f"{page}?course={row['id']}#tree"),
                Cell(done, note=waived),
                step["title"] if step else _("nothing left to do"),
                moment(row["last_activity_at"]),
            )
        )
    return Table(
        caption=_("Courses"),
        columns=(_("Course"), _("Completed"), _("Next"), _("Last completed")),
        rows=rows,
        empty=_("There is no published course for them."),
    )


def _chosen(asked: Asked, courses: list[dict[str, Any]]) -> int | None:
    """Return the course to show: the one asked for, else where they were last, else the first."""
    ids = [row["id"] for row in courses]
    wanted = asked.query.get("course", "")
    if wanted.isdecimal() and int(wanted) in ids:
        return int(wanted)
    begun = [row for row in courses if row["last_activity_at"]]
    if begun:
        return int(max(begun, key=lambda row: row["last_activity_at"])["id"])
    return ids[0] if ids else None


def _steps_table(asked: Asked, course: dict[str, Any], sub_course: dict[str, Any]) -> Table:
    rows = []
    for level in levels.steps():
        to_do: list[str] = []
        for step in sub_course[level.field_name]:
            about = f"{level.step}:{step['id']}"
            rows.append(
                (
                    level.one,
                    Cell(step["title"], url=f"?course={course['id']}&step={about}#tree"),
                    _state(step, to_do, _acts_on(step, about)),
                )
            )
            if step["status"] == "PUBLISHED" and not (step["is_completed"] or step["is_waived"]):
                to_do.append(step["title"])
    counts = {"done": sub_course["completed"], "total": sub_course["total"], "waived": sub_course["waived"]}
    return Table(
        caption=f"{course['title']} › {sub_course['title']} ({sub_course['sub_level']})",
        columns=(_("Step"), _("Title"), _("For them it is")),
        rows=rows,
        empty=_("There is nothing in it."),
        note=_("%(done)d of %(total)d completed, %(waived)d waived.") % counts,
    )


def _state(step: dict[str, Any], to_do: list[str], acts: tuple[tuple[str, str], ...]) -> Cell:
    if step["is_completed"]:
        return Cell(_("completed"), "good", acts=acts)
    if step["is_waived"]:
        return Cell(_("waived"), "good", acts=acts)
    if step["is_locked"]:
        names = ", ".join(f"“{title}”" for title in to_do[:_NAMED])
        more = len(to_do) - _NAMED
        note = _("still to do before it: %(steps)s") % {"steps": names}
        if more > 0:
            note = f"{note} {_('and %(n)d more') % {'n': more}}"
        return Cell(_("locked"), "bad", note, acts=acts)
    until = parse_datetime(step["unlocked_until"] or "")
    note = _("unlocked until %(time)s") % {"time": moment(until)} if until else ""
    return Cell(_("open"), "", note, acts=acts)


def _acts_on(step: dict[str, Any], about: str) -> tuple[tuple[str, str], ...]:
    """Return what could be done about a step in its present state."""
    if step["status"] != "PUBLISHED":
        return ()
    names = [Act.UNDO] if step["is_completed"] else [Act.COMPLETE]
    if not step["is_completed"]:
        names.append(Act.UNWAIVE if step["is_waived"] else Act.WAIVE)
    if step["unlocked_until"]:
        names.append(Act.LOCK)
    elif step["is_locked"]:
        names.append(Act.UNLOCK)
    return tuple((f"step-{name}", about) for name in names)


def _why_table(person: User, about: str) -> Table:
    try:
        step, pk = named(about)
        told: StepExplanation = explain_step(person=person, level=step.level, step_id=pk)
    except DomainError as refusal:
        return Table(caption=about[:50], columns=(), rows=(), empty=refusal.detail)
    answer = _("“%(step)s” is open to them") if told.allowed else _("“%(step)s” is not open to them")
    return Table(
        caption=answer % {"step": told.title},
        columns=(_("Looked at"), _("Speaks for"), _("Found")),
        rows=[
            (
                Cell(CHECKS[link.check], note=SEQUENCE if link.check == "sequence" else ""),
                Cell(_("yes"), "good") if link.holds else Cell(_("no"), "bad"),
                # What is locked can be mended here, also where it stands in another course than is shown.
                Cell(link.detail, acts=_mends(link.check, about, holds=link.holds)),
            )
            for link in told.chain
        ],
    )


def _mends(check: str, about: str, *, holds: bool) -> tuple[tuple[str, str], ...]:
    acts = (Act.UNLOCK, Act.COMPLETE, Act.WAIVE) if check == "sequence" and not holds else ()
    return tuple((f"step-{act}", about) for act in acts)


def named(about: str) -> tuple[Step, int]:
    """Return the kind and the id of a step that an address names, as ``video:7``.

    Raises:
        NotFoundError: it names none.
    """
    kind, _separator, pk = about.partition(":")
    if not (pk.isdecimal() and pk.isascii() and len(pk) <= 18):
        raise NotFoundError
    try:
        return step_named(kind), int(pk)
    except InvalidError as error:
        raise NotFoundError from error


# --- What was decided -------------------------------------------------------------------------------


def _exceptions(asked: Asked) -> list[Table]:
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
            return _("It was so already.")
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
            "It is so already for %(n)d learner of the class.",
            "It is so already for %(n)d learners of the class.",
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

# --- What they did last -----------------------------------------------------------------------------


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
    "tree": Section(_("The tree, as they see it"), (COMPLETIONS_LIST,), _tree, rank=30, form=step_form),
    "exceptions": Section(_("Exceptions made for them"), (EXCEPTIONS_LIST,), _exceptions, rank=35),
}
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
