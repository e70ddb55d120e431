"""The first day of an administrator in a real browser: from the invitation to who is pending this week."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from quizzes.safety.domain.weeks import Week, current_week
from tests.browser.passwords import NEW, choose, link_in_mail
from tests.conftest import Client
from tests.quizzes.safety import URL, quiz

FILES = Path(__file__).parent.parent / "accounts" / "spreadsheets"


@pytest.fixture(autouse=True)
def site(settings, live_server):
    """Links in mails lead to the live server."""
    settings.INVITATION_URL = f"{live_server.url}/account/invitation?uid={{uid}}&token={{token}}"


def test_an_administrator_is_invited_imports_places_and_people_and_sees_who_is_pending(
    open_as, new_context, north, sunrise
):
    admins = open_as(north.admin, "/admin/accounts/user/add/")
    admins.get_by_label("E-mail").fill("new@north.test")
    admins.get_by_label("Name").fill("Ada")
    admins.get_by_label("Role:").select_option(label="ADMIN")
    admins.get_by_role("button", name="Save", exact=True).click()
    admins.get_by_text("was added successfully").first.wait_for()

    page = new_context().new_page()
    page.goto(link_in_mail())
    choose(page, NEW)
    page.get_by_role("button", name="Save the password").click()
    page.get_by_role("link", name="Sign in to the admin").click()
    page.get_by_label("E-mail").fill("new@north.test")
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Administration").wait_for()

    report = page.locator("#import-report")
    for listed, button, file in (
        ("tenancy/school", "Import places", "places.xlsx"),
        ("accounts/user", "Import", "people.csv"),
    ):
        page.goto(f"/admin/{listed}/")
        page.get_by_role("link", name=button, exact=True).click()
        # Before its script runs, the page is a plain form, and forgets the file.
        page.wait_for_load_state()
        page.get_by_label("File").set_input_files(FILES / file)
        page.get_by_role("button", name="Check the file").click()
        expect(report).to_contain_text("The file is good. It would create 4")
        page.get_by_role("button", name="Import").click()
        expect(report).to_contain_text("Imported: 4 created")

    # Two clients that name one week each in its way.
    week = current_week(timezone.now())
    spellings = {
        "emile@north.test": str(Week(week.monday, by_number=True)),
        "zoe@north.test": str(week.monday + timedelta(days=2)),
    }
    assert len({*spellings.values(), str(week)}) == 3
    for email, week_of in spellings.items():
        app = Client().as_user(User.unscoped.get(email=email))
        assert app.post(URL, quiz(week_of=week_of)).status_code == 201

    page.goto("/admin/safety-completion/")
    expect(page.get_by_role("row", name="Özlem O’Brien")).to_contain_text("Straße 5")
    for name in ("Émile Zola", "Zoë Ångström", "sunrise teacher"):
        expect(page.get_by_text(name, exact=True)).to_have_count(0)
    page.get_by_label("Status").select_option("Everyone")
    page.get_by_label("Name", exact=True).fill("emile")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Émile Zola", exact=True)).to_be_visible()
