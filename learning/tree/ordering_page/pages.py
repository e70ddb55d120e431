"""The page itself and the branches it loads."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from learning.tree.ordering_page.access import check_key, level_or_404, rendered, user_of
from learning.tree.ordering_page.buttons import press
from learning.tree.ordering_page.finding import LONGEST, find_rows
from learning.tree.ordering_page.lists import build_branch, build_page
from learning.tree.ordering_page.opened import MOST, Opened
from learning.tree.ordering_page.texts import texts
from tenancy.errors import NotFoundError

ALL: Final = "all"
"""Opens every branch where the address names branches."""

READ_KEY = "learning_tree.get"
"""What opens the page; what may be done on it has keys of its own."""


@require_http_methods(["GET", "HEAD", "POST"])
def ordering(request: HttpRequest) -> HttpResponse:
    """Show the tree; a POST is a button pressed where there is no JavaScript."""
    check_key(request, READ_KEY)
    if request.method == "POST":
        return press(request)
    wanted = request.GET.get("find", "").strip()[:LONGEST]
    if wanted and request.headers.get("X-Requested-With") == "fetch":
        return rendered(request, "found", {"wanted": wanted, "found": find_rows(wanted)})
    sent = request.GET.getlist("open")
    opened = Opened.read(sent)
    if ALL in sent:
        opened, is_whole = Opened.everything()
        if not is_whole:
            messages.info(
                request, _("This is a large tree: the first %(number)d branches are open.") % {"number": MOST}
            )
    context = {
        "title": _("Order of the learning tree"),
        "wanted": wanted,
        "found": find_rows(wanted),
        "lists": build_page(user=user_of(request), opened=opened),
        "open": opened.as_values(),
        "texts": texts(),
    }
    return rendered(request, "page", context)


@require_safe
def branch(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show the lists below one row, as a part of the page."""
    check_key(request, READ_KEY)
    level_or_404(kind)
    opened = Opened.read(request.GET.getlist("open"))
    try:
        beside, lists = build_branch(user=user_of(request), kind=kind, pk=pk, opened=opened)
    except NotFoundError as error:
        raise Http404 from error
    return rendered(request, "branch", {"beside": beside, "lists": lists})
