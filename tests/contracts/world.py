"""Two tenants with a row in every table, the ids to call each route with, and dumps of the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from json import loads
from typing import Any, Final
from uuid import uuid4

from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import connection, models, transaction
from django.db.models import JSONField
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.imports.jobs.models import ImportJob, JobState
from accounts.messages.domain.messages import notify_once
from accounts.models import Preferences, Registration, Role, RoleKeptOut, User
from accounts.sign_in.domain.invitations import invitation_tokens
from accounts.sign_in.domain.passwords import reset_tokens
from accounts.sign_in.domain.registration import token_for
from accounts.sign_in.tokens import issue_tokens
from learning.models import Reordering, Tcode
from learning.tree.domain import learner_guard, structure
from quizzes.models import AllowedAttempt
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID, Level, organization_scope
from tests import factories
from tests.accounts.messages import expired, make_message, notice
from tests.conftest import Client
from tests.contracts.routes import DECISIONS, GRANT, QUIZ, REACHED, SAVE_ITEM, VIEWED, Route, filled
from tests.quizzes.conftest import options_of, questions_of
from tests.quizzes.scheduled import make_quiz, monday, scheduled
from tests.remembered import RememberedDatabase
from tests.tenants import Tenant

OURS: Final = {"tenancy", "accounts", "learning", "quizzes", "progress"}
NOBODY: Final = 10**12
Ids = dict[str, Any]


@dataclass
class World:
    """Everyone and everything in the room.

    Attributes:
        own, foreign, deleted, missing, shared: the ids of north's rows, of sunrise's, of north's rows that
            are soft-deleted, of rows that do not exist, and of the reserved organization's.
    """

    north: Tenant
    sunrise: Tenant
    global_admin: User
    independent: User
    own: Ids = field(default_factory=dict)
    foreign: Ids = field(default_factory=dict)
    deleted: Ids = field(default_factory=dict)
    missing: Ids = field(default_factory=dict)
    shared: Ids = field(default_factory=dict)

    def client(self, caller: str) -> Client:
        """Return a client of one of north's people, ``global`` in north, ``independent`` or nobody."""
        if caller == "anonymous":
            client = Client()
        elif caller in ("global", "global everywhere"):
            scope = self.north.scope if caller == "global" else None
            client = Client().as_user(self.global_admin, scope)
        else:
            client = Client().as_user(self.person(caller))
        client.raise_request_exception = False
        return client

    def person(self, caller: str) -> User:
        """Return the user behind ``caller``."""
        if caller.startswith("global"):
            return self.global_admin
        return self.independent if caller == "independent" else self.north.people[caller]

    def ids_for(self, user: User) -> Ids:
        """Return north's ids, and what ``user`` authenticates with."""
        return {
            **self.own,
            "email": user.email,
            "password": factories.PASSWORD,
            "refresh": issue_tokens(user=user).refresh,
            "registration_token": registration_token(),
            "uid": urlsafe_base64_encode(force_bytes(user.pk)),
            "reset_token": reset_tokens.make_token(user),
            "invitation_token": invitation_tokens.make_token(user),
        }


def registration_token() -> str:
    """Return what the mail to a newcomer brings."""
    waiting = Registration.objects.create(email="registers@demo.test", password=factories.hashed_password())
    return token_for(waiting)


def furnish(tenant: Tenant) -> Ids:
    """Put a row of the tenant in every table; return the ids of its rows by the names routes use."""
    ImportJob.unscoped.create(
        organization=tenant.organization,
        user=tenant.admin,
        kind="accounts.User",
        scope=str(tenant.scope),
        dry_run=True,
        file_name=f"{tenant.organization.slug}.csv",
        content=b"",
        state=JobState.DONE,
    )
    RoleKeptOut.unscoped.create(organization=tenant.organization, role=Role.objects.get(name="GUEST"))
    question = factories.QuestionFactory(question_set=tenant.practices[0])
    option = question.options(manager="unscoped").first()
    client = Client().as_user(tenant.student)
    answers = {"answers": [{"question_id": question.pk, "option_id": option.pk}]}
    for url, body in (
        (f"/api/v1/question-sets/{tenant.practices[0].pk}/attempts", answers),
        (f"/api/v1/progress/videos/{tenant.videos[0].pk}/complete", None),
        (f"/api/v1/progress/practices/{tenant.practices[0].pk}/complete", None),
        ("/api/user_progress", SAVE_ITEM),
        ("/api/v1/interactions", VIEWED),
    ):
        answer = client.post(url, body, HTTP_IDEMPOTENCY_KEY=f"{tenant.organization.slug} {url}")
        assert answer.status_code in (200, 201), answer.content
    # A practice that is published keeps a question, whichever of them is deleted.
    factories.QuestionFactory(question_set=tenant.practices[0])
    for person in (tenant.student, tenant.teacher, tenant.admin):
        assert Client().as_user(person).post("/api/safety_quiz_results", QUIZ).status_code == 201
    schedule = scheduled(tenant.organization, retakes="ALWAYS")
    quiz_question = questions_of(schedule.question_set)[0]
    for act in ("waive", "complete"):
        body = {**DECISIONS[act], "type": "practice", "step_id": tenant.practices[1].pk}
        url = f"/api/v1/users/{tenant.student.pk}/exceptions/{act}"
        assert Client().as_user(tenant.admin).post(url, body).status_code == 200
    AllowedAttempt.unscoped.create(
        user=tenant.teacher,
        organization=tenant.organization,
        quiz_id=schedule.question_set_id,
        week=monday(),
        reason="The server was down.",
        given_by=tenant.admin,
    )
    notify_once(notices=[notice(tenant.student2)])
    Preferences.unscoped.create(user=tenant.student, organization=tenant.organization)
    tcode = factories.TcodeFactory(organization=tenant.organization)
    for person in (tenant.student, tenant.teacher, tenant.admin):
        names = {"tcode": tcode.pk, "person": str(person.pk)}
        granted = Client().as_user(tenant.admin).post("/api/v1/subscriptions", filled(GRANT, names))
        assert granted.status_code == 201, granted.content
    assert client.put(f"/api/v1/tcodes/{tcode.pk}/progress", REACHED).status_code == 200
    tenant.guest.custom_permissions.add(Permission.objects.get(codename="messages.send"))
    newcomer = factories.make_user(f"waits@{tenant.organization.slug}.test", "STUDENT", at=tenant.scope)
    newcomer.set_unusable_password()
    newcomer.save()
    ids = [video.pk for video in tenant.videos]
    Reordering(
        organization=tenant.organization,
        kind="videos",
        parent_id=tenant.sub_course.pk,
        user=tenant.admin,
        before=ids[::-1],
        after=ids,
    ).save()
    return {
        **ids_of(tenant.category, tenant.course, tenant.sub_course, tenant.videos[0], tenant.practices[0]),
        "video2": tenant.videos[1].pk,
        "video3": tenant.videos[2].pk,
        "practice2": tenant.practices[1].pk,
        "question": question.pk,
        "option": option.pk,
        "person": str(tenant.student.pk),
        "newcomer": str(newcomer.pk),
        **{str(level): str(getattr(tenant, level).pk) for level in Level},
        "message": str(make_message(tenant.student).pk),
        "tcode": tcode.pk,
        "subscription": granted.json()["id"],
        "schedule": schedule.pk,
        "safety_quiz": schedule.question_set_id,
        "quiz_question": quiz_question.pk,
        "quiz_option": options_of(quiz_question)[0].pk,
    }


def ids_of_shared_quiz() -> Ids:
    """Make a safety quiz of the reserved organization; nothing but an organization schedules it."""
    shared = make_quiz(Organization.unscoped.get(pk=PLATFORM_ID))
    asked = questions_of(shared)[0]
    quiz = {"safety_quiz": shared.pk, "quiz_question": asked.pk, "quiz_option": options_of(asked)[0].pk}
    return {**quiz, "schedule": NOBODY}


def ids_of(category: Any, course: Any, sub_course: Any, video: Any, practice: Any) -> Ids:
    rows = {"category": category, "course": course, "sub_course": sub_course}
    rows |= {"video": video, "practice": practice}
    return {name: row.pk for name, row in rows.items()}


def tree_of(organization: Organization) -> list[Any]:
    """Make a category with one row of each kind below it."""
    category = factories.CategoryFactory(organization=organization)
    course = factories.CourseFactory(category=category)
    sub_course = factories.SubCourseFactory(course=course)
    video = factories.VideoFactory(sub_course=sub_course)
    return [category, course, sub_course, video, factories.PracticeFactory(sub_course=sub_course)]


def deleted_rows(tenant: Tenant) -> Ids:
    """Make a deleted row of each kind under a live parent; return their ids."""
    rows = {
        "category": factories.CategoryFactory(organization=tenant.organization),
        "course": factories.CourseFactory(category=tenant.category),
        "sub_course": factories.SubCourseFactory(course=tenant.course),
        "video": factories.VideoFactory(sub_course=tenant.sub_course),
        "practice": factories.PracticeFactory(sub_course=tenant.sub_course),
        "question": factories.QuestionFactory(question_set=tenant.practices[0]),
        "tcode": factories.TcodeFactory(organization=tenant.organization),
    }
    with organization_scope(tenant.organization), learner_guard.confirmed():
        for row in rows.values():
            structure.delete(item=row)
    option = rows["question"].options(manager="unscoped").first()
    person = factories.make_user(f"gone@{tenant.organization.slug}.test", "STUDENT", at=tenant.scope)
    person.delete()
    schedule = scheduled(tenant.organization, first_week=monday(-9), deleted=timezone.now())
    asked = questions_of(schedule.question_set)[0]
    gone = {
        "person": str(person.pk),
        "newcomer": str(person.pk),
        "schedule": schedule.pk,
        "safety_quiz": make_quiz(tenant.organization, deleted=timezone.now()).pk,
        "quiz_question": asked.pk,
        "quiz_option": options_of(asked)[0].pk,
    }
    return {**{name: row.pk for name, row in rows.items()}, "option": option.pk, **gone}


def make_world(north: Tenant, sunrise: Tenant, global_admin: User, independent: User) -> World:
    platform = tree_of(Organization.unscoped.get(pk=PLATFORM_ID))
    question = factories.QuestionFactory(question_set=platform[-1])
    option = question.options(manager="unscoped").first()
    own, foreign = furnish(north), furnish(sunrise)
    deleted_rows(sunrise)
    tcode = factories.TcodeFactory()
    role = Role.objects.create(name="ASSISTANT", kind="STAFF")
    # Roles are of no tenant: one of another is one that does not exist.
    own["role"], foreign["role"] = role.pk, NOBODY - 1
    factories.make_subscription(global_admin, Tcode.unscoped.get(pk=own["tcode"]))
    return World(
        *(north, sunrise, global_admin, independent),
        own=own,
        foreign=foreign,
        # Neither places nor what is theirs alone are: a message that has expired stands for them, or nothing.
        deleted={
            **own,
            **deleted_rows(north),
            "role": NOBODY - 2,
            "message": str(expired(north.student).pk),
            "subscription": str(uuid4()),
            **{str(level): str(uuid4()) for level in Level},
        },
        missing={name: str(uuid4()) if isinstance(pk, str) else NOBODY for name, pk in own.items()},
        shared={
            **ids_of(*platform),
            "question": question.pk,
            "option": option.pk,
            "person": str(independent.pk),
            "newcomer": str(independent.pk),
            "organization": str(PLATFORM_ID),
            **{str(level): str(uuid4()) for level in Level if level is not Level.ORGANIZATION},
            "message": str(make_message(independent).pk),
            "tcode": tcode.pk,
            "role": role.pk,
            "subscription": str(factories.make_subscription(independent, tcode).pk),
            **ids_of_shared_quiz(),
        },
    )


REMEMBERED: Final = RememberedDatabase(make_world)
"""``REMEMBERED.again(north, sunrise, global_admin, independent)``; in a transaction."""


def tenant_models() -> list[type[models.Model]]:
    """Return every model whose rows belong to an organization, history included."""
    return [model for model in apps.get_models() if model._meta.app_label in OURS and belongs(model)]


def belongs(model: Any) -> bool:
    return model is Organization or any(field.name == "organization" for field in model._meta.fields)


def dump(
    organization: Organization | None = None, models: list[type[models.Model]] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every tenant table, or of those of some models, of one organization or of all."""
    found = tenant_models() if models is None else models
    # In one text: half a hundred queries of the ORM take a tenth of a second to be put together.
    text = ";".join(_rows_sql(model, organization) for model in found) or "SELECT"
    with connection.cursor() as cursor:
        cursor.execute(text, {"organization": organization and organization.pk})
        rows = {}
        for model in found:
            names = [column.name for column in cursor.description]
            parsed = {field.column for field in model._meta.concrete_fields if isinstance(field, JSONField)}
            rows[model._meta.label] = [
                {
                    name: loads(value) if name in parsed and isinstance(value, str) else value
                    for name, value in zip(names, row, strict=True)
                }
                for row in cursor.fetchall()
            ]
            cursor.cursor.nextset()
    return rows


def _rows_sql(model: type[models.Model], organization: Organization | None) -> str:
    column = "id" if model is Organization else "organization_id"
    where = f"WHERE {column} = %(organization)s" if organization else ""
    return f"SELECT * FROM {model._meta.db_table} {where} ORDER BY {model._meta.pk.column}"


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what changed between two dumps, a line for each row."""
    return [
        f"{label}: {row}"
        for label, rows in after.items()
        if rows != before[label]
        for row in [*rows, *before[label]]
        if (row in rows) != (row in before[label])
    ]


def send(client: Client, route: Route, ids: Ids, **options: Any) -> Any:
    """Call a route with the rows that ``ids`` names."""
    body = options.pop("body", None) or route.filled(ids)
    url = options.pop("url", None) or route.url(ids)
    return getattr(client, route.method)(url, *([] if route.method == "get" else [body]), **options)


def answers_of(
    world: World, routes: Sequence[Route], caller: str | None = None, ids: Ids | None = None
) -> Iterator[tuple[Route, Any]]:
    """Yield what routes answer, each as if it was the first; by their own callers, or by one for all of them.

    Args:
        ids: what else is to be named than north's rows.
    """
    callers = [caller] if caller else sorted({route.caller for route in routes})
    sent = {name: (world.client(name), world.ids_for(world.person(name)) | (ids or {})) for name in callers}
    undoing = Undoing()
    for route in routes:
        client, names = sent[caller or route.caller]
        yield route, send(client, route, names)
        undoing.take_back()


class Undoing:
    """Takes back what requests do, with one savepoint for all: a statement for each of them, not three."""

    def __init__(self) -> None:
        self._before = transaction.savepoint()

    def take_back(self) -> None:
        transaction.savepoint_rollback(self._before)


def sent_and_undone(client: Client, route: Route, ids: Ids, **options: Any) -> Any:
    """Call a route and take back what it did."""
    undoing = Undoing()
    response = send(client, route, ids, **options)
    undoing.take_back()
    return response
