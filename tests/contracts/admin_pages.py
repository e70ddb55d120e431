"""Signing in to the admin, and reading what its pages show and offer."""

import re
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from django.contrib import admin
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import models
from django.template.response import SimpleTemplateResponse
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Role, User
from tenancy.models import Organization
from tests.contracts.world import NOBODY

REGISTERED = dict(admin.site._registry)
# The same for every organization, each with its reason.
SEEDED = {Role}  # shown to administrators, changed by nobody
PAGES_OF_A_ROW = ("change", "delete", "history")


def sign_in(user: User) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(User.unscoped.get(pk=user.pk), backend="accounts.sign_in.authentication.EmailBackend")
    return browser


class Glance(Browser):
    """Visits pages that nobody reads as HTML: they answer, with what they are made of, and are not written.

    Half of what a list costs is its HTML.
    """

    def __init__(self, browser: Browser) -> None:
        super().__init__(raise_request_exception=False)
        self.cookies, self.handler = browser.cookies, browser.handler

    def request(self, **request: Any) -> Any:
        with patch.object(SimpleTemplateResponse, "rendered_content", ""):
            page = super().request(**request)
        page.context = getattr(page, "context_data", None)
        return page


def url(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def rows_of(model: Any, organization: Organization) -> Any:
    column = "pk" if model is Organization else "organization"
    # The first is what a world begins with: a title as "Tcode 10" comes before "Tcode 9".
    return model.unscoped.filter(**{column: organization.pk}).order_by("pk")


def missing_id(model: Any) -> Any:
    return uuid4() if isinstance(model._meta.pk, models.UUIDField) else NOBODY


def tenant_admins() -> dict[Any, Any]:
    return {model: made for model, made in REGISTERED.items() if model not in SEEDED}


def soft_deleted() -> list[Any]:
    """Return the models of which staff delete and restore rows; facts are only read."""
    admins = tenant_admins().items()
    return [model for model, made in admins if hasattr(model, "deleted_objects") and not made.read_only]


def shown_ids(page: Any) -> set[Any]:
    """Return the ids in a list."""
    return {row.pk for row in page.context["cl"].result_list}


def messages_of(page: Any) -> list[str]:
    return re.findall(r'<li class="(?:warning|error|info|success)">(.*?)</li>', page.content.decode(), re.S)


def answer(browser: Browser, method: str, address: str, body: Any, pk: Any) -> tuple[Any, ...]:
    """Return what a page answers, with the message that it leaves for the next one."""
    page = getattr(browser, method)(address, body)
    left = left_by(browser, page) if page.status_code == 302 else []
    told = [note.replace(str(pk), "ID") for note in left]
    return page.status_code, page.get("Location"), tuple(told)


def left_by(browser: Browser, page: Any) -> list[str]:
    """Return the messages that a page leaves for the next one, and take them from it; none is opened."""
    told = [f"{message.level_tag}: {message}" for message in get_messages(page.wsgi_request)]
    browser.cookies.pop(CookieStorage.cookie_name, None)
    return told


def offered_in(browser: Browser, page: Any) -> dict[str, set[str]]:
    """Return the values that each select of a page offers, those included that it asks for as one types."""
    found = re.findall(r'<select name="([^"]+)"([^>]*)>(.*?)</select>', page.content.decode(), re.DOTALL)
    offered = {}
    for name, attributes, inside in found:
        offered[name] = set(re.findall(r'<option value="([^"]+)"', inside))
        told = dict(re.findall(r'([a-z-]+)="([^"]*)"', attributes))
        if "data-ajax--url" in told:
            offered[name] |= suggested(browser, told)
    return offered


def suggested(browser: Browser, told: dict[str, str], term: str = "") -> set[str]:
    """Return all that a select suggests, over all pages; ``told`` are its attributes."""
    address = urlsplit(told["data-ajax--url"])
    query = dict(parse_qsl(address.query)) | {"term": term}
    query |= {
        name: told[f"data-{name.replace('_', '-')}"] for name in ("app_label", "model_name", "field_name")
    }
    values: set[str] = set()
    number, more = 0, True
    while more:
        number += 1
        page = browser.get(address.path, {**query, "page": number})
        assert page.status_code == 200, told
        values |= {row["id"] for row in page.json()["results"]}
        more = page.json()["pagination"]["more"]
    return values


def pages_for(client: Browser) -> dict[str, Any]:
    """Return the pages that links lead to: each model's list and form, and those of its first row."""
    visited: dict[str, Any] = {}

    def links_of(address: str) -> set[str]:
        if address not in visited:
            visited[address] = client.get(address)
            status = visited[address].status_code
            assert status == 200, f"{address} is linked and answers {status}"
        return set(re.findall(r'href="(/admin/[^"?#]*)', visited[address].content.decode()))

    front = links_of(reverse("admin:index"))
    for page in ("password_change", "ordering"):
        links_of(reverse(f"admin:{page}"))
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        rows = reverse(f"{name}_changelist")
        if rows not in front:
            continue
        below = {link.removeprefix(rows): link for link in links_of(rows) if link.startswith(rows)}
        for page in {"add/", "import/", "export/"} & below.keys():
            links_of(below[page])
        first = next((link for end, link in below.items() if end.endswith("/change/")), None)
        for page in PAGES_OF_A_ROW if first else ():
            address = str(first).replace("/change/", f"/{page}/")
            if page == "change" or address in links_of(str(first)):
                links_of(address)
    return visited
