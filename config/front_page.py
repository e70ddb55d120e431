"""What the admin's front page offers: the work of this person, what they most likely want next, and may do.

Every number is counted through the scoped managers. Whatever there is, the page asks three statements: one
for all the numbers, and two for what the person changed last; and one for each piece of their work.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.admin.utils import model_ngettext
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Left
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people.waiting import NAME_OF_PERSON
from learning.models import Course, CourseCategory, SubCourse, Tcode
from learning.tree.levels import levels, steps
from quizzes.models import Question
from tenancy.front_page.rows import Found, Rows, ask
from tenancy.front_page.today import Seen, work_of
from tenancy.front_page.waiting import Item, Link, admin_url, all_waiting
from tenancy.lists import Number
from tenancy.models import Organization, School
from tenancy.scope import PLATFORM_ID, EveryOrganization, current_scope

LAST_CHANGES: Final = 5
LOOKED_AT: Final = 50
"""How many entries of someone's own log are looked through for rows that can still be reached."""
DELETED_WITHIN: Final = timedelta(days=30)

_REORDER_KEYS: Final = [level.reorder_key for level in levels()]


class ChangedKind(NamedTuple):
    """What can be changed here: the beginning of its keys, and what a row is called."""

    model: type[Any]
    resource: str
    label: Combinable = F("title")


_KINDS: Final = (
    *(ChangedKind(level.model, level.resource) for level in levels()),
    ChangedKind(Tcode, "tcodes"),
    ChangedKind(Question, "questions", Left("text", 80)),
    ChangedKind(User, "users", NAME_OF_PERSON),
)
_WRITING_KEYS: Final = [
    *_REORDER_KEYS,
    *(f"{kind.resource}.{verb}" for kind in _KINDS for verb in ("create", "update", "delete")),
]


class StepToTake(NamedTuple):
    """One of the first things to do in an empty organization."""

    link: Link
    note: Any
    done: bool


class FirstStep(NamedTuple):
    """A step, and what tells that it was taken: a row of one of ``rows``.

    Attributes:
        key: the permission that it takes.
        url: where it is taken.
        follows: whether it takes what the step before has made.
        of_tree: whether it is about content, which the platform has too.
    """

    key: str
    text: Any
    note: Any
    rows: Mapping[str, Callable[[], "QuerySet[Any, Any]"]]
    url: Callable[[User], str]
    follows: bool = False
    of_tree: bool = False


def _of_tree(key: str, text: Any, note: Any, *models: type[Any], follows: bool = True) -> FirstStep:
    """Return the step of adding a row of one of ``models``, the first of which is offered."""
    rows = {f"there is a {model._meta.model_name}": partial(_rows_of, model) for model in models}
    return FirstStep(key, text, note, rows, lambda _user: admin_url(models[0], "add"), follows, of_tree=True)


def _rows_of(model: type[Any]) -> "QuerySet[Any, Any]":
    # Entry assessments come by themselves: they show nothing of what somebody did.
    level = next(level for level in levels() if level.model is model)
    return level.rows().writable()


def _staff(**role: Any) -> "QuerySet[Any, Any]":
    return User.objects.filter(is_active=True, **role)


def _set_up_url(user: User) -> str:
    """Return where all of it is done at once, or the form of a school for who may only add places."""
    whole = all(user.holds(key) for key in ("places.create", "users.create", "users.update"))
    return admin_url(Organization, "set_up") if whole else admin_url(School, "add")


_FIRST_STEPS: Final = (
    FirstStep(
        "places.create",
        _("Add a school"),
        _("Where people belong; campuses and classrooms lie in it."),
        {"there is a place": lambda: School.objects.filter(archived_at=None)},
        _set_up_url,
    ),
    FirstStep(
        "users.create",
        _("Choose an administrator"),
        _("Someone of the organization who adds people and content."),
        {"there is an administrator": lambda: _staff(role__name="ADMIN")},
        _set_up_url,
    ),
    FirstStep(
        "users.create",
        _("Add people"),
        _("Staff and learners; a file takes many at once."),
        {"there are people": lambda: User.objects.exclude(role__name="ADMIN")},
        lambda _user: admin_url(User, "add"),
    ),
    _of_tree(
        "course_categories.create",
        _("Add a category"),
        _("A subject: the top of the tree."),
        CourseCategory,
        follows=False,
    ),
    _of_tree("courses.create", _("Add a course"), _("What learners choose from a category."), Course),
    _of_tree(
        "subcourses.create",
        _("Add a sub-course"),
        _("A part of a course at one level. Its entry assessment is created automatically."),
        SubCourse,
    ),
    _of_tree(
        "videos.create",
        _("Add videos and practices"),
        _("The steps that learners take, one after the other."),
        *(level.model for level in steps()),
    ),
)
_TREE_BEGINS: Final = "there is a coursecategory"


class OwnChange(NamedTuple):
    """Something the person changed, and when."""

    link: Link
    kind: str
    at: datetime

    @property
    def ago(self) -> str:
        """How long ago that was, in words."""
        if timezone.now() - self.at < timedelta(minutes=1):
            return gettext("just now")
        return gettext("%(time)s ago") % {"time": timesince(self.at, depth=1)}


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The contents of the front page.

    Attributes:
        work: what their work is about, contributed by the apps.
        tree: the page of the tree, if the person may open it and has one.
        may_act: whether they may change anything; others only look.
        steps: the first steps, while one is left.
        changes: what they changed last and can still reach, the latest first.
        to_do: what waits for them.
        to_know: what else there is.
    """

    work: list[Seen]
    tree: Link | None
    may_act: bool
    steps: list[StepToTake]
    changes: list[OwnChange]
    to_do: list[Item]
    to_know: list[Item]


def front_page(request: HttpRequest) -> FrontPage:
    """Return what to offer to the signed-in person, in the scope they act in.

    At most three statements, and one for each piece of their work.
    """
    user: Any = request.user
    found = ask(dict(_questions(user)))
    steps = _steps(user, found)
    return FrontPage(
        work=work_of(user),
        tree=None if steps and _TREE_BEGINS not in found else _tree(user),
        may_act=any(user.holds(key) for key in _WRITING_KEYS),
        steps=steps,
        changes=_last_changes(user),
        to_do=[waiting.item(found[name]) for name, waiting in all_waiting().items() if name in found],
        to_know=[*_deleted(found), *_shared(found)],
    )


def _questions(user: User) -> Iterator[tuple[str, Rows]]:
    """Yield what there is to ask for this person, by name."""
    for name, waiting in all_waiting().items():
        if all(user.holds(key) for key in waiting.keys):
            yield name, waiting.rows()
    if any(user.holds(step.key) for step in _first_steps()):
        for step in _first_steps():
            for name, rows in step.rows.items():
                yield name, Rows(rows(), Value(""), shown=1, counted=False)
    recently = {"deleted__gte": timezone.now() - DELETED_WITHIN, "deleted_by_cascade": False}
    for kind in _KINDS:
        if user.holds(f"{kind.resource}.delete"):
            rows = kind.model.deleted_objects.writable().filter(**recently)
            yield _deleted_of(kind), Rows(rows, kind.label, shown=1)
    scope = current_scope()
    if not isinstance(scope, EveryOrganization) and not scope.is_platform and user.holds("courses.list"):
        yield "shared_courses", Rows(Course.objects.filter(organization=PLATFORM_ID), shown=1)


def _first_steps() -> list[FirstStep]:
    """Return the steps of where one acts: the platform has no places, and all organizations no first one."""
    scope = current_scope()
    whole = not isinstance(scope, EveryOrganization) and not scope.is_platform
    return [step for step in _FIRST_STEPS if whole or step.of_tree]


def _tree(user: User) -> Link | None:
    if not user.holds("learning_tree.get"):
        return None
    orders = any(user.holds(key) for key in _REORDER_KEYS)
    text = gettext("Put the tree in order") if orders else gettext("Look at the tree")
    return Link(text, reverse("admin:ordering"))


def _steps(user: User, found: dict[str, Found]) -> list[StepToTake]:
    """Return the first steps this person may take; none when all are taken. Some lead on to the next."""
    done = [any(name in found for name in step.rows) for step in _first_steps()]
    made = [
        StepToTake(
            Link(step.text, step.url(user) if (before or not step.follows) and not taken else ""),
            step.note,
            taken,
        )
        for step, before, taken in zip(_first_steps(), [True, *done], done, strict=False)
        if user.holds(step.key)
    ]
    return made if not all(step.done for step in made) else []


def _last_changes(user: User) -> list[OwnChange]:
    """Return what the person changed last and can still reach and change, by its name of today.

    Their log keeps the names of the day, of whichever organization they were in: only its ids are read.
    """
    kinds = {kind.model._meta.label_lower: kind for kind in _KINDS if user.holds(f"{kind.resource}.update")}
    log = LogEntry.objects.filter(user=user.pk, action_flag__in=[ADDITION, CHANGE]).order_by("-pk")
    changed_at: dict[tuple[str, str], datetime] = {}
    fields = ("content_type__app_label", "content_type__model", "object_id", "action_time")
    for app_label, model_name, key, at in log.values_list(*fields)[:LOOKED_AT]:
        changed_at.setdefault((f"{app_label}.{model_name}", key), at)
    questions = {}
    for name, kind in kinds.items():
        if keys := [key for model, key in changed_at if model == name]:
            rows = kind.model.objects.writable().filter(pk__in=keys)
            questions[name] = Rows(rows, kind.label, shown=LOOKED_AT, counted=False)
    changes = [
        OwnChange(
            Link(label, admin_url(kinds[name].model, "change", key)),
            capfirst(kinds[name].model._meta.verbose_name),
            changed_at[name, key],
        )
        for name, answer in ask(questions).items()
        for key, label in answer.rows
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)[:LAST_CHANGES]


def _deleted_of(kind: ChangedKind) -> str:
    return f"deleted {kind.resource}"


def _deleted(found: dict[str, Found]) -> Iterator[Item]:
    counts = [(kind.model, found[_deleted_of(kind)].total) for kind in _KINDS if _deleted_of(kind) in found]
    if counts:
        n = Number(sum(number for _model, number in counts))
        text = ngettext(
            "%(n)s item was deleted in the last %(days)d days",
            "%(n)s items were deleted in the last %(days)d days",
            n,
        )
        links = [
            Link(
                f"{number} {model_ngettext(model._meta, number)}",
                admin_url(model, "changelist", deleted="yes"),
            )
            for model, number in counts
        ]
        link = Link(text % {"n": n, "days": DELETED_WITHIN.days})
        yield Item(link, gettext("They can be restored:"), links)


def _shared(found: dict[str, Found]) -> Iterator[Item]:
    if "shared_courses" in found:
        n = found["shared_courses"].total
        text = ngettext(
            "%(n)s course is shared with every organization",
            "%(n)s courses are shared with every organization",
            n,
        )
        url = admin_url(Course, "changelist", organization=PLATFORM_ID)
        note = gettext("Your learners can use shared content; only the platform can change it.")
        yield Item(Link(text % {"n": n}, url), note)
