"""Who has called before is not read again, and is never served by what they were."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import get_resolver

from accounts.api.base import ScopedView
from accounts.models import Role, User
from accounts.rights import remembered
from progress.models import Interaction, ItemProgress, VideoCompletion

pytestmark = pytest.mark.django_db

ITEM = {"data": {"progress_type": "sign_learned", "item_id": "hello"}}
DONE = {"type": "x-done", "payload": 1}


def student_actions(tenant):
    """Return every hot request of a student that succeeds."""
    video, course = tenant.videos[0].pk, tenant.course.pk
    return [
        ("post", "/api/user_progress", ITEM),
        ("get", "/api/user_progress?progress_type=sign_learned", None),
        ("post", "/api/v1/interactions", DONE),
        ("post", "/api/v1/interactions", {"items": [DONE, DONE]}),
        ("get", "/api/v1/interactions", None),
        ("get", f"/api/v1/course-management/videos/{video}", None),
        ("get", f"/api/v1/course-management/courses/{course}/learning-path", None),
        ("post", f"/api/v1/progress/videos/{video}/complete", None),
    ]


def test_a_second_request_does_not_read_again_who_calls(as_user, north, statements):
    client = as_user(north.student)
    for method, path, body in student_actions(north):
        getattr(client, method)(path, body)
        with statements() as sent:
            assert getattr(client, method)(path, body).status_code in (200, 201)
        assert len(sent) == 1, (path, sent.sql)


@pytest.mark.parametrize(("body", "status"), [("{", 400), ("[" * 2_000_000, 413), ("<a/>", 415)])
def test_a_body_that_cannot_be_read_is_refused_like_a_strangers(body, status, as_user, north):
    """It is not read a second time, when it would be found empty."""
    kind = "application/json" if status != 415 else "application/xml"
    for _method, path, sent in student_actions(north):
        if sent is not None:
            answers = []
            for _ in ("unknown", "remembered"):
                answers.append(as_user(north.student).generic("POST", path, body, content_type=kind))
                assert as_user(north.student).post(path, sent).status_code in (200, 201)
            assert [answer.status_code for answer in answers] == [status] * 2, path
            assert answers[0].content == answers[1].content


def test_these_actions_are_all_that_take_remembered_callers():
    views = [getattr(pattern.callback, "cls", None) for pattern in patterns_of(get_resolver())]
    hot = {
        (view.__name__, action)
        for view in views
        if isinstance(view, type) and issubclass(view, ScopedView)
        for action in view.hot_actions
    }
    assert hot == {
        ("UserProgressViewSet", "list"),
        ("UserProgressViewSet", "create"),
        ("InteractionViewSet", "list"),
        ("InteractionViewSet", "create"),
        ("SequencedVideoViewSet", "retrieve"),
        ("LearningPathViewSet", "retrieve"),
        ("CompletionViewSet", "complete"),
    }


def patterns_of(resolver):
    for pattern in resolver.url_patterns:
        yield from patterns_of(pattern) if hasattr(pattern, "url_patterns") else [pattern]


def deactivated(user):
    User.unscoped.filter(pk=user.pk).update(is_active=False)


def deleted(user):
    user.delete()


def logged_out_everywhere(user):
    User.unscoped.filter(pk=user.pk).update(token_version=user.token_version + 1)


@pytest.mark.parametrize("ended", [deactivated, deleted, logged_out_everywhere])
def test_whoever_is_refused_from_now_on_is_refused_at_once(as_user, north, ended):
    client = as_user(north.student)
    actions = student_actions(north)
    for method, path, body in actions:
        getattr(client, method)(path, body)
    ended(north.student)
    before = [model.unscoped.count() for model in (ItemProgress, Interaction, VideoCompletion)]
    for method, path, body in actions:
        assert getattr(client, method)(path, body).status_code == 401, path
    assert [model.unscoped.count() for model in (ItemProgress, Interaction, VideoCompletion)] == before


def role_without_the_key(user):
    user.role.permissions.remove(Permission.objects.get(codename="progress.update"))


def another_role(user):
    User.unscoped.filter(pk=user.pk).update(role=Role.objects.get(name="GUARDIAN"))


def key_withheld(user):
    user.custom_permissions_filter.add(Permission.objects.get(codename="progress.update"))


@pytest.mark.parametrize("taken", [role_without_the_key, another_role, key_withheld])
def test_a_key_that_is_taken_away_is_gone_with_the_next_request(as_user, north, taken):
    client = as_user(north.student)
    path = f"/api/v1/progress/videos/{north.videos[0].pk}/complete"
    assert client.post(path).status_code == 200
    taken(north.student)
    assert client.post(path).status_code == 403


def test_a_key_that_is_given_opens_with_the_next_request(as_user, north, grant):
    client = as_user(north.guardian)
    path = f"/api/v1/progress/videos/{north.videos[0].pk}/complete"
    assert client.post(path).status_code == 403
    grant(north.guardian, "progress.update")
    assert client.post(path).status_code == 200
    north.guardian.custom_permissions.clear()
    assert client.post(path).status_code == 403


def test_a_role_of_people_without_one_counts_as_theirs(as_user, north):
    User.unscoped.filter(pk=north.guest.pk).update(role=None)
    client = as_user(north.guest)
    path = f"/api/v1/progress/videos/{north.videos[0].pk}/complete"
    assert client.post(path).status_code == 200
    role_without_the_key(north.student)
    assert client.post(path).status_code == 403


def test_who_moves_writes_where_they_are_now(as_user, north, sunrise):
    client = as_user(north.student)
    assert client.post("/api/user_progress", ITEM).json()["organizationId"] == str(north.organization.pk)
    there = {"organization": sunrise.organization, "school": None, "campus": None, "classroom": None}
    User.unscoped.filter(pk=north.student.pk).update(**there)
    saved = client.post("/api/user_progress", ITEM).json()
    assert saved["organizationId"] == str(sunrise.organization.pk)
    video = f"/api/v1/course-management/videos/{north.videos[0].pk}"
    assert client.get(video).status_code == 404


def test_a_body_is_not_lost_when_a_caller_is_read_again(as_user, north):
    client = as_user(north.student)
    client.post("/api/v1/interactions", DONE)
    User.unscoped.filter(pk=north.student.pk).update(name="Renamed")
    assert client.post("/api/v1/interactions", {"items": [DONE] * 3}).status_code == 201
    assert Interaction.unscoped.count() == 4


def test_only_so_many_callers_are_remembered(as_user, north, monkeypatch):
    monkeypatch.setattr(remembered, "LIMIT", 2)
    for user in (north.student, north.student2, north.guest, north.teacher):
        assert as_user(user).post("/api/user_progress", ITEM).status_code == 200
        assert len(remembered._callers) <= 2


def test_an_answer_that_takes_no_statement_is_for_nobody_who_is_refused_by_now(as_user, north):
    client = as_user(north.student)
    again = {"HTTP_IDEMPOTENCY_KEY": "one"}
    bad = {"items": [{"type": "nothing", "payload": {}}], "partial": True}
    assert client.post("/api/v1/interactions", DONE, **again).status_code == 201
    assert client.post("/api/v1/interactions", bad).status_code == 200
    deactivated(north.student)
    assert client.post("/api/v1/interactions", DONE, **again).status_code == 401
    assert client.post("/api/v1/interactions", bad).status_code == 401


def test_an_answer_that_takes_no_statement_is_given_to_everybody_else(as_user, north):
    client = as_user(north.student)
    again = {"HTTP_IDEMPOTENCY_KEY": "one"}
    first = client.post("/api/v1/interactions", DONE, **again)
    assert client.post("/api/v1/interactions", DONE, **again).content == first.content
    assert Interaction.unscoped.count() == 1
