"""``backfill_entry_assessments`` repairs what the trigger did not see, and only that."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from quizzes.models import Question, QuestionSet
from quizzes.sets.domain import assessments
from quizzes.sets.domain.assessments import Backfilled, backfill
from tenancy.scope import ScopeNotEnteredError, every_organization, organization_scope
from tests import factories
from tests.quizzes.conftest import entry_assessment_of, options_of, questions_of


def lose_assessment(sub_course):
    """Leave a sub-course as one from before the trigger: with no live assessment."""
    lost = QuestionSet.unscoped.filter(sub_course=sub_course, set_type="INITIAL_ASSESSMENT")
    lost.update(deleted="2026-01-01T00:00Z")


def add_template(organization, questions=2):
    standalone = factories.StandaloneAssessmentFactory(organization=organization)
    factories.QuestionFactory.create_batch(questions, question_set=standalone)
    return standalone


def run(**options):
    out = StringIO()
    call_command("backfill_entry_assessments", stdout=out, **options)
    return out.getvalue()


def everything():
    """Every set and question, to compare."""
    return (
        list(QuestionSet.unscoped.order_by("pk").values()),
        list(Question.unscoped.order_by("pk").values()),
    )


def test_what_is_missing_is_created_and_what_is_empty_is_filled(north, sunrise):
    complete = factories.SubCourseFactory(course=north.course)
    factories.QuestionFactory(question_set=entry_assessment_of(complete), text="mine")
    missing = factories.SubCourseFactory(course=north.course)
    lose_assessment(missing)
    add_template(north.organization)
    with organization_scope(north.organization):
        counts = backfill()
    assert counts == Backfilled(created=1, filled=2, questions=4, left_empty=0, already_complete=1)
    assert len(questions_of(entry_assessment_of(missing))) == 2
    copies = questions_of(entry_assessment_of(north.sub_course))
    assert [len(options_of(question)) for question in copies] == [3, 3]
    assert [q.text for q in questions_of(entry_assessment_of(complete))] == ["mine"]
    assert questions_of(entry_assessment_of(sunrise.sub_course)) == []


def test_running_it_again_changes_nothing(north, sunrise):
    lose_assessment(north.sub_course)
    add_template(north.organization)
    run()
    before = everything()
    assert "Created 0 and filled 0 entry assessments (0 questions)." in run()
    assert everything() == before


def test_a_created_assessment_stays_empty_without_a_template_and_is_filled_later(north):
    lose_assessment(north.sub_course)
    with organization_scope(north.organization):
        assert backfill() == Backfilled(created=1, left_empty=1)
        add_template(north.organization)
        assert backfill() == Backfilled(filled=1, questions=2)
        assert backfill() == Backfilled(already_complete=1)


def test_an_assessment_whose_questions_were_all_deleted_is_empty(north):
    assessment = entry_assessment_of(north.sub_course)
    factories.QuestionFactory(question_set=assessment, deleted="2026-01-01T00:00Z")
    add_template(north.organization)
    with organization_scope(north.organization):
        assert backfill() == Backfilled(filled=1, questions=2)


def test_deleted_sub_courses_get_nothing(north):
    gone = factories.SubCourseFactory(course=north.course, deleted="2026-01-01T00:00Z")
    with organization_scope(north.organization):
        backfill()
    assert not QuestionSet.unscoped.filter(sub_course=gone).exists()


def test_a_tenant_repairs_its_own_sub_courses_not_the_shared_ones(north, shared):
    lose_assessment(shared.sub_course)
    with organization_scope(north.organization):
        assert backfill().created == 0
    with every_organization():
        assert backfill().created == 1


def test_it_needs_a_scope(north):
    with pytest.raises(ScopeNotEnteredError):
        backfill()


def test_batches_lose_nothing(north, monkeypatch):
    monkeypatch.setattr(assessments, "BATCH", 2)
    for _ in range(4):
        lose_assessment(factories.SubCourseFactory(course=north.course))
    checked = []
    with organization_scope(north.organization):
        assert backfill(done=checked.append).created == 4
    assert checked == [2, 2, 1]


def test_statements_do_not_grow_with_sub_courses(north, statements):
    def count():
        with organization_scope(north.organization), statements() as sent:
            backfill()
        return len(sent)

    add_template(north.organization)
    lose_assessment(north.sub_course)
    few = count()
    for _ in range(10):
        lose_assessment(factories.SubCourseFactory(course=north.course))
    assert count() == few


def test_the_command_repairs_every_organization(north, sunrise):
    for tenant in (north, sunrise):
        lose_assessment(tenant.sub_course)
        add_template(tenant.organization)
    assert "Created 2 and filled 2 entry assessments (4 questions)." in run()


def test_the_command_can_be_kept_to_one_organization(north, sunrise):
    for tenant in (north, sunrise):
        lose_assessment(tenant.sub_course)
    assert "Created 1 and filled 0" in run(organization="north")
    assert entry_assessment_of(north.sub_course)
    left_alone = QuestionSet.unscoped.filter(sub_course=sunrise.sub_course, deleted=None)
    assert not left_alone.filter(set_type="INITIAL_ASSESSMENT").exists()


def test_an_unknown_organization_is_an_error(north):
    with pytest.raises(CommandError, match="'nowhere'"):
        run(organization="nowhere")


def test_a_dry_run_says_what_would_change_and_writes_nothing(north, sunrise):
    lose_assessment(north.sub_course)
    add_template(north.organization)
    before = everything()
    said = run(dry_run=True)
    assert "Would create 1 and would fill 1 entry assessments (2 questions)." in said
    assert "1 stay empty" in said
    assert "nothing was written" in said
    assert everything() == before
    assert "Created 1 and filled 1 entry assessments (2 questions)." in run()


def test_it_is_silent_where_nobody_watches(north, capsys):
    assert run(verbosity=0) == ""
    assert capsys.readouterr().err == ""


@pytest.mark.django_db(transaction=True)
def test_two_machines_at_once_leave_one_assessment_with_one_set_of_questions(north):
    add_template(north.organization)
    sub_courses = [north.sub_course, *factories.SubCourseFactory.create_batch(20, course=north.course)]
    for sub_course in sub_courses[:15]:
        lose_assessment(sub_course)
    together = Barrier(2)

    def machine(_):
        try:
            together.wait(timeout=10)
            with organization_scope(north.organization):
                return backfill()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(machine, range(2))
    assert one.created + other.created == 15
    assert one.questions + other.questions == 30
    for sub_course in sub_courses:
        assert len(questions_of(entry_assessment_of(sub_course))) == 2
