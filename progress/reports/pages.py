"""The page of learning progress in the admin: how far learners of a place are with a course, who is stuck."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from learning.models import Course
from progress.reports.domain.learning import (
    MOST_STUCK_DAYS,
    STUCK_DAYS,
    Figures,
    FunnelStep,
    Learner,
    LearnerState,
    WantedLearners,
    count_learners,
    find_course,
    iterate_learners,
    list_learners,
    read_figures,
)
from progress.reports.keys import REPORT
from quizzes.safety.report_page.places import place_asked_for, way_to
from tenancy.admin.formats import CSV, XLSX
from tenancy.admin.pages import check_key, render_page
from tenancy.errors import ConflictError, DomainError, InvalidError, NotFoundError
from tenancy.lists import MOST_LISTED, Number, last_page
from tenancy.models import NODE_MODELS
from tenancy.scope import PLATFORM_ID, ActiveScope, Level, Scope, scope_entered

PAGE_SIZE: Final = 50
MOST_IN_A_FILE: Final = 20_000
"""Learners; what each has completed is looked up."""
MOST_COURSES: Final = 200
_WRITERS: Final[dict[str, Any]] = {"csv": CSV, "xlsx": XLSX}
WORDS: Final = (
    (_lazy("step"), _lazy("A video or a practice. Learners do those of a sub-course one after the other.")),
    (_lazy("not started"), _lazy("Has not completed a step of this course.")),
    (_lazy("in progress"), _lazy("Has completed a step of it lately, and has some left to do.")),
    (
        _lazy("stuck"),
        _lazy("Has begun, and has then completed nothing for as many days as are chosen above."),
    ),
    (_lazy("finished"), _lazy("Has nothing left to do: every step is completed or waived.")),
    (_lazy("here now"), _lazy("It is the step that so many learners have to do next.")),
    (
        _lazy("waived"),
        _lazy(
            "Staff decided that the learner need not do the step. It holds nothing up, and is not completed."
        ),
    ),
)
COLUMNS: Final = ["name", "email", "class", "state", "completed", "waived", "last_completed", "next_step"]


@dataclass(frozen=True, slots=True)
class AskedLearning:
    """What an address of the page asks for; the page's links are such addresses."""

    course: int = 0
    scope: str = ""
    state: str = ""
    search: str = ""
    days: int = STUCK_DAYS
    page: int = 1

    @classmethod
    def read(cls, request: HttpRequest) -> Self:
        """Read the query of an address.

        Raises:
            InvalidError: naming the parameter that cannot be meant.
        """
        sent = request.GET
        state, search = sent.get("state", ""), sent.get("q", "").strip()
        if state and state not in [*LearnerState]:
            raise InvalidError(_("There is no such state."), attr="state")
        if "\0" in search or len(search) > 200:
            raise InvalidError(_("Nobody matches that."), attr="q")
        return cls(
            _number(sent.get("course", "0"), "course", least=0, most=2**63 - 1),
            sent.get("scope", ""),
            state,
            search,
            _number(sent.get("days", str(STUCK_DAYS)), "days", least=1, most=MOST_STUCK_DAYS),
            _page_number(sent.get("page", "1")),
        )

    @property
    def address(self) -> str:
        """The address that asks for this."""
        named = {
            "course": self.course or "",
            "scope": self.scope,
            "state": self.state,
            "q": self.search,
            "days": "" if self.days == STUCK_DAYS else self.days,
            "page": "" if self.page == 1 else self.page,
        }
        query = urlencode({name: value for name, value in named.items() if value})
        return f"{reverse('admin:learning_report')}?{query}"

    def but(self, **changes: Any) -> Self:
        """Return the same with something changed, from the first page on."""
        return replace(self, **{"page": 1, **changes})


def _number(sent: str, name: str, *, least: int, most: int) -> int:
    if not (sent.isascii() and sent.isdigit() and len(sent) < 20 and least <= int(sent) <= most):
        raise InvalidError(_("This number is out of range."), attr=name)
    return int(sent)


def _page_number(sent: str) -> int:
    try:
        return _number(sent, "page", least=1, most=last_page(MOST_LISTED, PAGE_SIZE))
    except InvalidError as error:
        told = _("There is no such page: the list leads to its first %(most)s people.")
        raise InvalidError(told % {"most": f"{MOST_LISTED:,}"}, attr="page") from error


def urls(admin_view: Callable[..., Any]) -> list[URLPattern]:
    """Return the route; strangers are sent to the login."""
    return [path("learning-report/", admin_view(learning_report), name="learning_report")]


@require_safe
def learning_report(request: HttpRequest) -> HttpResponseBase:
    """Show the report, or give what its list shows as a file."""
    check_key(request, REPORT)
    try:
        asked = AskedLearning.read(request)
        place = place_asked_for(asked.scope)
        courses = list(_courses())
        if not asked.course and courses:
            asked = asked.but(course=_first_of(courses).pk)
        context = {"title": _("Learning progress"), "courses": courses, "asked": asked}
        if not asked.course:
            return render_page(request, "admin/learning_report/page.html", context)
        course = find_course(asked.course)
        wanted = WantedLearners(
            course.id, asked.days, LearnerState(asked.state) if asked.state else None, asked.search
        )
        if request.GET.get("format"):
            with scope_entered(place):
                return _file(wanted, request.GET["format"])
        user: Any = request.user
        context |= {
            "course": course,
            "may_open": user.holds("users.list"),
            **_page(asked, wanted, place),
        }
        return render_page(request, "admin/learning_report/page.html", context)
    except NotFoundError as error:
        raise Http404 from error
    except DomainError as refusal:
        messages.error(request, str(refusal.detail))
        return HttpResponseRedirect(reverse("admin:learning_report"))


def _courses() -> Any:
    shown: Any = Course.objects.shown_to_learners()
    return shown.order_by("category__display_order", "category_id", "display_order", "pk")[:MOST_COURSES]


def _first_of(courses: Sequence[Course]) -> Course:
    """Return the course to begin with: one of the organization's own, before what is shared with all."""
    return next((course for course in courses if course.organization_id != PLATFORM_ID), courses[0])


def _page(asked: AskedLearning, wanted: WantedLearners, place: ActiveScope) -> dict[str, Any]:
    with scope_entered(place):
        figures, steps = read_figures(wanted)
        try:
            number, people = list_learners(wanted, limit=PAGE_SIZE, offset=(asked.page - 1) * PAGE_SIZE)
            refused = ""
        except InvalidError as refusal:
            number, people, refused = Number(0), [], str(refusal.detail)
    return {
        "way": [(crumb.name, asked.but(scope=crumb.scope).address) for crumb in way_to(place)],
        "below": [(name, asked.but(scope=scope).address) for name, scope in _places_below(place)],
        "figures": figures,
        "states": [
            (state, state.label, _told(getattr(figures, state), figures), asked.but(state=state).address)
            for state in LearnerState
        ],
        "everyone": asked.but(state="").address,
        "steps": [_bar(step, figures) for step in steps],
        "people": [(person, _address_of(person)) for person in people],
        "number": number,
        "refused": refused,
        "page_links": _page_links(asked, number),
        "formats": [(writer.label, f"{asked.address}&format={name}") for name, writer in _WRITERS.items()],
        "most_days": MOST_STUCK_DAYS,
        "words": WORDS,
    }


def _places_below(place: ActiveScope) -> Sequence[tuple[str, str]]:
    """Return the places one level below. At most one statement."""
    levels = list(Level)
    if not isinstance(place, Scope):
        level, rows = Level.ORGANIZATION, NODE_MODELS[Level.ORGANIZATION].objects.all()
    elif place.level is levels[-1]:
        return []
    else:
        level = levels[levels.index(place.level) + 1]
        rows = NODE_MODELS[level].objects.in_use().filter(**{place.level: place.node_id})
    named = rows.order_by("sort_name", "pk").values_list("name", "pk")[:MOST_COURSES]
    return [(name, f"{level}:{pk}") for name, pk in named]


@dataclass(frozen=True, slots=True)
class Bar:
    """A step with how wide its parts are drawn, of 100."""

    step: FunnelStep
    done: float
    here: float


def _bar(step: FunnelStep, figures: Figures) -> Bar:
    whole = figures.counted or 1
    return Bar(step, round(100 * step.done / whole, 1), round(100 * step.here / whole, 1))


def _told(number: int, figures: Figures) -> str:
    """Return how many learners; of a sample which share, since beside all of them its numbers mislead."""
    return str(number) if figures.counted == figures.learners else f"{round(100 * number / figures.counted)}%"


def _address_of(person: Learner) -> str:
    return reverse("admin:accounts_user_person", args=[person.id])


def _page_links(asked: AskedLearning, number: int) -> list[tuple[str, str]]:
    last = last_page(number, PAGE_SIZE)
    if last < 2:
        return []
    pages = Paginator(range(number), PAGE_SIZE).get_elided_page_range(min(asked.page, last))
    return [
        (str(page), replace(asked, page=page).address if isinstance(page, int) and page != asked.page else "")
        for page in pages
    ]


def _file(wanted: WantedLearners, format_name: str) -> FileResponse:
    """Return the people that are asked for, of all pages, as a file.

    Raises:
        InvalidError: there is no such format.
        ConflictError: ``too_many_rows``.
    """
    if format_name not in _WRITERS:
        raise InvalidError(_("There is no such format."), attr="format")
    writer = _WRITERS[format_name]()
    most = min(writer.max_rows, MOST_IN_A_FILE)
    if count_learners(wanted) > most:
        raise ConflictError(
            _("%(format)s: at most %(number)s people. Choose a smaller place, or filter the list by name.")
            % {"format": writer.label, "number": f"{most:,}"},
            code="too_many_rows",
        )
    rows = (
        [
            person.name,
            person.email,
            person.classroom,
            str(person.state),
            person.done,
            person.waived,
            person.last_activity_at,
            person.next_step,
        ]
        for person in iterate_learners(wanted)
    )
    answer: FileResponse = writer.answer(COLUMNS, rows, name=f"learning-progress-{wanted.course_id}")
    return answer
