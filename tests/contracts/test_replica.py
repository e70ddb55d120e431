"""What may be read from a replica is: reports, exports and lists of the admin; nothing of learners' paths."""

import copy
import re
from collections import deque

import pytest
from django.db import connections

from tenancy import replica
from tests.contracts.admin_pages import REGISTERED, sign_in, url
from tests.contracts.routes import ROUTES
from tests.contracts.sources import sources
from tests.contracts.world import answers_of

REPORTS = {
    "GET /api/safety_quiz_results/completion",
    "GET /api/safety_quiz_results/completion/trend",
}
# Beside these only ``tenancy``, whose part all lists of the admin are made of.
ASKING = {
    "progress/interactions/domain/export.py",
    "quizzes/safety/api/completion.py",
    "quizzes/safety/report_page/pages.py",
}


class Read:
    """The statements that went to the replica since they were asked for last."""

    def __init__(self, log):
        self._log = log

    def again(self):
        sent = [entry["sql"] or "(prepared)" for entry in self._log]
        self._log.clear()
        return sent


@pytest.fixture
def read(db, settings, monkeypatch):
    """A replica that has what the test has written: it shares its connection, under another name."""
    shared = copy.copy(connections["default"])
    shared.alias, shared.queries_log, shared.force_debug_cursor = "replica", deque(), True
    monkeypatch.setitem(settings.DATABASES, "replica", settings.DATABASES["default"])
    monkeypatch.setattr(replica, "_has_caught_up", lambda: True)
    settings.DATABASE_ROUTERS = ["tenancy.replica.Router"]
    connections["replica"] = shared
    yield Read(shared.queries_log)
    del connections["replica"]


def test_of_all_routes_only_two_reports_are_read_from_the_replica(world, read):
    asked, written = set(), []
    for route, response in answers_of(world, ROUTES):
        assert response.status_code == route.status, route
        if sent := read.again():
            asked.add(str(route))
            written += [sql for sql in sent if re.search(r"\b(INSERT|UPDATE|DELETE|FOR SHARE)\b", sql)]
    assert asked == REPORTS
    assert written == []


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_lists_of_the_admin_are_read_from_the_replica_and_rows_are_not(model, world, read):
    browser = sign_in(world.person("global_admin"))
    page = browser.get(url(model, "changelist"))
    sent = read.again()
    if page.status_code != 200 or not hasattr(REGISTERED[model], "with_columns"):
        assert sent == []
        return
    assert any(model._meta.db_table in sql for sql in sent) or not hasattr(REGISTERED[model], "export_fields")
    if row := getattr(model, "unscoped", model._base_manager).first():
        for name in ("change", "history", "delete"):
            browser.get(url(model, name, row.pk))
    assert read.again() == []


def test_only_reports_exports_and_lists_ask_for_it():
    asking = {name for name, text in sources() if re.search(r"\b(?:from_replica|alias_to_read)\(", text)}
    assert asking == ASKING


def test_a_row_that_was_read_there_is_saved_in_the_database(north, read):
    with replica.from_replica():
        school = type(north.school).unscoped.get(pk=north.school.pk)
    assert school._state.db == "replica"
    assert len(read.again()) == 1
    school.name = "Renamed"
    school.save()
    school.refresh_from_db()
    assert (school.name, read.again()) == ("Renamed", [])
