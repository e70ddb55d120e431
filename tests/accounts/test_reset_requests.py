"""Requests for a new password are noted at once, and answered by a mail in the background."""

import threading
import time
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import ResetRequest, User
from accounts.sign_in import courier
from accounts.sign_in.courier import Courier
from accounts.sign_in.domain import reset_requests
from accounts.sign_in.domain.invitations import invite
from accounts.sign_in.domain.reset_requests import (
    MAX_ATTEMPTS,
    answer_requests,
    request_reset,
    seconds_until_due,
)
from tests.factories import make_user
from tests.meeting import elsewhere

RESET = "/api/v1/auth/password/reset"
SECONDS = 20


@pytest.fixture(autouse=True)
def room(request):
    """Two organizations, and nobody who answers by themselves."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("north")
        request.getfixturevalue("sunrise")


class Refusing(EmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({"teacher@north.test": (550, b"no such mailbox")})


class Away(EmailBackend):
    """A mail server that cannot be reached."""

    def open(self):
        raise ConnectionRefusedError


def use(monkeypatch, backend):
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend", backend)


def make_due():
    ResetRequest.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def recipients():
    return [address for sent in mail.outbox for address in sent.to]


@pytest.mark.django_db
def test_asking_does_the_same_for_an_address_of_nobody(client, north, statements):
    User.unscoped.filter(pk=north.student.pk).update(is_active=False)
    sent = []
    for address in ("teacher@north.test", "nobody@north.test", "student@north.test"):
        with statements() as asked:
            assert client.post(RESET, {"email": address}).status_code == 204
        sent.append(len(asked))
    assert sent == [1, 1, 1]
    assert mail.outbox == []
    assert answer_requests(limit=10) == 3
    assert recipients() == ["teacher@north.test"]
    assert not ResetRequest.objects.exists()


@pytest.mark.django_db
def test_asking_twice_before_the_answer_is_answered_once():
    for address in ("teacher@north.test", " Teacher@North.TEST"):
        request_reset(email=address)
    answer_requests(limit=10)
    assert recipients() == ["teacher@north.test"]
    request_reset(email="teacher@north.test")
    answer_requests(limit=10)
    assert recipients() == ["teacher@north.test"] * 2


@pytest.mark.django_db
def test_one_run_answers_no_more_than_it_was_told_to():
    for name in ("teacher", "student", "guest"):
        request_reset(email=f"{name}@north.test")
    assert answer_requests(limit=2) == 2
    assert seconds_until_due() == 0
    assert answer_requests(limit=2) == 1
    assert seconds_until_due() is None


@pytest.mark.django_db
def test_what_was_interrupted_is_answered_later(monkeypatch):
    class Killed(BaseException):
        pass

    class Ending(EmailBackend):
        def send_messages(self, messages):
            raise Killed

    request_reset(email="teacher@north.test")
    with monkeypatch.context() as patch:
        use(patch, Ending)
        with pytest.raises(Killed):
            answer_requests(limit=1)
    # Not at once: whoever took it in hand may still be at it.
    assert answer_requests(limit=1) == 0
    assert 50 < seconds_until_due() <= 60
    make_due()
    assert answer_requests(limit=1) == 1
    assert recipients() == ["teacher@north.test"]


@pytest.mark.django_db
def test_what_the_server_refuses_is_tried_again_and_again_and_then_let_go(monkeypatch, caplog):
    request_reset(email="teacher@north.test")
    request_reset(email="student@north.test")
    use(monkeypatch, Refusing)
    waits = []
    for _ in range(MAX_ATTEMPTS):
        assert answer_requests(limit=10) == 2
        waits.append(seconds_until_due())
        make_due()
    assert [wait and round(wait / 60) for wait in waits] == [1, 3, 9, 27, None]
    assert answer_requests(limit=10) == 0
    assert caplog.text.count("could not be sent") == 2 * MAX_ATTEMPTS
    assert "teacher@" not in caplog.text


@pytest.mark.django_db
def test_a_server_that_is_away_uses_up_no_attempt(monkeypatch):
    request_reset(email="teacher@north.test")
    with monkeypatch.context() as patch:
        use(patch, Away)
        for _ in range(MAX_ATTEMPTS + 1):
            with pytest.raises(OSError):
                answer_requests(limit=10)
    answer_requests(limit=10)
    assert recipients() == ["teacher@north.test"]


@pytest.mark.django_db
def test_an_address_that_no_mail_can_be_sent_to_is_let_go(caplog):
    # 63 letters are a label of a domain; what they become in a mail's header is longer.
    make_user(f"a@{'ü' * 63}.test")
    request_reset(email=f"a@{'ü' * 63}.test")
    for _ in range(MAX_ATTEMPTS):
        answer_requests(limit=1)
        make_due()
    assert not ResetRequest.objects.exists()
    assert "could not be sent" in caplog.text


@pytest.mark.django_db
def test_the_command_answers_what_no_process_got_to(capsys, monkeypatch):
    request_reset(email="teacher@north.test")
    call_command("send_mail_copies")
    assert "1 requests for a new password answered" in capsys.readouterr().out
    assert recipients() == ["teacher@north.test"]
    request_reset(email="teacher@north.test")
    use(monkeypatch, Away)
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("send_mail_copies")


@pytest.mark.django_db
def test_who_has_no_password_yet_gets_an_invitation_and_who_has_one_does_not():
    new = make_user("new@north.test")
    new.set_unusable_password()
    new.save()
    invite(people=[new])
    request_reset(email="new@north.test")
    answer_requests(limit=1)
    assert [sent.subject for sent in mail.outbox] == ["Your account"] * 2
    request_reset(email="teacher@north.test")
    answer_requests(limit=1)
    assert mail.outbox[-1].subject == "Your new password"


@pytest.fixture
def own_courier(monkeypatch):
    """A courier that is not the one of this process, and quick."""
    monkeypatch.setattr(courier, "PAUSE", 0.01)
    monkeypatch.setattr(courier, "AFTER_FAILURE", 0.01)
    return lambda work: Courier("test", work)


@pytest.mark.django_db(transaction=True)
def test_whoever_asks_gets_the_mail_soon_after_the_answer(client):
    assert client.post(RESET, {"email": "teacher@north.test"}).status_code == 204
    deadline = time.monotonic() + SECONDS
    while not mail.outbox and time.monotonic() < deadline:
        time.sleep(0.05)
    assert recipients() == ["teacher@north.test"]
    while ResetRequest.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not ResetRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_that_answer_at_once_send_one_mail_each(monkeypatch):
    monkeypatch.setattr(reset_requests.courier, "wake", lambda: None)
    for n in range(6):
        make_user(f"person{n}@north.test")
        request_reset(email=f"person{n}@north.test")

    def answer():
        try:
            answer_requests(limit=10)
        finally:
            reset_requests.transaction.get_connection().close()

    threads = [threading.Thread(target=answer) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert sorted(recipients()) == [f"person{n}@north.test" for n in range(6)]


@pytest.mark.django_db(transaction=True)
def test_what_another_process_is_taking_in_hand_is_left_to_it(monkeypatch):
    monkeypatch.setattr(reset_requests.courier, "wake", lambda: None)
    request_reset(email="teacher@north.test")
    with elsewhere("SELECT FROM password_reset_requests FOR UPDATE"):
        assert answer_requests(limit=10) == 0
    assert answer_requests(limit=10) == 1
    assert recipients() == ["teacher@north.test"]


def test_a_courier_that_is_woken_while_it_works_looks_again(own_courier):
    done = threading.Semaphore(0)
    going_on = threading.Event()

    def work():
        done.release()
        going_on.wait(SECONDS)

    ours = own_courier(work)
    ours.wake()
    assert done.acquire(timeout=SECONDS)
    ours.wake()
    ours.wake()
    going_on.set()
    assert done.acquire(timeout=SECONDS)
    assert not done.acquire(timeout=0.2), "asleep until it is woken"


def test_a_courier_goes_on_after_a_failure_and_comes_back_for_what_is_due_later(own_courier, caplog):
    done, results = threading.Semaphore(0), [ConnectionRefusedError(), 0.01, None]

    def work():
        done.release()
        result = results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    own_courier(work).wake()
    for _ in range(3):
        assert done.acquire(timeout=SECONDS)
    assert "ConnectionRefusedError; trying again" in caplog.text
