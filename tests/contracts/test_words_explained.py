"""Words of the documents are explained on the pages where staff meet them."""

from html import unescape

import pytest

from learning.models import Course, CourseCategory, SubCourse, Tcode, Video
from quizzes.models import Question, QuestionSet, SafetyQuizResult
from tests.contracts.admin_pages import REGISTERED, rows_of, sign_in, url

EXPLAINED = {
    CourseCategory: {"status"},
    Course: {"status"},
    SubCourse: {"status", "level", "sub_level"},
    Video: {"status"},
    QuestionSet: {"status", "set_type", "owner_type", "pass_mark"},
    Question: {"question_type", "points", "explanation"},
    Tcode: {"code"},
    SafetyQuizResult: {"week_of", "user_role"},
}


@pytest.mark.parametrize("model", EXPLAINED, ids=lambda model: model.__name__)
def test_a_word_is_explained_beside_its_field(model, world):
    explained = REGISTERED[model].explained
    assert set(explained) == EXPLAINED[model]
    row = rows_of(model, world.north.organization).first()
    page = unescape(sign_in(world.north.admin).get(url(model, "change", row.pk)).content.decode())
    assert [name for name, text in explained.items() if str(text) not in page] == []
