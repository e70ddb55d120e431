"""Every list holds exactly the rows it should, for every caller: rows, ``count``, pages and totals.

What is expected is computed from the fixtures, in Python, with the words of the contract: staff see every
live row of their organization and the shared ones, learners what is published in active surroundings.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any, Final

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import Message, Role, User
from accounts.people.domain.places import home_of
from accounts.rights.keys import KEYS, ROLES
from learning.models import Course, CourseCategory, SubCourse, Subscription, Tcode, Video
from learning.workshop.packages import PACKAGES as OFFERED
from progress.models import Interaction, ItemProgress, StepException, TcodeProgress, VideoCompletion
from quizzes.models import Attempt, Question, QuestionSet, SafetyQuizResult, SafetyQuizSchedule
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.contracts.routes import (
    BY_OWNER,
    CAMPUSES,
    CATEGORIES,
    CLASSROOMS,
    COURSES,
    EXCEPTIONS,
    INTERACTIONS,
    LISTS,
    MESSAGES,
    MY_COURSES,
    PACKAGES,
    QUESTIONS,
    QUIZ,
    QUIZ_RESULTS,
    ROLES_PATH,
    ROUTES,
    SAFETY_QUIZZES,
    SCHOOLS,
    SETS,
    SUB_COURSES,
    SUBSCRIPTIONS,
    TCODE_PROGRESS,
    TCODES,
    USER_PROGRESS,
    USERS,
    VIDEOS,
)
from tests.contracts.world import REMEMBERED, World
from tests.quizzes.scheduled import monday, scheduled
from tests.remembered import RememberedDatabase

LIST_KEYS = [f"{r}.list" for r in ("course_categories", "courses", "subcourses", "videos")]
LIST_KEYS += ["question_sets.list", "questions.list", "question_sets.list_by_owner", "question_sets.get"]
LIST_KEYS += ["question_set_items.list", "users.list", "learning_path.get", "safety_quizzes.list"]
LIST_KEYS += ["places.list", "roles.list"]
LIST_KEYS += ["step_exceptions.list"]
STAFF = {"teacher", "principal", "admin", "global", "global everywhere"}
CALLERS = [*sorted(STAFF), "student", "student2", "guardian", "independent"]
PARENT = {Course: "category", SubCourse: "course", Video: "sub_course", QuestionSet: "sub_course"}
PARENT |= {Question: "question_set"}
Row = dict[str, Any]


@pytest.fixture
def full(no_throttles, no_request_log, north, sunrise, global_admin, independent) -> World:
    everything.cache_clear()
    by_id.cache_clear()
    return FULL.again(north, sunrise, global_admin, independent)


def fill(world: World) -> World:
    """Give both tenants and the platform rows in every state, and callers who may list everything."""
    for organization in Organization.unscoped.all():
        add_states(organization)
    for tenant in (world.north, world.sunrise):
        for weeks in (-2, 3):
            scheduled(tenant.organization, first_week=monday(weeks))
    keys = Permission.objects.filter(codename__in=LIST_KEYS)
    for caller in ("teacher", "principal", "student", "student2", "guardian", "independent"):
        world.person(caller).custom_permissions.add(*keys)
    for user in User.unscoped.filter(is_active=True):
        add_items(user, world)
        add_results(user, world)
        add_interactions(user, world)
        add_tcode_progress(user)
        add_messages(user, world)
        add_subscriptions(user, world)
    return world


FULL: Final = RememberedDatabase(lambda *people: fill(REMEMBERED.again(*people)))
"""``FULL.again(north, sunrise, global_admin, independent)``; in a transaction."""


def add_items(user: User, world: World) -> None:
    """Add typed progress of both types, in two organizations, deleted and not; newest last."""
    start = timezone.now() - timedelta(days=9)
    ItemProgress.unscoped.bulk_create(
        ItemProgress(
            user=user,
            organization=tenant.organization,
            progress_type=kind,
            item_id=f"item {n}",
            created_by=user,
            created_at=start + timedelta(hours=n // 2),
            deleted=start if n == 4 else None,
        )
        for tenant, kind, n in product(
            (world.north, world.sunrise), ("sign_learned", "zone_checkin"), range(5)
        )
    )


def add_results(user: User, world: World) -> None:
    """Add results of the quiz in places of two organizations, deleted and not; newest last."""
    start = timezone.now() - timedelta(days=9)
    places = [node for tenant in (world.north, world.sunrise) for node in (tenant.school, tenant.classroom)]
    SafetyQuizResult.unscoped.bulk_create(
        SafetyQuizResult(
            user=user,
            organization_id=place.organization_id,
            school_id=place.scope.school_id,
            campus_id=place.scope.campus_id,
            classroom_id=place.scope.classroom_id,
            **QUIZ["data"],
            user_name=user.name,
            user_role="TEACHER",
            completed_at=start + timedelta(hours=n),
            deleted=start if n == 1 else None,
        )
        for place, n in product(places, range(2))
    )


def add_tcode_progress(user: User) -> None:
    """Add progress with every tcode that there is, two saved at a time; newest last."""
    start = timezone.now() - timedelta(days=9)
    begun = TcodeProgress.unscoped.filter(user=user).values("tcode")
    TcodeProgress.unscoped.bulk_create(
        TcodeProgress(
            user=user,
            organization_id=user.organization_id,
            tcode=tcode,
            last_active=start + timedelta(hours=n // 2),
        )
        for n, tcode in enumerate(Tcode.unscoped.exclude(pk__in=begun))
    )


def add_interactions(user: User, world: World) -> None:
    """Add interactions that were logged in two organizations, two at a time; newest last."""
    start = timezone.now() - timedelta(days=9)
    Interaction.unscoped.bulk_create(
        Interaction(
            user=user,
            organization=tenant.organization,
            type="searched",
            payload={"query": str(n)},
            created_at=start + timedelta(hours=n // 2),
        )
        for tenant, n in product((world.north, world.sunrise), range(3))
    )


def add_messages(user: User, world: World) -> None:
    """Add messages from two organizations, expired and not, two at a time; newest last."""
    start = timezone.now() - timedelta(days=9)
    Message.unscoped.bulk_create(
        Message(
            user=user,
            organization=tenant.organization,
            tag="info",
            title=f"Message {n}",
            body="Text",
            created_at=start + timedelta(hours=n // 2),
            expires_at=start + timedelta(days=1 if n == 2 else 99),
        )
        for tenant, n in product((world.north, world.sunrise), range(4))
    )


def add_subscriptions(user: User, world: World) -> None:
    """Add subscriptions of two organizations, running, over and to come, two at a time; newest last."""
    start = timezone.now() - timedelta(days=9)
    tcode = Tcode.unscoped.get(pk=world.own["tcode"])
    for tenant, n in product((world.north, world.sunrise), range(3)):
        owned = {"organization_id": tenant.organization.pk, "created_at": start + timedelta(hours=n // 2)}
        factories.make_subscription(user, tcode, starts=timedelta(days=(n - 1) * 31), **owned)


def add_states(organization: Organization) -> None:
    """Add rows that learners must not see, and more than one row below each parent."""
    category = factories.CategoryFactory(organization=organization)
    for above in ("PUBLISHED", "DRAFT", "ARCHIVED"):
        factories.CategoryFactory(organization=organization, status=above)
        course = factories.CourseFactory(category=category, status=above)
        for between in ("PUBLISHED", "DRAFT"):
            sub_course = factories.SubCourseFactory(course=course, status=between)
            for status in ("DRAFT", "PUBLISHED", "ARCHIVED"):
                factories.VideoFactory(sub_course=sub_course, status=status)
                factories.PracticeFactory(sub_course=sub_course, status=status)
    factories.StandaloneAssessmentFactory(organization=organization)
    for published in (True, False):
        factories.TcodeFactory(organization=organization, is_published=published)


@cache
def everything(model: Any) -> list[Any]:
    """Return all rows of the room, which nobody changes any more once it is full."""
    return list(model.unscoped.all())


@cache
def by_id(model: Any) -> dict[Any, Any]:
    return {row.pk: row for row in everything(model)}


def parent_of(row: Any) -> Any:
    """Return the row that one of the tree stands below; nothing if it stands below none."""
    name = PARENT[type(row)]
    return by_id(type(row)._meta.get_field(name).related_model).get(getattr(row, f"{name}_id"))


def reaches(caller: str, world: World, row: Any) -> bool:
    """Whether a row is of the caller's organization, or shared."""
    own = PLATFORM_ID if caller == "independent" else world.north.organization.pk
    return caller == "global everywhere" or row.organization_id in (own, PLATFORM_ID)


def is_shown_to_learners(row: Any) -> bool:
    if row.deleted or getattr(row, "status", "PUBLISHED") != "PUBLISHED":
        return False
    if isinstance(row, Question):
        return False
    if type(row) not in PARENT:
        return True
    parent = parent_of(row)
    return parent is not None and is_shown_to_learners(parent)


def visible(model: Any, caller: str, world: World) -> list[int]:
    """Return the ids of the rows a caller may see, in order."""
    rows = [row for row in everything(model) if row.deleted is None and reaches(caller, world, row)]
    if caller not in STAFF:
        rows = [row for row in rows if is_shown_to_learners(row)]
    return [row.pk for row in sorted(rows, key=everywhere if caller == "global everywhere" else listed)]


def above(row: Any) -> tuple[bool, Any]:
    """The list that a row stands in; one that stands in none comes last, and so does the shared one."""
    if type(row) not in PARENT:
        return row.organization_id == PLATFORM_ID, row.organization_id
    pk = getattr(row, f"{PARENT[type(row)]}_id")
    return pk is None, pk or 0


def everywhere(row: Any) -> tuple[Any, ...]:
    """Where a row stands in a list of all organizations: list after list."""
    return *above(row), row.display_order, row.pk


def listed(row: Any) -> tuple[Any, ...]:
    """Where a row stands in a list: one's own before what is shared, list after list."""
    return row.organization_id == PLATFORM_ID, *everywhere(row)


def place(row: Any) -> tuple[Any, ...]:
    """Where a row stands in a list: one's own before what is shared."""
    return row.organization_id == PLATFORM_ID, row.organization_id, row.display_order, row.pk


def my_courses_of(caller: str, world: World) -> list[int]:
    """Return the courses that learners see a step of, in the order of the tree; staff find the same."""
    steps = [row for model in (Video, QuestionSet) for row in everything(model) if is_shown_to_learners(row)]
    steps = [row for row in steps if is_step(row) and reaches(caller, world, row)]
    courses = {parent_of(parent_of(row)) for row in steps}
    return [row.pk for row in sorted(courses, key=lambda row: (*place(parent_of(row)), *place(row)))]


def sets_of(caller: str, world: World) -> list[int]:
    own = [row.pk for row in everything(QuestionSet) if row.sub_course_id == world.own["sub_course"]]
    return [pk for pk in visible(QuestionSet, caller, world) if pk in own]


def questions_of(caller: str, world: World) -> list[int]:
    rows = everything(Question)
    return [row.pk for row in rows if row.question_set_id == world.own["practice"] and row.deleted is None]


def attempts_of(caller: str, world: World) -> list[str]:
    user = world.person(caller)
    own = [row for row in everything(Attempt) if row.user_id == user.pk]
    return [str(row.pk) for row in own if row.question_set_id == world.own["practice"]]


def items_of(caller: str, world: World) -> list[str]:
    """Return the caller's live rows of a type, of their organization or of all, newest first."""
    user = world.person(caller)
    own = [row for row in everything(ItemProgress) if row.user_id == user.pk and row.deleted is None]
    everywhere = caller == "global everywhere"
    here = [row for row in own if everywhere or row.organization_id == world.north.organization.pk]
    wanted = [row for row in here if row.progress_type == "sign_learned"]
    return [str(r.pk) for r in sorted(wanted, key=lambda row: (row.created_at, row.pk), reverse=True)]


def tcode_progress_of(caller: str, world: World) -> list[int]:
    """Return the tcodes of the caller's own rows, of whatever organization, the latest saved first."""
    own = [row for row in everything(TcodeProgress) if row.user_id == world.person(caller).pk]
    return [r.tcode_id for r in sorted(own, key=lambda row: (row.last_active, row.pk), reverse=True)]


def people_of(caller: str, world: World) -> list[str]:
    """Return the live people at or below where the caller belongs; for an independent learner, themselves."""
    user, rows = world.person(caller), [row for row in everything(User) if row.deleted is None]
    if caller == "independent":
        rows = [user]
    elif caller != "global everywhere":
        reached = world.north.scope if caller == "global" else user.own_scope
        homes = {row: home_of(row) for row in rows}
        rows = [row for row, home in homes.items() if home is not None and reached.contains(home)]
    return [str(row.pk) for row in sorted(rows, key=lambda row: (row.email, row.pk))]


def interactions_of(caller: str, world: World) -> list[str]:
    """Return the caller's own, wherever they were logged, newest first."""
    own = [row for row in everything(Interaction) if row.user_id == world.person(caller).pk]
    return [str(r.pk) for r in sorted(own, key=lambda row: (row.created_at, row.pk), reverse=True)]


def inbox_of(caller: str, world: World) -> list[str]:
    """Return the caller's own that have not expired, wherever they came from, newest first."""
    now = timezone.now()
    own = [row for row in everything(Message) if row.user_id == world.person(caller).pk]
    there = [row for row in own if row.expires_at is None or row.expires_at > now]
    return [str(r.pk) for r in sorted(there, key=lambda row: (row.created_at, row.pk), reverse=True)]


def tcodes_of(caller: str, world: World) -> list[int]:
    rows = [row for row in everything(Tcode) if row.deleted is None and reaches(caller, world, row)]
    rows = [row for row in rows if caller in STAFF or row.is_published]
    return [row.pk for row in sorted(rows, key=lambda row: (row.subject, row.title, row.pk))]


def subscriptions_of(caller: str, world: World) -> list[str]:
    """Return the caller's own, wherever they were granted, and to managers those in scope; newest first."""
    user, rows = world.person(caller), everything(Subscription)
    if caller == "global everywhere":
        shown = rows
    else:
        north = world.north.organization.pk
        managed = [r for r in rows if caller in ("admin", "global") and r.organization_id == north]
        shown = [row for row in rows if row.user_id == user.pk or row in managed]
    return [str(r.pk) for r in sorted(shown, key=lambda row: (row.created_at, row.pk), reverse=True)]


def results_of(caller: str, world: World) -> list[str]:
    """Return the results of the caller's scope, or their own ones in their organization, newest first."""
    user = world.person(caller)
    rows = [row for row in everything(SafetyQuizResult) if row.deleted is None]
    if caller in ("admin", "principal", "global"):
        node = world.north.school if caller == "principal" else world.north.organization
        rows = [row for row in rows if getattr(row, f"{node.level}_id") == node.pk]
    elif caller != "global everywhere":
        rows = [row for row in rows if row.user_id == user.pk]
        rows = [row for row in rows if row.organization_id == user.organization_id]
    return [str(r.pk) for r in sorted(rows, key=lambda row: (row.completed_at, row.pk), reverse=True)]


def schedules_of(caller: str, world: World) -> list[int]:
    """Return the live schedules of the caller's organization, those that begin last first."""
    rows = [row for row in everything(SafetyQuizSchedule) if row.deleted is None]
    if caller != "global everywhere":
        rows = [row for row in rows if row.organization_id == world.north.organization.pk]
    return [r.pk for r in sorted(rows, key=lambda row: (row.first_week, row.pk), reverse=True)]


def exceptions_of(caller: str, world: World) -> list[str]:
    """Return those of the learner whom the path names, whom every caller may see, newest first."""
    rows = [row for row in everything(StepException) if str(row.user_id) == world.own["person"]]
    return [str(row.pk) for row in sorted(rows, key=lambda row: (row.given_at, row.pk), reverse=True)]


def places_of(caller: str, world: World) -> list[str]:
    """Return every node that a caller may act in, the tree flattened."""
    user = world.person(caller)
    if caller == "independent":
        return []
    nodes = [row for model in (Organization, School, Campus, Classroom) for row in everything(model)]
    if not caller.startswith("global"):
        nodes = [node for node in nodes if user.own_scope.contains(node.scope)]
    return sorted(str(node.scope) for node in nodes)


def roles_of(caller: str, world: World) -> list[int]:
    """Return all roles, which are the same for every organization, by name."""
    return [role.pk for role in sorted(Role.objects.all(), key=lambda role: role.name)]


def nodes_of(model: Any) -> Callable[[str, World], list[str]]:
    """Return what lists the places of a level at or below where a caller acts, by name."""

    def expected(caller: str, world: World) -> list[str]:
        user, rows = world.person(caller), everything(model)
        if caller == "independent":
            return []
        if caller != "global everywhere":
            reached = world.north.scope if caller == "global" else user.own_scope
            rows = [row for row in rows if reached.contains(row.scope)]
        return [str(row.pk) for row in sorted(rows, key=lambda row: (row.sort_name, row.pk))]

    return expected


def keys_of(caller: str, world: World) -> list[str]:
    if caller.startswith("global"):
        return sorted(KEYS)
    user = world.person(caller)
    role = ROLES[user.role.name if user.role else "STUDENT"]
    return sorted(role.keys | {permission.codename for permission in user.custom_permissions.all()})


EXPECTED: dict[str, Callable[[str, World], list[Any]]] = {
    CATEGORIES: lambda caller, world: visible(CourseCategory, caller, world),
    COURSES: lambda caller, world: visible(Course, caller, world),
    SUB_COURSES: lambda caller, world: visible(SubCourse, caller, world),
    VIDEOS: lambda caller, world: visible(Video, caller, world),
    SETS: lambda caller, world: visible(QuestionSet, caller, world),
    QUESTIONS: lambda caller, world: visible(Question, caller, world),
    BY_OWNER: sets_of,
    f"{SETS}/<id>/questions": questions_of,
    f"{SETS}/<id>/attempts": attempts_of,
    USERS: people_of,
    SCHOOLS: nodes_of(School),
    CAMPUSES: nodes_of(Campus),
    CLASSROOMS: nodes_of(Classroom),
    ROLES_PATH: roles_of,
    TCODES: tcodes_of,
    PACKAGES: lambda caller, world: list(OFFERED),
    SUBSCRIPTIONS: subscriptions_of,
    USER_PROGRESS: items_of,
    INTERACTIONS: interactions_of,
    TCODE_PROGRESS: tcode_progress_of,
    MY_COURSES: my_courses_of,
    MESSAGES: inbox_of,
    QUIZ_RESULTS: results_of,
    SAFETY_QUIZZES: schedules_of,
    EXCEPTIONS: exceptions_of,
    "v1/scopes": places_of,
    "v1/users/me/permissions": keys_of,
}


def flat(rows: list[Row]) -> list[str]:
    return sorted([row["scope"] for row in rows] + [s for row in rows for s in flat(row["children"])])


def shown(path: str, rows: list[Row]) -> list[Any]:
    if path == "v1/scopes":
        return flat(rows)
    if path == PACKAGES:
        return [row["name"] for row in rows]
    if path == TCODE_PROGRESS:
        return [row["tcodeId"] for row in rows]
    return [row["key"] if path.endswith("permissions") else row["id"] for row in rows]


def test_every_list_has_an_expectation():
    assert set(EXPECTED) == LISTS


def test_lists_hold_the_expected_rows_and_no_others(full):
    wrong = []
    for caller, route in product(CALLERS, [route for route in ROUTES if route.is_list]):
        client, url = full.client(caller), f"{route.url(full.own)}{'&' if route.query else '?'}"
        response = client.get(f"{url}limit=200")
        if caller == "independent" and route.kind:
            assert response.status_code == 404
            continue
        if caller == "independent" and route.for_tenants:
            assert response.status_code == 403
            continue
        answer, expected = response.json(), EXPECTED[route.path](caller, full)
        rows = answer["rows"]
        if shown(route.path, rows) != expected or answer["count"] != len(rows):
            wrong.append(f"{caller} {route}: {shown(route.path, rows)} of {answer['count']}, not {expected}")
        pages = [client.get(f"{url}limit=2&page={n}").json() for n in (1, 2, 3)]
        paged = [row for page in pages for row in page["rows"]]
        if paged != rows[:6] or {page["count"] for page in pages} != {answer["count"]}:
            wrong.append(f"{caller} {route}: pages differ from the whole")
    assert not wrong, "\n".join(wrong)


def test_the_tree_counts_what_is_there(full, grant):
    for caller in CALLERS:
        grant(full.person(caller), "learning_tree.get")
        tree = full.client(caller).get("/api/v1/course-management/learning-tree").json()["categories"]
        courses = [course for category in tree for course in category["courses"]]
        below = [sub_course for course in courses for sub_course in course["sub_courses"]]
        for rows, model in ((tree, CourseCategory), (courses, Course), (below, SubCourse)):
            assert sorted(row["id"] for row in rows) == sorted(visible(model, caller, full)), caller
        for counted, model in (("video_count", Video), ("practice_count", QuestionSet)):
            seen = set(visible(model, caller, full))
            steps = [row for row in everything(model) if row.pk in seen and is_step(row)]
            expected = {row["id"]: sum(s.sub_course_id == row["id"] for s in steps) for row in below}
            assert {row["id"]: row[counted] for row in below} == expected, caller
        shared = {row.pk for row in everything(CourseCategory) if row.organization_id == PLATFORM_ID}
        assert {row["id"] for row in tree if row["is_shared"]} == shared & {row["id"] for row in tree}


def is_step(row: Any) -> bool:
    """Whether a row is a video or a practice of a sub-course."""
    return isinstance(row, Video) or (row.set_type == "PRACTICE" and row.sub_course_id is not None)


def test_a_path_holds_what_is_there_and_counts_what_the_caller_has_done(full):
    for caller in ("student", "student2", "teacher", "admin", "global everywhere"):
        known = visible(Course, caller, full)
        assert known
        for course in everything(Course):
            url = f"/api/v1/course-management/courses/{course.pk}/learning-path"
            response = full.client(caller).get(url)
            if course.pk not in known:
                assert response.status_code == 404, (caller, course)
                continue
            sub_courses = response.json()["sub_courses"]
            inside = {row.pk for row in everything(SubCourse) if row.course_id == course.pk}
            expected = [pk for pk in visible(SubCourse, caller, full) if pk in inside]
            assert [row["id"] for row in sub_courses] == expected, caller
            for row in sub_courses:
                check_steps(row, caller, full)


def check_steps(row: Row, caller: str, world: World) -> None:
    for kind, model in (("videos", Video), ("practices", QuestionSet)):
        here = {s.pk for s in model.unscoped.filter(sub_course=row["id"]) if is_step(s)}
        assert [step["id"] for step in row[kind]] == [
            pk for pk in visible(model, caller, world) if pk in here
        ]
    user = world.person(caller)
    done = {
        completion.video_id for completion in everything(VideoCompletion) if completion.user_id == user.pk
    }
    assert [step["is_completed"] for step in row["videos"]] == [s["id"] in done for s in row["videos"]]
    published = [step for step in (*row["videos"], *row["practices"]) if step["status"] == "PUBLISHED"]
    assert row["total"] == len(published)
    assert row["completed"] == sum(step["is_completed"] for step in published)
