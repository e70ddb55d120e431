"""A course as one file: out and in again, compared before anything is written, and twice is once."""

import io
import json
from copy import deepcopy
from pathlib import Path

import jsonschema_rs
import pytest
from django.core.management import call_command

from learning.models import Course, CourseCategory, Reordering, SubCourse, Video
from learning.tree.course_files import nodes
from learning.tree.course_files.documents import MOST_BYTES, MOST_ROWS
from learning.tree.course_files.exporting import JSON, ZIP
from learning.tree.course_files.importing import import_course
from quizzes.models import Question, QuestionSet
from tenancy.errors import ConflictError, RefusedError
from tenancy.scope import scope_entered
from tests import factories
from tests.learning.course_files import document, exported
from tests.progress.learners import learner

SCHEMA = Path(__file__).parents[2] / "docs" / "course-file.schema.json"


def run(tenant, said, *, by=None, dry_run=False, **more):
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    with scope_entered(tenant.scope):
        return import_course(content=content, by=by or tenant.admin, dry_run=dry_run, **more)


def changes(report):
    assert report.problems == [], report.problems
    return [(what, where.rpartition(" › ")[2]) for what, where, _how in report.changes]


def everything(tenant):
    """Return every row of an organization's tree, with its revision."""
    models = (CourseCategory, Course, SubCourse, Video, QuestionSet, Question)
    return [
        list(model.unscoped.filter(organization=tenant.organization).order_by("pk").values())
        for model in models
    ]


@pytest.mark.parametrize("as_format", [JSON, ZIP])
def test_a_file_that_was_taken_out_changes_nothing(as_format, course, north):
    before = everything(north)
    report = run(north, exported(north, course, as_format), delete_missing=True)
    assert (changes(report), report.question, report.written) == ([], "", True)
    assert everything(north) == before


@pytest.mark.parametrize("as_format", [JSON, ZIP])
def test_it_goes_into_another_organization_and_a_second_time_nothing_happens(
    as_format, course, north, sunrise
):
    content, theirs = exported(north, course, as_format), everything(north)
    looked = run(sunrise, content, dry_run=True)
    assert looked.written is False
    assert not Course.unscoped.filter(organization=sunrise.organization, title=course.title).exists()
    report = run(sunrise, content)
    assert (report.problems, report.written, report.created) == ([], True, looked.created)
    assert everything(north) == theirs
    made = Course.unscoped.get(organization=sunrise.organization, title=course.title)
    assert document(sunrise, made) == document(north, course)
    after = everything(sunrise)
    again = run(sunrise, content, delete_missing=True)
    assert (changes(again), again.unchanged) == ([], report.created)
    assert everything(sunrise) == after


def test_an_entry_assessment_that_began_with_a_template_becomes_what_the_file_says(course, north, sunrise):
    template = factories.StandaloneAssessmentFactory(organization=sunrise.organization)
    factories.QuestionFactory(question_set=template, text="From the template?")
    run(sunrise, exported(north, course))
    made = SubCourse.unscoped.get(organization=sunrise.organization, title=north.sub_course.title)
    [assessment] = QuestionSet.unscoped.filter(sub_course=made, set_type="INITIAL_ASSESSMENT", deleted=None)
    texts = Question.unscoped.filter(question_set=assessment, deleted=None).values_list("text", flat=True)
    assert list(texts) == ["Ready?"]


def test_what_was_added_changed_moved_and_is_missing_is_told_before_anything_is_written(course, north):
    other = factories.SubCourseFactory(course=course, title="Second", status="PUBLISHED")
    said = document(north, course)
    first, second = said["course"]["sub_courses"]
    titles = [video["title"] for video in first["videos"]]
    first["videos"] = [first["videos"][1], first["videos"][0]]
    first["videos"][0]["duration_seconds"] = 99
    second["videos"].append({**deepcopy(first["videos"][1]), "title": "New", "status": "DRAFT"})
    moved = first["practices"].pop(0)
    second["practices"].append(moved)
    first["practices"][0]["questions"][0]["options"][0]["text"] = "Another"
    before = everything(north)
    report = run(north, said, dry_run=True)
    assert everything(north) == before
    assert sorted(changes(report)) == sorted(
        [
            ("changed", titles[1]),
            ("moved", titles[1]),
            ("missing", titles[2]),
            ("added", "New"),
            ("moved", moved["title"]),
            ("changed", first["practices"][0]["questions"][0]["text"]),
        ]
    )
    [told] = [how for what, where, how in report.changes if what == "changed" and titles[1] in where]
    assert "“60” → “99”" in told
    done = run(north, said, seen=report.digest)
    assert done.written
    assert QuestionSet.unscoped.get(pk=north.practices[0].pk).sub_course_id == other.pk
    assert Question.unscoped.filter(question_set=north.practices[0], deleted=None).count() == 1
    order = Video.unscoped.filter(sub_course=north.sub_course, deleted=None).order_by("display_order")
    assert [video.title for video in order] == [titles[1], titles[0], titles[2]]
    assert Reordering.unscoped.get(kind="videos").user_id == north.admin.pk
    again = run(north, said, dry_run=True)
    assert changes(again) == [("missing", titles[2])]
    gone = run(north, said, delete_missing=True)
    assert gone.written
    assert Video.unscoped.get(title=titles[2], sub_course=north.sub_course).deleted is not None
    assert changes(run(north, said, dry_run=True)) == []


def test_rows_of_one_title_are_told_apart_by_their_order(course, north):
    for n in range(2):
        factories.VideoFactory(
            sub_course=north.sub_course,
            title="Twice",
            video_url=f"https://v.example/{n}",
            display_order=7 + n,
        )
    for as_format in (JSON, ZIP):
        report = run(north, exported(north, course, as_format), delete_missing=True)
        assert changes(report) == []
    said = document(north, course)
    said["course"]["sub_courses"][0]["videos"][4]["video_url"] = "https://v.example/other"
    run(north, said)
    urls = Video.unscoped.filter(title="Twice").order_by("display_order").values_list("video_url", flat=True)
    assert list(urls) == ["https://v.example/0", "https://v.example/other"]


def test_what_moves_learners_is_asked_about_and_written_once_that_is_agreed_to(course, north):
    learner(north, "mia", north.videos[0])
    said = document(north, course)
    said["course"]["sub_courses"][0]["videos"].reverse()
    before = everything(north)
    for dry_run in (True, False):
        report = run(north, said, dry_run=dry_run)
        assert "1 will be asked to complete" in report.question
        assert report.written is False
        assert everything(north) == before
    assert run(north, said, agreed=True).written
    assert everything(north) != before


def test_hiding_what_learners_have_begun_is_asked_about_as_well(course, north):
    learner(north, "mia", north.videos[0])
    said = document(north, course)
    said["course"]["sub_courses"] = []
    assert run(north, said, dry_run=True).question == ""
    question = run(north, said, dry_run=True, delete_missing=True).question
    assert "will not see it until it is brought back" in question
    said["course"]["status"] = "DRAFT"
    assert "will not see it" in run(north, said, dry_run=True).question


def test_a_course_that_was_changed_since_it_was_looked_at_is_looked_at_again(course, north):
    said = document(north, course)
    said["course"]["description"] = "New"
    looked = run(north, said, dry_run=True)
    Course.unscoped.filter(pk=course.pk).update(description="Changed meanwhile")
    report = run(north, said, seen=looked.digest)
    assert "changed meanwhile" in report.note
    assert report.written is False
    assert Course.unscoped.get(pk=course.pk).description == "Changed meanwhile"
    assert run(north, said, seen=report.digest).written


def test_what_the_file_says_nothing_of_stays(course, north):
    said = document(north, course)
    [sub_course] = said["course"]["sub_courses"]
    for name in ("videos", "entry_assessment"):
        del sub_course[name]
    before = everything(north)
    assert changes(run(north, said, delete_missing=True)) == []
    assert everything(north) == before


def test_what_learners_could_not_use_is_not_published_by_a_file(course, north, sunrise):
    said = document(north, course)
    practice = said["course"]["sub_courses"][0]["practices"][0]
    practice["questions"] = []
    report = run(sunrise, said)
    [(where, _column, why)] = report.problems
    assert practice["title"] in where
    assert "has no questions yet" in why
    assert not Course.unscoped.filter(organization=sunrise.organization, title=course.title).exists()


def test_a_file_publishes_what_it_fills_and_keeps_the_last_question_of_what_is_published(course, north):
    said = document(north, course)
    practices = said["course"]["sub_courses"][0]["practices"]
    empty = factories.PracticeFactory(sub_course=north.sub_course, title="Empty", status="DRAFT")
    practices.append({**deepcopy(practices[0]), "title": "Empty"})
    assert run(north, said).written
    assert QuestionSet.unscoped.get(pk=empty.pk).status == "PUBLISHED"
    practices[2]["questions"] = []
    refused = run(north, said, delete_missing=True)
    assert "“Empty” is published and would have no questions left" in refused.problems[0][2]
    practices[2]["status"] = "DRAFT"
    assert run(north, said, delete_missing=True).written
    assert not Question.unscoped.filter(question_set=empty, deleted=None).exists()


# Rules over several values, of characters and of links are told by the import alone.
NOT_IN_THE_SCHEMA = {
    "course.title",
    "course.sub_courses[0].sub_level",
    "course.sub_courses[0].entry_assessment.pass_mark",
    "course.sub_courses[0].videos[0].video_url",
    "course.sub_courses[0].videos[1].duration_seconds",
    "course.sub_courses[0].videos[2].title",
    "course.sub_courses[0].practices[0].questions[0].points",
}
WRONG = {
    "course": 7,
    "course.title": " ",
    "course.nothing": 1,
    "course.sub_courses": {},
    "course.sub_courses[0].level": "EXPERT",
    "course.sub_courses[0].sub_level": "C1",
    "course.sub_courses[0].entry_assessment": [],
    "course.sub_courses[0].entry_assessment.pass_mark": 101,
    "course.sub_courses[0].videos[0]": None,
    "course.sub_courses[0].videos[0].title": "x" * 201,
    "course.sub_courses[0].videos[0].description": "x" * 10_001,
    "course.sub_courses[0].videos[0].video_url": "javascript:alert(1)",
    "course.sub_courses[0].videos[0].duration_seconds": True,
    "course.sub_courses[0].videos[1].duration_seconds": 2**31,
    "course.sub_courses[0].videos[1].status": "SHOWN",
    "course.sub_courses[0].videos[2].title": "a\0b",
    "course.sub_courses[0].practices[0].questions[0].points": 1001,
    "course.sub_courses[0].practices[0].questions[0].question_type": "ESSAY",
    "course.sub_courses[0].practices[0].questions[0].options": [{"text": "only one", "is_correct": True}],
    "course.sub_courses[0].practices[1].questions[0].options": [{"text": "", "is_correct": 1}],
    "category": None,
    "version": 2,
    "format": "other",
}


def put(said, path, value):
    *above, last = path.replace("[", ".[").split(".")
    at = said
    for step in above:
        at = at[int(step[1:-1])] if step.startswith("[") else at[step]
    at[int(last[1:-1]) if last.startswith("[") else last] = value


@pytest.mark.parametrize("path", WRONG)
def test_what_is_wrong_is_named_by_its_place_and_nothing_is_written(path, course, north):
    said, before = document(north, course), everything(north)
    put(said, path, WRONG[path])
    report = run(north, said)
    [(where, _column, why)] = report.problems
    assert where in (path, "") or path.startswith(where), (where, why)
    assert why
    assert everything(north) == before


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{", b"\xff", b"PK\x03\x04broken", b"[" * 5000])
def test_what_is_no_file_of_a_course_is_refused(content, course, north):
    report = run(north, content)
    assert len(report.problems) == 1
    assert report.written is False


def test_a_file_has_an_end(course, north):
    assert "larger than 8 MB" in run(north, b" " * (MOST_BYTES + 1)).problems[0][2]
    said = document(north, course)
    said["course"]["sub_courses"] *= MOST_ROWS
    assert "at most 5000 rows" in run(north, said).problems[0][2]


def test_a_course_that_is_too_large_for_a_file_is_not_taken_out_in_part(course, north, monkeypatch):
    monkeypatch.setattr(nodes, "MOST_ROWS", 12)
    # The course, its sub-course and entry assessment, three videos, two practices, three questions.
    assert exported(north, course)
    for n in range(2):
        factories.VideoFactory(sub_course=north.sub_course, title=f"More {n}")
    with pytest.raises(ConflictError, match="more than 12 rows"):
        exported(north, course)


def test_a_name_that_no_database_keeps_is_named_all_the_same(course, north):
    said = document(north, course)
    said["course"]["a\0b"] = 1
    [(where, _column, _why)] = run(north, said).problems
    assert where == "course.a�b"


def test_the_statements_of_looking_do_not_grow_with_the_rows(course, north, statements):
    content = exported(north, course)
    with statements() as few:
        run(north, content, dry_run=True)
    for n in range(20):
        factories.VideoFactory(sub_course=north.sub_course, title=f"More {n}", display_order=10 + n)
    content = exported(north, course)
    with statements() as many:
        run(north, content, dry_run=True)
    assert len(many) == len(few)


def test_a_file_is_imported_from_the_whole_organization_only(course, north):
    content = exported(north, course)
    with scope_entered(north.campus.scope), pytest.raises(RefusedError, match="whole organization"):
        import_course(content=content, by=north.admin, dry_run=True)


def test_who_may_not_delete_deletes_nothing_by_a_file(course, north):
    content = exported(north, course)
    with pytest.raises(RefusedError, match="may not delete"):
        run(north, content, by=north.instructor, delete_missing=True)


def test_the_schema_is_current_and_what_is_exported_keeps_to_it(course, north):
    schema = json.loads(SCHEMA.read_text())
    printed = io.StringIO()
    call_command("course_file_schema", stdout=printed)
    assert schema == json.loads(printed.getvalue()), "renew it: manage.py course_file_schema"
    validator = jsonschema_rs.validator_for(schema)
    said = document(north, course)
    validator.validate(said)
    wrong = [path for path in WRONG if path not in NOT_IN_THE_SCHEMA]
    for path in wrong:
        other = deepcopy(said)
        put(other, path, WRONG[path])
        assert not validator.is_valid(other), path
