"""``GET /`` tells people and programs where to go."""

import re

import pytest
from django.test import Client as Browser

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture
def pages():
    return Browser()


def test_a_person_finds_the_admin_and_the_documentation(pages, client, north):
    page = pages.get("/", HTTP_ACCEPT=BROWSER)
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    assert "unsafe" not in page["Content-Security-Policy"]
    links = re.findall(r'<a href="(/[^"]*)"', page.content.decode())
    assert {"/admin/", "/api/docs", "/api/schema", "/account/password-reset"} <= set(links)
    for link in set(links):
        assert pages.get(link, follow=True).status_code == 200, link
    assert not page.cookies


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/json, text/html;q=0.5"])
def test_a_program_is_told_the_same_as_json(pages, settings, accept):
    settings.PUBLIC_URL = "https://stepwise.example"
    answer = pages.get("/", **({"HTTP_ACCEPT": accept} if accept else {}))
    assert answer.json() == {
        "name": "Stepwise",
        "api": "https://stepwise.example/api/v1",
        "docs": "https://stepwise.example/api/docs",
        "schema": "https://stepwise.example/api/schema",
        "admin": "https://stepwise.example/admin/",
    }
    assert "Accept" in answer["Vary"]


def test_nothing_else_can_be_done_there(pages):
    answer = pages.post("/")
    assert answer.status_code == 405
    assert answer.json()["errors"][0]["code"] == "method_not_allowed"
    assert answer["Allow"] == "GET, HEAD"
    assert pages.head("/").status_code == 200
