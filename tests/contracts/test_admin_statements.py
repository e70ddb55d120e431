"""No page of the admin sends more statements when there are more rows, or more of what stands in them."""

from itertools import count

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.models import Preferences, User
from learning.models import (
    Course,
    CourseCategory,
    Reordering,
    SubCourse,
    Subscription,
    SubscriptionChange,
    Tcode,
    Video,
)
from learning.tree.domain import learner_guard, structure
from progress.models import (
    Interaction,
    ItemProgress,
    PracticeCompletion,
    TcodeProgress,
    VideoCompletion,
)
from quizzes.models import Attempt, Question, QuestionSet, SafetyQuizResult, SafetyQuizSchedule
from tenancy.admin import facts
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.scope import organization_scope
from tests import factories
from tests.accounts.messages import make_message
from tests.contracts.admin_pages import REGISTERED, rows_of, sign_in, soft_deleted, tenant_admins, url
from tests.factories import make_subscription
from tests.quizzes.scheduled import monday, scheduled

NUMBERS = count(1)


def grow(north, times):
    """Add ``times`` rows to every list, below the rows that are there, and to every history."""
    permissions = list(Permission.objects.filter(codename__startswith="videos."))
    for _ in range(times):
        number = next(NUMBERS)
        school = factories.SchoolFactory(organization=north.organization)
        factories.ClassroomFactory(campus=factories.CampusFactory(school=north.school))
        factories.ClassroomFactory(campus=north.campus)
        person = factories.make_user(f"grown{number}@north.test", "STUDENT", at=north.classroom.scope)
        factories.make_user(f"there{number}@north.test", "TEACHER", at=school.scope)
        for row in (north.guest, person):
            row.custom_permissions.set(permissions[: number % 4 + 1])
        course = factories.CourseFactory(category=north.category)
        factories.CategoryFactory(organization=north.organization)
        for sub_course in (
            factories.SubCourseFactory(course=north.course),
            factories.SubCourseFactory(course=course),
            north.sub_course,
        ):
            video = factories.VideoFactory(sub_course=sub_course)
            practice = factories.PracticeFactory(sub_course=sub_course)
            question = factories.QuestionFactory(question_set=practice)
        factories.QuestionFactory(
            question_set=north.practices[0], options=[True] + [False] * (number % 5 + 1)
        )
        organization = north.organization
        VideoCompletion.unscoped.create(user=person, organization=organization, video=video)
        PracticeCompletion.unscoped.create(user=person, organization=organization, question_set=practice)
        tcode = factories.TcodeFactory(organization=organization)
        TcodeProgress.unscoped.create(user=person, organization=organization, tcode=tcode)
        make_subscription(person, tcode)
        subscription = Subscription.unscoped.filter(user=north.admin).order_by("created_at").first()
        SubscriptionChange.unscoped.create(
            user=north.admin,
            organization=organization,
            subscription_id=subscription.pk,
            kind="extended",
            days=number,
            by=person,
        )
        Interaction.unscoped.create(
            user=person, organization=organization, type="searched", payload={"query": "x" * number}
        )
        Preferences.unscoped.create(user=person, organization=organization)
        make_message(person, sender=person, scope=str(north.scope))
        ItemProgress.unscoped.create(
            user=person,
            organization=organization,
            progress_type="sign_learned",
            item_id=f"item {number}",
            created_by=person,
            updated_by=person,
        )
        SafetyQuizResult.unscoped.create(
            user=person,
            organization=organization,
            campus=north.campus,
            week_of="2026-11-16",
            score=number,
            total_questions=number,
            answers=[number],
            completed_at=timezone.now(),
        )
        option = question.options(manager="unscoped").first()
        Attempt.unscoped.create(
            user=person,
            organization=organization,
            question_set=practice,
            score=1,
            total=1,
            answers=[{"question_id": question.pk, "option_id": option.pk}] * number,
            results=[{"question_id": question.pk, "points": 1, "correct_option_ids": [option.pk]}] * number,
        )
        ids = list(Video.unscoped.filter(sub_course=north.sub_course).values_list("pk", flat=True))
        Reordering.unscoped.create(
            organization=organization,
            kind="videos",
            parent_id=north.sub_course.pk,
            user=person,
            before=ids,
            after=ids,
        )
        for model in (CourseCategory, Course, SubCourse, Video, QuestionSet, Tcode):
            rows_of(model, organization).update(title=f"{model.__name__} {number}")
        User.unscoped.filter(pk=north.student.pk).update(name=f"Renamed {number}")
        rows_of(Question, organization).update(text=f"Text {number}?")
        with organization_scope(organization), learner_guard.confirmed():
            gone = [
                factories.CategoryFactory(organization=organization),
                factories.CourseFactory(category=north.category),
                factories.SubCourseFactory(course=north.course),
                factories.VideoFactory(sub_course=north.sub_course),
                factories.PracticeFactory(sub_course=north.sub_course),
                factories.QuestionFactory(question_set=north.practices[0]),
                factories.TcodeFactory(organization=organization),
            ]
            for row in gone:
                structure.delete(item=row)
        factories.make_user(f"gone{number}@north.test", "STUDENT", at=north.classroom.scope).delete()


def rows_to_open(north):
    """Return for each admin the row whose pages are opened: the one that most stands in."""
    inside = {
        Organization: north.organization,
        School: north.school,
        Campus: north.campus,
        Classroom: north.classroom,
        User: north.student,
        CourseCategory: north.category,
        Course: north.course,
        SubCourse: north.sub_course,
        Video: north.videos[0],
        QuestionSet: north.practices[0],
        Subscription: Subscription.unscoped.filter(user=north.admin).order_by("created_at").first(),
    }
    opened = {}
    for model in REGISTERED:
        rows = rows_of(model, north.organization) if made_for(model) else model.objects
        live = rows.filter(deleted=None) if model in soft_deleted() else rows
        opened[model] = inside.get(model) or live.last()
    return opened


def made_for(model):
    return model in tenant_admins()


def pages(model, row):
    """Return ``name: request``, a request being method, address and body."""
    changelist = url(model, "changelist")
    asked = {
        "list": ("get", changelist, {}),
        "search": ("get", changelist, {"q": "o"}),
        "add": ("get", url(model, "add"), {}),
        "change": ("get", url(model, "change", row.pk), {}),
        "delete": ("get", url(model, "delete", row.pk), {}),
        "history": ("get", url(model, "history", row.pk), {}),
    }
    if made_for(model):
        asked["export form"] = ("get", url(model, "export"), {})
        asked["export"] = ("post", url(model, "export"), {"format": "1", "resource": "0"})
    return asked


@pytest.fixture(params=["north", "everywhere"])
def browser(request, world):
    return sign_in(world.north.admin if request.param == "north" else world.global_admin)


def measured(browser, north, statements):
    numbers = {}
    for model, row in rows_to_open(north).items():
        for name, (method, address, body) in pages(model, row).items():
            with statements() as sent:
                answer = getattr(browser, method)(address, body)
            assert answer.status_code in (200, 403, 404), (model, name, answer.status_code)
            numbers[f"{model.__name__} {name}"] = (len(sent), answer.status_code, sent.sql)
    return numbers


MOST_OF_A_LIST = 10


@pytest.mark.drill
def test_pages_send_as_many_statements_for_many_rows_as_for_few(browser, world, statements, monkeypatch):
    # A search that finds few people sends one less: all are many here.
    monkeypatch.setattr(facts, "FEW", 0)
    grow(world.north, 2)
    ContentType.objects.get_for_models(*REGISTERED)  # a process knows them once a page has asked
    few = measured(browser, world.north, statements)
    grow(world.north, 6)
    many = measured(browser, world.north, statements)
    wrong = [
        f"{page}: {few[page][0]}, then {number}\n" + "\n".join(sql)
        for page, (number, _status, sql) in many.items()
        if few[page][0] != number
    ]
    assert not wrong, "\n".join(wrong)
    opened = [page for page, (_number, status, _sql) in many.items() if status == 200]
    assert len(opened) > 80
    assert max(number for number, _status, _sql in many.values()) < 40
    lists = {
        page: number for page, (number, _status, _sql) in many.items() if page.endswith((" list", " search"))
    }
    assert lists and {page: number for page, number in lists.items() if number > MOST_OF_A_LIST} == {}


ACTED_ON = [*soft_deleted(), School, Campus, Classroom]


def chosen(model, north, number):
    """Return ids of rows that can be deleted."""
    with organization_scope(north.organization):
        made = {
            CourseCategory: lambda: factories.CategoryFactory(organization=north.organization),
            Course: lambda: factories.CourseFactory(category=north.category),
            SubCourse: lambda: factories.SubCourseFactory(course=north.course),
            Video: lambda: factories.VideoFactory(sub_course=north.sub_course),
            QuestionSet: lambda: factories.PracticeFactory(sub_course=north.sub_course),
            Question: lambda: factories.QuestionFactory(question_set=north.practices[0]),
            Tcode: lambda: factories.TcodeFactory(organization=north.organization),
            SafetyQuizSchedule: lambda: scheduled(north.organization, first_week=monday(next(NUMBERS) + 1)),
            User: lambda: factories.make_user(
                f"person{next(NUMBERS)}@north.test", "STUDENT", at=north.classroom.scope
            ),
            School: lambda: factories.SchoolFactory(organization=north.organization),
            Campus: lambda: factories.CampusFactory(school=north.school),
            Classroom: lambda: factories.ClassroomFactory(campus=north.campus),
        }[model]
        return [str(made().pk) for _ in range(number)]


@pytest.mark.parametrize("model", ACTED_ON, ids=lambda model: model.__name__)
def test_deleting_and_restoring_many_sends_as_many_statements_as_one(model, world, statements):
    browser = sign_in(world.global_admin)
    changelist = url(model, "changelist")
    numbers = []
    for amount in (2, 2, 9):
        pks = chosen(model, world.north, amount)
        steps = [
            (changelist, {"action": "delete_selected"}),
            (changelist, {"action": "delete_selected", "post": "yes", "confirmed": "1"}),
        ]
        if model in soft_deleted():
            steps.append((f"{changelist}?deleted=yes", {"action": "restore_selected", "confirmed": "1"}))
        sent_by_step = []
        for address, body in steps:
            with statements() as sent:
                answer = browser.post(address, {**body, "_selected_action": pks})
            assert answer.status_code == (200 if body == {"action": "delete_selected"} else 302)
            sent_by_step.append((len(sent), sent.sql))
        left = model.unscoped.filter(pk__in=pks)
        assert left.count() == (amount if model in soft_deleted() else 0)
        if model in soft_deleted():
            assert not left.exclude(deleted=None).exists()
        numbers.append(sent_by_step)
    few, many = numbers[1], numbers[2]
    for (before, _), (after, sql) in zip(few, many, strict=True):
        assert after == before, "\n".join(sql)
