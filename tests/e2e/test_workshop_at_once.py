"""Many clients saving progress with one tcode and logging interactions at once, over real connections."""

from itertools import chain

import pytest

from progress.models import Interaction, TcodeProgress
from tests import factories
from tests.e2e.callers import Caller, at_once

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

CLIENTS = 16


@pytest.fixture
def callers(live_server, north, sunrise):
    return [Caller(live_server, north.student) for _ in range(CLIENTS)]


@pytest.fixture
def tcode(north):
    made = factories.TcodeFactory()
    factories.make_subscription(north.student, made)
    return made


def test_sixteen_clients_saving_progress_leave_one_row_and_the_highest_percentage(callers, tcode):
    def save(caller, number):
        body = [{"lastSlideSeen": n, "percentComplete": (n * 7 + number) % 91} for n in range(20)]
        return [caller.send("put", f"tcodes/{tcode.pk}/progress", json=one) for one in body]

    answers = list(chain(*at_once([lambda c=c, n=n: save(c, n) for n, c in enumerate(callers)])))
    assert {answer.status_code for answer in answers} == {200}
    row = TcodeProgress.unscoped.get()
    assert row.percent_complete == max(answer.json()["percentComplete"] for answer in answers) == 90
    assert row.last_slide_seen == 19
    # What a client is told never goes down for it either.
    for number in range(CLIENTS):
        told = [answer.json()["percentComplete"] for answer in answers[number * 20 : (number + 1) * 20]]
        assert told == sorted(told)


def test_sixteen_clients_logging_at_once_lose_nothing(callers):
    def log(caller, number):
        body = {
            "items": [
                {"type": "viewed-slide", "payload": {"tcodeId": number + 1, "slide": n}} for n in range(100)
            ]
        }
        return [caller.send("post", "interactions", json=body) for _ in range(5)]

    answers = list(chain(*at_once([lambda c=c, n=n: log(c, n) for n, c in enumerate(callers)])))
    assert {answer.status_code for answer in answers} == {201}
    told = {row["id"] for answer in answers for row in answer.json()["items"]}
    assert told == {str(pk) for pk in Interaction.unscoped.values_list("pk", flat=True)}
    assert len(told) == CLIENTS * 5 * 100


def test_one_idempotency_key_sent_a_hundred_times_at_once_logs_once(callers):
    def log(caller):
        body = {"items": [{"type": "searched", "payload": {"query": "x"}}] * 3}
        headers = {"Idempotency-Key": "the-same"}
        return [caller.send("post", "interactions", json=body, headers=headers) for _ in range(7)]

    answers = list(chain(*at_once([lambda c=c: log(c) for c in callers])))
    assert len(answers) > 100
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Interaction.unscoped.count() == 3
