"""The addresses of the page, below the admin site's own."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from quizzes.safety.report_page import pages, reminders


def urls(admin_view: Callable[..., Any]) -> list[URLPattern]:
    """Return the routes; strangers are sent to the login."""
    return [
        path("safety-completion/", admin_view(pages.completion), name="safety_completion"),
        path("safety-completion/remind/", admin_view(reminders.remind_view), name="safety_reminders"),
    ]
