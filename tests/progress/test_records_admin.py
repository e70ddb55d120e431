"""Interactions and progress with tcodes in the admin: facts to look at, however many there are."""

import csv
import io

import pytest
from django.utils import timezone

from progress.interactions import admin
from progress.models import Interaction, TcodeProgress
from tests import factories
from tests.contracts.admin_pages import messages_of, shown_ids, sign_in, url

SAID = {
    "viewed-slide": {"slide": 4, "tcodeId": 12},
    "searched": {"query": "x" * 200},
    "once": {"b": 1, "a": 2},
    "x-drew": [[1, 2], "blue"],
}


@pytest.fixture
def rows(north, sunrise):
    """Of each tenant one interaction of each type, with one that is no longer declared."""
    return {
        (tenant.organization.slug, kind): Interaction.unscoped.create(
            user=tenant.student, organization=tenant.organization, type=kind, payload=payload
        )
        for tenant in (north, sunrise)
        for kind, payload in SAID.items()
    }


def listed(user, **query):
    return sign_in(user).get(url(Interaction, "changelist"), query)


def test_the_list_shows_what_was_said_with_its_keys_in_order(rows, north):
    page = listed(north.admin)
    assert shown_ids(page) == {row.pk for (slug, _), row in rows.items() if slug == "north"}
    text = page.content.decode()
    assert "tcodeId: 12, slide: 4" in text
    assert "a: 2, b: 1" in text
    assert "[[1, 2], &#x27;blue&#x27;]" in text
    assert "x" * 101 not in text


def test_the_list_is_filtered_by_type_and_searched_by_person(rows, north, global_admin):
    assert shown_ids(listed(north.admin, type="searched")) == {rows["north", "searched"].pk}
    assert shown_ids(listed(north.admin, type="x-")) == {rows["north", "x-drew"].pk}
    assert shown_ids(listed(north.admin, q="sunrise")) == set()
    assert shown_ids(listed(global_admin, q="sunrise", type="searched")) == {rows["sunrise", "searched"].pk}
    assert shown_ids(listed(global_admin, type="rated-tcode")) == set()
    wrong = listed(north.admin, type="nothing")
    assert (wrong.status_code, wrong["Location"][-4:]) == (302, "?e=1")


def test_no_statement_of_the_list_looks_for_types_or_days_in_all_rows(rows, north, statements):
    browser = sign_in(north.admin)
    with statements() as sent:
        browser.get(url(Interaction, "changelist"))
    about = [sql for sql in sent.sql if "user_interactions" in sql]
    assert len(about) == 2  # a page of rows, and how many there are on all pages
    assert not [sql for sql in about if "DISTINCT" in sql or "MIN(" in sql]


def test_a_file_holds_what_the_list_shows(rows, north):
    answer = sign_in(north.admin).post(f"{url(Interaction, 'export')}?type=searched", {"format": "0"})
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["user_email"] == north.student.email
    assert row["type"] == "searched"


def test_more_than_a_file_should_hold_is_refused_with_the_way_to_get_it(rows, north, monkeypatch):
    monkeypatch.setattr(admin, "MOST_TO_EXPORT", 2)
    browser, address = sign_in(north.admin), url(Interaction, "export")
    for ask, sent in ((browser.get, {}), (browser.post, {"format": "0"})):
        assert ask(address, sent).status_code == 302
        [told] = messages_of(browser.get(url(Interaction, "changelist")))
        assert "export_interactions" in told
    assert browser.get(address, {"type": "searched"}).status_code == 200


def test_progress_with_tcodes_shows_whose_and_how_far(north, sunrise):
    tcode = factories.TcodeFactory(code="SAFE-1")
    made = {
        tenant.organization.slug: TcodeProgress.unscoped.create(
            user=tenant.student,
            organization=tenant.organization,
            tcode=tcode,
            percent_complete=100 / 3,
            last_active=timezone.now(),
        )
        for tenant in (north, sunrise)
    }
    browser = sign_in(north.admin)
    page = browser.get(url(TcodeProgress, "changelist"), {"q": "safe-1"})
    assert shown_ids(page) == {made["north"].pk}
    assert "33.33 %" in page.content.decode()
    assert browser.get(url(TcodeProgress, "change", made["north"].pk)).status_code == 200
    assert browser.get(url(TcodeProgress, "change", made["sunrise"].pk)).status_code == 302
