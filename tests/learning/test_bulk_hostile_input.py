"""Nothing that is sent to the pages for much at once makes one of them fail."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from learning.models import Course, Video
from quizzes.models import QuestionSet
from tests.contracts.admin_pages import sign_in, url
from tests.contracts.poison import BIG, LONG

LINES, GIFT, FILE = (
    "/admin/learning/video/lines/",
    "/admin/quizzes/question/gift/",
    "/admin/learning/course/file/",
)
BYTES = [
    b"",
    b"\0",
    b"\xff\xfe\x00",
    b"PK\x03\x04",
    b"PK\x03\x04" + b"\0" * 100,
    b'{"format": "stepwise-course"}',
]

VALUES = [
    "",
    "0",
    "-1",
    "1.5",
    "NaN",
    "[]",
    "\0",
    "a\0b",
    "{=\0 ~b}",
    "\u202e\ufeff",
    "99999999999999999999",
    BIG,
    LONG,
]


@pytest.fixture
def staff(north, sunrise):
    return sign_in(north.admin)


def test_values_of_forms_and_addresses(staff, north):
    wrong = []
    for value in VALUES:
        move = {
            "action": "move_selected",
            "_selected_action": [north.videos[0].pk],
            "post": "1",
            "parent": value,
        }
        once = {"once": value, "preview": "1"}
        answers = {
            "move": staff.post(url(Video, "changelist"), move),
            "lines": staff.post(LINES, {**once, "sub_course": value, "lines": value}),
            "lines asked": staff.get(LINES, {"sub_course": value}),
            "gift": staff.post(GIFT, {**once, "question_set": value, "text": value, "do": "1"}),
            "gift asked": staff.get(GIFT, {"question_set": value}),
            "file": staff.post(FILE, {"file": value, "delete_missing": value}),
            "as": staff.get(url(Course, "take_out", north.course.pk), {"as": value}),
            "row": staff.get(url(QuestionSet, "gift", "x").replace("/x/", "/1x/"), {"x": value}),
        }
        wrong += [f"{name}: {value[:40]!r}" for name, answer in answers.items() if answer.status_code >= 500]
    assert wrong == []


@pytest.mark.parametrize("content", BYTES)
def test_files(content, staff, north):
    sent = {"file": SimpleUploadedFile("a\0b.json", content), "question_set": north.practices[0].pk}
    for page in (FILE, GIFT, "/admin/learning/video/import/"):
        sent["file"].seek(0)
        assert staff.post(page, {**sent, "preview": "1", "check": "1"}).status_code < 500, page
