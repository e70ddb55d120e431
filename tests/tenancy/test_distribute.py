"""``manage.py distribute`` where there is no Citus: what it would send, and that it refuses politely."""

import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from tenancy import distribution
from tenancy.checks import check_distribution
from tenancy.distribution import FactTable, distributing_sql, returning_sql
from tests import citus

pytestmark = [
    pytest.mark.skipif(bool(citus.COORDINATOR), reason="all is distributed: test_distribute_on_citus.py"),
    pytest.mark.django_db,
]

POLICIES = ("everywhere", "tenant_adds", "tenant_changes", "tenant_deletes", "tenant_reads")


def table(name):
    return next(one for one in distribution.fact_tables() if one.name == name)


def test_without_citus_it_says_what_is_missing_and_changes_nothing():
    for arguments in ((), ("--dry-run",), ("--undo",)):
        with pytest.raises(CommandError, match="has no Citus"):
            call_command("distribute", *arguments)
    assert not any(one.is_distributed for one in distribution.fact_tables())


def test_the_statements_that_distribute_a_table():
    first, *keys_and_walls, key, distributed = [
        # The end of a name that Django makes is a hash.
        re.sub(r"_[0-9a-f]{8}_fk_\w+", "_fk", one)
        for one in distributing_sql(table("tcode_progress"), beside="idempotent_requests")
        if not one.startswith("SET LOCAL")
    ]
    assert first == "LOCK TABLE tcode_progress IN ACCESS EXCLUSIVE MODE"
    assert keys_and_walls == [
        "ALTER TABLE tcode_progress DROP CONSTRAINT tcode_progress_organization_id_fk",
        "ALTER TABLE tcode_progress DROP CONSTRAINT tcode_progress_tcode_id_fk",
        "ALTER TABLE tcode_progress DROP CONSTRAINT tcode_progress_user_id_fk",
        *(f"DROP POLICY {name} ON tcode_progress" for name in POLICIES if settings.ROW_SECURITY),
        "ALTER TABLE tcode_progress DISABLE ROW LEVEL SECURITY",
    ]
    assert key == (
        "ALTER TABLE tcode_progress DROP CONSTRAINT tcode_progress_pkey, ADD PRIMARY KEY (user_id, id)"
    )
    assert distributed == (
        "SELECT create_distributed_table('tcode_progress', 'user_id', colocate_with => 'idempotent_requests')"
    )


def test_the_first_table_makes_the_group_of_all():
    group = "colocate_with => 'none', shard_count => 32"
    last = distributing_sql(table("user_progress"), beside=None)[-1]
    assert last == f"SELECT create_distributed_table('user_progress', 'user_id', {group})"


def test_what_looks_at_a_whole_statement_goes_and_what_looks_at_a_row_stays():
    sent = distributing_sql(table("user_interactions"), beside=None)
    dropped = [statement for statement in sent if statement.startswith("DROP TRIGGER")]
    assert len(dropped) == 1
    assert "belongs_to_somebody" in dropped[0]


@pytest.mark.parametrize("model", distribution.distributed_models(), ids=lambda model: model._meta.db_table)
def test_what_is_dropped_is_what_comes_back(model):
    """Keys that lead elsewhere, by their names and as they were."""
    name = model._meta.db_table
    dropped = {
        one.split()[-1] for one in distributing_sql(table(name), beside=None) if " DROP CONSTRAINT " in one
    }
    made = {one.split()[5].strip('"') for one in returning_sql(table(name)) if "FOREIGN KEY" in one}
    assert {key for key in dropped if "_fk_" in key} == made


def test_the_setting_and_the_database_agree(monkeypatch):
    with override_settings(DISTRIBUTED=False):
        assert check_distribution(databases=["default"]) == []
    with override_settings(DISTRIBUTED=True):
        assert [found.id for found in check_distribution(databases=["default"])] == ["tenancy.W001"]
    monkeypatch.setattr("tenancy.checks.tables_distributed", lambda: {"user_progress"})
    with override_settings(DISTRIBUTED=False):
        assert [found.id for found in check_distribution(databases=["default"])] == ["tenancy.E001"]
    # Where no database is asked for, none is asked.
    assert check_distribution(databases=None) == []


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(monkeypatch, capsys):
    monkeypatch.setattr(distribution, "check_cluster", lambda: ["worker:5432"])
    monkeypatch.setattr(distribution, "distribute", pytest.fail)
    monkeypatch.setattr(distribution, "prepare", pytest.fail)
    call_command("distribute", "--dry-run")
    told = capsys.readouterr().out
    assert "Workers: worker:5432." in told
    assert told.count("BEGIN;") == len(distribution.distributed_models())
    assert "Whoever reads or writes one waits" in told


def test_a_table_that_lost_rows_is_left_as_it_was(monkeypatch):
    counts = iter([5, 4])
    monkeypatch.setattr(distribution, "_count", lambda name: next(counts))
    monkeypatch.setattr(distribution, "_run", lambda statements: None)
    one = FactTable(table("user_progress").model, is_distributed=False, rows=5)
    with pytest.raises(distribution.DistributionError, match="had 5 rows and would have 4"):
        distribution.distribute(one, beside=None)
