"""What an address of the page asks for; the page's links are such addresses."""

from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizzes.safety.domain.completion import QuizStatus
from quizzes.safety.domain.people import WantedPeople
from quizzes.safety.domain.weeks import Week, current_week
from tenancy.errors import InvalidError
from tenancy.lists import MOST_LISTED, last_page

EVERYONE = "all"
PAGE_SIZE = 50
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class AskedCompletion:
    """A view of the report.

    Attributes:
        scope: ``level:uuid`` of the place; one's own without.
        week: as ``2026-W48``.
        status: ``pending``, ``complete`` or ``all``.
    """

    week: Week
    scope: str = ""
    status: str = QuizStatus.PENDING
    role: str = ""
    search: str = ""
    page: int = 1

    @classmethod
    def read(cls, request: HttpRequest) -> Self:
        """Read the query of an address.

        Raises:
            InvalidError: naming the parameter that cannot be meant.
        """
        sent = request.GET
        latest = Week(current_week(timezone.now()).monday, by_number=True)
        week = latest if not sent.get("week") else Week.named(sent["week"])
        if week is None or week.monday > latest.monday:
            raise _invalid("week", _("There is no such week yet."))
        status = sent.get("status", QuizStatus.PENDING)
        if status not in (*QuizStatus, EVERYONE):
            raise _invalid("status", _("There is no such status."))
        page = sent.get("page", "1")
        most = last_page(MOST_LISTED, PAGE_SIZE)
        if not (page.isascii() and page.isdigit() and len(page) < 6 and 1 <= int(page) <= most):
            told = _("There is no such page: the list leads to its first %(most)s people.")
            raise _invalid("page", told % {"most": f"{MOST_LISTED:,}"})
        search, role = (sent.get(name, "").strip() for name in ("q", "role"))
        if "\0" in search + role or len(search) > LONGEST_SEARCH:
            raise _invalid("q", _("Nobody matches that."))
        return cls(Week(week.monday, by_number=True), sent.get("scope", ""), status, role, search, int(page))

    @property
    def wanted(self) -> WantedPeople:
        """The people it asks for."""
        status = None if self.status == EVERYONE else QuizStatus(self.status)
        return WantedPeople(self.week, status, self.role, self.search)

    @property
    def is_current(self) -> bool:
        """Whether its week has not ended."""
        return self.week.monday == current_week(timezone.now()).monday

    @property
    def address(self) -> str:
        """The address that asks for this."""
        return f"{reverse('admin:safety_completion')}{self.query}"

    @property
    def query(self) -> str:
        """The query of the address, without what goes without saying."""
        named = {
            "scope": self.scope,
            "week": "" if self.is_current else str(self.week),
            "status": "" if self.status == QuizStatus.PENDING else self.status,
            "role": self.role,
            "q": self.search,
            "page": "" if self.page == 1 else self.page,
        }
        query = urlencode({name: value for name, value in named.items() if value})
        return f"?{query}" if query else ""

    def but(self, **changes: Any) -> Self:
        """Return the same with something changed, from the first page on."""
        return replace(self, **{"page": 1, **changes})


def _invalid(name: str, told: Any) -> InvalidError:
    return InvalidError(told, code="invalid", attr=name)
