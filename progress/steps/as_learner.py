"""A learner's courses, one path and one step, read as they read them, by somebody who answers for them.

Everything is asked of the functions that answer the learner, in the learner's own scope. Nothing can be done
here, and every look is logged.
"""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people.person_page.contributions import Asked, Cell, Section, Table
from learning.tree import levels
from learning.tree.domain.levels import VIDEOS
from progress.steps.domain.courses import list_courses
from progress.steps.domain.sequence import check_open, open_video
from progress.steps.person_page.tree import named, path_of
from quizzes.models import Question
from quizzes.sets.domain.siblings import PRACTICES
from tenancy.errors import DomainError, NotFoundError
from tenancy.scope import scope_entered

_MOST_COURSES: Final = 100


def _look(asked: Asked) -> list[Table]:
    with scope_entered(asked.person.own_scope):
        try:
            if step := asked.query.get("step"):
                return [_step(asked.person, step)]
            if course := asked.query.get("course"):
                return _path(asked.person, course)
        except DomainError as refusal:
            return [Table(columns=(), rows=(), empty=refusal.detail, note=_still_to_do(refusal))]
        return [_courses(asked.person)]


def _still_to_do(refusal: DomainError) -> str:
    blocking = (refusal.meta or {}).get("blocking", ())
    return ", ".join(step["title"] for step in blocking)


def _courses(person: User) -> Table:
    rows = list_courses(user=person, limit=_MOST_COURSES, offset=0)["rows"]
    return Table(
        columns=(_("Course"), _("Completed"), _("Next")),
        rows=[
            (
                Cell(row["title"], url=f"?course={row['id']}"),
                _("%(done)d of %(total)d") % {"done": row["completed"], "total": row["total"]},
                row["continue_at"]["title"] if row["continue_at"] else "—",
            )
            for row in rows
        ],
    )


def _path(person: User, course: str) -> list[Table]:
    if not (course.isdecimal() and course.isascii() and len(course) <= 18):
        raise NotFoundError
    found = path_of(person, int(course))
    return [
        Table(
            caption=f"{found['title']} › {sub_course['title']}",
            columns=(_("Step"), _("Title"), _("Completed"), _("Locked")),
            rows=[
                (
                    level.one,
                    Cell(step["title"], url=f"?step={level.step}:{step['id']}"),
                    _yes_no(step["is_completed"]),
                    _yes_no(step["is_locked"]),
                )
                for level in levels.steps()
                for step in sub_course[level.field_name]
            ],
        )
        for sub_course in found["sub_courses"]
    ]


def _yes_no(value: bool) -> Any:
    return _("yes") if value else _("no")


def _step(person: User, about: str) -> Table:
    step, pk = named(about)
    if step.level is VIDEOS:
        fields = open_video(user=person, video_id=pk)
        rows: list[Any] = [
            (_("Title"), fields["title"]),
            (_("Description"), fields["description"]),
            (_("Link"), fields["video_url"]),
        ]
        return Table(columns=(_("What"), _("Content")), rows=rows)
    check_open(user=person, level=step.level, step_id=pk)
    if step.level is not PRACTICES:
        return Table(columns=(), rows=(), empty=_("It is open to them."))
    questions = Question.objects.filter(question_set=pk).in_order().prefetch_related("options")
    return Table(
        columns=(_("Question"), _("Options")),
        rows=[(one.text, " · ".join(option.text for option in one.options.all())) for one in questions],
    )


VIEW_AS: Final = "learners.view_as"
SECTIONS: Final = {
    "as-learner": Section(
        _("View as this learner"), (VIEW_AS,), _look, rank=90, logged=_("Viewed as this learner")
    ),
}
