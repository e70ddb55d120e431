"""The demo data: there, complete, and the same after a second run."""

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.db.models import Count, Q

from accounts.models import Membership, User
from accounts.sign_in.authentication import EmailBackend
from demo.people import PASSWORD, PEOPLE
from learning.models import SUB_LEVELS, Course, CourseCategory, SubCourse, Video
from progress.models import PracticeCompletion, StepException, VideoCompletion
from quizzes.models import Attempt, Question, QuestionSet
from tenancy.models import Organization
from tenancy.scope import every_organization, organization_scope
from tests.demo.seeding import seed

pytestmark = pytest.mark.django_db


def every_row() -> dict[str, list[str]]:
    """Return all rows of all tables as text."""
    with connection.cursor() as cursor:
        rows = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            rows[table] = [row[0] for row in cursor.fetchall()]
    return rows


@pytest.fixture
def everywhere(demo):
    with every_organization():
        yield


def in_organization(slug):
    return organization_scope(Organization.unscoped.get(slug=slug))


def test_a_second_run_changes_nothing(demo):
    before = every_row()
    assert "new: 0 people, 0 catalogues" in seed()
    assert every_row() == before


def test_what_people_changed_survives_another_run(everywhere):
    CourseCategory.objects.filter(title="Mathematics").update(title="Maths")
    Video.objects.filter(title="Hello and goodbye").delete()
    User.unscoped.filter(email="guest@north.test").update(email="visitor@north.test")
    before = every_row()
    seed()
    assert every_row() == before


def test_every_account_can_log_in_with_the_password_that_is_printed():
    printed = seed()
    assert PASSWORD in printed
    hashes = set(User.unscoped.values_list("password", flat=True))
    assert len(hashes) == 1, "hashed once"
    assert check_password(PASSWORD, hashes.pop())
    for person in PEOPLE:
        assert person.email in printed
        assert User.objects.get_by_natural_key(person.email.upper()).is_active
    user = EmailBackend().authenticate(None, "admin@north.test", PASSWORD)
    assert user is not None
    assert user.may_enter_admin


def test_everyone_is_where_and_what_the_table_says(everywhere):
    for person in PEOPLE:
        user = User.objects.get(email=person.email)
        assert (user.role.name if user.role else None) == person.role
        learns = person.role in {None, "STUDENT", "GUARDIAN", "GUEST"}
        assert user.may_enter_admin is not learns
        names = [place.name for place in (user.school, user.campus, user.classroom) if place]
        organization = (user.organization.slug,) if user.belongs_to_organization else ()
        assert (*organization, *names) == person.place
        assert Membership.objects.filter(user=user).count() == (1 if person.place else 0)


@pytest.mark.parametrize("slug", ["north", "sunrise"])
def test_an_organization_has_a_catalogue_with_every_level(demo, slug):
    with in_organization(slug):
        own = {"organization__slug": slug}
        assert CourseCategory.objects.filter(**own).count() == 2
        assert Course.objects.filter(**own).count() == 4
        levels = set(SubCourse.objects.filter(**own).values_list("sub_level", flat=True))
        assert levels == {sub_level for of_level in SUB_LEVELS.values() for sub_level in of_level}
        assert set(Video.objects.filter(**own).values_list("status", flat=True)) == {
            "DRAFT",
            "PUBLISHED",
            "ARCHIVED",
        }
        assert QuestionSet.objects.practices().filter(**own, status="DRAFT").exists()


def test_every_sub_course_has_videos_practices_and_a_filled_entry_assessment(everywhere):
    published = Q(status="PUBLISHED")
    for sub_course in SubCourse.objects.all():
        assert sub_course.videos.filter(published).count() >= 5
        practices = sub_course.question_sets.practices().filter(published)
        assert practices.count() >= 3
        for practice in practices:
            assert 3 <= practice.questions.count() <= 5
        (assessment,) = sub_course.question_sets.entry_assessments()
        assert assessment.questions.exists()
    assert SubCourse.objects.values("organization").distinct().count() == 3


def test_questions_are_of_all_types_and_their_options_fit(everywhere):
    right = Count("options", filter=Q(options__is_correct=True))
    questions = Question.objects.annotate(right=right, all=Count("options"))
    types = {"SINGLE_CHOICE", "MULTIPLE_CHOICE", "TRUE_FALSE"}
    assert set(questions.values_list("question_type", flat=True)) == types
    assert not questions.filter(question_type="SINGLE_CHOICE").exclude(right=1).exists()
    assert not questions.filter(question_type="TRUE_FALSE").exclude(right=1, all=2).exists()
    assert not questions.filter(question_type="MULTIPLE_CHOICE", right__lt=2).exists()


def test_norths_assessments_are_copies_of_its_own_and_sunrises_of_the_shared_one(demo):
    for slug, title in (("north", "North placement check"), ("sunrise", "Default entry assessment")):
        with in_organization(slug):
            template = QuestionSet.objects.get(title=title)
            expected = list(template.questions.in_order().values_list("text", flat=True))
            for copy in QuestionSet.objects.entry_assessments().filter(organization__slug=slug):
                assert list(copy.questions.in_order().values_list("text", flat=True)) == expected


def test_one_student_starts_with_nothing_and_others_are_on_their_way(everywhere):
    for email, started in (
        ("student@north.test", False),
        ("student2@north.test", True),
        ("student@sunrise.test", True),
    ):
        for fact in (VideoCompletion, PracticeCompletion, Attempt):
            assert fact.objects.filter(user__email=email).exists() == started


def test_support_let_one_learner_past_the_sequence(everywhere):
    rows = StepException.objects.select_related("user", "given_by")
    told = {(row.kind, row.user.email, row.given_by.email) for row in rows}
    assert told == {(kind, "student2@north.test", "support@north.test") for kind in ("waive", "unlock")}


def test_completions_are_of_the_learners_own_organization_and_in_the_past(everywhere):
    for fact, item in ((VideoCompletion, "video"), (PracticeCompletion, "question_set")):
        for row in fact.objects.select_related("user", item):
            assert row.organization_id == row.user.organization_id == getattr(row, item).organization_id
            assert row.completed_at > row.user.memberships.get().valid_from


def test_attempts_are_graded_and_not_all_alike(everywhere):
    attempts = Attempt.objects.select_related("question_set")
    assert set(attempts.values_list("ready", flat=True)) == {True, False}
    for attempt in attempts:
        assert attempt.total == sum(question.points for question in attempt.question_set.questions.all())
        assert attempt.score == sum(result["points"] for result in attempt.results)
