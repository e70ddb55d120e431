"""The class of a teacher on the front page: its learners, how far they came, and nobody else's."""

import pytest

from accounts.models import User
from progress.models import PracticeCompletion, VideoCompletion
from progress.reports import my_class
from tests.contracts.admin_pages import sign_in
from tests.factories import ClassroomFactory, make_user

pytestmark = pytest.mark.django_db


def complete(tenant, person, videos=(), practices=()):
    common = {"user": person, "organization": tenant.organization}
    for video in videos:
        VideoCompletion.unscoped.create(**common, video=video)
    for practice in practices:
        PracticeCompletion.unscoped.create(**common, question_set=practice)


def work(person):
    page = sign_in(person).get("/admin/")
    assert page.status_code == 200
    return {seen.name: seen.shown for seen in page.context["front_page"].work}, page.content.decode()


def told(person):
    shown, _page = work(person)
    return [(learner.name, learner.completed) for learner in shown["my_class"]["learners"]]


def test_a_teacher_sees_the_learners_of_their_own_class_and_how_far_they_came(north, sunrise):
    other = make_user("other@north.test", "STUDENT", at=ClassroomFactory(campus=north.campus).scope)
    complete(north, north.student, north.videos[:2], north.practices[:1])
    complete(north, other, north.videos[:1])
    complete(sunrise, sunrise.student, sunrise.videos[:1])
    assert told(north.teacher) == [("north student", 3), ("north student2", 0)]
    shown, page = work(north.teacher)
    assert shown["my_class"]["class"] == north.classroom.name
    assert f"Your class {north.classroom.name}" in page
    assert "none yet" in page
    assert "other@north.test" not in page
    assert "guardian" not in page


def test_the_last_step_is_the_later_of_video_and_practice(north):
    complete(north, north.student, north.videos[:1])
    complete(north, north.student2, north.videos[:1], north.practices[:1])
    learners = work(north.teacher)[0]["my_class"]["learners"]
    latest = PracticeCompletion.unscoped.get().completed_at
    assert learners[0].last_at == VideoCompletion.unscoped.get(user=north.student).completed_at
    assert learners[1].last_at == max(latest, VideoCompletion.unscoped.get(user=north.student2).completed_at)


def test_who_belongs_to_no_class_or_holds_no_key_has_none(north):
    for person in (north.admin, north.principal, north.instructor, north.support):
        assert "my_class" not in work(person)[0]
    User.unscoped.filter(pk=north.guest.pk).update(is_staff=True)
    assert "my_class" not in work(north.guest)[0]


def test_of_a_large_class_the_first_are_named(north, monkeypatch):
    monkeypatch.setattr(my_class, "MOST_LEARNERS", 1)
    assert told(north.teacher) == [("north student", 0)]
    assert "The class is larger" in work(north.teacher)[1]


def test_a_larger_class_takes_no_more_statements(north, statements):
    browser = sign_in(north.teacher)

    def sent():
        with statements() as found:
            browser.get("/admin/")
        return len(found)

    sent()
    few = sent()
    for number in range(6):
        complete(north, make_user(f"s{number}@north.test", "STUDENT", at=north.classroom.scope), north.videos)
    assert sent() == few
