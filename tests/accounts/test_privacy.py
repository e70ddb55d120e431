"""What is held of one person: given to them whole, and erased so that nothing leads to them any more."""

import json
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import LedgerEntry, Message, Preferences, User
from accounts.people.domain.people import delete_people
from accounts.privacy import erase, export
from learning.models import Subscription, SubscriptionChange
from progress.models import Interaction, ItemProgress, TcodeProgress
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.weeks import current_week
from tenancy.scope import every_organization
from tests import factories
from tests.accounts.messages import make_message
from tests.contracts.routes import QUIZ
from tests.contracts.world import REMEMBERED, differences, dump

MARK = "zyxwv"
EMAIL, EARLIER = f"{MARK}@north.test", f"{MARK}.before@north.test"
PASSWORD = {"password": factories.PASSWORD}


@pytest.fixture
def world(north, sunrise, global_admin, independent):
    return REMEMBERED.again(north, sunrise, global_admin, independent)


@pytest.fixture
def person(world, client):
    """Somebody whose name, address and words all carry one mark, with a row in every table there is."""
    north = world.north
    made = factories.make_user(EARLIER, "TEACHER", at=north.classroom.scope, name=f"{MARK} Quill")
    User.unscoped.filter(pk=made.pk).update(email=EMAIL)
    made.email = EMAIL
    made.custom_permissions.set(north.guest.custom_permissions.all())
    signed_in = client.as_user(made)
    item = {
        "progress_type": "sign_learned",
        "item_id": "furnished",
        "value": MARK,
        "metadata": {"note": MARK},
    }
    question = {"question_id": world.own["question"], "option_id": world.own["option"]}
    for path, body in (
        ("user_progress", {"data": item}),
        # Of this week: who is in the room belongs nowhere in a week that has passed.
        ("safety_quiz_results", {"data": {**QUIZ["data"], "week_of": str(current_week(timezone.now()))}}),
        (f"v1/question-sets/{north.practices[0].pk}/attempts", {"answers": [question]}),
    ):
        answer = signed_in.post(f"/api/{path}", body, HTTP_IDEMPOTENCY_KEY=f"key of {path}")
        assert answer.status_code in (200, 201), answer.content
    ItemProgress.unscoped.filter(user=made).update(import_hash=f"{MARK}-1", import_digest=MARK)
    assert client.post("/api/v1/auth/login", {"email": EMAIL, **PASSWORD}).status_code == 200
    assert client.post("/api/v1/auth/login", {"email": EMAIL, "password": "wrong"}).status_code == 401
    write_about(made)
    LogEntry.objects.log_actions(str(north.admin.pk), [made], CHANGE, "Changed")
    return made


def write_about(person):
    """Leave what others and the system write of a person, and what their own apps log."""
    whose = {"user": person, "organization": person.organization}
    Preferences.unscoped.create(**whose)
    Message.unscoped.create(
        **whose, tag="info", title=f"Dear {MARK}", body=MARK, mail_error=f"<{EMAIL}>: full"
    )
    LedgerEntry.unscoped.create(**whose, kind="subscription_ended", about="1")
    Interaction.unscoped.create(**whose, type="searched", payload={"query": MARK, "results": 3})
    # A payload is any JSON.
    Interaction.unscoped.create(**whose, type="x-said", payload=[MARK])
    TcodeProgress.unscoped.create(**whose, tcode=factories.TcodeFactory(organization=person.organization))
    subscription = Subscription.unscoped.create(
        **whose,
        subscription_type="trial",
        duration_days=14,
        period_days=14,
        price=0,
        currency="EUR",
        renewal="none",
        overlap="stack",
        reason=f"{MARK} asked",
    )
    SubscriptionChange.unscoped.create(
        **whose, subscription_id=subscription.pk, kind="granted", reason=f"{MARK} asked"
    )


def run(command, *arguments):
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def tables_with(text):
    """Return the tables that hold a text in any column of any row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        names = [name for (name,) in cursor.fetchall()]
        found = set()
        for name in names:
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{name}" AS r WHERE r::text ILIKE %s)', [f"%{text}%"]
            )
            if cursor.fetchone()[0]:
                found.add(name)
    return found


MARKED = {
    "users",
    "accounts_userevent",
    "idempotent_requests",
    "user_progress",
    "safety_quiz_results",
    "messages",
    "subscriptions",
    "subscription_changes",
    "user_interactions",
    "axes_accessattempt",
    "django_admin_log",
}


def test_after_an_erasure_no_table_holds_a_word_of_the_person(person):
    assert tables_with(MARK) >= MARKED
    run("erase_user", EMAIL, "--no-input")
    assert tables_with(MARK) == set()


def test_an_erasure_keeps_the_statistics_and_touches_nobody_else(person, world, client):
    asked = client.as_user(world.north.principal)
    # As the row names it: a week that began since would be another one.
    week_of = SafetyQuizResult.unscoped.get(user=person).week_of
    week = f"/api/safety_quiz_results/completion?week_of={week_of}"
    kept = SafetyQuizResult.unscoped.filter(user=person).values("score", "week_of", "campus", "user_role")
    before, results, report = dump(), list(kept), asked.get(week).json()["summary"]
    run("erase_user", EMAIL, "--no-input")
    assert results == list(kept)
    kept_of_the_log = Interaction.unscoped.filter(user=person).order_by("type")
    assert [row.payload for row in kept_of_the_log] == [{"results": 3}, {}]
    assert asked.get(week).json()["summary"]["total"] == report["total"] - 1
    others = [line for line in differences(before, dump()) if str(person.pk) not in line]
    assert not others, others


def test_an_erasure_closes_the_account_at_once(person, client):
    tokens = client.post("/api/v1/auth/login", {"email": EMAIL, **PASSWORD}).json()
    run("erase_user", EMAIL, "--no-input")
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {tokens['access']}"}
    assert client.get("/api/v1/users/me", **bearer).status_code == 401
    assert client.post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]}).status_code == 401
    assert client.post("/api/v1/auth/login", {"email": EMAIL, **PASSWORD}).status_code == 401
    stored = User.unscoped.get(pk=person.pk)
    assert (stored.email, stored.name) == (f"erased-{person.pk}@erased.invalid", "")
    assert not stored.has_usable_password()
    assert not stored.memberships(manager="unscoped").filter(valid_until=None).exists()


def test_an_erasure_may_be_repeated_and_the_address_is_free_again(person, world):
    run("erase_user", EMAIL, "--no-input")
    before = dump()
    run("erase_user", str(person.pk), "--no-input")
    assert differences(before, dump()) == []
    factories.make_user(EMAIL, "STUDENT", at=world.sunrise.scope)
    with pytest.raises(CommandError, match="no account"):
        run("erase_user", EARLIER, "--no-input")


def test_a_failed_erasure_leaves_the_account_closed_and_the_rest_to_be_repeated(person, monkeypatch):
    def fail(*_arguments):
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(erase, "_erase", fail)
        with pytest.raises(ConnectionError):
            run("erase_user", EMAIL, "--no-input")
    stored = User.unscoped.get(pk=person.pk)
    assert (stored.email, stored.is_active) == (EMAIL, False)
    run("erase_user", EMAIL, "--no-input")
    assert tables_with(MARK) == set()


def test_nothing_is_erased_unless_the_operator_says_so(person, monkeypatch):
    before = dump()
    monkeypatch.setattr("builtins.input", lambda _question: "yes")
    with pytest.raises(CommandError, match="Nothing was erased"):
        run("erase_user", EMAIL)
    assert differences(before, dump()) == []


def test_an_export_holds_a_row_of_every_table_and_nothing_that_opens_the_account(person, world):
    text = run("export_user", EMAIL.upper())
    told = json.loads(text)
    assert told["addresses"] == [EARLIER, EMAIL]
    filled = {name for name, rows in told["tables"].items() if rows}
    assert filled >= MARKED | {"memberships", "question_set_attempts", "permission_changes"}
    [account] = told["tables"]["users"]
    assert account["id"] == str(person.pk)
    assert account["classroom"] == {"id": str(world.north.classroom.pk), "name": world.north.classroom.name}
    [item] = told["tables"]["user_progress"]
    assert (item["value"], item["metadata"]) == (MARK, {"note": MARK})
    assert "password" not in account
    assert not {name for rows in told["tables"].values() for row in rows for name in row} & {"token", "jti"}


def test_an_export_holds_what_the_person_sent_and_did_in_the_admin(person, world):
    other, title = world.north.student, "What I wrote"
    sent = make_message(other, sender=person, title=title)
    make_message(other, sender=world.north.teacher, title="By somebody else")
    LogEntry.objects.log_actions(str(person.pk), [other], CHANGE, "Changed something")
    told = json.loads(run("export_user", EMAIL))["tables"]
    [row] = told["messages_sent"]
    assert (row["id"], row["title"]) == (str(sent.pk), title)
    assert row["user"] == {"id": str(other.pk), "name": None}
    [action] = told["admin_actions"]
    assert (action["object_id"], action["change_message"]) == (str(other.pk), "Changed something")
    assert other.email not in json.dumps(told["admin_actions"])


def test_an_export_names_nobody_else_and_no_other_tenant(person, world):
    text = run("export_user", EMAIL)
    assert "sunrise" not in text.lower()
    others = User.unscoped.exclude(pk=person.pk).values_list("email", flat=True)
    assert not [email for email in others if email in text]


def test_an_export_is_written_to_a_new_file_for_the_operator_only(person, tmp_path):
    path = tmp_path / "person.json"
    assert "rows written" in run("export_user", EMAIL, "--output", str(path))
    assert json.loads(path.read_text())["tables"]["users"]
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="exists"):
        run("export_user", EMAIL, "--output", str(path))


def test_an_export_that_fails_leaves_no_part_of_a_file(person, tmp_path, monkeypatch):
    def fail(_holding, _person):
        raise OSError(28, "No space left on device")

    path = tmp_path / "person.json"
    with monkeypatch.context() as patched:
        patched.setattr(export, "_rows", fail)
        with pytest.raises(CommandError, match="No space left"):
            run("export_user", EMAIL, "--output", str(path))
    assert not path.exists()
    run("export_user", EMAIL, "--output", str(path))
    with pytest.raises(CommandError, match="exists"):
        run("export_user", EMAIL, "--output", str(path))
    assert json.loads(path.read_text())["tables"]["users"]


def test_several_accounts_of_one_address_are_told_apart(person, world):
    with every_organization():
        delete_people(people=[person])
    again = factories.make_user(EMAIL, "STUDENT", at=world.sunrise.scope)
    with pytest.raises(CommandError, match=f"(?s)Several.*{person.pk}  north.*deleted.*{again.pk}  sunrise"):
        run("export_user", EMAIL)
    told = json.loads(run("export_user", str(again.pk)))
    assert [row["id"] for row in told["tables"]["users"]] == [str(again.pk)]
    both = json.loads(run("export_user", EMAIL, "--every-account"))
    assert len(both["tables"]["users"]) == 2


def test_what_was_noted_of_others_with_a_like_address_or_the_same_one_is_not_the_persons(
    person, world, client
):
    like = factories.make_user(f"a{EMAIL}", "STUDENT", at=world.north.scope)
    with every_organization():
        delete_people(people=[person])
    again = factories.make_user(EMAIL, "STUDENT", at=world.sunrise.scope)
    LogEntry.objects.log_actions(str(world.north.admin.pk), [like], CHANGE, "Changed")
    LogEntry.objects.log_actions(str(world.north.admin.pk), [again], CHANGE, "Changed")
    client.post("/api/v1/auth/login", {"email": EMAIL, "password": "wrong"})
    told = json.loads(run("export_user", str(person.pk)))["tables"]
    assert [row["object_id"] for row in told["django_admin_log"]] == [str(person.pk)]
    assert told["axes_accessattempt"] == []
    run("erase_user", str(person.pk), "--no-input")
    assert {entry.object_id for entry in LogEntry.objects.all()} == {str(like.pk), str(again.pk)}
    assert AccessAttempt.objects.filter(username=EMAIL).exists()


def test_both_send_as_many_statements_for_much_as_for_little(person, statements):
    def number():
        with statements() as sent:
            run("export_user", str(person.pk))
        return len(sent)

    few = number()
    organization = person.organization
    ItemProgress.unscoped.bulk_create(
        ItemProgress(
            user=person,
            organization=organization,
            progress_type="sign_learned",
            item_id=str(n),
            created_by=person,
        )
        for n in range(100)
    )
    assert number() == few
