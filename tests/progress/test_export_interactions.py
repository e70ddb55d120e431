"""``manage.py export_interactions``: the log as xAPI statements and as plain lines."""

import copy
import io
import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from progress.interactions import types as interactions
from progress.interactions.declaring import Activity, InteractionType, Verb, number
from progress.interactions.domain.export import FORMATS
from progress.interactions.types import INTERACTIONS
from progress.models import Interaction
from tests.progress.interactions import EXAMPLES, VIEWED, logged, stored, viewed
from tests.progress.xapi_rules import faults_of

HOME = "https://stepwise.example"


@pytest.fixture(autouse=True)
def home(monkeypatch):
    monkeypatch.setattr(settings, "XAPI_HOME_PAGE", HOME)


@pytest.fixture
def student(as_user, north, sunrise):
    return as_user(north.student)


def exported(*args, **options):
    """Return the lines that the command writes to the standard output."""
    printed = io.StringIO()
    call_command("export_interactions", *args, stdout=printed, **options)
    return [json.loads(line) for line in printed.getvalue().splitlines()]


# --- Statements that validate ---------------------------------------------------------------------


def variants(name):
    """Return payloads of a type: with every choice of its optional keys, at the limits of each."""
    kind, made = INTERACTIONS[name], []
    for chosen in product([False, True], repeat=len(kind.optional)):
        keys = [*kind.required, *(key for key, is_in in zip(kind.optional, chosen, strict=True) if is_in)]
        for end in (0, 1):
            made.append({key: limits_of(kind.keys[key])[end] for key in keys})
    return made


def limits_of(schema):
    if schema["type"] == "boolean":
        return False, True
    if schema["type"] == "string":
        return "x", ('š 🦊/?#%{}"\\\n..' * schema["maxLength"])[: min(schema["maxLength"], 2000)]
    return schema["minimum"], schema["maximum"]


@pytest.mark.parametrize("name", INTERACTIONS)
def test_every_statement_of_every_type_validates(name, student):
    bodies = [{"type": name, "payload": payload} for payload in variants(name)]
    logged(student, {"items": bodies})
    statements = exported()
    assert len(statements) == len(bodies)
    for statement, body in zip(statements, bodies, strict=True):
        assert faults_of(statement) == []
        assert statement["context"]["extensions"][f"{HOME}/xapi/payload"] == body["payload"]


def test_a_statement_says_who_did_what_with_what_and_when(student, north):
    row = logged(student, viewed(4, seconds=37.5))
    [statement] = exported()
    assert statement == {
        "id": row["id"],
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": HOME, "name": str(north.student.pk)},
        },
        "verb": {"id": "http://id.tincanapi.com/verb/viewed", "display": {"en": "viewed"}},
        "object": {
            "objectType": "Activity",
            "id": f"{HOME}/tcodes/12/slides/4",
            "definition": {
                "type": "http://id.tincanapi.com/activitytype/slide",
                "name": {"en": "Slide 4 of tcode 12"},
            },
        },
        "result": {"duration": "PT37.5S"},
        "context": {
            "platform": "Stepwise",
            "contextActivities": {
                "parent": [
                    {
                        "objectType": "Activity",
                        "id": f"{HOME}/tcodes/12",
                        "definition": {
                            "type": "http://adlnet.gov/expapi/activities/course",
                            "name": {"en": "Tcode 12"},
                        },
                    }
                ]
            },
            "extensions": {
                f"{HOME}/xapi/organization": str(north.organization.pk),
                f"{HOME}/xapi/payload": {"tcodeId": 12, "slide": 4, "seconds": 37.5},
            },
        },
        "timestamp": row["createdAt"],
        "version": "1.0.0",
    }


@pytest.mark.parametrize(
    ("body", "about", "result"),
    [
        (VIEWED, "tcodes/12/slides/4", None),
        ({"type": "opened-tcode", "payload": {"tcodeId": 12}}, "tcodes/12", None),
        ({"type": "completed-tcode", "payload": {"tcodeId": 12}}, "tcodes/12", {"completion": True}),
        ({"type": "searched", "payload": {"query": "sums"}}, "tcodes", {"response": "sums"}),
        ({"type": "searched", "payload": {"query": "x", "tcodeId": 3}}, "tcodes/3", {"response": "x"}),
        ({"type": "asked-question", "payload": {"question": "?"}}, "tcodes", {"response": "?"}),
        (
            {"type": "asked-question", "payload": {"question": "?", "tcodeId": 3, "slide": 9}},
            "tcodes/3/slides/9",
            {"response": "?"},
        ),
        # Which tcode's slide is not said.
        ({"type": "asked-question", "payload": {"question": "?", "slide": 9}}, "tcodes", {"response": "?"}),
        (
            {"type": "rated-tcode", "payload": {"tcodeId": 1, "rating": 4}},
            "tcodes/1",
            {"score": {"raw": 4, "min": 1, "max": 5, "scaled": 0.75}},
        ),
        (
            {"type": "watched-video", "payload": {"videoId": 7, "seconds": 0, "finished": False}},
            "videos/7",
            {"duration": "PT0S", "completion": False},
        ),
        (
            {
                "type": "answered-question",
                "payload": {"tcodeId": 1, "question": "a/b ?", "correct": False, "seconds": 100},
            },
            "tcodes/1/questions/a%2Fb%20%3F",
            {"success": False, "duration": "PT100S"},
        ),
    ],
)
def test_what_a_statement_is_about_and_its_result(body, about, result, student):
    logged(student, body)
    [statement] = exported()
    assert statement["object"]["id"] == f"{HOME}/{about}"
    assert statement.get("result") == result


def test_no_statement_holds_an_address_or_a_name(student, north):
    logged(student, {"items": EXAMPLES})
    text = json.dumps(exported())
    for word in (north.student.email, north.student.name, "mbox", north.organization.name):
        assert word not in text


def test_a_type_that_is_no_longer_declared_is_still_a_statement(student, north):
    place = {"user": north.student, "organization": north.organization}
    Interaction.unscoped.create(**place, type="once-upon-a-time", payload={"a": None})
    Interaction.unscoped.create(**place, type="viewed-slide", payload={"page": 3})
    for statement, name in zip(exported(), ("once-upon-a-time", "viewed-slide"), strict=True):
        assert faults_of(statement) == []
        assert statement["verb"]["id"] == "http://adlnet.gov/expapi/verbs/interacted"
        assert statement["object"]["id"] == f"{HOME}/interactions/{name}"


def test_a_further_type_makes_statements_without_more_being_said(student, monkeypatch):
    waved = InteractionType(
        verb=Verb("https://verbs.example/waved", "waved at"),
        required={"who": number(at_least=0, at_most=9)},
        activities=(Activity("people/{who}", "https://types.example/person", "Person {who}"),),
        example={"who": 1},
        result={"duration": "who"},
    )
    monkeypatch.setitem(interactions.INTERACTIONS, "waved", waved)
    logged(student, {"type": "waved", "payload": {"who": 2.25}})
    [statement] = exported()
    assert faults_of(statement) == []
    assert statement["object"]["id"] == f"{HOME}/people/2.25"
    assert statement["result"] == {"duration": "PT2.25S"}


# --- The rules themselves -------------------------------------------------------------------------


def test_a_type_of_the_clients_own_is_exported_whatever_its_payload_is(student):
    for payload in ({"a": 1}, [1, "b"], "text", 0):
        logged(student, {"type": "x-drew-a-line", "payload": payload})
    statements = exported()
    assert [faults_of(statement) for statement in statements] == [[]] * 4
    assert {statement["object"]["definition"]["name"]["en"] for statement in statements} == {"x-drew-a-line"}
    kept = [
        next(v for k, v in s["context"]["extensions"].items() if k.endswith("payload")) for s in statements
    ]
    assert kept == [{"a": 1}, [1, "b"], "text", 0]


def test_a_key_that_is_declared_later_may_hold_anything_in_older_rows(student, north):
    Interaction.unscoped.create(
        user=north.student,
        organization=north.organization,
        type="viewed-slide",
        payload={"tcodeId": 12, "slide": 4, "seconds": "as long as it took"},
    )
    [statement] = exported()
    assert faults_of(statement) == []
    assert "result" not in statement


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", "7"),
        ("id", "019aa000-0000-7000-c000-000000000000"),
        ("id", None),
        ("actor", {"objectType": "Agent"}),
        ("actor", {"mbox": "mailto:a@b.example", "openid": "https://a.example"}),
        ("actor.account", {"name": "x"}),
        ("actor.account.homePage", "stepwise"),
        ("actor.email", "a@b.example"),
        ("verb.id", "viewed"),
        ("verb.display", "viewed"),
        ("verb.display", {"": "viewed"}),
        ("object", {"objectType": "Activity"}),
        ("object", {"objectType": "Agent"}),
        ("object.id", "tcodes/12"),
        ("object.definition.type", "slide"),
        ("object.definition.choices", []),
        ("result.duration", "37.5"),
        ("result.duration", "PT"),
        ("result.duration", 37.5),
        ("result.score", {"scaled": 1.1}),
        ("result.score", {"raw": 6, "min": 1, "max": 5}),
        ("result.score", {"min": 5, "max": 5}),
        ("result.success", "true"),
        ("result.response", 5),
        ("context.extensions", {"payload": 1}),
        ("context.registration", "x"),
        ("context.contextActivities.parent", [{}]),
        ("context.platform", None),
        ("timestamp", "2026-11-16"),
        ("timestamp", "2026-11-16T08:00:00"),
        ("timestamp", "2026-11-16T08:00:00-00:00"),
        ("version", "1.0.3"),
        ("further", 1),
    ],
)
def test_the_rules_refuse_what_is_no_statement(path, value, student):
    logged(student, viewed(4, seconds=37.5))
    [statement] = exported()
    assert faults_of(statement) == []
    wrong = copy.deepcopy(statement)
    *outer, name = path.split(".")
    inside = wrong
    for step in outer:
        inside = inside[step]
    inside[name] = value
    assert faults_of(wrong)


@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_the_rules_refuse_a_statement_that_lacks_a_part(name, student):
    logged(student)
    [statement] = exported()
    del statement[name]
    assert faults_of(statement)


# --- Which, and in which shape --------------------------------------------------------------------


def test_plain_lines_are_rows_as_the_api_shows_them_and_whose_they_are(student, north):
    row = logged(student)
    assert exported("--format", "jsonl") == [
        {**row, "userId": str(north.student.pk), "organizationId": str(north.organization.pk)}
    ]


def test_the_oldest_comes_first_and_those_of_all_organizations(student, as_user, sunrise, independent):
    logged(student, {"items": [viewed(1), viewed(2)]})
    logged(as_user(sunrise.student), viewed(3))
    logged(as_user(independent), viewed(4))
    assert [row["payload"]["slide"] for row in exported("--format", "jsonl")] == [1, 2, 3, 4]


def test_one_organization_alone(student, as_user, sunrise, independent):
    logged(student, viewed(1))
    logged(as_user(sunrise.student), viewed(2))
    logged(as_user(independent), viewed(3))
    for slug, slide in (("north", 1), ("sunrise", 2), ("platform", 3)):
        [row] = exported("--format", "jsonl", "--organization", slug)
        assert row["payload"]["slide"] == slide
        [statement] = exported("--organization", slug)
        assert statement["id"] == row["id"]
    with pytest.raises(CommandError, match="no organization"):
        exported("--organization", "nobody")


def test_since_is_included_and_until_is_not_so_that_spans_meet(student, north):
    at = [datetime(2026, 11, 16, hour, tzinfo=UTC) for hour in range(4)]
    Interaction.unscoped.bulk_create(
        Interaction(
            user=north.student,
            organization=north.organization,
            created_at=moment,
            type="viewed-slide",
            payload={"tcodeId": 1, "slide": n},
        )
        for n, moment in enumerate(at)
    )

    def slides_of(*args):
        return [row["payload"]["slide"] for row in exported("--format", "jsonl", *args)]

    assert slides_of("--since", "2026-11-16T02:00:00Z") == [2, 3]
    assert slides_of("--until", "2026-11-16T02:00:00Z") == [0, 1]
    assert slides_of("--since", "2026-11-16T01:00:00Z", "--until", "2026-11-16T03:00:00Z") == [1, 2]
    assert slides_of("--since", "2026-11-16T02:00:00+02:00") == [0, 1, 2, 3]
    assert slides_of("--since", "2026-11-16T02:00:00") == [2, 3]
    assert slides_of("--since", "2026-11-16") == [0, 1, 2, 3]
    assert slides_of("--since", "2026-11-17") == []
    assert slides_of("--until", "2026-11-16") == []
    for wrong in ("yesterday", "2026-02-30", ""):
        with pytest.raises(CommandError, match="neither a date nor a time"):
            slides_of("--since", wrong)


def test_nothing_logged_is_nothing_written(north, sunrise):
    assert exported() == []


def test_more_rows_cost_no_more_statements(student, statements):
    logged(student, {"items": [VIEWED] * 500})
    counts = []
    for _ in range(2):
        with statements() as sent:
            exported()
        counts.append(len(sent))
        for _ in range(9):
            logged(student, {"items": [VIEWED] * 500})
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_rows_come_through_a_cursor_and_not_all_at_once(as_user, north, sunrise, monkeypatch):
    """Read in a transaction: outside of one the database would put the whole result aside first."""
    logged(as_user(north.student), {"items": [VIEWED] * 10})
    opened = []
    chunked = connection.chunked_cursor

    def opening():
        opened.append(connection.in_atomic_block)
        return chunked()

    monkeypatch.setattr(connection, "chunked_cursor", opening)
    assert len(exported()) == 10
    assert opened == [True]


@pytest.mark.parametrize("address", ["", "stepwise.example", "/stepwise"])
def test_a_home_page_that_is_no_address_is_refused_before_anything_is_written(address, student, monkeypatch):
    monkeypatch.setattr(settings, "XAPI_HOME_PAGE", address)
    logged(student)
    with pytest.raises(CommandError, match="XAPI_HOME_PAGE"):
        exported()
    assert len(exported("--format", "jsonl")) == 1


# --- Files ----------------------------------------------------------------------------------------


def test_a_file_is_written_whole_for_its_owner_alone_and_the_count_is_told(student, tmp_path):
    logged(student, {"items": EXAMPLES})
    path, told = tmp_path / "log.jsonl", io.StringIO()
    path.write_text("what was there before\n")
    call_command("export_interactions", "--output", path, stdout=told)
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == [
        str(row.pk) for row in reversed(stored())
    ]
    assert told.getvalue() == f"Wrote {len(EXAMPLES)} interactions to {path}.\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["log.jsonl"]


def test_a_failure_leaves_the_file_as_it_was(student, tmp_path, monkeypatch):
    logged(student)
    path = tmp_path / "log.jsonl"
    path.write_text("what was there before\n")

    def fail(*args, **options):
        raise RuntimeError("in the middle")

    monkeypatch.setitem(FORMATS, "xapi", fail)
    with pytest.raises(RuntimeError):
        call_command("export_interactions", "--output", path)
    assert path.read_text() == "what was there before\n"
    assert [found.name for found in tmp_path.iterdir()] == ["log.jsonl"]


def test_a_file_that_cannot_be_written_is_said(student, tmp_path):
    for path in (tmp_path / "nowhere" / "log.jsonl", tmp_path):
        with pytest.raises(CommandError, match="cannot be written"):
            call_command("export_interactions", "--output", path)


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_ten_times_as_many_rows_take_no_more_memory(north, sunrise):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO user_interactions (id, user_id, organization_id, type, payload, created_at)
            SELECT gen_random_uuid(), %s, %s, 'asked-question',
                   jsonb_build_object('question', repeat('x', 4000)),
                   timestamptz '2026-01-01' + n * interval '1 second'
            FROM generate_series(1, 15000) n
            """,
            [north.student.pk, north.organization.pk],
        )
    few, many = memory_of(timedelta(seconds=1_500), timedelta(seconds=15_000))
    assert many - few < 16 * 1024, f"{few} KiB, then {many} KiB"


def memory_of(*spans):
    """Return the KiB that a process has taken at most when it has exported each of the spans of time."""
    untils = [(datetime(2026, 1, 1, tzinfo=UTC) + span).isoformat() for span in spans]
    code = (
        "import resource, sys; from django.core.management import execute_from_command_line as run\n"
        f"for until in {untils}:\n"
        "    run(['manage.py', 'export_interactions', '--until', until])\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    info = connection.connection.info
    environment = {**os.environ, "DATABASE_URL": f"postgres://postgres@/{info.dbname}?host={info.host}"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={**environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=True,
        text=True,
    )
    return [int(line) for line in done.stderr.split("\n") if line.isdecimal()]
