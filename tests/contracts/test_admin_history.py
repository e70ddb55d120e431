"""History pages: the scope's own events, in words, and nobody who is not of the scope by name."""

import pghistory
import pytest
from django.contrib.admin.models import CHANGE, LogEntry

from accounts.models import Role, RoleKeptOut, User
from accounts.people.domain.membership import place
from learning.models import Course, CourseCategory, SubCourse, Subscription, Tcode, Video
from learning.tree.domain import learner_guard, structure
from quizzes.models import Question, QuestionSet, SafetyQuizSchedule
from tenancy.admin import HistoryPages
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID, organization_scope
from tests import factories
from tests.contracts.admin_pages import REGISTERED, rows_of, sign_in, url

TRACKED = {CourseCategory, Course, SubCourse, Video, QuestionSet, Question, Tcode, User}
# A record of its own has the last.
TOLD = {*TRACKED, RoleKeptOut, SafetyQuizSchedule, Subscription}


@pytest.fixture
def browser(world):
    return sign_in(world.north.admin)


def by(person):
    return pghistory.context(user=str(person.pk))


def changed(row, **values):
    type(row).unscoped.filter(pk=row.pk).update(**values)


def entries(browser, row):
    page = browser.get(url(type(row), "history", row.pk))
    assert page.status_code == 200
    return page.context["entries"]


def name_field(model):
    return {User: "name", Question: "text"}.get(model, "title")


def test_what_is_tracked_has_a_history_and_nothing_else(browser, world):
    for model, made in REGISTERED.items():
        assert isinstance(made, HistoryPages)
        row = model.objects.first() if model is Role else rows_of(model, world.north.organization).first()
        change, history = (browser.get(url(model, name, row.pk)) for name in ("change", "history"))
        assert history.status_code == (200 if model in TOLD else 404), model
        assert ("historylink" in change.content.decode()) == (model in TOLD), model


def test_no_page_shows_events_or_names_of_another_organization(browser, world):
    """Changed by three people, of whom one is of the scope, and once while it was another tenant's."""
    north, sunrise = world.north, world.sunrise
    for model in TRACKED:
        row, name = (
            (north.student if model is User else rows_of(model, north.organization).first()),
            name_field(model),
        )
        elsewhere = type(row).unscoped.filter(pk=row.pk)
        events = next(
            m for m in model._meta.apps.get_models() if getattr(m, "pgh_tracked_model", None) is model
        )
        first = events.unscoped.filter(pgh_obj_id=row.pk).first()
        foreign = {f.name: getattr(first, f.name) for f in events._meta.fields if f.name != "pgh_id"}
        foreign |= {"organization": sunrise.organization, name: "Foreign value", "pgh_label": "update"}
        events.unscoped.create(**foreign)
        for person, value in (
            (north.admin, "By the admin"),
            (world.global_admin, "By the platform"),
            (sunrise.admin, "By the other"),
        ):
            with by(person):
                elsewhere.update(**{name: value})
        page = browser.get(url(model, "history", row.pk))
        text = page.content.decode()
        who = [entry.who for entry in page.context["entries"] if entry.what == "Changed"]
        assert who[:3] == ["someone else", "the platform", "You"]
        assert "By the other" in text, model
        for foreign_text in ("Foreign value", world.global_admin.email, sunrise.admin.email, "sunrise"):
            assert foreign_text not in text.lower() if foreign_text == "sunrise" else foreign_text not in text


def test_a_log_of_the_admin_is_not_shown(browser, world):
    row = world.north.course
    LogEntry.objects.log_actions(str(world.global_admin.pk), [row], CHANGE, "Said by the platform")
    assert "Said by the platform" not in browser.get(url(Course, "history", row.pk)).content.decode()


def test_shared_rows_have_no_history_for_a_tenant(browser, world):
    platform = Organization.unscoped.get(pk=PLATFORM_ID)
    for model in TRACKED - {User}:
        row = rows_of(model, platform).first()
        assert browser.get(url(model, "change", row.pk)).status_code == 200
        assert "historylink" not in browser.get(url(model, "change", row.pk)).content.decode()
        assert browser.get(url(model, "history", row.pk)).status_code == 403


def test_changes_are_told_with_the_values_people_know(browser, world):
    course = world.north.course
    other = factories.CategoryFactory(organization=world.north.organization, title="Another category")
    with by(world.north.admin):
        changed(course, title="Renamed", status="DRAFT", category=other)
    newest, first = entries(browser, course)
    category = world.north.category.title
    assert newest.what == f"Made a draft. Moved from “{category}” to “Another category”"
    assert newest.who == "You"
    assert [(c.label, c.before, c.after) for c in newest.changes] == [
        ("Title", "Course " + course.title.split()[-1], "Renamed"),
        ("Status", "published", "draft"),
        ("Category", world.north.category.title, "Another category"),
    ]
    assert (first.what, first.who) == ("Added", "the system")


def test_choices_and_long_texts_are_told_shortly(browser, world):
    video = world.north.videos[0]
    changed(video, status="ARCHIVED", description="word " * 200)
    told = {change.label: change for change in entries(browser, video)[0].changes}
    assert (told["Status"].before, told["Status"].after) == ("published", "archived")
    assert told["Description"].before == "—"
    assert len(told["Description"].after) == 120


def test_deleting_and_restoring_are_told(browser, world):
    video, sub_course = world.north.videos[0], world.north.sub_course
    with organization_scope(world.north.organization), by(world.north.admin), learner_guard.confirmed():
        structure.delete(item=sub_course)
        structure.restore(item=sub_course)
    # Its videos were put in order before, in a transaction that began when this one did.
    told = [entry.what for entry in entries(browser, sub_course) if "moved" not in entry.what]
    assert told[:2] == ["Restored", "Deleted"]
    told = [entry.what for entry in entries(browser, video) if "Moved" not in entry.what]
    assert told[:2] == ["Restored", "Deleted with its parent"]


def test_reorderings_are_told_where_the_list_is(browser, world):
    told = [entry for entry in entries(browser, world.north.sub_course) if "moved" in entry.what]
    [entry] = told
    assert entry.who == "You"
    assert entry.what.startswith("Videos: moved “") and "from 3 to 1" in entry.what
    assert not [entry for entry in entries(browser, world.north.course) if "moved" in entry.what]


def test_options_are_told_with_their_question(browser, world):
    question = Question.unscoped.filter(organization=world.north.organization, deleted=None).first()
    option = question.options(manager="unscoped").first()
    with by(world.north.admin):
        type(option).unscoped.filter(pk=option.pk).update(text="Better")
        type(option).unscoped.filter(pk=option.pk).delete()
    told = [entry.what for entry in entries(browser, question) if entry.what.startswith("Option")]
    assert told[:2] == ["Option “Better”: Removed", "Option “Better”: Changed"]


def test_rights_of_a_person_are_told(browser, world):
    told = [entry.what for entry in entries(browser, world.north.guest)]
    assert "Given the permission messages.send" in told


def test_a_school_is_not_told_what_happened_elsewhere(world):
    """A person has come from another school: the school sees the move, not what was before."""
    north, elsewhere = world.north, factories.SchoolFactory(organization=world.north.organization)
    person = factories.make_user("mover@north.test", "STUDENT", at=elsewhere.scope, name="Old name")
    changed(person, name="Name there")
    place(user=person, at=north.school.scope, role=person.role)
    changed(person, name="Name here")
    head = factories.make_user("head@north.test", "ADMIN", at=north.school.scope, is_staff=True)
    text = sign_in(head).get(url(User, "history", person.pk)).content.decode()
    assert "Name here" in text
    assert "Old name" not in text
    assert elsewhere.name not in text
    assert "First recorded here" in text


def test_the_newest_200_entries_are_shown_and_it_is_said(browser, world):
    video = world.north.videos[0]
    for number in range(205):
        changed(video, title=f"Title {number}")
    page = browser.get(url(Video, "history", video.pk))
    shown = page.context["entries"]
    assert len(shown) == 200
    assert (shown[0].changes[0].before, shown[0].changes[0].after) == ("Title 203", "Title 204")
    assert shown[-1].what == "Changed"
    assert "the newest 200 entries" in page.content.decode()
