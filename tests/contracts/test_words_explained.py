"""Words of the documents are explained on the pages where staff meet them."""

from html import unescape

import pytest
from django.urls import reverse

from learning.models import Course, CourseCategory, SubCourse, Subscription, Tcode, Video
from progress.models import TcodeProgress
from progress.reports import pages as learning
from quizzes.models import Attempt, Question, QuestionSet, SafetyQuizResult
from quizzes.safety.report_page import pages as completion
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


@pytest.mark.parametrize(
    ("name", "report", "words"),
    [
        ("safety_completion", completion, {"pending", "late", "self-reported", "week"}),
        ("learning_report", learning, {"stuck", "waived", "here now", "step"}),
    ],
)
def test_a_report_explains_its_words(name, report, words, world):
    page = unescape(sign_in(world.north.admin).get(reverse(f"admin:{name}")).content.decode())
    assert words <= {str(word) for word, _meaning in report.WORDS}
    for word, meaning in report.WORDS:
        assert str(meaning) in page
        # What is explained is said.
        assert page.lower().count(str(word)) > 1 or word in ("failed", "retaken", "self-reported"), word


IN_LISTS = {
    CourseCategory: {"Status"},
    Course: {"Status"},
    SubCourse: {"Status", "Level"},
    Video: {"Status"},
    QuestionSet: {"Status", "Type", "Pass mark (percent)"},
    Question: {"Type", "Points"},
    Tcode: {"Code"},
    Subscription: {"Package", "Tcode", "State", "At the end"},
    TcodeProgress: {"Tcode"},
    Attempt: {"Points", "Ready"},
    SafetyQuizResult: {"Week", "Role at that time"},
}


@pytest.mark.parametrize("model", IN_LISTS, ids=lambda model: model.__name__)
def test_a_word_is_explained_above_the_column_it_is_the_heading_of(model, world):
    page = sign_in(world.north.admin).get(url(model, "changelist"))
    words = dict(page.context["words"])
    assert IN_LISTS[model] <= set(words)
    shown = unescape(page.content.decode())
    headings = shown.partition("<thead>")[2].partition("</thead>")[0]
    assert [word for word in words if word.lower() not in headings.lower()] == []
    assert [text for text in words.values() if f"<dd>{text}</dd>" not in shown] == []
