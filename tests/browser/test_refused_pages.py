"""The pages of a server that cannot answer show nothing from the database, and can be read in both themes."""

import pytest
from django.template.loader import render_to_string

from tests.browser.accessibility import hard_to_use_in_either_theme
from tests.browser.looks import HARD_TO_READ

SAID = "The database does not answer. Try again in a moment."


@pytest.mark.parametrize("template", ["400.html", "500.html", "refused.html"])
def test_a_page_about_a_failure_can_be_read_in_both_themes(open_as, north, sunrise, template):
    page = open_as(north.admin, "/admin/login/")
    body = render_to_string(template, {"detail": SAID})
    page.route("**/admin/failed/", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.emulate_media(color_scheme="dark")
    page.goto("/admin/failed/")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="light")
    page.wait_for_function("(dark) => getComputedStyle(document.body).backgroundColor !== dark", arg=dark)
    assert hard_to_use_in_either_theme(page) == []
    assert page.evaluate(HARD_TO_READ) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
