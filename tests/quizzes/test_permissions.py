"""One table: every endpoint of quizzes, its key, and what other people and other tenants are answered."""

from functools import cache

import pytest

from tests import factories
from tests.conftest import Client
from tests.quizzes.conftest import entry_assessment_of, options_of

SET = "/api/v1/question-sets"
QUESTION = "/api/v1/questions"
OPTIONS = [{"text": "yes", "is_correct": True}, {"text": "no"}]
REORDER = "/api/v1/course-management/practices/reorder"

# method, path, body, keys that open it, status with a key, status for a row of another tenant
TABLE = [
    ("get", SET, None, ["question_sets.list"], 200, None),
    ("post", SET, {"title": "x", "owner_id": "{sub_course}"}, ["question_sets.create"], 201, 400),
    ("get", SET + "/{practice}", None, ["question_sets.get"], 200, 404),
    ("put", SET + "/{practice}", {"title": "x"}, ["question_sets.update"], 200, 404),
    ("patch", SET + "/{practice}", {"title": "x"}, ["question_sets.update"], 200, 404),
    ("delete", SET + "/{practice}", None, ["question_sets.delete"], 204, 404),
    ("post", SET + "/{practice}/restore", None, ["question_sets.delete"], 200, 404),
    ("get", SET + "/{practice}/questions", None, ["question_set_items.list"], 200, 404),
    ("get", SET + "/{practice}/attempts", None, ["question_sets.get"], 200, 404),
    (
        "post",
        SET + "/{practice}/attempts",
        {"answers": [{"question_id": "{question}", "option_id": "{option}"}]},
        ["question_sets.get"],
        201,
        404,
    ),
    (
        "get",
        SET + "/sub-courses/{sub_course}/entry-assessment",
        None,
        ["question_sets.get", "question_sets.list_by_owner"],
        200,
        404,
    ),
    (
        "get",
        SET + "/by-owner?owner_type=SUB_COURSE&owner_id={sub_course}",
        None,
        ["question_sets.list_by_owner"],
        200,
        200,
    ),
    ("put", REORDER, {"items": [{"id": "{only}", "position": 0}]}, ["practices.reorder"], 200, 400),
    ("get", QUESTION, None, ["questions.list"], 200, None),
    (
        "post",
        QUESTION,
        {"question_set_id": "{practice}", "text": "?", "options": OPTIONS},
        ["questions.create"],
        201,
        400,
    ),
    ("get", QUESTION + "/{question}", None, ["questions.get"], 200, 404),
    (
        "put",
        QUESTION + "/{question}",
        {"text": "x", "question_set_id": "{practice}", "options": OPTIONS},
        ["questions.update"],
        200,
        404,
    ),
    ("patch", QUESTION + "/{question}", {"text": "x"}, ["questions.update"], 200, 404),
    ("delete", QUESTION + "/{question}", None, ["questions.delete"], 204, 404),
    ("post", QUESTION + "/{question}/restore", None, ["questions.delete"], 200, 404),
]
LABELS = [f"{method} {path}" for method, path, *_ in TABLE]
CASES = pytest.mark.parametrize(("method", "path", "body", "keys", "allowed", "foreign"), TABLE, ids=LABELS)
WRITES = {"put", "patch", "delete"}


def filled(value, ids):
    """Return a path or body with the ids put in."""
    if isinstance(value, str):
        if value.startswith("{") and value.endswith("}"):
            return ids[value[1:-1]]
        return value.format(**ids)
    if isinstance(value, dict):
        return {name: filled(item, ids) for name, item in value.items()}
    return [filled(item, ids) for item in value] if isinstance(value, list) else value


def ids_of(sub_course, practice):
    # Two: a published practice keeps its last question.
    question, _ = (factories.QuestionFactory(question_set=practice) for _ in range(2))
    other = factories.SubCourseFactory(course=sub_course.course)
    return {
        "sub_course": sub_course.pk,
        "practice": practice.pk,
        "question": question.pk,
        "option": options_of(question)[0].pk,
        "only": factories.PracticeFactory(sub_course=other).pk,
    }


@pytest.fixture
def ids(north):
    return ids_of(north.sub_course, north.practices[0])


@pytest.fixture
def foreign_ids(sunrise):
    return ids_of(sunrise.sub_course, sunrise.practices[0])


@pytest.fixture
def shared_ids(shared):
    return ids_of(shared.sub_course, shared.practice)


UNKNOWN = dict.fromkeys(["sub_course", "practice", "question", "option", "only"], 10**9)


def send(client, method, path, body, ids):
    return getattr(client, method)(filled(path, ids), filled(body, ids))


@CASES
def test_each_of_its_keys_opens_an_endpoint(
    method, path, body, keys, allowed, foreign, as_user, with_only, north, ids, foreign_ids
):
    for key in keys:
        response = send(as_user(with_only(north, key)), method, path, body, ids)
        assert response.status_code == allowed, response.content


def test_without_a_key_everyone_is_refused_whatever_the_id(as_user, with_only, north, ids, foreign_ids):
    client = as_user(with_only(north))
    for method, path, body, *_ in TABLE:
        answers = [send(client, method, path, body, some) for some in (ids, foreign_ids, UNKNOWN)]
        assert {answer.status_code for answer in answers} == {403}, (method, path)
        assert len({answer.content for answer in answers}) == 1, (method, path)


def test_without_a_token_everyone_is_unauthorized(ids):
    for method, path, body, *_ in TABLE:
        response = send(Client(), method, path, body, ids)
        assert response.status_code == 401, (method, path)
        assert response.headers["WWW-Authenticate"].startswith("Bearer"), (method, path)


@pytest.fixture
def caller(as_user, with_only, north):
    """``caller(keys)`` is a client of someone who holds these keys, the same one each time."""
    return cache(lambda keys: as_user(with_only(north, *keys)))


def test_rows_of_another_tenant_answer_like_rows_that_do_not_exist(caller, foreign_ids):
    for method, path, body, keys, _allowed, foreign in TABLE:
        if foreign is None:
            continue
        theirs, unknown = (
            send(caller(tuple(keys)), method, path, body, some) for some in (foreign_ids, UNKNOWN)
        )
        assert theirs.status_code == unknown.status_code == foreign, (method, path)
        if foreign == 404:
            assert theirs.content == unknown.content, (method, path)


def test_shared_content_is_read_by_every_tenant_and_written_by_none(caller, shared_ids):
    for method, path, body, keys, allowed, _foreign in TABLE:
        if "{" not in path:
            continue
        response = send(caller(tuple(keys)), method, path, body, shared_ids)
        if method in WRITES or path.endswith("/restore"):
            assert response.status_code == 403, (method, path)
            assert response.json()["errors"][0]["code"] == "shared_content", (method, path)
        else:
            assert response.status_code == allowed, (method, path)


@pytest.mark.parametrize("role", ["guardian", "guest"])
def test_guardians_and_guests_read_nothing(role, as_user, north, ids):
    client = as_user(getattr(north, role))
    for path in (SET, SET + "/{practice}", SET + "/{practice}/questions", SET + "/{practice}/attempts"):
        assert client.get(filled(path, ids)).status_code == 403


def test_the_seeded_roles_reach_what_the_contract_says(as_user, north, ids):
    reads = [
        SET + "/{practice}",
        SET + "/{practice}/questions",
        SET + "/sub-courses/{sub_course}/entry-assessment",
    ]
    lists = [SET, SET + "/by-owner?owner_type=SUB_COURSE&owner_id={sub_course}", QUESTION]
    for role in ("admin", "teacher", "instructor", "support"):
        for path in (*reads, *lists):
            assert as_user(getattr(north, role)).get(filled(path, ids)).status_code == 200
    for path in reads:
        assert as_user(north.student).get(filled(path, ids)).status_code == 200
    for path in lists:
        assert as_user(north.student).get(filled(path, ids)).status_code == 403
    assert as_user(north.teacher).post(SET, {"title": "x"}).status_code == 403


def test_a_global_user_reaches_every_tenant(as_user, global_admin, north, sunrise, ids, foreign_ids):
    for some in (ids, foreign_ids):
        for path in (SET + "/{practice}", SET + "/{practice}/questions", QUESTION + "/{question}"):
            assert as_user(global_admin).get(filled(path, some)).status_code == 200
    within = as_user(global_admin, north.scope)
    assert within.get(filled(SET + "/{practice}", foreign_ids)).status_code == 404


def test_the_platform_writes_shared_content(as_user, global_admin, shared):
    url = f"{SET}/{shared.practice.pk}"
    assert as_user(global_admin).patch(url, {"title": "Better"}).status_code == 200
    assessment = entry_assessment_of(shared.sub_course)
    assert as_user(global_admin).delete(f"{SET}/{assessment.pk}").status_code == 409


def test_a_withheld_key_closes_what_the_role_opens(as_user, north, ids):
    from django.contrib.auth.models import Permission

    north.student.custom_permissions_filter.add(Permission.objects.get(codename="question_sets.get"))
    assert as_user(north.student).get(filled(SET + "/{practice}", ids)).status_code == 403
    assert as_user(north.student).get(filled(SET + "/{practice}/attempts", ids)).status_code == 403
