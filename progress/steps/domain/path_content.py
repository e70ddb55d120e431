"""What of a learning path is the same for everybody: rendered once, and kept while its version is the same.

The version is read from the database with each request and changes with every change to a row of the course,
by whomever and in whichever way (``progress.steps.domain.path``): what is kept is never shown once it is out
of date.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

import orjson

from learning.tree.domain.ordering import version_of
from progress.steps.completions import Step, all_steps
from tenancy.sql import prepared_cursor

_SUB_COURSE_COLUMNS: Final = (
    "id",
    "course_id",
    "title",
    "description",
    "level",
    "sub_level",
    "display_order",
    "status",
)
_ASSESSMENT_COLUMNS: Final = ("id", "title", "description", "status", "pass_mark")
_STEP_COLUMNS: Final = ("id", "title", "description", "display_order", "status")

_SUB_COURSES: Final = f"""
    SELECT {", ".join(f"s.{column}" for column in _SUB_COURSE_COLUMNS)},
        {", ".join(f"a.{column}" for column in _ASSESSMENT_COLUMNS)}
    FROM sub_courses s
    LEFT JOIN question_sets a
        ON a.owner_id = s.id AND a.set_type = 'INITIAL_ASSESSMENT' AND a.deleted IS NULL
    WHERE s.course_id = %(id)s AND s.deleted IS NULL
    ORDER BY s.display_order, s.id
"""

HELD: Final = 32 * 1024 * 1024
"""How many bytes a process keeps of all paths together."""


def _columns(step: Step) -> tuple[str, ...]:
    """Return what is told of each step of a level."""
    return (*_STEP_COLUMNS, *step.level.path_fields)


@cache
def _steps_sql(step: Step) -> str:
    level = step.level
    return f"""
        SELECT i.{level.parent_column}, {", ".join(f"i.{column}" for column in _columns(step))}
        FROM {level.table} i JOIN sub_courses s ON s.id = i.{level.parent_column}
        WHERE s.course_id = %(id)s AND s.deleted IS NULL AND {level.live("i")}
        ORDER BY i.display_order, i.id
    """


@dataclass(frozen=True, slots=True)
class StepList:
    """The steps of one level in a sub-course.

    Attributes:
        opening: JSON up to the first step.
        steps: id and JSON of each that is shown, but for its end, where the learner's state stands.
        published: the ids of those that count.
    """

    kind: str
    opening: bytes
    steps: list[tuple[int, bytes]]
    published: frozenset[int]


@dataclass(frozen=True, slots=True)
class PathContent:
    """A course as JSON, in pieces that a learner's state is put between.

    Attributes:
        opening: up to the first sub-course.
        sub_courses: for each its own fields, what follows the number of completed steps, and its lists.
    """

    version: tuple[Any, ...]
    opening: bytes
    sub_courses: list[tuple[bytes, bytes, list[StepList]]]

    def as_met(self, states: Mapping[str, "States"]) -> bytes:
        """Return the path of someone for whom the steps are in these states, by kind."""
        shown = []
        for fields, rest, lists in self.sub_courses:
            done = sum(len(one.published & states[one.kind].completed) for one in lists)
            waived = sum(len(one.published & states[one.kind].only_waived) for one in lists)
            told = [one.opening + b",".join(states[one.kind].told(one.steps)) for one in lists]
            counts = b'"completed":%d,"waived":%d' % (done, waived)
            shown.append(b"%b,%b,%b%b]}" % (fields, counts, rest, b"],".join(told)))
        return b'%b"sub_courses":[%b]}' % (self.opening, b",".join(shown))

    @property
    def size(self) -> int:
        """About how many bytes this takes."""
        lists = [one for _fields, _rest, lists in self.sub_courses for one in lists]
        return 1000 + sum(150 + len(step) for one in lists for _pk, step in one.steps)


@dataclass(frozen=True, slots=True)
class States:
    """The steps of one level for one learner, by their ids.

    Attributes:
        unlocked: until when, for those that are open whatever comes before them.
    """

    completed: frozenset[int]
    locked: frozenset[int]
    waived: frozenset[int]
    unlocked: Mapping[int, datetime]

    @classmethod
    def of(cls, *columns: list[Any] | None) -> "States":
        """Return what arrays of the database say: completed, locked, waived, unlocked, and until when."""
        completed, locked, waived, unlocked, until = (column or () for column in columns)
        return cls(
            frozenset(completed),
            frozenset(locked),
            frozenset(waived),
            dict(zip(unlocked, until, strict=True)),
        )

    @property
    def only_waived(self) -> frozenset[int]:
        """Those that are waived and not completed."""
        return self.waived - self.completed

    def told(self, steps: list[tuple[int, bytes]]) -> list[bytes]:
        """Return steps as JSON."""
        completed, locked = self.completed, self.locked
        if not self.waived and not self.unlocked:  # as for nearly everybody
            return [step + _STATE[pk in completed, pk in locked] for pk, step in steps]
        return [
            step + _end(pk in completed, pk in locked, pk in self.waived, self.unlocked.get(pk))
            for pk, step in steps
        ]


def _end(is_completed: bool, is_locked: bool, is_waived: bool, unlocked_until: datetime | None) -> bytes:
    state = {
        "is_completed": is_completed,
        "is_locked": is_locked,
        "is_waived": is_waived,
        "unlocked_until": unlocked_until,
    }
    return b"," + orjson.dumps(state, option=orjson.OPT_UTC_Z).removeprefix(b"{")


_STATE: Final = {
    (is_completed, is_locked): _end(is_completed, is_locked, False, None)
    for is_completed in (False, True)
    for is_locked in (False, True)
}

_kept: Final[dict[tuple[int, bool], PathContent]] = {}


def path_content(course: dict[str, Any], *, version: tuple[Any, ...], sees_drafts: bool) -> PathContent:
    """Return the content of a course in its present version; no statement if it is kept, else few.

    Args:
        course: its fields.
        sees_drafts: whether for staff; learners see what is published.
    """
    key = (course["id"], sees_drafts)
    content = _kept.get(key)
    if content is None or content.version != version:
        content = _render(course, version, sees_drafts=sees_drafts)
        if content.size + sum(one.size for one in list(_kept.values())) > HELD:
            _kept.clear()
        _kept[key] = content
    return content


def _render(course: dict[str, Any], version: tuple[Any, ...], *, sees_drafts: bool) -> PathContent:
    by_parent: dict[tuple[int, Step], list[tuple[Any, ...]]] = {}
    with prepared_cursor() as cursor:
        cursor.execute(_SUB_COURSES, course)
        sub_courses = cursor.fetchall()
        for step in all_steps():
            cursor.execute(_steps_sql(step), course)
            for parent, *fields in cursor.fetchall():
                by_parent.setdefault((parent, step), []).append(tuple(fields))
    status = _SUB_COURSE_COLUMNS.index("status")
    shown = [row for row in sub_courses if sees_drafts or row[status] == "PUBLISHED"]
    return PathContent(
        version,
        _opened({**_with_switch(course), "sub_courses_version": version_of(row[0] for row in sub_courses)})
        + b",",
        [_sub_course(row, by_parent, sees_drafts=sees_drafts) for row in shown],
    )


def _sub_course(
    row: tuple[Any, ...],
    by_parent: Mapping[tuple[int, Step], list[tuple[Any, ...]]],
    *,
    sees_drafts: bool,
) -> tuple[bytes, bytes, list[StepList]]:
    end = len(_SUB_COURSE_COLUMNS)
    lists = [
        _step_list(step, by_parent.get((row[0], step), []), sees_drafts=sees_drafts) for step in all_steps()
    ]
    rest = {
        "total": sum(len(one.published) for one in lists),
        "entry_assessment": _assessment(row[end:], sees_drafts=sees_drafts),
    }
    fields = dict(zip(_SUB_COURSE_COLUMNS, row[:end], strict=True))
    return _opened(_with_switch(fields)), _opened(rest).removeprefix(b"{") + b",", lists


def _with_switch(fields: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of a row that holds others, with the older word for its status."""
    return {**fields, "is_active": fields["status"] == "PUBLISHED"}


def _step_list(step: Step, rows: list[tuple[Any, ...]], *, sees_drafts: bool) -> StepList:
    name = step.level.field_name
    steps = [dict(zip(_columns(step), row, strict=True)) for row in rows]
    published = frozenset(one["id"] for one in steps if one["status"] == "PUBLISHED")
    return StepList(
        kind=step.name,
        opening=b'"%b_version":"%b","%b":['
        % (name.encode(), version_of(one["id"] for one in steps).encode(), name.encode()),
        steps=[(one["id"], _opened(one)) for one in steps if sees_drafts or one["id"] in published],
        published=published,
    )


def _assessment(row: tuple[Any, ...], *, sees_drafts: bool) -> dict[str, Any] | None:
    fields = dict(zip(_ASSESSMENT_COLUMNS, row, strict=True))
    shown = fields["id"] is not None and (sees_drafts or fields["status"] == "PUBLISHED")
    return fields if shown else None


def _opened(fields: dict[str, Any]) -> bytes:
    """Return an object as JSON without its end, for more to follow."""
    return orjson.dumps(fields).removesuffix(b"}")
