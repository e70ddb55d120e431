"""Statements about facts are about nothing else, so that facts can be spread over several machines.

``bin/test --distributed`` runs all that needs no browser with ``DISTRIBUTED=1``, on one machine: what is sent
is then what several would be sent, and each statement of it is looked at (``tests/distributed.py``).
"""

import json
import re
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from accounts.people.facts import UserFact
from progress.items.domain import items
from progress.models import ItemProgress, TcodeProgress, VideoCompletion
from progress.tcodes import domain as tcode_progress
from tenancy.facts import Upsert
from tests import factories
from tests.contracts.sources import sources
from tests.distributed import BESIDE_OTHERS, TABLES, refusals, watch

FACTS = {name for name, is_distributed in TABLES.items() if is_distributed}


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
        (
            "SELECT 1 FROM user_progress p WHERE p.user_id = %s AND EXISTS (SELECT FROM user_progress)",
            ["selects no columns"],
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


def test_a_join_that_is_written_in_a_module_is_found():
    for text in (
        "SELECT 1 FROM sub_course_videos v JOIN user_sub_course_video_progress d ON d.video_id = v.id",
        "JOIN {step.completions} done ON done.video_id = i.id",
        "UPDATE user_progress SET",
    ):
        assert WRITTEN.search(text), text


ADDED = """
def by_hand(cursor, person):
    cursor.execute(
        "SELECT 1 FROM sub_course_videos v JOIN user_sub_course_video_progress d ON d.video_id = v.id "
        "WHERE d.user_id = %s",
        [person],
    )

def by_the_orm(completions, person):
    completions.filter(user=person, video__title="Intro").exists()
"""


@pytest.mark.django_db
def test_a_join_that_is_added_to_any_module_is_refused_when_it_is_sent(north, monkeypatch):
    watch(monkeypatch)
    excused = set()
    for name, _text in sources():
        names: dict[str, Any] = {}
        exec(compile(ADDED, settings.BASE_DIR / name, "exec"), names)
        with connection.cursor() as cursor:
            for added, of in (("by_hand", cursor), ("by_the_orm", VideoCompletion.unscoped)):
                try:
                    names[added](of, north.student.pk)
                except AssertionError as error:
                    assert f"{name}: beside others: sub_course_videos" in str(error)
                else:
                    excused.add(name)
    # It speaks for whoever calls it, who is looked at instead.
    excused.remove("accounts/rights/remembered.py")
    assert excused == {name for name, _text in sources() if name.startswith(tuple(BESIDE_OTHERS))}
    assert len(excused) == 4


@pytest.mark.django_db
def test_no_function_of_the_database_asks_facts_for_no_columns():
    """Citus refuses it; triggers of other tables ask, and no test sees their statements."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        functions = cursor.fetchall()
    asking = {name: refusals(source) for name, source in functions if FACTS & {*re.findall(r"\w+", source)}}
    assert "keep_person_with_interactions" in asking
    assert not [name for name, found in asking.items() if "selects no columns" in found]


EXACTLY = partial(json.loads, parse_int=str, parse_float=str)


@pytest.mark.django_db
@pytest.mark.parametrize("metadata", [None, {"no": 12345678901234567890123, "a": [0.10, 1e3], "ü": "\u2028"}])
def test_an_item_is_shown_as_the_database_shows_it(north, metadata):
    row = {"progress_type": "sign_learned", "item_id": 'a "word" \\', "metadata": metadata}
    named = {"user": north.student, "organization": north.organization, "created_by": north.student}
    ItemProgress.unscoped.create(**named, **row, value="tab\t☂", score=-3)
    _is_shown_as_by_the_database(items._SAVE, north.student)


@pytest.mark.django_db
@pytest.mark.parametrize("percent", [0, 12.5, 33.333333333333336, 100])
def test_progress_with_a_tcode_is_shown_as_the_database_shows_it(north, percent):
    row = {"tcode": factories.TcodeFactory(), "last_slide_seen": 3, "percent_complete": percent}
    TcodeProgress.unscoped.create(user=north.student, organization=north.organization, **row)
    _is_shown_as_by_the_database(tcode_progress._UPSERT, north.student)


def _is_shown_as_by_the_database(upsert: Upsert, person: User) -> None:
    columns = ", ".join(f"p.{name}" for name in upsert.columns)
    theirs = f"FROM {upsert.table} p WHERE p.user_id = %s"
    for moment in ("2026-01-02 03:04:05.6789+05:30", "2026-01-02 03:04:05+00"):
        with connection.cursor() as cursor:
            times = [name for name, kind in upsert.columns.items() if kind == "timestamptz"]
            cursor.execute(
                f"UPDATE {upsert.table} SET {', '.join(f'{name} = %s' for name in times)}",
                [moment] * len(times),
            )
            cursor.execute(f"SELECT {columns} {theirs}", [person.pk])
            [row] = cursor.fetchall()
            cursor.execute(f"SELECT {upsert.told} {theirs}", [person.pk])
            [(told,)] = cursor.fetchall()
        assert EXACTLY(upsert.json(row)) == EXACTLY(told)


@pytest.mark.django_db
def test_a_fact_is_saved_where_it_is_and_goes_to_nobody_else(north, sunrise, settings):
    settings.DISTRIBUTED = True
    row = ItemProgress.unscoped.create(
        user=north.student,
        organization=north.organization,
        created_by=north.student,
        progress_type="sign_learned",
        item_id="hello",
        value="first",
    )
    row.value = "second"
    row.save()
    row.user = sunrise.student
    with pytest.raises(DatabaseError, match="another person's"), transaction.atomic():
        row.save()
    [kept] = ItemProgress.unscoped.all()
    assert (kept.user_id, kept.value) == (north.student.pk, "second")
