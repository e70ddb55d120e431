"""The number of statements does not grow with rows."""

import pytest

from tests import factories
from tests.quizzes.conftest import options_of, right_answers


@pytest.fixture
def practice(north, sunrise):
    factories.QuestionFactory.create_batch(2, question_set=north.practices[0])
    return north.practices[0]


def reads(practice):
    url = "/api/v1/question-sets"
    return {
        "sets": url,
        "set": f"{url}/{practice.pk}",
        "sets by owner": f"{url}/by-owner?owner_type=SUB_COURSE&owner_id={practice.sub_course_id}",
        "entry assessment": f"{url}/sub-courses/{practice.sub_course_id}/entry-assessment",
        "questions of a set": f"{url}/{practice.pk}/questions",
        "attempts": f"{url}/{practice.pk}/attempts",
        "questions": "/api/v1/questions",
    }


# Who is calling, then: the set, whether they have attempted it, the count, the rows, their options.
AT_MOST = {
    "sets": 3,
    "set": 3,
    "sets by owner": 3,
    "entry assessment": 2,
    "questions of a set": 7,
    "attempts": 5,
    "questions": 4,
}


@pytest.mark.parametrize("role", ["teacher", "student"])
def test_reading_costs_the_same_for_few_and_many(role, as_user, grant, north, practice, statements):
    user = getattr(north, role)
    grant(user, "question_sets.list", "question_sets.list_by_owner", "questions.list")
    client = as_user(user)

    def count():
        found = {}
        for name, url in reads(practice).items():
            with statements() as sent:
                assert client.get(url).status_code == 200, name
            found[name] = len(sent)
        return found

    def attempt():
        answers = right_answers(practice)
        client.post(f"/api/v1/question-sets/{practice.pk}/attempts", {"answers": answers})

    attempt()
    few = count()
    assert few.keys() == AT_MOST.keys()
    assert {name: number for name, number in few.items() if number > AT_MOST[name]} == {}
    factories.QuestionFactory.create_batch(10, question_set=practice)
    factories.PracticeFactory.create_batch(5, sub_course=north.sub_course)
    for _ in range(3):
        attempt()
    assert count() == few


def test_an_attempt_costs_the_same_for_few_and_many_questions(as_user, north, practice, statements):
    client = as_user(north.student)

    def count():
        body = {"answers": right_answers(practice)}
        with statements() as sent:
            response = client.post(f"/api/v1/question-sets/{practice.pk}/attempts", body)
        assert response.status_code == 201
        return len(sent)

    few = count()
    # Who, the set, its place in the sequence, questions, options, the attempt.
    assert few <= 6
    factories.QuestionFactory.create_batch(20, question_set=practice)
    assert count() == few


def test_writing_a_question_costs_the_same_for_few_and_many_options(as_user, north, practice, statements):
    client = as_user(north.admin)
    question = practice.questions.model.unscoped.filter(question_set=practice).first()

    def count(options):
        with statements() as sent:
            response = client.patch(f"/api/v1/questions/{question.pk}", {"options": options})
        assert response.status_code == 200, response.content
        return len(sent)

    def half_kept(n):
        kept = [{"id": o.pk, "text": f"{o.text}+"} for o in options_of(question)][: n // 2]
        return [*kept, *new(n - len(kept))]

    def new(n):
        return [{"text": str(m), "is_correct": m == 0} for m in range(n)]

    few = count(half_kept(4))
    count(new(20))
    assert count(half_kept(20)) == few
