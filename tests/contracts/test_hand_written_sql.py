"""Statements written by hand: only where decision 28 says so, and with the one tenant condition."""

import re

from django.apps import apps
from django.conf import settings

from tests.contracts.sources import sources

HOT, RACE, SET = "hot", "race", "set"
# Each module that sends statements of its own, with the reason.
BY_HAND = {
    "accounts/rights/principal.py": HOT,
    "accounts/rights/remembered.py": HOT,
    "learning/tree/domain/ordering.py": HOT,
    "progress/interactions/domain/interactions.py": HOT,
    "progress/items/domain/items.py": HOT,
    "progress/steps/domain/completing.py": HOT,
    "progress/steps/domain/courses.py": HOT,
    "progress/steps/domain/path.py": HOT,
    "progress/steps/domain/path_content.py": HOT,
    "progress/steps/domain/sequence.py": HOT,
    "quizzes/safety/domain/completion.py": HOT,
    "quizzes/safety/domain/people.py": HOT,
    "quizzes/safety/domain/trend.py": HOT,
    "accounts/idempotency/api.py": RACE,
    "accounts/imports/jobs/domain.py": RACE,
    "accounts/imports/jobs/watch.py": RACE,
    "accounts/imports/resource.py": RACE,
    "accounts/messages/domain/inbox.py": RACE,
    "accounts/messages/domain/mail_copies.py": RACE,
    "accounts/preferences/domain.py": RACE,
    "accounts/sign_in/domain/reset_requests.py": RACE,
    "accounts/sign_in/tokens.py": RACE,
    "learning/workshop/domain/access.py": RACE,
    "progress/tcodes/domain.py": RACE,
    "accounts/messages/domain/messages.py": SET,
    "accounts/people/domain/bulk.py": SET,
    "accounts/places/domain/closing.py": SET,
    "accounts/imports/spellings.py": SET,
    "learning/workshop/domain/subscription_changes.py": SET,
    "learning/workshop/domain/subscription_clock.py": SET,
    "learning/workshop/domain/subscription_notices.py": SET,
    "learning/workshop/domain/subscriptions.py": SET,
    "progress/steps/domain/impact.py": SET,
    "progress/reports/domain/learning.py": SET,
    "quizzes/safety/domain/filling.py": SET,
    "quizzes/safety/domain/pending.py": SET,
    "quizzes/sets/domain/assessments.py": SET,
}
SENDS = re.compile(
    r"\b(?:prepared_cursor|facts_cursor|fetch_one|fetch_json|(?:fetch_for|json_for)(?=\()|connection\.cursor)\b"
)
# Comparing two rows is no tenant condition; comparing a row with what the caller is, is one.
CONDITION = re.compile(
    r"organization_id\s*(?:=|<>|IN|IS NOT DISTINCT FROM)\s*(?:ANY\s*\()?\(?(?:%\(|\{(?!\w+\}\.))"
)
# An organization of its own, made by the command a moment before.
FILLS = "quizzes/safety/domain/filling.py"


def test_only_the_listed_modules_send_statements_of_their_own():
    found = {name for name, text in sources() if SENDS.search(text)}
    assert found == BY_HAND.keys(), found ^ BY_HAND.keys()


# With a transaction of their own these are not behind the wall of the database (decision 37). They have the
# tenant condition instead, or what is said here.
PREPARED = re.compile(r"\b(?:prepared_cursor|facts_cursor|fetch_one|fetch_json|(?:fetch_for|json_for)(?=\())")
CONDITIONED = re.compile(r"\b(?:in_scope_sql|at_place_sql|staff_sql|people_sql|completable_step_sql)\(")
NAMES_THE_CALLER = {
    "accounts/messages/domain/inbox.py",
    "accounts/preferences/domain.py",
    "accounts/rights/remembered.py",
    "progress/interactions/domain/interactions.py",
}
# Who calls is found out before there is a scope; mails go to people of all.
IN_NO_SCOPE = {
    "accounts/rights/principal.py",
    "accounts/messages/domain/mail_copies.py",
    "accounts/sign_in/domain/reset_requests.py",
}
# Told alike to all who learn there, after a statement with a condition has said that they may.
BELOW_WHAT_WAS_FOUND = {"progress/steps/domain/path_content.py"}


def test_a_statement_outside_the_second_wall_has_a_condition():
    """What it does is held against every contract of isolation; here, that nobody adds one without."""
    without = {
        name
        for name, text in sources()
        if PREPARED.search(text)
        and not ("%(user)s" in text if name in NAMES_THE_CALLER else CONDITIONED.search(text))
    }
    assert without == IN_NO_SCOPE | BELOW_WHAT_WAS_FOUND


# Tables that statements read or write, and what they call tables for themselves.
NAMED = re.compile(r"(?<!epoch )(?<!DISTINCT )\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)\b(?!\s*[.(])")
CALLED = re.compile(r"\b([a-z_]+)\s+(?:\([^)]*\)\s+)?AS\s+(?:MATERIALIZED\s+)?\(")
TEXT = re.compile(r'"""(.*?)"""|"([^"\n]*)"', re.DOTALL)
TABLES = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
CALLER = {"caller"}  # of accounts.rights.remembered, put in front of a statement


def test_statements_name_tables_of_models():
    """Names are written out, to be read; what a migration renames is found here."""
    for name, text in sources():
        if name in BY_HAND:
            statements = ";".join(whole or line for whole, line in TEXT.findall(text))
            strange = {*NAMED.findall(statements)} - {*CALLED.findall(statements)} - TABLES - CALLER
            assert not strange, (name, strange)


# Columns that statements ask of a row, and what they call columns for themselves.
OF_A_ROW = re.compile(r"(?<![\w.{/'%@-])[a-z]{1,12}\.([a-z_]+)\b(?!\()")
NAMED_AS = re.compile(r"\bAS\s+([a-z_]+)")
LISTED = re.compile(r"\b[a-z_]+\s*\(([a-z_, ]+)\)")
IS_SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|WHERE|FROM|SET|AND|ORDER BY)\b")
COLUMNS = {
    field.column for model in apps.get_models(include_auto_created=True) for field in model._meta.local_fields
}
# Made by a part of the statement that is written elsewhere, or named without AS.
MADE = {
    "item.blocking",
    "item.is_visible",
    "done.first",
    "s.first",
    "saved.told",
    "given.mailed",
    "g.position",
}


def test_statements_name_columns_of_models():
    seen = 0
    for name in BY_HAND:
        texts = [whole or line for whole, line in TEXT.findall((settings.BASE_DIR / name).read_text())]
        own = {column for text in texts for column in NAMED_AS.findall(text)}
        own |= {column.strip() for text in texts for row in LISTED.findall(text) for column in row.split(",")}
        for text in filter(IS_SQL.search, texts):
            for found in OF_A_ROW.finditer(text):
                seen += 1
                assert found[1] in COLUMNS | own or found[0] in MADE, (name, found[0])
    assert seen > 500


def test_no_statement_writes_its_own_tenant_condition():
    found = [name for name, text in sources() if CONDITION.search(text) and name != FILLS]
    assert not found, found


def test_a_condition_written_by_hand_would_be_found():
    for text in (
        "x.organization_id = %(organization)s",
        "organization_id = ANY(%(ids)s)",
        "organization_id = {own}",
    ):
        assert CONDITION.search(text), text
    assert not CONDITION.search("r.organization_id = s.organization_id")
