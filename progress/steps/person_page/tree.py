"""The tree, as a person sees it: what is done, open, locked and why."""

from typing import Any, Final

import orjson
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people.person_page.contributions import Asked, Cell, Table
from learning.tree import levels
from progress.steps.completions import Step
from progress.steps.domain import path
from progress.steps.domain.courses import list_courses
from progress.steps.domain.exceptions import Act, step_named
from progress.steps.domain.explaining import CHECKS, SEQUENCE, StepExplanation, explain_step
from progress.steps.finding import found_steps
from tenancy.errors import DomainError, InvalidError, NotFoundError
from tenancy.scope import scope_entered
from tenancy.zones import moment_of

_MOST_COURSES: Final = 100
_NAMED: Final = 3
MOST_SOUGHT: Final = 200
"""Letters of a title."""


def moment(value: Any) -> str:
    """Return a time as the page writes it."""
    return moment_of(value) if value else "—"


def tree_of(asked: Asked) -> list[Table]:
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
