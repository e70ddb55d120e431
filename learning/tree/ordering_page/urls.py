"""The addresses of the ordering page, below the admin site's own."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache

from learning.tree.ordering_page import api, buttons, pages


def urls(admin_view: Callable[..., Any]) -> list[URLPattern]:
    """Return the routes; pages send strangers to the login, the script's endpoints refuse them."""

    def script(view: type[api.PageEndpoint]) -> Callable[..., Any]:
        return never_cache(view.as_view())

    return [
        path("ordering/", admin_view(pages.ordering), name="ordering"),
        path("ordering/branch/<str:kind>/<int:pk>/", admin_view(pages.branch), name="ordering_branch"),
        path("ordering/<str:kind>/<int:pk>/place/", admin_view(buttons.place), name="ordering_place"),
        path("ordering/<str:kind>/reorder/", script(api.ReorderEndpoint), name="ordering_reorder"),
        path("ordering/<str:kind>/move/", script(api.MoveEndpoint), name="ordering_move"),
        path("ordering/<str:kind>/write/", script(api.WriteEndpoint), name="ordering_write"),
        path("ordering/<str:kind>/rename/", script(api.RenameEndpoint), name="ordering_rename"),
        path("ordering/<str:kind>/duplicate/", script(api.DuplicateEndpoint), name="ordering_duplicate"),
        path("ordering/<str:kind>/remove/", script(api.RemoveEndpoint), name="ordering_remove"),
        path("ordering/<str:kind>/status/", script(api.PublishEndpoint), name="ordering_status"),
    ]
