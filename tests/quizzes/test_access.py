"""``check_open``: the one hook that a sequence needs, asked before content is returned or accepted."""

import pytest
from django.test import override_settings

from config.urls import route
from quizzes.models import Attempt
from quizzes.sets.api.attempts import AttemptViewSet
from quizzes.sets.api.views import EntryAssessmentViewSet, QuestionSetViewSet, SetQuestionsViewSet
from tenancy.errors import RefusedError
from tests import factories
from tests.conftest import error_of
from tests.quizzes.conftest import right_answers


class Closed:
    """A sequence in which nothing is open."""

    def check_open(self, question_set):
        raise RefusedError("Not yet.", code="locked", meta={"set": question_set.pk})


def closed(view, *actions):
    view = type(view.__name__, (Closed, view), {})
    return view.as_view(*actions)


urlpatterns = [
    route("question-sets/<id>", closed(QuestionSetViewSet, {"get": "retrieve", "patch": "partial_update"})),
    route("question-sets/<id>/questions", closed(SetQuestionsViewSet, {"get": "list"})),
    route("question-sets/<id>/attempts", closed(AttemptViewSet, {"get": "list", "post": "create"})),
    route(
        "question-sets/sub-courses/<id>/entry-assessment",
        closed(EntryAssessmentViewSet, {"get": "entry_assessment"}),
    ),
]

REQUESTS = [
    ("get", "{practice}", None),
    ("get", "{practice}/questions", None),
    ("get", "{practice}/attempts", None),
    ("post", "{practice}/attempts", "right"),
    ("post", "{practice}/attempts", {"answers": "nonsense"}),
    ("get", "sub-courses/{sub_course}/entry-assessment", None),
]


@pytest.fixture(autouse=True)
def _closed_views():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
def test_a_set_that_is_not_open_gives_nothing_and_takes_nothing(method, path, body, as_user, north):
    practice = north.practices[0]
    factories.QuestionFactory(question_set=practice)
    path = "/api/v1/question-sets/" + path.format(practice=practice.pk, sub_course=north.sub_course.pk)
    body = {"answers": right_answers(practice)} if body == "right" else body
    response = getattr(as_user(north.student), method)(path, body)
    assert (response.status_code, error_of(response)["code"]) == (403, "locked")
    assert not Attempt.unscoped.exists()


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
def test_the_hook_is_not_asked_about_what_the_caller_may_not_know_of(
    method, path, body, as_user, north, sunrise
):
    ids = {"practice": sunrise.practices[0].pk, "sub_course": sunrise.sub_course.pk}
    body = {"answers": []} if body == "right" else body
    path = "/api/v1/question-sets/" + path.format(**ids)
    assert getattr(as_user(north.student), method)(path, body).status_code == 404


def test_authoring_does_not_ask(as_user, north):
    url = f"/api/v1/question-sets/{north.practices[0].pk}"
    assert as_user(north.admin).patch(url, {"title": "x"}).status_code == 200
