"""Videos from pasted lines and from files: looked at, added as drafts, and a second time nothing."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from accounts.models import ImportJob
from learning.models import Video
from learning.tree.domain.video_lines import videos_in
from tests import factories
from tests.contracts.admin_pages import messages_of, sign_in, url
from tests.forms import form_of

LINES = "/admin/learning/video/lines/"
FILE = "/admin/learning/video/import/"
HEADER = "sub_course,title,video_url,seconds"


@pytest.fixture
def staff(north, sunrise):
    return sign_in(north.admin)


def below(sub_course):
    rows = Video.unscoped.filter(sub_course=sub_course, deleted=None).order_by("display_order", "pk")
    return [(row.title, row.video_url, row.duration_seconds, row.status) for row in rows]


@pytest.mark.parametrize(
    ("line", "title", "url", "seconds"),
    [
        ("Hello\thttps://v.example/1.mp4\t75", "Hello", "https://v.example/1.mp4", 75),
        ("Hello, you; https://v.example/1.mp4;75", "Hello, you", "https://v.example/1.mp4", 75),
        ("Hello,https://v.example/a,b;c.mp4,75", "Hello", "https://v.example/a,b;c.mp4", 75),
        ('"Hello, you",https://v.example/1.mp4', "Hello, you", "https://v.example/1.mp4", None),
        ("  Hello https://v.example/?a=1,2 ", "Hello", "https://v.example/?a=1", 2),
        ("Part 2\thttps://v.example/1.mp4\t", "Part 2", "https://v.example/1.mp4", None),
    ],
)
def test_a_line_is_read_as_it_was_meant(line, title, url, seconds):
    [video] = videos_in(f"title\taddress\tseconds\n\n{line}\n")
    assert (video.number, video.title, video.url, video.seconds) == (3, title, url, seconds)


@pytest.mark.parametrize(
    "line",
    [
        "Only a title",
        "https://v.example/1.mp4",
        "Hello\tftp-is-no-link\t7",
        "Hello\tjavascript://alert\t7",
        "Hello\thttps://v.example/1.mp4\tlong",
        "Hello\thttps://v.example/1.mp4\t1234567",
        "Hello\0\thttps://v.example/1.mp4",
        "x" * 201 + "\thttps://v.example/1.mp4",
        "Hello\thttps://no_host/",
    ],
)
def test_what_is_wrong_with_a_line_is_named_by_its_number(line):
    with pytest.raises(ValidationError) as refusal:
        videos_in(f"Good https://v.example/1.mp4\n{line}\nGood https://v.example/2.mp4\n{line}")
    assert [message.split(":")[0] for message in refusal.value.messages] == ["Line 2", "Line 4"]


def look(browser, to, lines, **sent):
    form = form_of(browser.get(f"{LINES}?sub_course={to.pk}"), id="content-main")
    return browser.post(LINES, {**form, "lines": lines, **sent, "preview": "1"})


def do(browser, page):
    return browser.post(LINES, {**form_of(page, id="content-main"), "do": "1"}, follow=True)


def test_pasted_lines_are_shown_and_then_added_once_as_drafts_at_the_end(staff, north):
    before = below(north.sub_course)
    lines = "\n".join(f"New {n}\thttps://v.example/{n}.mp4\t{n}" for n in range(2))
    lines += f"\n{north.videos[0].title}\thttps://v.example/other.mp4"
    page = look(staff, north.sub_course, lines)
    assert [added for _line, added in page.context["preview"].rows] == [True, True, False]
    assert below(north.sub_course) == before
    assert "Added 2 videos." in messages_of(do(staff, page))[0]
    new = [(f"New {n}", f"https://v.example/{n}.mp4", n, "DRAFT") for n in range(2)]
    assert below(north.sub_course) == [*before, *new]
    assert "already been added" in do(staff, page).content.decode()
    assert "all of these videos are already there" in look(staff, north.sub_course, lines).content.decode()
    assert below(north.sub_course) == [*before, *new]


def test_lines_go_into_no_sub_course_of_another_organization(staff, north, sunrise):
    lines = "New\thttps://v.example/1.mp4"
    page = look(staff, north.sub_course, lines, sub_course=sunrise.sub_course.pk)
    assert "Select a valid choice" in page.content.decode()
    assert "New" not in [title for title, *_rest in below(sunrise.sub_course)]
    wrong = look(staff, north.sub_course, "New\tnothing")
    assert "Line 1: Write a title, a link" in wrong.content.decode()


def test_who_may_not_add_videos_has_neither_page(north, sunrise):
    browser = sign_in(north.instructor)
    assert [browser.get(page).status_code for page in (LINES, FILE)] == [403, 403]
    listed = browser.get(url(Video, "changelist")).content.decode()
    assert "lines/" not in listed
    assert "import/" not in listed


def send(browser, *lines, button="import"):
    file = SimpleUploadedFile("videos.csv", "\n".join(lines).encode(), content_type="text/csv")
    return browser.post(FILE, {"file": file, button: "1"})


def test_a_file_adds_drafts_changes_links_and_a_second_time_nothing(staff, north):
    known, place = north.videos[0], north.sub_course.title
    lines = [
        HEADER,
        f"{place},New,https://v.example/n.mp4,9",
        f"{place},{known.title},https://v.example/k.mp4,",
    ]
    checked = send(staff, *lines, button="check").context["report"]
    assert (checked.created, checked.updated, checked.written) == (1, 1, False)
    assert not Video.unscoped.filter(title="New").exists()
    done = send(staff, *lines).context["report"]
    assert (done.created, done.updated, done.written) == (1, 1, True)
    rows = below(north.sub_course)
    assert rows[0] == (known.title, "https://v.example/k.mp4", 60, "PUBLISHED")
    assert rows[-1] == ("New", "https://v.example/n.mp4", 9, "DRAFT")
    again = send(staff, *lines).context["report"]
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    assert below(north.sub_course) == rows


def test_a_file_names_sub_courses_of_its_own_organization_and_only_one(staff, north, sunrise):
    other = factories.CourseFactory(category=north.category, title="Other")
    factories.SubCourseFactory(course=other, title=north.sub_course.title)
    factories.SubCourseFactory(course=sunrise.course, title="Theirs")
    link = "https://v.example/n.mp4"
    rows = [f"Theirs,New,{link},", f"{north.sub_course.title},New,{link},", f"None,New,{link},x"]
    problems = send(staff, HEADER, *rows).context["report"].problems
    assert [(line, column) for line, column, _why in problems] == [
        (2, "sub_course"),
        (3, "sub_course"),
        (4, "duration_seconds"),
        (4, "sub_course"),
    ]
    assert problems[0][2] == problems[3][2]
    told_apart = send(staff, f"course,{HEADER}", f"Other,{rows[1]}").context["report"]
    assert told_apart.created == 1
    assert Video.unscoped.get(title="New").sub_course.course_id == other.pk


def test_what_the_list_exports_is_a_file_that_changes_nothing(staff, north):
    exported = staff.post(url(Video, "export"), {"format": "0", "resource": "0"})
    lines = exported.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    again = send(staff, *lines).context["report"]
    assert (again.problems, again.created, again.updated, again.unchanged) == ([], 0, 0, 3)


def test_the_statements_of_a_file_do_not_grow_with_its_rows(staff, north, statements):
    def rows(name, number):
        return [f"{north.sub_course.title},{name} {n},https://v.example/{n}.mp4," for n in range(number)]

    with statements() as few:
        send(staff, HEADER, *rows("few", 2))
    with statements() as many:
        send(staff, HEADER, *rows("many", 50))
    assert len(many) == len(few)
    assert Video.unscoped.filter(sub_course=north.sub_course).count() == 3 + 52


@pytest.mark.django_db(transaction=True)
def test_a_large_file_of_videos_waits_for_its_turn(north, sunrise, settings):
    settings.IMPORT_AT_ONCE_BYTES = 0
    browser = sign_in(north.admin)
    page = send(browser, HEADER, f"{north.sub_course.title},New,https://v.example/n.mp4,9")
    assert page.status_code == 302
    assert not Video.unscoped.filter(title="New").exists()
    call_command("run_jobs", "--until-empty", verbosity=0)
    assert ImportJob.unscoped.get().state == "done"
    assert "Imported: 1 created" in browser.get(page["Location"]).content.decode()
    assert Video.unscoped.get(title="New").organization_id == north.organization.pk
