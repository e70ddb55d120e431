"""A tenant to measure with: a course of 10 sub-courses, and one sub-course of 1,000 videos."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils import timezone

from accounts.models import Role, User
from accounts.sign_in.tokens import AccessToken
from learning.models import Course, CourseCategory, SubCourse, Video
from progress.models import Interaction, ItemProgress, VideoCompletion
from quizzes.models import QuestionSet
from quizzes.safety.domain.filling import fill, settle
from quizzes.safety.domain.weeks import current_week
from tenancy.models import Organization
from tenancy.triggers import erasing

LEARNERS = 2_000
ITEMS = 50


@dataclass
class Bench:
    """Ids and tokens for the load generator."""

    organization_id: UUID
    course_id: int
    short_list: list[int]
    long_list: list[int]
    student: str
    admin: str
    learners: list[str]


def load() -> Bench:
    """Write the tenant once; later runs find it."""
    organization, fresh = Organization.unscoped.get_or_create(slug="bench", defaults={"name": "Bench"})
    if fresh:
        _write(organization)
    # What the last run has written is what this one writes; the crowd's stays.
    learners = User.unscoped.filter(email__startswith="learner", organization=organization)
    VideoCompletion.unscoped.filter(user__in=learners).delete()
    with erasing():
        Interaction.unscoped.filter(user__in=learners).delete()
    ItemProgress.unscoped.filter(user__in=learners).delete()
    _write_items(User.unscoped.get(email="student@bench.test"))
    course = Course.unscoped.get(organization=organization, title="Path")
    short = SubCourse.unscoped.filter(course=course).order_by("id").first()
    long = SubCourse.unscoped.get(organization=organization, title="Long")
    return Bench(
        organization_id=organization.pk,
        course_id=course.pk,
        short_list=_videos_of(short),
        long_list=_videos_of(long),
        student=token(User.unscoped.get(email="student@bench.test")),
        admin=token(User.unscoped.get(email="admin@bench.test")),
        learners=[token(user) for user in learners],
    )


@dataclass
class Reporters:
    """Tokens of those who read reports of the quizzes, and the week they ask for."""

    campus: str
    organization: str
    week_of: str


def load_reporters(results: int) -> Reporters:
    """Write an organization of 10,000 staff until it has so many results; a database keeps what it has."""
    organization = fill(staff=10_000, results=results)
    settle()
    staff = User.unscoped.filter(organization=organization)
    return Reporters(
        campus=token(staff.filter(role__name="PRINCIPAL").earliest("email")),
        organization=token(staff.get(role__name="ADMIN")),
        week_of=str(current_week(timezone.now())),
    )


def token(user: User) -> str:
    """Return an access token as login issues it."""
    made = AccessToken()
    made["user_id"], made["token_version"] = str(user.pk), user.token_version
    made.set_exp(lifetime=made.lifetime * 100)
    return str(made)


def _videos_of(sub_course: SubCourse | None) -> list[int]:
    """Return the ids in the order they were made in, which is put back."""
    videos = list(Video.unscoped.filter(sub_course=sub_course).order_by("id"))
    for order, video in enumerate(videos):
        video.display_order = order
    Video.unscoped.bulk_update(videos, ["display_order"])
    return [video.pk for video in videos]


def _write(organization: Organization) -> None:
    roles = {role.name: role for role in Role.objects.all()}
    people = {"admin": "ADMIN", "student": "STUDENT"}
    people |= {f"learner{number}": "STUDENT" for number in range(LEARNERS)}
    User.unscoped.bulk_create(
        User(
            email=f"{name}@bench.test",
            organization=organization,
            role=roles[role],
            password=UNUSABLE_PASSWORD_PREFIX,
        )
        for name, role in people.items()
    )
    category = CourseCategory.unscoped.create(organization=organization, title="Bench", status="PUBLISHED")
    course = Course.unscoped.create(category=category, title="Path", status="PUBLISHED")
    for number in range(10):
        sub_course = _sub_course(course, f"Sub-course {number}", number)
        _add_videos(sub_course, 20)
        QuestionSet.unscoped.bulk_create(
            QuestionSet(
                organization=organization,
                sub_course=sub_course,
                title=f"Practice {order}",
                set_type="PRACTICE",
                owner_type="SUB_COURSE",
                status="PUBLISHED",
                display_order=order,
            )
            for order in range(5)
        )
    other = Course.unscoped.create(category=category, title="Other", status="PUBLISHED")
    long = _sub_course(other, "Long", 0)
    _add_videos(long, 1_000)
    student = User.unscoped.get(email="student@bench.test")
    videos = Video.unscoped.filter(organization=organization).order_by("sub_course", "display_order", "id")
    VideoCompletion.unscoped.bulk_create(
        VideoCompletion(organization=organization, user=student, video=video)
        for video in videos
        if video.display_order < 900 and (video.sub_course_id == long.pk or video.display_order < 10)
    )


def _sub_course(course: Course, title: str, order: int) -> SubCourse:
    made: SubCourse = SubCourse.unscoped.create(
        course=course, title=title, level="BEGINNER", sub_level="A1", display_order=order, status="PUBLISHED"
    )
    return made


def _add_videos(sub_course: SubCourse, number: int) -> None:
    Video.unscoped.bulk_create(
        Video(
            organization_id=sub_course.organization_id,
            sub_course=sub_course,
            title=f"Video {order}",
            description="What this video is about, in a sentence of ordinary length.",
            video_url=f"https://videos.example/{order}.mp4",
            duration_seconds=300,
            status="PUBLISHED",
            display_order=order,
        )
        for order in range(number)
    )


def _write_items(user: User) -> None:
    """Give the student a list of typed progress."""
    ItemProgress.unscoped.filter(user=user).delete()
    ItemProgress.unscoped.bulk_create(
        ItemProgress(
            organization_id=user.organization_id,
            user=user,
            progress_type="sign_learned",
            item_id=f"sign-{number}",
            value="learned",
            score=number,
            metadata={"unit": "greetings", "tries": number},
            created_by=user,
        )
        for number in range(ITEMS)
    )
