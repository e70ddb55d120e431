"""The page: who has done this week's safety quiz and who is pending, from one's own place down to a class."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from accounts.rights.keys import RoleKind
from quizzes.safety.api.results import REPORTS
from quizzes.safety.domain.completion import QuizStatus
from quizzes.safety.domain.people import RosterPerson, list_people
from quizzes.safety.domain.reminding import KEY as REMIND_KEY
from quizzes.safety.domain.trend import build_trend
from quizzes.safety.domain.weeks import Week
from quizzes.safety.domain.words import range_of
from quizzes.safety.report_page.asked import EVERYONE, PAGE_SIZE, AskedCompletion
from quizzes.safety.report_page.files import FORMATS, file_of
from quizzes.safety.report_page.pictures import Proportion, draw_line
from quizzes.safety.report_page.places import place_asked_for, way_to
from tenancy.admin.pages import check_key, render_page
from tenancy.errors import DomainError, NotFoundError
from tenancy.lists import last_page
from tenancy.replica import from_replica
from tenancy.scope import ActiveScope, Level, Scope, scope_entered

WEEKS: Final = 12
WORDS: Final = (
    (_lazy("week"), _lazy("From Monday to Sunday, in UTC. W48 is the 48th week of its year.")),
    (_lazy("complete"), _lazy("Has done the safety quiz of the week, whether they passed it or not.")),
    (_lazy("late"), _lazy("Has done it after the week had ended. They are complete, too.")),
    (_lazy("pending"), _lazy("Is staff and belonged here in that week, and has not done its quiz.")),
    (
        _lazy("failed"),
        _lazy("The quiz was graded here, and fewer answers were right than its pass mark asks for."),
    ),
    (_lazy("retaken"), _lazy("The result that counts is of a further attempt.")),
    (
        _lazy("self-reported"),
        _lazy("Their app graded the quiz and reported the result; nobody checked it here."),
    ),
    (_lazy("last done"), _lazy("When they last did a safety quiz, of whichever week.")),
)


class Child(NamedTuple):
    """A place one level below, or those who belong to no such place; the second leads nowhere."""

    name: str
    figures: Proportion
    address: str = ""


@require_safe
def completion(request: HttpRequest) -> HttpResponseBase:
    """Show the report, or give what its list shows as a file."""
    check_key(request, REPORTS)
    try:
        asked = AskedCompletion.read(request)
        place = place_asked_for(asked.scope)
        if request.GET.get("format"):
            with scope_entered(place), from_replica():
                return file_of(asked, request.GET["format"])
        return render_page(request, "admin/safety_completion/page.html", _page(request, asked, place))
    except NotFoundError as error:
        raise Http404 from error
    except DomainError as refusal:
        messages.error(request, str(refusal.detail))
        return HttpResponseRedirect(reverse("admin:safety_completion"))


def _page(request: HttpRequest, asked: AskedCompletion, place: ActiveScope) -> dict[str, Any]:
    way = way_to(place)
    with scope_entered(place), from_replica():
        trend = build_trend(last=asked.week, number=WEEKS)
        number, people = list_people(asked.wanted, limit=PAGE_SIZE, offset=(asked.page - 1) * PAGE_SIZE)
        roles = [*Role.objects.filter(kind=RoleKind.STAFF).values_list("name", flat=True)]
    weeks = [(Week(week.monday, by_number=True), _figures(told)) for week, told in _named(trend["weeks"])]
    figures = weeks[-1][1]
    user: Any = request.user
    known = _known_to(user, people)
    return {
        "title": _("Safety completion"),
        "asked": asked,
        "week": range_of(asked.week),
        "earlier": asked.but(week=asked.week.back(1)),
        "later": None if asked.is_current else asked.but(week=asked.week.back(-1)),
        "earlier_week": range_of(asked.week.back(1)),
        "later_week": range_of(asked.week.back(-1)),
        "way": [(crumb.name, asked.but(scope=crumb.scope).address) for crumb in way],
        "figures": figures,
        "below": _below(place),
        "children": _children(trend["children"], figures, asked),
        "line": draw_line(weeks),
        "words": WORDS,
        "weeks": [
            (range_of(week), told, asked.but(week=week).address, week == asked.week)
            for week, told in reversed(weeks)
        ],
        "may_remind": user.holds(REMIND_KEY) and asked.is_current,
        "people": [(person, _page_of(person, known)) for person in people],
        "number": number,
        "page_links": _page_links(asked, number),
        "statuses": [
            (QuizStatus.PENDING, _("Pending")),
            (QuizStatus.COMPLETE, _("Complete")),
            (EVERYONE, _("Everyone")),
        ],
        "roles": roles,
        "formats": [
            (label, f"{asked.address}{'&' if asked.query else '?'}format={name}")
            for name, label in FORMATS.items()
        ],
    }


def _known_to(user: Any, people: Sequence[RosterPerson]) -> set[Any]:
    """Return whose page may be opened: who has left, or belongs elsewhere by now, has none here."""
    if not user.holds("users.list"):
        return set()
    return set(User.objects.filter(pk__in=[person.id for person in people]).values_list("pk", flat=True))


def _page_of(person: RosterPerson, known: set[Any]) -> str:
    return reverse("admin:accounts_user_person", args=[person.id]) if person.id in known else ""


def _named(weeks: Sequence[dict[str, Any]]) -> list[tuple[Week, dict[str, Any]]]:
    found = [(Week.named(told["week_of"]), told) for told in weeks]
    return [(week, told) for week, told in found if week is not None]


def _figures(told: dict[str, Any]) -> Proportion:
    return Proportion(told["complete"], told["late"], told["total"])


def _children(children: Sequence[dict[str, Any]], whole: Proportion, asked: AskedCompletion) -> list[Child]:
    """Return the places below, and last, where there are any, those who belong to none of them."""
    found = [
        Child(child["name"], _figures(child["weeks"][-1]), asked.but(scope=child["scope"]).address)
        for child in children
    ]
    figures = [child.figures for child in found]
    rest = Proportion(
        whole.on_time - sum(one.on_time for one in figures),
        whole.late - sum(one.late for one in figures),
        whole.total - sum(one.total for one in figures),
    )
    return [*found, Child(_("In none of these"), rest)] if found and rest.total else found


def _below(place: ActiveScope) -> str:
    if not isinstance(place, Scope):
        return _("Organizations")
    names = {Level.ORGANIZATION: _("Schools"), Level.SCHOOL: _("Campuses"), Level.CAMPUS: _("Classes")}
    return names.get(place.level, "")


def _page_links(asked: AskedCompletion, number: int) -> list[tuple[str, str]]:
    """Return ``(text, address)`` of the pages of the list; no address for the one that is shown."""
    last = last_page(number, PAGE_SIZE)
    if last < 2:
        return []
    pages = Paginator(range(number), PAGE_SIZE).get_elided_page_range(min(asked.page, last))
    return [
        (str(page), asked.but(page=page).address if isinstance(page, int) and page != asked.page else "")
        for page in pages
    ]
