"""Reminding those who are pending: look at who would get a message, then send it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from quizzes.safety.api.results import REPORTS
from quizzes.safety.domain.pending import notice_of
from quizzes.safety.domain.reminding import KEY, remind, whom_to_remind
from quizzes.safety.domain.words import range_of
from quizzes.safety.report_page.places import place_asked_for, way_to
from tenancy.admin.pages import check_key, render_page
from tenancy.errors import DomainError, NotFoundError
from tenancy.scope import scope_entered


@require_http_methods(["GET", "HEAD", "POST"])
def remind_view(request: HttpRequest) -> HttpResponse:
    """Show who would be reminded; a POST that agrees to what was shown reminds them."""
    check_key(request, REPORTS)
    check_key(request, KEY)
    asked = request.POST if request.method == "POST" else request.GET
    scope, again = asked.get("scope", ""), asked.get("again") == "1"
    report = f"{reverse('admin:safety_completion')}{f'?scope={scope}' if scope else ''}"
    try:
        place = place_asked_for(scope)
        name = way_to(place)[-1].name
        with scope_entered(place):
            found = whom_to_remind(now=timezone.now())
            number = len(found.chosen(again=again))
            changed = request.method == "POST" and request.POST.get("number") != str(number)
            if request.method == "POST" and not changed:
                user: Any = request.user
                sent = remind(by=user, again=again)
                told = ngettext("Reminded %(number)d person.", "Reminded %(number)d people.", sent)
                messages.success(request, told % {"number": sent})
                return HttpResponseRedirect(report)
    except NotFoundError as error:
        raise Http404 from error
    except DomainError as refusal:
        messages.error(request, str(refusal.detail))
        return HttpResponseRedirect(reverse("admin:safety_completion"))
    context = {
        "title": _("Remind who is pending"),
        "week": range_of(found.week),
        "place": name,
        "scope": scope,
        "again": again,
        "found": found,
        "number": number,
        "changed": changed,
        "message": notice_of(found.week, None, None),
        "report": report,
    }
    return render_page(request, "admin/safety_completion/remind.html", context)
