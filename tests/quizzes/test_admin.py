"""Question sets, questions and attempts in the admin."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client as Browser

from quizzes.models import Attempt, Question, QuestionSet
from quizzes.sets.admin.question_sets import QuestionSetForm
from quizzes.sets.domain import question_sets
from tenancy.admin import TenantForm
from tenancy.errors import ConflictError
from tests import factories
from tests.quizzes.conftest import entry_assessment_of, options_of

SETS = "/admin/quizzes/questionset/"
QUESTIONS = "/admin/quizzes/question/"
ATTEMPTS = "/admin/quizzes/attempt/"


@pytest.fixture
def browse(db):
    def sign_in(user):
        browser = Browser()
        browser.force_login(user, backend="accounts.sign_in.authentication.EmailBackend")
        return browser

    return sign_in


@pytest.fixture
def admin(browse, north, sunrise):
    north.admin.refresh_from_db()
    return browse(north.admin)


@pytest.fixture
def practice(north):
    return north.practices[0]


def set_form(**changes):
    return {
        "title": "New",
        "description": "",
        "set_type": "PRACTICE",
        "owner_type": "SUB_COURSE",
        "sub_course": "",
        "status": "DRAFT",
        "pass_mark": 70,
        **changes,
    }


def question_form(*options, initial=(), **changes):
    """``options`` are ``(text, is_correct)``; ``initial`` the rows that the first of them are."""
    form = {
        "text": "New?",
        "question_type": "SINGLE_CHOICE",
        "points": 1,
        "explanation": "",
        "options-TOTAL_FORMS": len(options),
        "options-INITIAL_FORMS": len(initial),
        **changes,
    }
    for n, (text, is_correct) in enumerate(options):
        form[f"options-{n}-text"] = text
        if is_correct:
            form[f"options-{n}-is_correct"] = "on"
        if n < len(initial):
            form[f"options-{n}-id"] = initial[n].pk
    return form


def options_shown(page):
    """Return what the options of a page send when they are left as they are."""
    formset = page.context["inline_admin_formsets"][0].formset
    fields = [*formset.management_form, *(field for form in formset.forms for field in form)]
    return {field.html_name: field.value() for field in fields if field.value() not in (None, False)}


def test_lists_show_the_own_and_the_shared_rows(admin, north, sunrise, shared):
    factories.QuestionFactory(question_set=sunrise.practices[0], text="of sunrise")
    page = admin.get(SETS).content.decode()
    assert north.practices[0].title in page
    assert shared.practice.title in page
    assert not any(practice.title + "<" in page for practice in sunrise.practices)
    assert "of sunrise" not in admin.get(QUESTIONS).content.decode()
    assert admin.get(f"{SETS}{sunrise.practices[0].pk}/change/").status_code == 302


def test_a_practice_is_added_at_the_end_of_its_sub_course(admin, north):
    assert admin.post(f"{SETS}add/", set_form(sub_course=north.sub_course.pk)).status_code == 302
    made = QuestionSet.unscoped.get(title="New")
    assert (made.organization_id, made.display_order) == (north.organization.pk, 2)


def test_a_standalone_set_is_added_to_the_own_organization(admin, north):
    form = set_form(owner_type="STANDALONE", set_type="INITIAL_ASSESSMENT")
    assert admin.post(f"{SETS}add/", form).status_code == 302
    assert QuestionSet.unscoped.get(title="New").organization_id == north.organization.pk


def test_a_global_user_chooses_the_organization_of_a_standalone_set(browse, global_admin, sunrise):
    form = set_form(owner_type="STANDALONE", set_type="INITIAL_ASSESSMENT")
    browser = browse(global_admin)
    assert "belongs to an organization" in browser.post(f"{SETS}add/", form).content.decode()
    chosen = {**form, "organization": sunrise.organization.pk}
    assert browser.post(f"{SETS}add/", chosen).status_code == 302
    assert QuestionSet.unscoped.get(title="New").organization_id == sunrise.organization.pk
    under = set_form(title="Practice", sub_course=sunrise.sub_course.pk)
    assert browser.post(f"{SETS}add/", under).status_code == 302


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"set_type": "INITIAL_ASSESSMENT", "sub_course": "own"}, "already has its entry assessment"),
        ({"owner_type": "STANDALONE", "sub_course": "own"}, "a standalone set names none"),
        ({"sub_course": ""}, "a standalone set names none"),
        ({"sub_course": "foreign"}, "Select a valid choice"),
        ({"sub_course": "shared"}, "Select a valid choice"),
    ],
    ids=str,
)
def test_what_a_set_may_not_be_is_said_in_the_form(changes, message, admin, north, sunrise, shared):
    owners = {
        "own": north.sub_course.pk,
        "foreign": sunrise.sub_course.pk,
        "shared": shared.sub_course.pk,
    }
    changes["sub_course"] = owners.get(changes["sub_course"], changes["sub_course"])
    response = admin.post(f"{SETS}add/", set_form(**changes))
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not QuestionSet.unscoped.filter(title="New").exists()


def test_an_entry_assessment_is_edited_but_not_retyped_or_deleted(admin, north):
    assessment = entry_assessment_of(north.sub_course)
    form = set_form(title="Where do you stand?", status="PUBLISHED", pass_mark=50)
    assert admin.post(f"{SETS}{assessment.pk}/change/", form).status_code == 302
    changed = entry_assessment_of(north.sub_course)
    assert (changed.pk, changed.title, changed.pass_mark) == (assessment.pk, "Where do you stand?", 50)
    assert admin.post(f"{SETS}{assessment.pk}/delete/", {"post": "yes"}).status_code == 403
    both = [assessment.pk, north.practices[0].pk]
    admin.post(SETS, {"action": "delete_selected", "_selected_action": both, "post": "yes"})
    assert QuestionSet.unscoped.filter(pk__in=both, deleted=None).count() == 2


def test_practices_are_deleted_with_their_questions(admin, north, practice):
    question = factories.QuestionFactory(question_set=practice)
    assert admin.post(f"{SETS}{practice.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Question.unscoped.get(pk=question.pk).deleted is not None
    action = {"action": "delete_selected", "_selected_action": [north.practices[1].pk], "post": "yes"}
    assert admin.post(SETS, action).status_code == 302
    assert QuestionSet.unscoped.get(pk=north.practices[1].pk).deleted is not None


def test_a_question_is_added_with_its_options_in_order(admin, north, practice):
    form = question_form(("yes", True), ("no", False), question_set=practice.pk)
    assert admin.post(f"{QUESTIONS}add/", form).status_code == 302
    made = Question.unscoped.get(text="New?")
    assert made.organization_id == north.organization.pk
    assert [(o.text, o.is_correct, o.display_order) for o in options_of(made)] == [
        ("yes", True, 0),
        ("no", False, 1),
    ]


def test_options_are_changed_removed_and_added(admin, practice):
    question = factories.QuestionFactory(question_set=practice)
    first, second, third = options_of(question)
    form = question_form(
        ("first", False), ("", False), ("third", False), ("fourth", True), initial=(first, second, third)
    )
    form["options-1-text"] = second.text
    form["options-1-DELETE"] = "on"
    assert admin.post(f"{QUESTIONS}{question.pk}/change/", form).status_code == 302
    kept = options_of(question)
    assert [(o.text, o.is_correct) for o in kept] == [("first", False), ("third", False), ("fourth", True)]
    assert [o.pk for o in kept[:2]] == [first.pk, third.pk]


def test_a_form_whose_option_was_deleted_in_another_tab_says_so_and_can_be_saved(admin, practice):
    question = factories.QuestionFactory(question_set=practice, options=[True, False, False])
    first, second, third = options_of(question)
    url = f"{QUESTIONS}{question.pk}/change/"
    sent = [(first.text, True), ("Not any more", False), ("Changed", False), ("New", False)]
    form = question_form(*sent, initial=(first, second, third), question_set=practice.pk)
    second.delete()

    page = admin.post(url, form)
    told = page.content.decode()
    assert page.status_code == 200
    assert "Someone deleted an option meanwhile: “Not any more”. Check what is left and save again." in told
    assert [option.text for option in options_of(question)] == [first.text, third.text]

    again = {name: value for name, value in form.items() if not name.startswith("options-")}
    assert admin.post(url, again | options_shown(page)).status_code == 302
    assert [(o.text, o.is_correct) for o in options_of(question)] == [
        (first.text, True),
        ("Changed", False),
        ("New", False),
    ]


def test_an_option_that_both_tabs_delete_is_gone_without_a_word(admin, practice):
    question = factories.QuestionFactory(question_set=practice, options=[True, False, False])
    first, second, third = options_of(question)
    url = f"{QUESTIONS}{question.pk}/change/"
    sent = [(first.text, True), (second.text, False), (third.text, False)]
    form = question_form(*sent, initial=(first, second, third), question_set=practice.pk)
    second.delete()
    assert admin.post(url, {**form, "options-1-DELETE": "on"}).status_code == 302
    assert [option.pk for option in options_of(question)] == [first.pk, third.pk]


def test_an_option_of_another_question_is_not_in_the_form_whatever_is_sent(admin, practice, sunrise):
    question = factories.QuestionFactory(question_set=practice, options=[True, False])
    foreign = factories.QuestionFactory(question_set=sunrise.practices[0], options=[True, False])
    url = f"{QUESTIONS}{question.pk}/change/"
    first, other = options_of(question)[0], options_of(foreign)[0]
    before = [(option.pk, option.text) for option in options_of(foreign)]
    form = question_form(("a", True), ("b", False), initial=(first, other), question_set=practice.pk)
    assert admin.post(url, form).status_code == 200
    assert [(option.pk, option.text) for option in options_of(foreign)] == before


@pytest.mark.parametrize(
    ("options", "question_type", "message"),
    [
        ([("a", False), ("b", False)], "SINGLE_CHOICE", "Exactly one option must be correct"),
        ([("a", False), ("b", False)], "MULTIPLE_CHOICE", "At least one option must be correct"),
        ([("a", True), ("b", False), ("c", False)], "TRUE_FALSE", "two options"),
        ([("a", True)], "SINGLE_CHOICE", "2 to 20 options"),
    ],
)
def test_options_that_make_no_question_are_refused_in_the_form(
    options, question_type, message, admin, practice
):
    form = question_form(*options, question_set=practice.pk, question_type=question_type)
    response = admin.post(f"{QUESTIONS}add/", form)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not Question.unscoped.exists()


def test_a_question_is_worth_at_least_one_point(admin, practice):
    form = question_form(("yes", True), ("no", False), question_set=practice.pk, points=0)
    response = admin.post(f"{QUESTIONS}add/", form)
    assert "greater than or equal to 1" in response.content.decode()
    assert not Question.unscoped.exists()


def test_a_second_entry_assessment_added_at_the_same_moment_is_said_in_the_form(admin, north, monkeypatch):
    before = entry_assessment_of(north.sub_course)
    # The other editor's row is not there yet when this form looks.
    monkeypatch.setattr(QuestionSetForm, "clean", TenantForm.clean)
    form = set_form(set_type="INITIAL_ASSESSMENT", sub_course=north.sub_course.pk)
    page = admin.post(f"{SETS}add/", form, follow=True)
    assert page.status_code == 200
    assert "already has its entry assessment" in page.content.decode()
    assert entry_assessment_of(north.sub_course) == before


@pytest.mark.parametrize("selected", [False, True])
def test_a_set_that_may_not_be_deleted_any_more_is_kept_with_a_message(selected, admin, north, monkeypatch):
    first, second = north.practices
    delete = question_sets.delete_question_sets

    def refuse_second(*, items):
        delete(items=items)
        if second in items:
            raise ConflictError("It became an entry assessment.")

    monkeypatch.setattr(question_sets, "delete_question_sets", refuse_second)
    if selected:
        body = {"action": "delete_selected", "_selected_action": [first.pk, second.pk], "post": "yes"}
        page = admin.post(SETS, body, follow=True)
    else:
        page = admin.post(f"{SETS}{second.pk}/delete/", {"post": "yes"}, follow=True)
    assert "It became an entry assessment." in page.content.decode()
    assert QuestionSet.unscoped.filter(pk__in=[first.pk, second.pk], deleted=None).count() == 2
    assert not LogEntry.objects.exists()


def test_shared_content_can_be_read_and_not_changed(admin, shared):
    for url, form in (
        (f"{SETS}{shared.practice.pk}/change/", set_form()),
        (f"{QUESTIONS}{shared.question.pk}/change/", question_form(("a", True), ("b", False))),
    ):
        page = admin.get(url)
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert admin.post(url, form).status_code == 403


def test_attempts_can_be_read_and_nothing_else(admin, north, sunrise, practice):
    for tenant in (north, sunrise):
        Attempt.unscoped.create(
            user=tenant.student,
            organization=tenant.organization,
            question_set=tenant.practices[0],
            score=1,
            total=2,
            answers=[],
            results=[],
        )
    mine = Attempt.unscoped.get(user=north.student)
    page = admin.get(ATTEMPTS).content.decode()
    assert north.student.email in page
    assert sunrise.student.email not in page
    assert admin.get(f"{ATTEMPTS}{mine.pk}/change/").status_code == 200
    assert admin.post(f"{ATTEMPTS}{mine.pk}/change/", {"score": 2}).status_code == 403
    assert admin.post(f"{ATTEMPTS}{mine.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.get(f"{ATTEMPTS}add/").status_code == 403


@pytest.mark.parametrize("url", [SETS, QUESTIONS, ATTEMPTS])
def test_a_list_costs_the_same_for_few_and_many(url, admin, north, practice, statements):
    def count():
        with statements() as sent:
            assert admin.get(url).status_code == 200
        return len(sent)

    def add(n):
        factories.PracticeFactory.create_batch(n, sub_course=north.sub_course)
        factories.QuestionFactory.create_batch(n, question_set=practice)
        for _ in range(n):
            Attempt.unscoped.create(
                user=north.student,
                organization=north.organization,
                question_set=practice,
                score=1,
                total=2,
                answers=[],
                results=[],
            )

    add(2)
    few = count()
    add(8)
    assert count() == few
