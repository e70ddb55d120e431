"""What a client may send and be answered with, however it says so."""

import pytest

pytestmark = pytest.mark.django_db

ITEM = b'{"data": {"progress_type": "sign_learned", "item_id": "hello"}}'
PATH = "/api/user_progress?progress_type=sign_learned"


@pytest.mark.parametrize(
    ("accepted", "status"),
    [
        (None, 200),
        ("*/*", 200),
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("text/html, application/json;q=0.5", 200),
        ("text/csv", 406),
    ],
)
def test_json_is_answered_to_whoever_takes_it(as_user, north, accepted, status):
    headers = {} if accepted is None else {"Accept": accepted}
    answer = as_user(north.student).get(PATH, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")


@pytest.mark.parametrize(
    ("sent", "status"),
    [("application/json", 200), ("application/json; charset=utf-8", 200), ("text/plain", 415)],
)
def test_json_is_read_whatever_else_is_said_of_it(as_user, north, sent, status):
    assert as_user(north.student).generic("POST", PATH, ITEM, content_type=sent).status_code == status
