"""What the server loads in each of its processes."""

import gc
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver


def load() -> Any:
    """Return the application; Django is set up first, as all the rest needs it."""
    gc.disable()
    application = get_wsgi_application()

    from config.serving.application import Server

    _ = get_resolver().url_patterns  # loads every view
    # None of it is ever garbage: looking through it again and again would hold up the start, and requests.
    gc.collect()
    gc.freeze()
    gc.enable()
    return Server(
        application,
        threads=settings.WEB_THREADS,
        admin_threads=settings.WEB_ADMIN_THREADS,
        login_threads=settings.WEB_LOGIN_THREADS,
    )
