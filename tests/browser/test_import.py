"""Importing in a browser: what was checked is imported without choosing the file twice."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tenancy.models import School

FILES = Path(__file__).parent.parent / "accounts" / "spreadsheets"
PEOPLE = "/admin/accounts/user/import/"


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


def test_the_file_stays_chosen_between_check_and_import(open_as, north):
    page = open_as(north.admin, "/admin/tenancy/school/")
    page.get_by_role("link", name="Import places").click()
    # Before its script runs, the page is a plain form, and forgets the file.
    page.wait_for_load_state()
    page.get_by_label("File").set_input_files(FILES / "places.xlsx")
    page.get_by_role("button", name="Check the file").click()
    report = page.locator("#import-report")
    expect(report).to_contain_text("The file is good. It would create 4")
    assert not School.unscoped.filter(name__startswith="Straße").exists()
    page.get_by_role("button", name="Import").click()
    expect(report).to_contain_text("Imported: 4 created, 0 updated, 1 unchanged.")
    page.get_by_role("button", name="Import").click()
    expect(report).to_contain_text("Imported: 0 created, 0 updated, 5 unchanged.")


def test_a_file_that_is_wrong_is_told_of_and_can_be_replaced(open_as, north, tmp_path):
    page = open_as(north.admin, PEOPLE)
    wrong = tmp_path / "people.csv"
    wrong.write_text("email;nothing\nx;y\n")
    page.get_by_label("File").set_input_files(wrong)
    page.get_by_role("button", name="Check the file").click()
    report = page.locator("#import-report")
    expect(report).to_contain_text(re.compile("The header is missing.*unknown columns", re.DOTALL))
    good = tmp_path / "good.csv"
    good.write_text("email;name;role\nnew@north.test;New;STUDENT\n")
    page.get_by_label("File").set_input_files(good)
    page.get_by_role("button", name="Import").click()
    expect(report).to_contain_text("Imported: 1 created")
    assert User.unscoped.filter(email="new@north.test").exists()


def test_without_scripts_a_file_is_imported_all_the_same(open_as, north):
    page = open_as(north.admin, "/admin/tenancy/school/import/", java_script_enabled=False)
    page.get_by_label("File").set_input_files(FILES / "places.csv")
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#import-report")).to_contain_text("Imported: 4 created")


def test_a_page_that_someone_was_signed_out_of_leads_to_the_login(open_as, north):
    page = open_as(north.admin, PEOPLE)
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("File").set_input_files(FILES / "people.csv")
    page.get_by_role("button", name="Check the file").click()
    page.wait_for_url(re.compile("/admin/login/"))
