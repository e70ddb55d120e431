"""``manage.py distribute`` on the coordinator and the workers that ``bin/test --citus`` was given."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from progress.models import Interaction, ItemProgress
from tenancy.checks import check_distribution
from tenancy.distribution import distributed_models, tables_distributed
from tests import citus

pytestmark = [
    pytest.mark.skipif(not citus.COORDINATOR, reason="needs Citus: bin/test --citus"),
    pytest.mark.django_db(transaction=True),
]

ITEM = {"data": {"progress_type": "sign_learned", "item_id": "hello", "score": 3}}
DONE = {"items": [{"type": "x-done", "payload": 1}] * 5}


def rows(model):
    return sorted(model.unscoped.values_list(), key=str)


def test_the_setting_and_the_database_agree():
    assert check_distribution(databases=["default"]) == []
    with override_settings(DISTRIBUTED=False):
        assert [found.id for found in check_distribution(databases=["default"])] == ["tenancy.E001"]


def test_every_table_of_facts_is_on_workers_and_a_second_run_has_nothing_to_do(capsys):
    assert tables_distributed() == {model._meta.db_table for model in distributed_models()}
    call_command("distribute")
    assert "Nothing to do" in capsys.readouterr().out


def test_what_was_written_comes_back_with_its_keys_and_is_distributed_again(
    north, sunrise, as_user, monkeypatch
):
    monkeypatch.setattr("tenancy.distribution.SHARDS", citus.SHARDS)
    for person in (north.student, north.student2, sunrise.student):
        assert as_user(person).post("/api/user_progress", ITEM).status_code == 200
        assert as_user(person).post("/api/v1/interactions", DONE).status_code == 201
    before = {model: rows(model) for model in distributed_models()}
    assert len(before[Interaction]) == 15
    assert len(before[ItemProgress]) == 3
    try:
        call_command("distribute", "--undo", verbosity=0)
        connection.close()
        assert tables_distributed() == set()
        assert {model: rows(model) for model in before} == before
        item = ItemProgress.unscoped.filter(user=north.student)
        with pytest.raises(IntegrityError), transaction.atomic():
            # What is no person is refused by the key that came back.
            item.update(user=north.course.pk)
    finally:
        call_command("distribute", verbosity=0)
        connection.close()
    assert {model: rows(model) for model in before} == before
    assert as_user(north.student).post("/api/v1/interactions", DONE).status_code == 201
