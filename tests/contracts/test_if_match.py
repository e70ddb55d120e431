"""Every row of content says which revision it is, and is not written over by who knows an older one."""

from datetime import UTC, datetime

import pytest
from django.db.models import F

from learning.models import Video
from quizzes.models import Question
from tests import factories
from tests.conftest import error_of
from tests.factories import make_user
from tests.meeting import somebody_else

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

V1 = "/api/v1"
CM = f"{V1}/course-management"
PATHS = {
    "category": f"{CM}/categories",
    "course": f"{CM}/courses",
    "sub_course": f"{CM}/sub-courses",
    "video": f"{CM}/videos",
    "question_set": f"{V1}/question-sets",
    "question": f"{V1}/questions",
}
OPTIONS = [{"text": "yes", "is_correct": True}, {"text": "no"}]


@pytest.fixture
def rows(north, sunrise):
    """A row of each kind of content, and a body that makes another."""
    question, _ = (factories.QuestionFactory(question_set=north.practices[0]) for _ in range(2))
    level = {"level": "BEGINNER", "sub_level": "A1"}
    address = {"video_url": "https://videos.example/new.mp4"}
    return {
        "category": (north.category, {"title": "New"}),
        "course": (north.course, {"title": "New", "category_id": north.category.pk}),
        "sub_course": (north.sub_course, {"title": "New", "course_id": north.course.pk, **level}),
        "video": (north.videos[0], {"title": "New", "sub_course_id": north.sub_course.pk, **address}),
        "question_set": (
            north.practices[0],
            {"title": "New", "owner_id": north.sub_course.pk, "set_type": "PRACTICE"},
        ),
        "question": (
            question,
            {"text": "New", "question_set_id": north.practices[0].pk, "options": OPTIONS},
        ),
    }


def change_of(kind):
    return {"text" if kind == "question" else "title": "Newer"}


@pytest.mark.parametrize("kind", PATHS)
def test_every_answer_about_one_row_bears_its_tag_and_the_tag_opens_the_row(kind, rows, north, as_user):
    client, body = as_user(north.admin), rows[kind][1]
    made = client.post(PATHS[kind], body)
    assert made.status_code == 201, made.content
    url = f"{PATHS[kind]}/{made.json()['id']}"
    read = client.get(url)
    assert read["ETag"] == made["ETag"]
    changed = client.patch(url, change_of(kind), HTTP_IF_MATCH=read["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] == client.get(url)["ETag"] != read["ETag"]
    replaced = client.put(url, body, HTTP_IF_MATCH=f'"0815", {changed["ETag"]}')
    assert replaced.status_code == 200
    assert client.delete(url, HTTP_IF_MATCH=replaced["ETag"]).status_code == 204
    restored = client.post(f"{url}/restore")
    assert (
        restored["ETag"] == client.get(url)["ETag"] not in (made["ETag"], changed["ETag"], replaced["ETag"])
    )


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_who_knows_an_older_row_is_told_who_changed_it_and_when(kind, method, rows, north, as_user):
    row, body = rows[kind]
    url, other = f"{PATHS[kind]}/{row.pk}", make_user("ada@north.test", "ADMIN", at=north.scope, name="Ada")
    mine = as_user(north.admin)
    seen = mine.get(url)
    before = as_user(other).patch(url, change_of(kind)).json()
    refused = getattr(mine, method)(url, body, HTTP_IF_MATCH=seen["ETag"])
    assert refused.status_code == 412
    error = error_of(refused)
    assert (error["code"], error["attr"]) == ("stale_row", None)
    assert error["meta"]["changed_by"] == "Ada"
    row.refresh_from_db()
    assert error["meta"]["changed_at"] == row.updated_at.isoformat().replace("+00:00", "Z")
    assert mine.get(url).json() == before


@pytest.mark.parametrize("kind", PATHS)
def test_without_if_match_or_with_a_star_any_row_is_written_over(kind, rows, north, as_user):
    client, url = as_user(north.admin), f"{PATHS[kind]}/{rows[kind][0].pk}"
    for headers in ({}, {"HTTP_IF_MATCH": "*"}):
        assert client.patch(url, change_of(kind), **headers).status_code == 200
    assert client.delete(url, HTTP_IF_MATCH="*").status_code == 204


def test_a_weak_tag_and_one_that_no_row_has_match_nothing(north, sunrise, as_user):
    client, url = as_user(north.admin), f"{PATHS['course']}/{north.course.pk}"
    tag = client.get(url)["ETag"]
    for sent in (f"W/{tag}", '"x"', '"99999999999999999999999"', '"-1"'):
        assert client.patch(url, {"title": "Over"}, HTTP_IF_MATCH=sent).status_code == 412, sent
    for sent in ("7", "", ","):
        refused = client.patch(url, {"title": "Over"}, HTTP_IF_MATCH=sent)
        assert refused.status_code == 400, sent
        assert (error_of(refused)["code"], error_of(refused)["attr"]) == ("invalid_if_match", "If-Match")
    assert client.get(url).json()["title"] == north.course.title


def test_a_row_of_another_tenant_answers_like_none_whatever_the_tag(north, sunrise, as_user):
    client = as_user(north.admin)
    answers = [
        client.patch(f"{PATHS['course']}/{pk}", {"title": "Mine"}, HTTP_IF_MATCH='"0"')
        for pk in (sunrise.course.pk, 10**12)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_what_breaks_a_rule_is_told_before_what_is_stale(north, sunrise, as_user):
    url = f"{PATHS['course']}/{north.course.pk}"
    refused = as_user(north.admin).patch(url, {"title": ""}, HTTP_IF_MATCH='"99"')
    assert (refused.status_code, error_of(refused)["attr"]) == (400, "title")


def test_a_new_order_makes_what_was_seen_stale_and_says_who_made_it(north, sunrise, as_user):
    other = make_user("ada@north.test", "ADMIN", at=north.scope, name="Ada")
    url, mine = f"{PATHS['video']}/{north.videos[0].pk}", as_user(north.admin)
    tag = mine.get(url)["ETag"]
    items = [{"id": video.pk, "position": n} for n, video in enumerate(reversed(north.videos))]
    assert as_user(other).put(f"{CM}/videos/reorder", {"items": items}).status_code == 200
    refused = mine.patch(url, {"title": "Mine"}, HTTP_IF_MATCH=tag)
    assert (refused.status_code, error_of(refused)["meta"]["changed_by"]) == (412, "Ada")


def test_a_change_of_the_options_alone_is_one_of_the_question(rows, north, as_user):
    url, client = f"{PATHS['question']}/{rows['question'][0].pk}", as_user(north.admin)
    client.patch(url, {"options": OPTIONS})
    seen = client.get(url)
    options = [{**option, "text": f"{option['text']}!"} for option in seen.json()["options"]]
    # Goes past the trigger, as it counts for itself.
    Question.unscoped.filter(pk=rows["question"][0].pk).update(
        revision=F("revision") + 1, updated_at=LONG_AGO
    )
    changed = client.patch(url, {"options": options})
    assert changed["ETag"] != seen["ETag"]
    assert Question.unscoped.get(pk=rows["question"][0].pk).updated_at > LONG_AGO
    refused = client.patch(url, {"options": OPTIONS}, HTTP_IF_MATCH=seen["ETag"])
    assert (refused.status_code, error_of(refused)["meta"]["changed_by"]) == (412, north.admin.name)
    same = client.patch(url, {"options": options}, HTTP_IF_MATCH=changed["ETag"])
    assert same["ETag"] == changed["ETag"], "what changes nothing makes no other row of it"
    for gone in (changed["ETag"], seen["ETag"]):
        client.patch(url, {"options": OPTIONS})
        assert client.get(url)["ETag"] != gone


def test_someone_of_another_organization_is_not_named(north, sunrise, global_admin, as_user):
    url, mine = f"{PATHS['course']}/{north.course.pk}", as_user(north.admin)
    tag = mine.get(url)["ETag"]
    as_user(global_admin).patch(url, {"title": "Theirs"})
    assert error_of(mine.delete(url, HTTP_IF_MATCH=tag))["meta"]["changed_by"] == "the platform"


def test_what_a_learner_opens_bears_the_tag_that_staff_see(north, sunrise, as_user):
    assessment = f"{V1}/question-sets/sub-courses/{north.sub_course.pk}/entry-assessment"
    for url in (f"{PATHS['video']}/{north.videos[0].pk}", f"{PATHS['question_set']}/{north.practices[0].pk}"):
        assert as_user(north.student).get(url)["ETag"] == as_user(north.admin).get(url)["ETag"]
    read = as_user(north.admin).get(assessment)
    assert read["ETag"] == as_user(north.admin).get(f"{PATHS['question_set']}/{read.json()['id']}")["ETag"]


def test_a_tcode_bears_its_tag(north, sunrise, as_user):
    tcode = factories.TcodeFactory(organization=north.organization)
    assert as_user(north.student).get(f"{V1}/tcodes/{tcode.pk}")["ETag"] == '"0"'


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["video", "question_set", "question"])
@pytest.mark.parametrize("method", ["patch", "delete"])
def test_of_two_who_change_a_row_at_once_the_second_is_refused(kind, method, north, sunrise, as_user):
    question = factories.QuestionFactory(question_set=north.practices[0])
    row = {"video": north.videos[0], "question_set": north.practices[0], "question": question}[kind]
    url, client, other = f"{PATHS[kind]}/{row.pk}", as_user(north.admin), as_user(north.admin)
    tag = client.get(url)["ETag"]

    def second():
        return getattr(other, method)(url, change_of(kind), HTTP_IF_MATCH=tag)

    with somebody_else(second) as outcome:
        assert client.patch(url, change_of(kind), HTTP_IF_MATCH=tag).status_code == 200
    assert outcome().status_code == 412
    assert {"video": Video, "question": Question}.get(kind, type(row)).unscoped.get(pk=row.pk).deleted is None
