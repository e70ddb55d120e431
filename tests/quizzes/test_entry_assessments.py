"""Each live sub-course has one entry assessment, however it came to be."""

import pytest
from django.db import IntegrityError, connection, transaction

from learning.models import SubCourse
from learning.tree.domain import structure
from quizzes.models import Option, Question, QuestionSet
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID, every_organization, organization_scope
from tests import factories
from tests.quizzes.conftest import entry_assessment_of, options_of, questions_of


def template(organization, *texts, **fields):
    standalone = factories.StandaloneAssessmentFactory(organization=organization, **fields)
    for order, text in enumerate(texts):
        factories.QuestionFactory(question_set=standalone, text=text, display_order=order, points=order + 2)
    return standalone


@pytest.fixture
def platform(db):
    return Organization.unscoped.get(pk=PLATFORM_ID)


def insert_by_sql(course):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sub_courses (course_id, title, level, sub_level) "
            "VALUES (%s, 'By hand', 'BEGINNER', 'A1') RETURNING id",
            [course.pk],
        )
        return SubCourse.unscoped.get(pk=cursor.fetchone()[0])


def insert_by_bulk_create(course):
    rows = [
        SubCourse(
            course=course, organization=course.organization, title=title, level="ADVANCED", sub_level="C2"
        )
        for title in ("One", "Two")
    ]
    return SubCourse.unscoped.bulk_create(rows)[1]


def insert_by_orm(course):
    return factories.SubCourseFactory(course=course)


@pytest.mark.parametrize("insert", [insert_by_sql, insert_by_bulk_create, insert_by_orm])
def test_a_sub_course_has_its_entry_assessment_however_it_is_inserted(insert, north, sunrise):
    sub_course = insert(north.course)
    assessment = entry_assessment_of(sub_course)
    assert assessment.organization_id == north.organization.pk
    assert (assessment.owner_type, assessment.status) == ("SUB_COURSE", "PUBLISHED")
    assert assessment.title == f"Entry assessment: {sub_course.title}"


def test_a_title_of_full_length_still_fits(north):
    sub_course = factories.SubCourseFactory(course=north.course, title="t" * 200)
    assert len(entry_assessment_of(sub_course).title) == 200


def test_a_deleted_sub_course_is_inserted_without_an_assessment(north):
    sub_course = factories.SubCourseFactory(course=north.course, deleted="2026-01-01T00:00Z")
    assert not QuestionSet.unscoped.filter(sub_course=sub_course).exists()


def test_a_second_live_assessment_is_refused_by_the_database(north):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.PracticeFactory(sub_course=north.sub_course, set_type="INITIAL_ASSESSMENT")


def test_questions_and_options_are_copied_from_the_organizations_own_template(north, sunrise, platform):
    template(platform, "shared")
    template(sunrise.organization, "of sunrise")
    template(north.organization, "first", "second")
    sub_course = factories.SubCourseFactory(course=north.course)
    copies = questions_of(entry_assessment_of(sub_course))
    assert [(q.text, q.points, q.display_order) for q in copies] == [("first", 2, 0), ("second", 3, 1)]
    assert {q.organization_id for q in copies} == {north.organization.pk}
    options = options_of(copies[0])
    assert [(o.text, o.is_correct) for o in options] == [
        ("Option 0", True),
        ("Option 1", False),
        ("Option 2", False),
    ]
    assert {o.organization_id for o in options} == {north.organization.pk}


def test_without_a_template_of_its_own_the_shared_one_is_copied(north, sunrise, platform):
    template(platform, "shared")
    template(sunrise.organization, "of sunrise")
    sub_course = factories.SubCourseFactory(course=north.course)
    assert [q.text for q in questions_of(entry_assessment_of(sub_course))] == ["shared"]


@pytest.mark.parametrize(
    "fields",
    [{"status": "DRAFT"}, {"status": "ARCHIVED"}, {"set_type": "PRACTICE"}, {"deleted": "2026-01-01T00:00Z"}],
    ids=str,
)
def test_only_a_live_published_standalone_assessment_is_a_template(fields, north, platform):
    template(north.organization, "not this", **fields)
    template(platform, "this")
    sub_course = factories.SubCourseFactory(course=north.course)
    assert [q.text for q in questions_of(entry_assessment_of(sub_course))] == ["this"]


def test_a_template_without_questions_gives_way_to_the_shared_one(north, platform):
    template(north.organization)
    template(platform, "shared")
    sub_course = factories.SubCourseFactory(course=north.course)
    assert [q.text for q in questions_of(entry_assessment_of(sub_course))] == ["shared"]


def test_what_happens_to_the_template_later_does_not_reach_the_copies(north):
    standalone = template(north.organization, "as it was")
    sub_course = factories.SubCourseFactory(course=north.course)
    original = Question.unscoped.get(question_set=standalone)
    Question.unscoped.filter(pk=original.pk).update(text="changed", points=9)
    Option.unscoped.filter(question=original).update(text="changed")
    factories.QuestionFactory(question_set=standalone, text="added")
    with organization_scope(north.organization):
        structure.delete(item=standalone)
    [copy] = questions_of(entry_assessment_of(sub_course))
    assert (copy.text, copy.points) == ("as it was", 2)
    assert [o.text for o in options_of(copy)] == ["Option 0", "Option 1", "Option 2"]


def test_filling_a_set_that_has_questions_adds_nothing(north):
    assessment = entry_assessment_of(north.sub_course)
    factories.QuestionFactory(question_set=assessment, text="mine")
    template(north.organization, "template")
    with connection.cursor() as cursor:
        cursor.execute("SELECT fill_entry_assessment(%s)", [assessment.pk])
        assert cursor.fetchone() == (0,)
    assert [q.text for q in questions_of(assessment)] == ["mine"]


def test_a_restored_sub_course_has_the_same_assessment_with_the_same_questions(north):
    assessment = entry_assessment_of(north.sub_course)
    question = factories.QuestionFactory(question_set=assessment)
    with organization_scope(north.organization):
        structure.delete(item=north.sub_course)
        assert not QuestionSet.objects.filter(pk=assessment.pk).exists()
        structure.restore(item=SubCourse.all_objects.get(pk=north.sub_course.pk))
    assert entry_assessment_of(north.sub_course).pk == assessment.pk
    assert questions_of(assessment) == [question]


def test_a_whole_course_comes_back_with_its_assessments(north, sunrise):
    factories.SubCourseFactory(course=north.course)
    with every_organization():
        before = set(QuestionSet.objects.entry_assessments().values_list("pk", flat=True))
        structure.delete(item=north.course)
        assert QuestionSet.objects.entry_assessments().count() == 1  # that of sunrise
        structure.restore(item=type(north.course).all_objects.get(pk=north.course.pk))
        assert set(QuestionSet.objects.entry_assessments().values_list("pk", flat=True)) == before


def test_a_sub_course_revived_by_sql_alone_gets_an_assessment(north):
    with organization_scope(north.organization):
        structure.delete(item=north.sub_course)
    SubCourse.unscoped.filter(pk=north.sub_course.pk).update(deleted=None)
    assert entry_assessment_of(north.sub_course)
