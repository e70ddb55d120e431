"""Write the demo data. What is already there is left as it is, so that a second run changes nothing."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Role, User
from accounts.people.domain.membership import place
from demo import north, platform, sunrise
from demo.content import Category, Practice
from demo.ids import demo_id
from demo.learners import DONE, Done
from demo.people import ORGANIZATIONS, PASSWORD, PEOPLE, PLACES, Place
from demo.quiz_results import load_quiz_results
from demo.safety_quizzes import load_safety_quizzes
from demo.sets import children, write_sets
from demo.typed_progress import load_typed_progress
from demo.workshop_catalogue import load_workshop_catalogue
from demo.workshop_messages import load_workshop_messages
from demo.workshop_records import load_workshop_records
from learning.models import SUB_LEVELS, Course, CourseCategory, Status, SubCourse, Video
from learning.tree.domain.levels import VIDEOS
from progress.models import PracticeCompletion, VideoCompletion
from progress.steps.domain.exceptions import Act, Decision, decide
from progress.steps.models import Waiver
from quizzes.models import Attempt, OwnerType, QuestionSet, SetType
from quizzes.sets.domain.grading import Answer, AnswerKey, grade, keys_of
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.scope import Scope, every_organization, organization_scope

_WEEKS_OF_MEMBERSHIP: Final = 12

_CATALOGUES: Final[dict[str, tuple[Practice | None, tuple[Category, ...]]]] = {
    # Shared content first: Sunrise's sub-courses take its assessment when they are made.
    "platform": (platform.ASSESSMENT, platform.CATALOGUE),
    "north": (north.ASSESSMENT, north.CATALOGUE),
    "sunrise": (None, sunrise.CATALOGUE),
}


@transaction.atomic
def load_demo() -> dict[str, int]:
    """Write what is missing of the demo: organizations, places, people, catalogues, what people did and got.

    Returns:
        How many ``people``, ``catalogues``, ``schedules`` of safety quizzes, ``quiz_results``, ``items`` of
        typed progress, tcodes and subscriptions (``workshop``), ``messages`` and ``records`` of the workshop
        were written; all are zero the second time.
    """
    with every_organization():
        people = _load_people(_load_places())
    catalogues = sum(_load_catalogue(slug, *content) for slug, content in _CATALOGUES.items())
    with every_organization():
        schedules = load_safety_quizzes()
        quiz_results = load_quiz_results()
        items = load_typed_progress()
        workshop = load_workshop_catalogue()
        messages = load_workshop_messages()
        records = load_workshop_records()
    return {
        "people": people,
        "catalogues": catalogues,
        "schedules": schedules,
        "quiz_results": quiz_results,
        "items": items,
        "workshop": workshop,
        "messages": messages,
        "records": records,
    }


# --- Who and where --------------------------------------------------------------------------------


def _load_places() -> dict[Place, Scope]:
    """Write the missing nodes and return the scope of each."""
    nodes: dict[Place, Any] = {}
    for slug, name in ORGANIZATIONS.items():
        nodes[(slug,)], _ = Organization.unscoped.get_or_create(
            slug=slug, defaults={"id": demo_id(slug), "name": name}
        )
    below: dict[int, tuple[Any, str]] = {
        2: (School, "organization"),
        3: (Campus, "school"),
        4: (Classroom, "campus"),
    }
    for path in PLACES:
        model, parent = below[len(path)]
        defaults = {"name": path[-1], parent: nodes[path[:-1]]}
        nodes[path], _ = model.unscoped.get_or_create(id=demo_id(*path), defaults=defaults)
    return {path: node.scope for path, node in nodes.items()}


def _load_people(scopes: dict[Place, Scope]) -> int:
    ids = {person.email: demo_id("people", person.email) for person in PEOPLE}
    known = User.unscoped.filter(Q(pk__in=ids.values()) | Q(email__in=ids)).values_list("pk", "email")
    taken = {value for row in known for value in row}
    missing = [person for person in PEOPLE if taken.isdisjoint((ids[person.email], person.email))]
    if not missing:
        return 0
    password = make_password(PASSWORD)
    users = User.unscoped.bulk_create(
        User(
            id=ids[person.email],
            email=person.email,
            name=person.name,
            password=password,
        )
        for person in missing
    )
    roles: dict[str, Role] = Role.objects.in_bulk(field_name="name")
    monday = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday(), weeks=_WEEKS_OF_MEMBERSHIP)
    for person, user in zip(missing, users, strict=True):
        if person.role:
            place(user=user, at=scopes.get(person.place), role=roles[person.role], since=monday)
    return len(missing)


# --- What they learn ------------------------------------------------------------------------------


def _load_catalogue(slug: str, assessment: Practice | None, content: tuple[Category, ...]) -> bool:
    """Write the tree of an organization that has none, and what its learners did; say whether."""
    organization = Organization.unscoped.get(slug=slug)
    if CourseCategory.unscoped.filter(organization=organization).exists():
        return False
    with organization_scope(organization):
        if assessment is not None:
            # Before the sub-courses: each takes a copy of its questions when it is made.
            write_sets([(_assessment_of(organization), 0, assessment)])
        categories = CourseCategory.objects.bulk_create(
            CourseCategory(
                organization=organization,
                title=c.title,
                description=c.description,
                display_order=n,
                status=Status.PUBLISHED,
            )
            for n, c in enumerate(content)
        )
        courses = list(children(content, categories, "courses"))
        rows = Course.objects.bulk_create(
            Course(
                category=parent,
                title=c.title,
                description=c.description,
                display_order=n,
                status=Status.PUBLISHED,
            )
            for parent, n, c in courses
        )
        _write_sub_courses(list(children([c for _, _, c in courses], rows, "sub_courses")))
        if slug != "platform":
            _load_progress(organization)
    return True


def _assessment_of(organization: Organization) -> QuestionSet:
    return QuestionSet(
        organization=organization, owner_type=OwnerType.STANDALONE, set_type=SetType.INITIAL_ASSESSMENT
    )


def _practice_of(sub_course: SubCourse) -> QuestionSet:
    return QuestionSet(sub_course=sub_course, owner_type=OwnerType.SUB_COURSE, set_type=SetType.PRACTICE)


def _write_sub_courses(sub_courses: list[tuple[Course, int, Any]]) -> None:
    level_of = {sub_level: level for level, sub_levels in SUB_LEVELS.items() for sub_level in sub_levels}
    specs = [spec for _, _, spec in sub_courses]
    rows = SubCourse.objects.bulk_create(
        SubCourse(
            course=course,
            title=spec.title,
            description=spec.description,
            level=level_of[spec.sub_level],
            sub_level=spec.sub_level,
            display_order=position,
            status=Status.PUBLISHED,
        )
        for course, position, spec in sub_courses
    )
    Video.objects.bulk_create(
        Video(
            sub_course=sub_course,
            title=video.title,
            description=video.description,
            video_url=f"https://videos.example/{slugify(sub_course.title)}/{slugify(video.title)}.mp4",
            duration_seconds=video.seconds,
            status=video.status,
            display_order=position,
        )
        for sub_course, position, video in children(specs, rows, "videos")
    )
    write_sets(
        [
            (_practice_of(row), position, practice)
            for row, position, practice in children(specs, rows, "practices")
        ]
    )


# --- What they have done --------------------------------------------------------------------------


def _load_progress(organization: Organization) -> None:
    now = timezone.now()
    for email, done in DONE.items():
        learner = User.objects.filter(email=email).first()
        for weeks_ago, part in enumerate(reversed(done), start=1):
            sub_course = SubCourse.objects.filter(title=part.sub_course).first()
            if learner and sub_course:
                _write_progress(learner, sub_course, part, now - timedelta(weeks=weeks_ago))
    helped = User.objects.filter(email="student2@north.test").first()
    helper = User.objects.filter(email="support@north.test").first()
    if helped and helper:
        _make_exceptions(helped, helper)


def _make_exceptions(learner: User, by: User) -> None:
    """Waive a step that a learner has not done, and unlock another one."""
    done = list(VideoCompletion.unscoped.filter(user=learner).values_list("video", flat=True))
    own = Video.objects.shown_to_learners().filter(organization=learner.organization_id)
    videos = own.exclude(pk__in=done).order_by("sub_course", "display_order", "pk")
    people = User.objects.filter(pk=learner.pk)
    later = timezone.now() + timedelta(days=30)
    how: list[dict[str, Any]] = [
        {"act": Act.WAIVE, "waiver": Waiver.TESTED_OUT},
        {"act": Act.UNLOCK, "until": later},
    ]
    for video, chosen in zip(videos[:2], how, strict=False):
        decision = Decision(level=VIDEOS, step_id=video.pk, reason="Passed the test of last year.", **chosen)
        decide(by=by, people=people, decision=decision)


def _write_progress(learner: User, sub_course: SubCourse, done: Done, began: datetime) -> None:
    """Write completions a day apart, after an attempt at the entry assessment."""
    owned: dict[str, Any] = {"user": learner, "organization_id": learner.organization_id}
    videos = Video.objects.filter(sub_course=sub_course, status=Status.PUBLISHED).in_order()
    sets = QuestionSet.objects.filter(sub_course=sub_course, status=Status.PUBLISHED)
    VideoCompletion.objects.bulk_create(
        VideoCompletion(**owned, video=video, completed_at=began + timedelta(days=n, hours=1))
        for n, video in enumerate(videos[: done.videos])
    )
    PracticeCompletion.objects.bulk_create(
        PracticeCompletion(**owned, question_set=practice, completed_at=began + timedelta(days=n, hours=2))
        for n, practice in enumerate(sets.practices().in_order()[: done.practices])
    )
    if done.wrong is not None:
        _write_attempt(owned, sets.entry_assessments().get(), wrong=done.wrong, at=began)


def _write_attempt(owned: dict[str, Any], assessment: QuestionSet, *, wrong: int, at: datetime) -> None:
    """Write an attempt of the past at ``assessment`` whose first ``wrong`` answers are wrong."""
    keys = keys_of(assessment)
    answers = [
        Answer(key.question_id, option)
        for n, key in enumerate(keys)
        for option in (_wrong_option_ids(key)[:1] if n < wrong else key.correct_option_ids)
    ]
    grading = grade(keys=keys, answers=answers)
    Attempt.objects.create(
        **owned,
        question_set=assessment,
        created_at=at,
        answers=[answer._asdict() for answer in answers],
        score=grading.score,
        total=grading.total,
        results=grading.results,
        ready=grading.reaches(assessment.pass_mark),
    )


def _wrong_option_ids(key: AnswerKey) -> list[int]:
    return [pk for pk, is_correct in key.options.items() if not is_correct]
