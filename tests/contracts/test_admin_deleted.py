"""Deleted rows in the admin: found by whoever may delete, restored all or none, never another tenant's."""

from uuid import UUID

import pytest

from accounts.models import User
from accounts.people.admin.actions import PEOPLE_ACTIONS
from accounts.rights.rbac import keys_in_database
from learning.models import Course, CourseCategory, SubCourse, Video
from learning.tree.domain import learner_guard, structure
from quizzes.models import Question, QuestionSet
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID, every_organization, organization_scope
from tests import factories
from tests.contracts.admin_pages import (
    Glance,
    left_by,
    messages_of,
    missing_id,
    rows_of,
    shown_ids,
    sign_in,
    soft_deleted,
    tenant_admins,
    url,
)
from tests.contracts.world import differences, dump

RESTORE = "restore_selected"
_STATUS = ("publish_selected", "unpublish_selected", "archive_selected")
OF_THE_TREE = {
    CourseCategory: _STATUS,
    Course: (*_STATUS, "move_selected"),
    SubCourse: (*_STATUS, "move_selected"),
    Video: (*_STATUS, "move_selected"),
    QuestionSet: (*_STATUS, "move_selected"),
}


@pytest.fixture
def browser(world):
    world.north.guest.delete()
    world.sunrise.guest.delete()
    return sign_in(world.north.admin)


def of_deleted(model):
    return f"{url(model, 'changelist')}?deleted=yes"


def act(browser, model, action, pks, *, deleted=True, follow=True):
    address = of_deleted(model) if deleted else url(model, "changelist")
    # What a change would mean for learners has been read.
    body = {"action": action, "_selected_action": [str(pk) for pk in pks], "post": "yes", "confirmed": "1"}
    return browser.post(address, body, follow=follow)


def told(browser, model, action, pks, **options):
    """Return what is said to someone who acts, without opening the list on which they read it."""
    return left_by(browser, act(browser, model, action, pks, **options, follow=False))


def deleted_of(model, organization):
    return set(rows_of(model, organization).exclude(deleted=None).values_list("pk", flat=True))


def test_the_list_holds_the_deleted_rows_of_the_scope_newest_first(browser, world):
    with every_organization():
        shared = CourseCategory.objects.get(organization=PLATFORM_ID)
        structure.delete(item=shared)
    for model in soft_deleted():
        page = browser.get(of_deleted(model))
        assert shown_ids(page) == deleted_of(model, world.north.organization), model
        times = [row.deleted for row in page.context["cl"].result_list]
        assert times == sorted(times, reverse=True)
        text = page.content.decode()
        assert url(model, "add") not in text.split('id="content-main"')[1]
        for pk in shown_ids(page):
            assert url(model, "change", pk) not in text
            assert browser.get(url(model, "change", pk)).status_code == 302
    assert len(soft_deleted()) == 9


def test_each_list_offers_what_can_be_done_there(browser, world):
    def offered(model, address):
        request = Glance(browser).get(address).wsgi_request
        with organization_scope(world.north.organization):
            return set(tenant_admins()[model].get_actions(request))

    for model in tenant_admins():
        actions = offered(model, url(model, "changelist"))
        assert RESTORE not in actions, model
        if model in soft_deleted():
            more = PEOPLE_ACTIONS if model is User else OF_THE_TREE.get(model, ())
            assert actions == {"delete_selected", *more}, model
            assert offered(model, of_deleted(model)) == {RESTORE}


def test_restoring_brings_back_the_chosen_rows(browser, world):
    for model in soft_deleted():
        chosen = deleted_of(model, world.north.organization)
        assert chosen, model
        assert told(browser, model, RESTORE, chosen)[0].startswith("success: Restored "), model
        assert not deleted_of(model, world.north.organization), model


def test_rows_out_of_reach_are_restored_like_rows_that_do_not_exist(browser, world):
    with every_organization():
        structure.delete(item=CourseCategory.objects.get(organization=PLATFORM_ID))
    platform = Organization.unscoped.get(pk=PLATFORM_ID)
    before, wrong = dump(), []
    for model in soft_deleted():
        nobodys = told(browser, model, RESTORE, [missing_id(model)])
        live = rows_of(model, world.north.organization).filter(deleted=None).values_list("pk", flat=True)
        foreign = deleted_of(model, world.sunrise.organization)
        for pks in (foreign, deleted_of(model, platform), live[:2]):
            answered = told(browser, model, RESTORE, pks) if pks else nobodys
            if answered != nobodys:
                wrong.append(f"{model.__name__}: {answered} instead of {nobodys}")
        for pks, deleted in ((live[:1], False), (foreign, False)):
            told(browser, model, RESTORE, pks, deleted=deleted)
        # Nothing else may be done to a deleted row.
        told(browser, model, "delete_selected", deleted_of(model, world.north.organization))
    assert not wrong, "\n".join(wrong)
    assert differences(before, dump()) == []


def test_without_the_delete_key_there_is_no_list_of_deleted_rows(world):
    staff = factories.make_user("clerk@north.test", "GUEST", at=world.north.scope, is_staff=True)
    keys = keys_in_database().filter(codename__endswith=".list")
    staff.custom_permissions.set(keys)
    browser, before = sign_in(staff), dump()
    for model in soft_deleted():
        page = browser.get(url(model, "changelist"))
        assert page.status_code == 200, model
        assert "deleted=yes" not in page.content.decode()
        asked = Glance(browser).get(of_deleted(model), follow=True)
        assert not shown_ids(asked) & deleted_of(model, world.north.organization)
        told(browser, model, RESTORE, deleted_of(model, world.north.organization))
    assert differences(before, dump()) == []


def test_a_school_administrator_restores_people_of_the_school_only(browser, world):
    elsewhere = factories.SchoolFactory(organization=world.north.organization)
    outside = factories.make_user("outside@north.test", "STUDENT", at=elsewhere.scope)
    outside.delete()
    head = factories.make_user("head@north.test", "ADMIN", at=world.north.school.scope, is_staff=True)
    page = act(sign_in(head), User, RESTORE, [outside.pk, world.north.guest.pk])
    assert messages_of(page) == ["Restored 1 person."]
    left = deleted_of(User, world.north.organization)
    assert left == {outside.pk, UUID(world.deleted["person"])}


def test_one_row_that_cannot_come_back_keeps_them_all_and_is_named(browser, world):
    north = world.north
    inside = factories.VideoFactory(sub_course=north.sub_course, title="Stays with its sub-course")
    alone = factories.VideoFactory(
        sub_course=factories.SubCourseFactory(course=north.course), title="Could come back"
    )
    with organization_scope(north.organization), learner_guard.confirmed():
        structure.delete(item=alone)
        structure.delete(item=north.sub_course)
    page = act(browser, Video, RESTORE, [alone.pk, inside.pk])
    assert messages_of(page) == [
        "“Stays with its sub-course” is inside something deleted: restore that first."
    ]
    assert {alone.pk, inside.pk} <= deleted_of(Video, north.organization)


def test_a_person_whose_address_was_taken_stays_deleted_and_keeps_the_others_so(browser, world):
    north, other = world.north, factories.make_user("b@north.test", "STUDENT", at=world.north.scope)
    other.delete()
    factories.make_user("GUEST@north.test", "STUDENT", at=world.sunrise.scope)
    page = act(browser, User, RESTORE, [other.pk, north.guest.pk])
    assert messages_of(page) == ["Someone else now uses the e-mail address guest@north.test."]
    assert deleted_of(User, north.organization) >= {other.pk, north.guest.pk}


def test_two_people_with_one_address_do_not_both_come_back(browser, world):
    again = factories.make_user("guest@north.test", "STUDENT", at=world.north.scope)
    again.delete()
    page = act(browser, User, RESTORE, [again.pk, world.north.guest.pk])
    assert messages_of(page) == ["Someone else now uses the e-mail address guest@north.test."]


def test_an_entry_assessment_whose_place_is_taken_stays_deleted(browser, world):
    sub_course = world.north.sub_course
    sets = QuestionSet.unscoped.filter(sub_course=sub_course, set_type="INITIAL_ASSESSMENT")
    first = sets.get()
    sets.update(deleted=first.created_at)
    second = QuestionSet(sub_course=sub_course, title="New", set_type=first.set_type, owner_type="SUB_COURSE")
    second.save()
    page = act(browser, QuestionSet, RESTORE, [first.pk])
    assert messages_of(page) == [
        f"“{first.title}”: its sub-course has another entry assessment now.".replace("'", "&#x27;")
    ]
    assert QuestionSet.unscoped.get(pk=first.pk).deleted is not None


def test_who_may_not_manage_a_person_does_not_restore_them(browser, world):
    stronger = factories.make_user("strong@north.test", "GLOBAL_ADMIN", at=world.north.scope)
    stronger.delete()
    page = act(browser, User, RESTORE, [stronger.pk, world.north.guest.pk])
    assert messages_of(page) == ["You may not restore “strong@north.test”."]
    assert {stronger.pk, world.north.guest.pk} <= deleted_of(User, world.north.organization)


def test_what_comes_back_is_what_went_in_the_same_act(browser, world):
    north = world.north
    earlier, question = north.videos[0], Question.unscoped.filter(organization=north.organization).first()
    second = factories.SubCourseFactory(course=north.course)
    late = factories.VideoFactory(sub_course=second)
    with organization_scope(north.organization), learner_guard.confirmed():
        structure.delete(item=earlier)
        structure.delete(item=second)
        structure.delete(item=north.sub_course)
    page = act(browser, SubCourse, RESTORE, [north.sub_course.pk, second.pk])
    assert messages_of(page) == ["Restored 2 sub-courses."]
    alive = set(
        Video.unscoped.filter(deleted=None, organization=north.organization).values_list("pk", flat=True)
    )
    assert alive == {late.pk, *(video.pk for video in north.videos[1:])}
    assert Question.unscoped.get(pk=question.pk).deleted is None
