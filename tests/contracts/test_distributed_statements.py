"""Statements about facts are about nothing else, so that facts can be spread over several machines.

The tests that say what the product does run once more with ``DISTRIBUTED=1``, on one machine: what they send
is then what several would be sent, and each statement of it is looked at (``tests/distributed.py``).
"""

import os
import re
import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings

from accounts.people.facts import UserFact
from tests.contracts.test_hand_written_sql import sources
from tests.distributed import TABLES, refusals

FACTS = {name for name, is_distributed in TABLES.items() if is_distributed}

BOTH_WAYS = (
    "tests/accounts/test_idempotency.py",
    "tests/accounts/test_privacy.py",
    "tests/accounts/test_send_reminders.py",
    "tests/progress/test_exceptions.py",
    "tests/progress/test_impact.py",
    "tests/progress/test_interactions.py",
    "tests/progress/test_learning_report.py",
    "tests/progress/test_my_courses.py",
    "tests/progress/test_path.py",
    "tests/progress/test_sequence.py",
    "tests/progress/test_tcode_progress.py",
    "tests/progress/test_user_progress.py",
    "tests/quizzes/test_completion.py",
    "tests/quizzes/test_completion_rosters.py",
    "tests/quizzes/test_completion_trend.py",
    "tests/quizzes/test_safety_quiz_results.py",
)


def test_the_tables_that_grow_with_use_are_distributed_and_no_others():
    kept = {
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, UserFact) and model._meta.db_table not in FACTS
    }
    # Decisions of staff, what is sold, and messages: of these there are few for each person.
    assert kept == {
        "messages",
        "message_ledger",
        "safety_quiz_allowed_attempts",
        "step_exceptions",
        "subscription_changes",
        "subscriptions",
    }
    assert {
        "idempotent_requests",
        "question_set_attempts",
        "safety_quiz_results",
        "tcode_progress",
        "user_interactions",
        "user_practice_progress",
        "user_progress",
        "user_sub_course_video_progress",
    } == FACTS


@pytest.mark.parametrize("name", sorted(FACTS))
def test_a_person_is_the_first_column_of_every_unique_key_but_that_of_the_id(name):
    [model] = [model for model in apps.get_models() if model._meta.db_table == name]
    assert not [field.name for field in model._meta.local_fields if field.unique and not field.primary_key]
    for constraint in model._meta.constraints:
        if hasattr(constraint, "fields"):
            assert constraint.fields[0] == "user", constraint.name


@pytest.mark.parametrize(
    ("sql", "refused"),
    [
        ("SELECT p.id FROM user_progress p WHERE p.user_id = %(user)s", []),
        ('SELECT 1 FROM "user_progress" WHERE "user_progress"."user_id" IN (%s, %s)', []),
        ("SELECT 1 FROM user_progress p WHERE p.user_id = ANY(%(people)s)", []),
        (
            "SELECT 1 FROM sub_course_videos v JOIN unnest(%(a)s::bigint[]) AS done (id) ON done.id = v.id",
            [],
        ),
        ("SELECT 1 FROM user_progress p WHERE p.id = %s", ["without a user"]),
        ("UPDATE user_progress SET value = %s WHERE id = %s", ["without a user"]),
        (
            "SELECT 1 FROM sub_course_videos v JOIN user_sub_course_video_progress d ON d.video_id = v.id "
            "WHERE d.user_id = %(user)s",
            ["beside others: sub_course_videos"],
        ),
        (
            "WITH caller AS (SELECT FROM users) INSERT INTO user_progress SELECT FROM caller",
            ["beside others: users"],
        ),
        (
            "UPDATE user_progress p SET deleted = clock_timestamp() WHERE p.user_id = %(user)s",
            ["volatile"],
        ),
        (
            "INSERT INTO user_progress (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET updated_at = now()",
            ["a clock in DO UPDATE"],
        ),
        (
            "INSERT INTO user_progress AS p (id) VALUES (1) RETURNING to_char(p.created_at, 'YYYY')",
            ["RETURNING calculates"],
        ),
    ],
)
def test_what_would_not_go_to_the_machine_of_a_person_is_found(sql, refused):
    assert refusals(sql) == refused


# Where a table of facts stands in a statement of one's own: nowhere but here.
OWN = {
    "accounts/imports/facts.py": "rows of a file, of a thousand people",
    "progress/interactions/domain/interactions.py": "appends, and pages of one's own",
    "progress/items/domain/items.py": "pages of one's own, and hiding",
    "progress/items/imports.py": "rows of a file, of a thousand people",
    "progress/steps/completions.py": "where completions are",
    "progress/tcodes/domain.py": "pages of one's own",
    "quizzes/safety/domain/completion.py": "both shapes of a report, and what is read first in their place",
    "quizzes/safety/domain/filling.py": "results to measure with",
    "quizzes/safety/domain/pending.py": "what is read first",
    "quizzes/safety/domain/trend.py": "both shapes of a report",
}
WRITTEN = re.compile(
    rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:(?:{'|'.join(sorted(FACTS))})\b|{{(?:\w+\.)?completions}})"
)


def test_facts_are_named_in_no_other_module_but_by_what_is_read_first():
    found = {name for name, text in sources() if WRITTEN.search(text)}
    assert found <= OWN.keys(), found - OWN.keys()


def test_a_join_in_a_domain_module_would_be_found():
    for text in (
        "SELECT 1 FROM sub_course_videos v JOIN user_sub_course_video_progress d ON d.video_id = v.id",
        "JOIN {step.completions} done ON done.video_id = i.id",
        "UPDATE user_progress SET",
    ):
        assert WRITTEN.search(text), text


@pytest.mark.drill
@pytest.mark.skipif(settings.DISTRIBUTED, reason="it is this that runs")
def test_the_product_does_the_same_where_facts_are_distributed():
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n0",
        "--tb=short",
        "-m",
        "not drill",
        "--no-cov",
        *BOTH_WAYS,
    ]
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env=os.environ | {"DISTRIBUTED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
