"""Many clients saving typed progress at once, against a real HTTP server and a real database."""

import io
import json
from itertools import chain

import pytest
from django.core.management import call_command
from django.db import connection

from progress.models import ItemProgress
from tests.e2e.callers import Caller, at_once

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

CLIENTS = 16
ITEM = {"progress_type": "sign_learned", "item_id": "hello"}


def callers_of(server, user):
    callers = [Caller(server, user) for _ in range(CLIENTS)]
    for caller in callers:
        caller.base = f"{server.url}/api"
    return callers


def save(caller, **more):
    return caller.send("post", "user_progress", json={"data": {**ITEM, **more}})


def test_sixteen_clients_saving_one_item_sixty_times_leave_one_row_and_no_error(live_server, north, sunrise):
    def save_often(caller, number):
        return [save(caller, value=f"{number}", score=n) for n in range(60)]

    callers = callers_of(live_server, north.student)
    answers = list(chain(*at_once([lambda c=c, n=n: save_often(c, n) for n, c in enumerate(callers)])))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    row = ItemProgress.unscoped.get()
    # Each answer tells of its own save, and the row is as one of the last saves left it.
    for answer in answers:
        sent = json.loads(answer.request.body)["data"]
        assert (answer.json()["value"], answer.json()["score"]) == (sent["value"], sent["score"])
    assert row.score == 59


def test_fifty_new_items_saved_by_sixteen_clients_leave_fifty_rows(live_server, north, sunrise):
    names = [f"sign-{n}" for n in range(50)]

    def save_all(caller):
        return [save(caller, item_id=name) for name in names]

    answers = list(chain(*at_once([lambda c=c: save_all(c) for c in callers_of(live_server, north.student)])))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(row.item_id for row in ItemProgress.unscoped.all()) == sorted(names)


def test_clients_saving_and_deleting_one_item_never_leave_two_live_rows(live_server, north, sunrise):
    def save_and_delete(caller):
        answers = []
        for _ in range(50):
            answers.append(save(caller))
            answers.append(caller.send("delete", "user_progress/by-item", params=ITEM))
        return answers

    callers = callers_of(live_server, north.student)
    answers = list(chain(*at_once([lambda c=c: save_and_delete(c) for c in callers])))
    assert {answer.status_code for answer in answers} == {200}
    deletions = [answer.json()["deletedCount"] for answer in answers if answer.request.method == "DELETE"]
    assert set(deletions) <= {0, 1}
    # What was reported as deleted is what is in the table; nothing was hidden twice or lost.
    assert sum(deletions) == ItemProgress.unscoped.exclude(deleted=None).count()
    assert ItemProgress.unscoped.filter(deleted=None).count() <= 1


@pytest.fixture
def file_of_items(tmp_path, north):
    path = tmp_path / "items.csv"
    lines = [f"{north.student.email},sign_learned,sign-{n},learned" for n in range(500)]
    path.write_text("\n".join(["email,progress_type,item_id,value", *lines]))
    return path


def import_file(path):
    printed = io.StringIO()
    try:
        call_command("import_results", path, "--kind", "progress", stdout=printed)
    finally:
        connection.close()
    return printed.getvalue()


def test_a_file_that_four_import_at_once_is_imported_once(file_of_items, north, sunrise):
    told = at_once([lambda: import_file(file_of_items) for _ in range(4)])
    assert sorted(line.startswith("Created 500 ") for line in told) == [False, False, False, True]
    assert sum("500 are unchanged" in line for line in told) == 3
    assert ItemProgress.unscoped.count() == 500


def test_a_file_is_imported_while_its_people_save_the_same_items(live_server, file_of_items, north, sunrise):
    callers = callers_of(live_server, north.student)[:4]

    def save_all(caller):
        return {save(caller, item_id=f"sign-{n}", value="mine").status_code for n in range(0, 500, 5)}

    told, *statuses = at_once(
        [lambda: import_file(file_of_items), *[lambda c=c: save_all(c) for c in callers]]
    )
    assert told.startswith("Created ")
    assert set().union(*statuses) == {200}
    assert ItemProgress.unscoped.filter(deleted=None).count() == 500
