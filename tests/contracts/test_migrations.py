"""A migration holds up nobody: what would lock a table that grows with use for long is done in steps.

Of a table of a million rows these read or write all of it, under a lock that keeps everyone from writing:
an index that is not built concurrently, a constraint that is checked at once, another type, a column that
may not be null, and one statement for all rows. PostgreSQL's documentation, ALTER TABLE, "Notes".
"""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.people.facts import UserFact
from tenancy.historical import made_quickly

# The last migrations before there was anyone to hold up.
BEFORE = {"tenancy": 7, "accounts": 16, "learning": 5, "quizzes": 7, "progress": 6}

LONG = {
    "an index without CONCURRENTLY": r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).* ON {table}",
    "a constraint that is checked at once": r"ALTER TABLE {table} ADD (?:CONSTRAINT|CHECK)(?!.*NOT VALID)",
    "another type": r"ALTER TABLE {table} ALTER COLUMN \S+ TYPE",
    "a column that may not be null": r"ALTER TABLE {table} ALTER COLUMN \S+ SET NOT NULL",
    "a column with a value that has to be computed": r"ALTER TABLE {table} ADD COLUMN .*DEFAULT [^;]*\(\)",
    "one statement for all rows": r"(?:UPDATE|DELETE FROM) {table}(?!.*\bWHERE\b)",
}


def growing():
    return {model._meta.db_table for model in apps.get_models() if issubclass(model, UserFact)}


def found_in(statements, tables):
    """Return what would hold a table up, of those that the statements do not make themselves."""
    made = {name for one in statements for name in re.findall(r'CREATE TABLE "?(\w+)"?', one)}
    told = []
    for statement in statements:
        plain = " ".join(re.sub(r"--.*", "", statement).replace('"', "").split())
        for table in tables - made:
            told += [
                f"{why}: {plain[:100]}"
                for why, pattern in LONG.items()
                if re.search(pattern.format(table=rf"(?:ONLY )?{table}\b"), plain, re.IGNORECASE)
            ]
    return told


@pytest.mark.parametrize(
    ("statement", "long"),
    [
        ('CREATE INDEX "x" ON "user_interactions" ("user_id")', True),
        ('CREATE INDEX CONCURRENTLY "x" ON "user_interactions" ("user_id")', False),
        ('ALTER TABLE "user_interactions" ADD CONSTRAINT "x" CHECK ("n" > 0)', True),
        ('ALTER TABLE "user_interactions" ADD CONSTRAINT "x" CHECK ("n" > 0) NOT VALID', False),
        ('ALTER TABLE "user_interactions" VALIDATE CONSTRAINT "x"', False),
        ('ALTER TABLE "user_interactions" ALTER COLUMN "n" TYPE bigint', True),
        ('ALTER TABLE "user_interactions" ALTER COLUMN "n" SET NOT NULL', True),
        ('ALTER TABLE "user_interactions" ADD COLUMN "n" integer DEFAULT 0 NOT NULL', False),
        ('ALTER TABLE "user_interactions" ADD COLUMN "n" uuid DEFAULT gen_random_uuid() NOT NULL', True),
        ('UPDATE "user_interactions" SET n = 1', True),
        ('UPDATE "user_interactions" SET n = 1 WHERE id = ANY(batch)', False),
        ('CREATE INDEX "x" ON "user_interactions_of_others" ("user_id")', False),
        ('CREATE INDEX "x" ON "roles" ("name")', False),
    ],
)
def test_what_holds_up_a_table_is_found(statement, long):
    assert bool(found_in([statement], growing())) is long


def test_a_table_that_is_made_here_is_empty():
    assert (
        found_in(['CREATE TABLE "messages" ("id" uuid)', 'CREATE INDEX "x" ON "messages" ("id")'], growing())
        == []
    )


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_no_migration_holds_up_a_table_that_grows():
    assert {"user_interactions", "safety_quiz_results", "user_progress", "messages"} <= growing()
    loader = MigrationLoader(connection, replace_migrations=False)
    told = {}
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app not in BEFORE or int(name[:4]) <= BEFORE[app]:
            continue
        plan = [(migration, False)]
        with made_quickly():
            statements = loader.collect_sql(plan)
        if found := found_in(statements, growing()):
            told[f"{app}.{name}"] = found
    assert told == {}
