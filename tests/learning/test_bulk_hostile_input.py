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


def move(staff, north, value):
    chosen = {"action": "move_selected", "_selected_action": [north.videos[0].pk], "post": "1"}
    return staff.post(url(Video, "changelist"), {**chosen, "parent": value})


SENT = {
    "move": move,
    "lines": lambda staff, north, value: staff.post(LINES, form(value, "sub_course", "lines")),
    "lines asked": lambda staff, north, value: staff.get(LINES, {"sub_course": value}),
    "gift": lambda staff, north, value: staff.post(GIFT, {**form(value, "question_set", "text"), "do": "1"}),
    "gift asked": lambda staff, north, value: staff.get(GIFT, {"question_set": value}),
    "file": lambda staff, north, value: staff.post(FILE, {"file": value, "delete_missing": value}),
    "as": lambda staff, north, value: staff.get(url(Course, "take_out", north.course.pk), {"as": value}),
    "row": lambda staff, north, value: staff.get(
        url(QuestionSet, "gift", "x").replace("/x/", "/1x/"), {"x": value}
    ),
}


def form(value, *names):
    return {"once": value, "preview": "1", **dict.fromkeys(names, value)}


@pytest.mark.parametrize("send", SENT.values(), ids=SENT)
def test_values_of_forms_and_addresses(send, staff, north):
    wrong = [value[:40] for value in VALUES if send(staff, north, value).status_code >= 500]
    assert wrong == []


@pytest.mark.parametrize("content", BYTES)
def test_files(content, staff, north):
    sent = {"file": SimpleUploadedFile("a\0b.json", content), "question_set": north.practices[0].pk}
    for page in (FILE, GIFT, "/admin/learning/video/import/"):
        sent["file"].seek(0)
        assert staff.post(page, {**sent, "preview": "1", "check": "1"}).status_code < 500, page
