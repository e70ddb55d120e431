"""Where to go once someone is signed in, and what becomes of a form from before."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.sign_in.authentication import attempted_email


def next_page(request: HttpRequest) -> str:
    """Return the page that ``next`` names if it is one of this site, else the front page."""
    login = LoginView()
    login.setup(request)
    wanted: str = login.get_success_url()
    return reverse("admin:index") if wanted.startswith(reverse("admin:login")) else wanted


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is not this session's (``CSRF_FAILURE_VIEW``).

    The form to sign in, left open in a second tab, goes on to where it was to lead: someone has signed in
    since in the first. Every other form is refused, and says how to go on.
    """
    is_login = request.path == reverse("admin:login")
    user: Any = request.user
    if is_login and admin.site.has_permission(request):
        if attempted_email(request) not in ("", user.email):
            note = _("You were signed in as %(who)s already. To sign in as someone else, log out first.")
            messages.warning(request, note % {"who": user.email})
        return redirect(next_page(request))
    # Nothing is lost there but an address, and no other page is as likely to be open for long.
    is_short = is_login or not request.path.startswith(settings.ADMIN_PATH)
    context = {"title": _("Please try again"), "again": request.get_full_path() if is_short else ""}
    return render(request, "403_csrf.html", context, status=403)
