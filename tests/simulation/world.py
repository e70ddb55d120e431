"""Two organizations, what is shared between them, and people of every kind; and reading it all back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.models import User
from learning.models import Course, CourseCategory, SubCourse, Video
from learning.models import Subscription as SubscriptionRow
from progress.models import PracticeCompletion, StepException, VideoCompletion
from quizzes.models import QuestionSet
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.simulation.state import Person, Place, Row, State, Subscription, Tcode

_ROWS: list[tuple[str, Any, str, str]] = [
    ("categories", CourseCategory, "organization_id", "status"),
    ("courses", Course, "category_id", "status"),
    ("sub-courses", SubCourse, "course_id", "status"),
    ("videos", Video, "sub_course_id", "status"),
    ("practices", QuestionSet, "sub_course_id", "status"),
]
TYPES = {"video": "videos", "practice": "practices"}


@dataclass
class World:
    """What stays as it is.

    Attributes:
        nodes: the places one may belong to; the reserved organization is home to those who belong to none.
        people: everybody, by the names that steps are told with.
        fixed: those whose role and place nobody changes.
    """

    nodes: list[Place]
    people: dict[str, User]
    fixed: list[str]
    tcodes: list[Tcode]

    def name_of(self, person: UUID) -> str:
        return next(name for name, user in self.people.items() if user.pk == person)


def make_world(north: Any, sunrise: Any, everywhere: User, independent: User) -> World:
    """Add to the two organizations of the fixtures what a simulation wants to meet."""
    places: list[Place] = [(PLATFORM_ID, None, None, None)]
    for tenant in (north, sunrise):
        second = factories.ClassroomFactory(campus=tenant.campus)
        other = factories.CampusFactory(school=tenant.school)
        nodes = (tenant.organization, tenant.school, tenant.campus, other, tenant.classroom, second)
        places += [place_of(node.scope) for node in nodes]
    people = {
        "global": everywhere,
        "north.admin": north.admin,
        "sunrise.admin": sunrise.admin,
        "north.lead": factories.make_user("lead@north.test", "ADMIN", at=north.campus.scope),
        "north.principal": north.principal,
        "north.teacher": north.teacher,
        "north.guest": north.guest,
        "north.student": north.student,
        "north.student2": north.student2,
        "sunrise.student": sunrise.student,
        "sunrise.student2": sunrise.student2,
        "learner": independent,
        "learner2": factories.make_user("learner2@demo.test"),
    }
    platform = Organization.unscoped.get(pk=PLATFORM_ID)
    shared = factories.CategoryFactory(organization=platform)
    _branch(shared, courses=1)
    for tenant in (north, sunrise):
        _branch(tenant.category, courses=1)
        _branch(factories.CategoryFactory(organization=tenant.organization), courses=1)
    made = [
        factories.TcodeFactory(),
        factories.TcodeFactory(organization=north.organization),
        factories.TcodeFactory(organization=sunrise.organization),
        factories.TcodeFactory(organization=north.organization, is_published=False),
    ]
    tcodes = [Tcode(row.pk, row.organization_id, row.is_published) for row in made]
    return World(places, people, ["global", "north.admin", "sunrise.admin"], tcodes)


def _branch(category: Any, *, courses: int) -> None:
    for _ in range(courses):
        sub_course = factories.SubCourseFactory(course=factories.CourseFactory(category=category))
        for status in ("PUBLISHED", "PUBLISHED", "DRAFT"):
            factories.VideoFactory(sub_course=sub_course, status=status)
        for _ in range(2):
            # Without one they could not be published again.
            factories.QuestionFactory(question_set=factories.PracticeFactory(sub_course=sub_course))


def place_of(node: Any) -> Place:
    """Return where a person belongs, or what a scope is, as its four ids."""
    return node.organization_id, node.school_id, node.campus_id, node.classroom_id


def now() -> datetime:
    """Return the moment by the clock that the rules read: the database's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def step_clock(by: timedelta) -> None:
    """Let time pass, or go back: every moment that access or the sequence depends on is moved instead.

    The rules ask the database for the time (``statement_timestamp()``), and nobody sets a server's clock.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # What is decided stays as it was decided, say the triggers.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE subscriptions SET start_date = start_date - %s, revoked_at = revoked_at - %s", [by, by]
        )
        cursor.execute("UPDATE step_exceptions SET until = until - %s", [by])


def read_state(world: World) -> State:
    """Read everything from the database, past every scope: an oracle sees all."""
    state = State()
    for kind, model, parent, status in _ROWS:
        rows = model.unscoped.order_by("pk")
        if kind == "practices":
            rows = rows.filter(set_type="PRACTICE", owner_type="SUB_COURSE")
        columns = ("pk", parent, "organization_id", "display_order", status, "deleted", "deleted_by_cascade")
        for values in rows.values_list(*columns):
            row = Row(kind, *values)
            state.rows[row.key] = row
    everybody = [user.pk for user in world.people.values()]
    columns = ("pk", "organization_id", "school_id", "campus_id", "classroom_id", "role__name", "is_active")
    for pk, *place, role, active in User.unscoped.filter(pk__in=everybody).values_list(*columns):
        state.people[pk] = Person(pk, tuple(place), role, active)  # type: ignore[arg-type]
    for kind, model in (("videos", VideoCompletion), ("practices", PracticeCompletion)):
        done = model.unscoped.values_list("user_id", f"{model.step}_id")
        state.completed |= {(person, kind, pk) for person, pk in done}
    for one in StepException.unscoped.filter(kind__in=("waive", "unlock"), ended_at=None):
        why = one.waiver if one.kind == "waive" else one.until
        state.excepted[one.user_id, str(one.kind), TYPES[one.step_type], one.step_id] = why
    for sub in SubscriptionRow.unscoped.order_by("created_at", "pk"):
        state.subscriptions[sub.pk] = Subscription(
            id=sub.pk,
            person=sub.user_id,
            organization=sub.organization_id,
            tcode=sub.tcode_id,
            package=sub.subscription_type,
            start=sub.start_date,
            days=sub.duration_days,
            status=str(sub.status),
            renews=sub.renewal == "automatic",
            stacks=sub.overlap == "stack",
            period=sub.period_days,
            started_alone=sub.start_number is not None,
            revoked_at=sub.revoked_at,
        )
    return state
