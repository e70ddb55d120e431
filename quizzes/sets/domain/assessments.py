"""Repairing entry assessments: each live sub-course has one, and an empty one is filled from a template.

The rule itself lives in the database (``create_entry_assessment``, ``fill_entry_assessment`` and the
trigger on ``sub_courses``, migration ``0002``); this only finds where it has not been applied.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from learning.models import SubCourse
from quizzes.models import Question, QuestionSet

BATCH = 200


@dataclass(slots=True)
class Backfilled:
    """What a backfill did, or would do.

    Attributes:
        created: entry assessments that were missing.
        filled: entry assessments, new or old, that received questions.
        questions: how many they received.
        left_empty: entry assessments that stay empty: there is no template with questions.
        already_complete: sub-courses that needed nothing.
    """

    created: int = 0
    filled: int = 0
    questions: int = 0
    left_empty: int = 0
    already_complete: int = 0


def fill_copies(copies: Mapping[Any, Any]) -> tuple[type[QuestionSet], dict[Any, Any]]:
    """Make the assessments of copied sub-courses like those of their originals, but for their questions.

    Args:
        copies: the id of each copy by that of its original.

    Returns:
        The model of assessments, and the id of each copy's by that of its original's.
    """
    both = {*copies, *copies.values()}
    of = {
        row.sub_course_id: row for row in QuestionSet.objects.entry_assessments().filter(sub_course__in=both)
    }
    pairs = [(of[old], of[new]) for old, new in copies.items() if old in of and new in of]
    for original, copy in pairs:
        for name in ("title", "description", "status", "pass_mark"):
            setattr(copy, name, getattr(original, name))
    QuestionSet.objects.bulk_update(
        [copy for _original, copy in pairs], ["title", "description", "status", "pass_mark"]
    )
    # The database has filled them from the template already.
    filled = Question.objects.filter(question_set__in=[copy.pk for _original, copy in pairs])
    filled.update(deleted=timezone.now(), deleted_by_cascade=True)
    return QuestionSet, {original.pk: copy.pk for original, copy in pairs}


def sub_courses_to_check() -> QuerySet[SubCourse]:
    """Return the live sub-courses that the scope may write."""
    sub_courses: QuerySet[SubCourse] = SubCourse.objects.writable().order_by("pk")
    return sub_courses


def backfill(*, dry_run: bool = False, done: Callable[[int], object] | None = None) -> Backfilled:
    """Create what is missing and fill what is empty, in the active scope.

    One transaction per batch of sub-courses, which are locked in id order: run twice, or on two machines
    at once, the second finds everything complete.

    Args:
        dry_run: do all of it and roll it back, so that the counts are what would really happen.
        done: called after each batch with the number of sub-courses checked.
    """
    counts = Backfilled()
    ids = list(sub_courses_to_check().values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        with transaction.atomic():
            _repair(batch, counts)
            if dry_run:
                transaction.set_rollback(True)
        if done is not None:
            done(len(batch))
    return counts


def _repair(ids: list[int], counts: Backfilled) -> None:
    # Locked first and read afterwards: the second statement sees what another machine has just committed.
    locked = list(sub_courses_to_check().select_for_update(no_key=True).filter(pk__in=ids))
    missing, empty = [], []
    for sub_course_id, assessment_id, has_questions in _state_of(locked):
        if assessment_id is None:
            missing.append(sub_course_id)
        elif not has_questions:
            empty.append(assessment_id)
        else:
            counts.already_complete += 1
    created = _create(missing)
    received = [*created, *_fill(empty)]
    counts.created += len(created)
    counts.filled += sum(questions > 0 for questions in received)
    counts.left_empty += sum(questions == 0 for questions in received)
    counts.questions += sum(received)


def _state_of(sub_courses: list[SubCourse]) -> list[tuple[int, int | None, bool]]:
    """Return ``(sub-course id, assessment id, whether it has questions)``."""
    assessments = QuestionSet.objects.entry_assessments().filter(sub_course=OuterRef("pk"))
    questions = Question.objects.filter(question_set_id=OuterRef("assessment"))
    rows = SubCourse.objects.filter(pk__in=[row.pk for row in sub_courses]).order_by("pk")
    annotated = rows.annotate(assessment=Subquery(assessments.values("pk")[:1]))
    return list(
        annotated.annotate(has_questions=Exists(questions)).values_list("pk", "assessment", "has_questions")
    )


def _create(sub_course_ids: list[int]) -> list[int]:
    """Create the assessments of locked sub-courses; return how many questions each received."""
    if not sub_course_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT create_entry_assessment(id) FROM unnest(%s::bigint[]) AS missing(id)", [sub_course_ids]
        )
        # Null where plain SQL was faster.
        created = [row[0] for row in cursor.fetchall() if row[0] is not None]
        cursor.execute(
            "SELECT count(q.id) FROM unnest(%s::bigint[]) AS created(id) "
            "LEFT JOIN questions q ON q.question_set_id = created.id AND q.deleted IS NULL "
            "GROUP BY created.id",
            [created],
        )
        return [row[0] for row in cursor.fetchall()]


def _fill(assessment_ids: list[int]) -> list[int]:
    """Fill empty assessments; return how many questions each received."""
    if not assessment_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fill_entry_assessment(id) FROM unnest(%s::bigint[]) AS empty(id)", [assessment_ids]
        )
        return [row[0] for row in cursor.fetchall()]
