"""``GET /``: where to go from here, as a page for people and as JSON for programs."""

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views import View

from config.api.errors import method_not_allowed

PLACES = {
    "api": "/api/v1",
    "docs": "/api/docs",
    "schema": "/api/schema",
    "admin": settings.ADMIN_PATH,
}


class FrontDoorView(View):
    """Needs no sign-in and asks the database nothing."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        # Programs mostly take anything; only a browser says that it would rather have a page.
        if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
            response = render(request, "front_door.html", {"title": _("Welcome"), "places": PLACES})
        else:
            body = {
                "name": "Stepwise",
                **{name: f"{settings.PUBLIC_URL}{path}" for name, path in PLACES.items()},
            }
            response = HttpResponse(orjson.dumps(body), content_type="application/json")
        patch_vary_headers(response, ["Accept"])
        return response

    def http_method_not_allowed(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return method_not_allowed([name.upper() for name in self.http_method_names])
