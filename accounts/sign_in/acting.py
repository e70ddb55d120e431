"""Where someone acts in the admin: staff where they belong, a global user in the organization they choose.

The choice is kept in the session and never trusted: it goes the way of ``X-Scope`` on every request.
"""

from datetime import UTC, tzinfo
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from accounts.api.scoping import resolve_scope
from accounts.models import User
from tenancy.errors import DomainError
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID, ActiveScope, Level, Scope, every_organization
from tenancy.zones import zone_of

SESSION_KEY: Final = "acting_organization"
EVERYWHERE: Final = ""

_PLATFORM: Final = gettext_lazy("Shared content (platform)")
_PAGES: Final = {"index", "app_list", "password_change", "ordering", "ordering_place"}
_PAGES_OF_MODELS: Final = {"changelist", "add", "change", "delete", "history", "export"}
_DEPTH: Final = 8


class ScopeOption(NamedTuple):
    """Something to choose in the header."""

    value: str
    label: str
    selected: bool


class Acting:
    """Where one request acts, and where else it could.

    Asks the database nothing for those who cannot choose, and one statement for a global user.
    """

    def __init__(self, *, user: User, session: SessionBase) -> None:
        self._user = user
        self._session = session

    @property
    def may_choose(self) -> bool:
        """Whether the person reaches more than one organization."""
        return self._user.is_global

    @cached_property
    def scope(self) -> ActiveScope:
        """The scope to enter; a choice that does not hold any more is dropped."""
        chosen = self._session.get(SESSION_KEY)
        if chosen is None:
            return self._user.own_scope
        try:
            if self.may_choose:
                return self._scope_of(chosen)
        except DomainError:
            pass
        del self._session[SESSION_KEY]
        return self._user.own_scope

    @property
    def zone(self) -> tzinfo:
        """The time zone of the organization one acts in; UTC where all of them meet."""
        scope = self.scope
        if not isinstance(scope, Scope):
            return UTC
        if not self.may_choose:
            return zone_of(self._user.time_zone)
        return zone_of(self._reached[scope.organization_id][1])

    @property
    def label(self) -> str:
        """Where the person acts, in words; for a global user this is the option that is selected."""
        if self.may_choose:
            return next(option.label for option in self.options if option.selected)
        if not self._user.belongs_to_organization:
            return gettext("no organization")
        return " · ".join(self._user.place_names)

    @property
    def options(self) -> list[ScopeOption]:
        """Every organization, then each by name, then shared content."""
        scope = self.scope
        chosen = str(scope.organization_id) if isinstance(scope, Scope) else EVERYWHERE
        names = {str(pk): name for pk, name in self.organizations.items() if pk != PLATFORM_ID}
        labels = {EVERYWHERE: gettext("Every organization"), **names, str(PLATFORM_ID): str(_PLATFORM)}
        return [ScopeOption(value, label, value == chosen) for value, label in labels.items()]

    @cached_property
    def organizations(self) -> dict[UUID, str]:
        """The names of the organizations to choose from."""
        return {pk: name for pk, (name, _zone) in self._reached.items()}

    @cached_property
    def _reached(self) -> dict[UUID, tuple[str, str]]:
        """The name and the time zone of each organization to choose from."""
        # Unscoped: all of them, for who reaches all; where they act is not known yet.
        if not self.may_choose:
            return {}
        with every_organization():
            rows = Organization.unscoped.order_by("sort_name", "pk")
            return {row.pk: (row.name, row.time_zone) for row in rows}

    def choose(self, organization: str) -> None:
        """Act in an organization from the next request on, or in all of them again (``EVERYWHERE``).

        Raises:
            InvalidError, NotFoundError: there is no such organization.
        """
        if organization == EVERYWHERE:
            self._session.pop(SESSION_KEY, None)
        else:
            self._session[SESSION_KEY] = str(self._scope_of(organization).organization_id)
        self.__dict__.pop("scope", None)

    def _scope_of(self, organization: str) -> Scope:
        scope = resolve_scope(self._user, header=f"{Level.ORGANIZATION}:{organization}", find=self._find)
        assert isinstance(scope, Scope)
        return scope

    def _find(self, level: Level, node_id: UUID) -> Scope | None:
        return Scope(node_id) if node_id in self.organizations else None


@require_POST
def choose_organization(request: HttpRequest) -> HttpResponse:
    """Act in the organization that a global user names; for everyone else a 403, whatever they name."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    if not acting.may_choose:
        raise PermissionDenied
    try:
        acting.choose(request.POST.get("organization", "none"))
    except DomainError:
        messages.error(request, gettext("There is no such organization."))
    else:
        messages.success(request, gettext("You are now acting in: %(place)s.") % {"place": acting.label})
    everywhere = not isinstance(acting.scope, Scope)
    return HttpResponseRedirect(page_to_return_to(request.POST.get("next", ""), keeps_rows=everywhere))


def page_to_return_to(path: str, *, keeps_rows: bool) -> str:
    """Return the admin page at ``path``, or the nearest above it; the front page where there is none.

    The address is built anew from the route, so that it cannot lead anywhere else.

    Args:
        keeps_rows: whether a page about one row is still in reach.
    """
    try:
        page = PurePosixPath(urlsplit(path).path)
    except ValueError:
        return reverse("admin:index")
    for candidate in [page, *page.parents][:_DEPTH]:
        try:
            match = resolve(f"{candidate}/")
        except Resolver404:
            continue
        name = match.url_name or ""
        is_page = name in _PAGES or name.rpartition("_")[2] in _PAGES_OF_MODELS
        known = match.namespaces == ["admin"] and is_page
        about_a_row = match.args or set(match.kwargs) - {"app_label"}
        if known and (keeps_rows or not about_a_row):
            return reverse(match.view_name, args=match.args, kwargs=match.kwargs)
    return reverse("admin:index")
