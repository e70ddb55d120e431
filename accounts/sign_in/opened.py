"""The organization that a page of the admin was opened in: what it sends is saved there or nowhere.

A global user may choose another organization in a second tab. What the first one sends afterwards was written
for the organization that it shows.
"""

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.sign_in.acting import EVERYWHERE, Acting
from tenancy.admin import Confirmation
from tenancy.errors import ConflictError, DomainError
from tenancy.scope import ActiveScope, Scope, enter_scope

FIELD: Final = "opened_in"
HEADER: Final = "X-Opened-In"
AGAIN: Final = "act_there_again"

_ANYWHERE: Final = {"choose_organization", "logout", "login", "password_change"}
"""What is the same wherever one acts."""


def place_of(scope: ActiveScope) -> str:
    """Return what a page says of where it was opened."""
    return str(scope.organization_id) if isinstance(scope, Scope) else "every"


def check_opened_here(request: HttpRequest) -> None:
    """Refuse what a script sends for a page that was opened in another organization.

    Raises:
        ConflictError: ``opened_elsewhere``.
    """
    acting: Acting = request.acting  # type: ignore[attr-defined]
    if request.headers.get(HEADER, place_of(acting.scope)) != place_of(acting.scope):
        raise ConflictError(
            _("You act in %(here)s now, and this page was opened elsewhere: reload it.")
            % {"here": acting.label},
            code="opened_elsewhere",
        )


def answer_elsewhere(request: HttpRequest) -> HttpResponse | None:
    """Return the page for what was sent from another organization; ``None`` for what may go on.

    Whoever chooses to act there again from that page goes on there.
    """
    acting: Acting = request.acting  # type: ignore[attr-defined]
    sent = request.POST.get(FIELD) if request.method == "POST" else None
    match: Any = request.resolver_match
    if sent is None or sent == place_of(acting.scope) or match.url_name in _ANYWHERE:
        return None
    there = EVERYWHERE if sent == "every" else sent
    label = next((option.label for option in acting.options if option.value == there), None)
    may_return = acting.may_choose and label is not None and not request.FILES
    if may_return and AGAIN in request.POST:
        try:
            acting.choose(there)
        except DomainError:
            may_return = False
        else:
            enter_scope(acting.scope)
            return None
    return _asked(request, label=label or _("another organization"), may_return=may_return)


def _asked(request: HttpRequest, *, label: str, may_return: bool) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    said = {"there": label, "here": acting.label}
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    question = Confirmation(
        title=_("Nothing was saved"),
        note=_("This page was opened in “%(there)s”, and you act in “%(here)s” now.") % said,
        button=_("Act in “%(there)s” again and save it there") % said if may_return else "",
        name=AGAIN,
        hidden=[(name, value) for name, value in sent if name not in ("csrfmiddlewaretoken", AGAIN)],
    )
    request.current_app = admin.site.name  # type: ignore[attr-defined]
    context = {
        **admin.site.each_context(request),
        "title": question.title,
        "question": question,
        "back": request.path,
    }
    return TemplateResponse(request, "admin/opened_elsewhere.html", context, status=409)
