"""Importing a large file in a browser: the page follows it to its end by itself."""

from playwright.sync_api import expect

from accounts.imports.jobs import domain
from progress.models import ItemProgress
from tests.browser.looks import HARD_TO_READ

LINES = ["email,progress_type,item_id,value", "student@north.test,sign_learned,hello,yes"]


def send(page, settings):
    settings.IMPORT_AT_ONCE_BYTES = 0
    content = "\n".join(LINES).encode()
    page.get_by_label("File").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Import").click()
    page.get_by_text("The file waits for its turn.").wait_for()


def test_a_large_file_is_followed_until_it_is_imported(open_as, north, sunrise, settings):
    page = open_as(north.admin, "/admin/progress/itemprogress/import/")
    send(page, settings)
    assert page.evaluate(HARD_TO_READ) == []
    assert domain.run_next()
    # Nobody reloads the page.
    expect(page.get_by_text("Imported: 1 created, 0 updated, 0 unchanged.")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="Another file").click()
    page.get_by_role("button", name="Check the file").wait_for()


def test_a_file_that_waits_is_cancelled(open_as, north, sunrise, settings):
    page = open_as(north.admin, "/admin/progress/itemprogress/import/")
    send(page, settings)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("This was cancelled. Nothing was imported.").wait_for()
    assert not domain.run_next()
    assert not ItemProgress.unscoped.exists()
