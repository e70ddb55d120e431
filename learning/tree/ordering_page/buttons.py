"""The page's buttons where there is no JavaScript: a form posts, the answer is a page.

Where learners are touched the answer is a page that asks; its form posts the same once more, confirmed.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.exceptions import ValidationError as NotAsItHasToBe
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import ValidationError

from learning.tree.domain import arranging
from learning.tree.domain.duplicating import duplicate
from learning.tree.domain.learner_guard import ConfirmationRequired
from learning.tree.domain.ordering import placed_at, positions_of
from learning.tree.domain.publishing import publish_ready
from learning.tree.domain.structure import moved_meanwhile
from learning.tree.domain.writing import write
from learning.tree.levels import SiblingKind, TreeLevel, all_below, arranged, keys_to_create, levels
from learning.tree.ordering_page.access import check_key, level_or_404, rendered, row_or_404, user_of
from learning.tree.ordering_page.api import WriteBody, parent_named
from learning.tree.ordering_page.forms import PositionForm
from learning.tree.ordering_page.lists_of_pages import page_of_parent
from learning.tree.ordering_page.opened import Opened
from tenancy.admin import Confirmation
from tenancy.errors import DomainError
from tenancy.scope import may_write_in

_PUBLISHING: Final = {"publish": True, "unpublish": False}
MOST_UNREADY: Final = 5
"""How many drafts that are not ready a message names."""

_STEPS: Final = {"up": -1, "down": 1}


def press(request: HttpRequest) -> HttpResponse:
    """Move an item up or down by one, publish it, or take it back, as the button ``do`` says; or write one.

    Raises:
        BadRequest: there is no such button.
    """
    do = request.POST.get("do", "")
    if do.startswith("write:"):
        return _written(request)
    if do.startswith("duplicate:"):
        return _duplicated(request)
    if do.startswith("ready:"):
        return _ready_published(request)
    verb, level, pk, version = _pressed(request.POST.get("do", ""))
    check_key(request, level.update_key if verb in _PUBLISHING else level.reorder_key)
    row = row_or_404(level, pk)
    opened = Opened.read(request.POST.getlist("open"))
    back = (
        opened.page_url(f"{level.name}-{pk}") if isinstance(level, TreeLevel) else page_of_parent(level, row)
    )
    confirmed = request.POST.get("confirmed") == "1"
    act: Callable[[], Any]
    if isinstance(level, TreeLevel) and verb in _PUBLISHING:
        published = _PUBLISHING[verb]
        act = partial(arranging.publish, level=level, pk=pk, published=published, confirmed=confirmed)
        done = _("“%(title)s” is published.") if published else _("“%(title)s” is no longer published.")
        text = done % {"title": row}
    else:
        siblings = level.ids_below(level.parent_of(row))
        if pk not in siblings:
            messages.error(request, str(moved_meanwhile().detail))
            return HttpResponseRedirect(back)
        order = placed_at(siblings, pk, max(0, siblings.index(pk) + _STEPS[verb]))
        act = _reordering(request, level, order, version=version)
        text = _placed(row, order)
    fields = [("do", request.POST["do"]), *(("open", value) for value in opened.as_values())]
    button = "" if verb in _PUBLISHING else _("Save the new order")
    return _carried_out(request, act, text, back=back, fields=fields, button=button)


def _written(request: HttpRequest) -> HttpResponse:
    """Make a draft of the title beside the button ``write:videos:12``."""
    _verb, kind, parent = (*request.POST["do"].split(":"), "", "")[:3]
    level = level_or_404(kind)
    check_key(request, level.create_key)
    opened = Opened.read(request.POST.getlist("open"))
    title = request.POST.get(f"title:{kind}:{parent}", "").strip()
    try:
        body = WriteBody(data={"parent_id": parent, "title": title})
        body.is_valid(raise_exception=True)
        row = write(level=level, parent_id=parent_named(level, parent), title=title)
    except (ValidationError, NotAsItHasToBe):
        messages.error(request, _("Type a title of at most 200 characters, and after it at most a link."))
        return HttpResponseRedirect(opened.page_url())
    except DomainError as refusal:
        messages.error(request, str(refusal.detail))
        return HttpResponseRedirect(opened.page_url())
    messages.success(request, _("“%(title)s” was added as a draft.") % {"title": row})
    return HttpResponseRedirect(opened.page_url(f"{kind}-{row.pk}"))


def _duplicated(request: HttpRequest) -> HttpResponse:
    """Copy the row of ``duplicate:courses:12`` with everything below it."""
    level, pk = _row_named(request.POST["do"])
    for key in keys_to_create(level):
        check_key(request, key)
    opened = Opened.read(request.POST.getlist("open"))
    row = row_or_404(level, pk)
    back = opened.page_url(f"{level.name}-{pk}")
    made: list[Any] = []

    def act() -> None:
        made[:] = [duplicate(level=level, pk=pk)]

    answer = _carried_out(
        request, act, _("“%(title)s” was duplicated.") % {"title": row}, back=back, fields=[]
    )
    return HttpResponseRedirect(opened.page_url(f"{level.name}-{made[0].pk}")) if made else answer


def _row_named(value: str) -> tuple[TreeLevel, int]:
    """Read ``ready:courses:12`` and the like.

    Raises:
        Http404: there is no such level, or can be no such row.
    """
    _verb, kind, pk = (*value.split(":"), "", "")[:3]
    if not (pk.isascii() and pk.isdigit() and len(pk) <= 18):
        raise Http404
    return level_or_404(kind), int(pk)


def _ready_published(request: HttpRequest) -> HttpResponse:
    """Publish everything that is ready below the row of ``ready:courses:12``."""
    level, pk = _row_named(request.POST["do"])
    for below in all_below(level):
        check_key(request, below.update_key)
    row = row_or_404(level, pk)
    opened = Opened.read(request.POST.getlist("open"))
    told: list[str] = []

    def act() -> None:
        confirmed = request.POST.get("confirmed") == "1"
        done = publish_ready(level=level, pk=row.pk, confirmed=confirmed)
        number = len(done.rows)
        said = ngettext("%(number)d is published now.", "%(number)d are published now.", number)
        told[:] = [said % {"number": number}, *done.unready[:MOST_UNREADY]]

    fields = [("do", request.POST["do"]), *(("open", value) for value in opened.as_values())]
    back = opened.page_url(f"{level.name}-{row.pk}")
    return _carried_out(request, act, told, back=back, fields=fields)


def _pressed(value: str) -> tuple[str, SiblingKind, int, str | None]:
    """Read ``up:videos:12:<version>`` and the like."""
    verb, kind, pk, version = (*value.split(":"), "", "", "", "")[:4]
    possible = levels() if verb in _PUBLISHING else arranged()
    level = next((level for level in possible if level.name == kind), None)
    if verb not in (*_PUBLISHING, *_STEPS) or level is None or not (pk.isascii() and pk.isdigit()):
        raise BadRequest("do")
    return verb, level, int(pk[:18]), version or None


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Ask where an item is to go, and move it there: in its list or to another parent."""
    level = level_or_404(kind)
    check_key(request, level.reorder_key)
    row = row_or_404(level, pk)
    if not may_write_in(row.organization_id):
        raise PermissionDenied
    parent = level.parent_of(row)
    siblings = level.ids_below(parent)
    if pk not in siblings:  # someone else has moved or deleted it a moment ago
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = PositionForm(level, row, siblings.index(pk) + 1, sent)
    if not form.is_valid():
        is_part = request.headers.get("X-Requested-With") == "fetch"
        context = {
            "title": _("Move “%(title)s”") % {"title": row},
            "form": form,
            "row": row,
            "kind": kind,
            "number_of_siblings": len(siblings),
            "back_url": _list_url(level, parent, row),
        }
        return rendered(request, "place_form" if is_part else "place", context)
    position, target = form.cleaned_data["position"], form.cleaned_data.get("parent", parent)
    index = None if position is None else position - 1
    if target == parent:
        order = placed_at(siblings, pk, index)
        act, text = _reordering(request, level, order), _placed(row, order)
    else:
        confirmed = request.POST.get("confirmed") == "1"
        act = partial(
            arranging.move,
            level=level,
            pk=pk,
            parent_id=target,
            position=index,
            by=user_of(request),
            confirmed=confirmed,
        )
        text = _("“%(title)s” has moved.") % {"title": row}
    fields = [("parent", target), ("position", "" if position is None else position)]
    return _carried_out(request, act, text, back=_list_url(level, target, row), fields=fields)


def _list_url(level: TreeLevel, parent_id: Any, row: Any) -> str:
    """Return the page with the list of a row open."""
    opened = Opened().including(level.above.name, parent_id) if level.above else Opened()
    return opened.page_url(f"{level.name}-{row.pk}")


def _reordering(
    request: HttpRequest, level: SiblingKind, order: list[int], *, version: str | None = None
) -> Callable[[], Any]:
    return partial(
        arranging.reorder,
        level=level,
        positions=positions_of(order),
        version=version,
        by=user_of(request),
        confirmed=request.POST.get("confirmed") == "1",
    )


def _placed(row: Any, order: list[int]) -> str:
    text = _("“%(title)s” is at position %(position)d of %(total)d.")
    return text % {"title": row, "position": order.index(row.pk) + 1, "total": len(order)}


def _carried_out(
    request: HttpRequest,
    act: Callable[[], Any],
    text: str | list[str],
    *,
    back: str,
    fields: Iterable[tuple[str, Any]],
    button: str = "",
) -> HttpResponse:
    """Do it and go back; ask first where learners are touched; say why when it was refused."""
    try:
        act()
    except ConfirmationRequired as question:
        asked = Confirmation(
            title=_("Are you sure?"),
            note=str(question.detail),
            button=button or _("Yes, I’m sure"),
            hidden=[*fields, ("confirmed", "1")],
        )
        return rendered(request, "confirm", {"title": asked.title, "question": asked, "back": back})
    except DomainError as refusal:
        messages.error(request, _explained(refusal))
    else:
        # A list is filled in by what was done.
        messages.success(request, text if isinstance(text, str) else " ".join(text))
    return HttpResponseRedirect(back)


def _explained(refusal: DomainError) -> str:
    changed_by = (refusal.meta or {}).get("changed_by")
    if not changed_by:
        return str(refusal.detail)
    return _("%(who)s has changed this order since you loaded it. Look at it and try again.") % {
        "who": changed_by
    }
