"""Many clients and machines at the same moment."""

from collections import Counter

import pytest
from rest_framework.test import APIClient

from accounts.messages.domain.messages import notify_once
from accounts.models import LedgerEntry, Message, Preferences
from tests.accounts.messages import CONTENT, INBOX, make_message, messages_of, notice
from tests.conftest import access_token
from tests.factories import OrganizationFactory, make_user

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people():
    organization = OrganizationFactory()
    return [make_user(f"p{n}@north.test", "STUDENT", at=organization.scope) for n in range(30)]


def call(user, method, url, body=None, **headers):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token(user)}", **headers)
    answer = getattr(client, method)(url, body, format="json")
    return answer.status_code, answer.content


def test_of_many_that_send_the_same_notices_at_once_each_is_sent_by_one(people, run_at_once):
    due = [notice(person, about) for person in people for about in ("1", "2")]
    orders = [due, due[::-1], due[30:] + due[:30], due[::2] + due[1::2]]
    sent = run_at_once([lambda order=order: notify_once(notices=order) for order in orders * 4])
    assert sum(sent) == len(due)
    assert Message.unscoped.count() == LedgerEntry.unscoped.count() == len(due)
    assert set(Counter(Message.unscoped.values_list("user_id", "body")).values()) == {1}


def test_first_reads_at_once_make_one_row(people, run_at_once):
    read = [lambda: call(people[0], "get", "/api/v1/users/me/preferences")] * 24
    change = [lambda: call(people[0], "patch", "/api/v1/users/me/preferences", {"theme": "dark"})] * 4
    answers = run_at_once(read + change)
    assert {status for status, _ in answers} == {200}
    assert Preferences.unscoped.get().theme == "dark"


def test_one_key_many_times_at_once_sends_once(people, run_at_once):
    admin = make_user("admin@demo.test", "ADMIN", at=people[0].organization.scope)
    body = {"scope": str(people[0].organization.scope), **CONTENT}

    def send():
        return call(admin, "post", INBOX, body, HTTP_IDEMPOTENCY_KEY="once")

    assert len(set(run_at_once([send] * 24))) == 1
    assert Message.unscoped.count() == len(people) + 1


def test_readings_at_once_agree_on_the_first_time(people, run_at_once):
    message = make_message(people[0])
    answers = set(run_at_once([lambda: call(people[0], "post", f"{INBOX}/{message.pk}/read")] * 24))
    assert len(answers) == 1
    assert messages_of(people[0])[0].read_at is not None
