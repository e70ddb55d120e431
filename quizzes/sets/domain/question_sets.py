"""Adding, changing, deleting and restoring question sets.

An entry assessment stays what it is for as long as its sub-course lives: it goes with the sub-course and
comes back with it (``learning.tree.domain.structure``), never by itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.utils.translation import gettext_lazy as _

from learning.models import SubCourse
from learning.tree.domain import structure
from learning.tree.domain.versions import Seen, check_seen
from quizzes.models import ONE_ENTRY_ASSESSMENT, OwnerType, QuestionSet, SetType
from quizzes.sets.domain.siblings import PRACTICES, STANDALONE_SETS
from tenancy.constraints import refused_by
from tenancy.errors import ConflictError, InvalidError, NotFoundError
from tenancy.sql import atomic_again

_PLACE = ("set_type", "owner_type", "sub_course")


def check_owner(*, owner_type: str, has_owner: bool, set_type: str = "") -> None:
    """Refuse an owner that is not of the type named, or not of one for this type of set.

    Raises:
        InvalidError: ``required`` or ``owner_mismatch``, naming ``owner_id`` or ``owner_type``.
    """
    if set_type == SetType.SAFETY_QUIZ and owner_type != OwnerType.STANDALONE:
        raise InvalidError(
            _("A safety quiz belongs to no sub-course."), code="owner_mismatch", attr="owner_type"
        )
    if owner_type == OwnerType.SUB_COURSE and not has_owner:
        raise InvalidError(_("Name the sub-course."), code="required", attr="owner_id")
    if owner_type == OwnerType.STANDALONE and has_owner:
        raise InvalidError(
            _("A standalone set belongs to no sub-course."), code="owner_mismatch", attr="owner_id"
        )


def add_question_set(*, item: QuestionSet) -> QuestionSet:
    """Save a new set under its sub-course; a standalone one in its organization, or else the scope's.

    Without a position a practice goes behind the other practices. Locks the sub-course or organization.

    Raises:
        InvalidError: ``required``, ``owner_mismatch``, ``does_not_exist``, ``organization_required``.
        ConflictError: ``entry_assessment_exists``.
    """
    check_owner(owner_type=item.owner_type, has_owner=item.sub_course_id is not None, set_type=item.set_type)
    if item.owner_type == OwnerType.STANDALONE:
        item.organization_id = item.organization_id or structure.organization_to_write_in()
        return structure.add(item=item, kind=STANDALONE_SETS)
    with _owner_named(), _one_entry_assessment():
        return structure.add(item=item, kind=PRACTICES)


@atomic_again
def change_question_set(*, item: QuestionSet, values: dict[str, Any], seen: Seen = None) -> QuestionSet:
    """Save new values on a set; under a new sub-course it goes to the end unless a position is given.

    Locks the old and the new sub-course in the order of their ids, then the row.

    Raises:
        RefusedError: ``shared_content``.
        NotFoundError: the set was deleted meanwhile.
        StaleError: the set is none that was ``seen``.
        InvalidError: ``required``, ``owner_mismatch`` or ``does_not_exist``, naming ``owner_id``.
        ConflictError: ``entry_assessment_required``, an entry assessment would be retyped or moved;
            ``entry_assessment_exists``, another set would become one; ``safety_quiz_stays``, a safety quiz
            would become another type of set or another type of set a safety quiz; ``moved_meanwhile``,
            someone else has moved it to another sub-course.
    """
    structure.check_writable(item)
    owner: SubCourse | None = values.get("sub_course")
    if owner is not None:
        # Before the row, like every other writer: two of them must not wait for each other.
        owners = SubCourse.objects.filter(pk__in=[owner.pk, item.sub_course_id]).order_by("pk")
        list(owners.select_for_update(no_key=True).values_list("pk"))
    locked = _lock(item)
    if locked is None:
        raise NotFoundError
    if owner is not None and locked.sub_course_id not in (item.sub_course_id, owner.pk):
        raise structure.moved_meanwhile()
    check_seen(locked, seen)
    if locked.is_entry_assessment and any(
        name in values and values[name] != getattr(locked, name) for name in _PLACE
    ):
        raise _entry_assessment_required()
    set_type = values.get("set_type", locked.set_type)
    if set_type != locked.set_type and SetType.SAFETY_QUIZ in (set_type, locked.set_type):
        # Who has answered it as a practice was told what is correct.
        raise ConflictError(
            _("A safety quiz stays one, and no other set becomes one."), code="safety_quiz_stays"
        )
    owner_type = values.get("owner_type", locked.owner_type)
    has_owner = (owner if "sub_course" in values else locked.sub_course_id) is not None
    check_owner(owner_type=owner_type, has_owner=has_owner, set_type=set_type)
    kind = PRACTICES if has_owner else STANDALONE_SETS
    with _owner_named(), _one_entry_assessment():
        return structure.change(item=locked, kind=kind, values=values)


@atomic_again
def delete_question_set(*, item: QuestionSet, seen: Seen = None) -> None:
    """Hide a set and its questions; completions and attempts stay.

    Raises:
        RefusedError: ``shared_content``.
        NotFoundError, StaleError: the set is none that was ``seen``.
        ConflictError: ``entry_assessment_required``.
    """
    structure.lock_seen(item, seen)
    delete_question_sets(items=[item])


@atomic_again
def delete_question_sets(*, items: Sequence[QuestionSet]) -> None:
    """Hide sets and their questions, all or none; locks the sets in the order of their ids.

    Raises:
        RefusedError: ``shared_content``.
        ConflictError: ``entry_assessment_required``.
    """
    for item in items:
        structure.check_writable(item)
    sets = QuestionSet.objects.select_for_update().order_by("pk")
    if any(locked.is_entry_assessment for locked in sets.filter(pk__in=[item.pk for item in items])):
        raise _entry_assessment_required()
    structure.delete_all(items=items)


def restore_question_set(*, item: QuestionSet) -> QuestionSet:
    """Bring back a deleted set with the questions that were deleted with it.

    Raises:
        RefusedError: ``shared_content``.
        ConflictError: ``parent_deleted``, or ``entry_assessment_exists``, another took its place.
    """
    return restore_question_sets(items=[item])[0]


def restore_question_sets(*, items: Sequence[QuestionSet]) -> list[QuestionSet]:
    """Bring back sets, each with the questions that were deleted with it, all or none.

    Raises:
        RefusedError: ``shared_content``.
        ConflictError: ``parent_deleted``, or ``entry_assessment_exists``, another took its place; both
            name the set.
    """
    try:
        with _one_entry_assessment():
            return structure.restore_all(items=items)
    except ConflictError as refusal:
        if refusal.error_code != "entry_assessment_exists":
            raise
        raise ConflictError(
            _("“%(row)s”: its sub-course has another entry assessment now.") % {"row": _superfluous(items)},
            code=refusal.error_code,
        ) from refusal


def _superfluous(items: Sequence[QuestionSet]) -> QuestionSet | None:
    """Return the first of ``items`` that would be the second entry assessment of its sub-course."""
    wanted = [item for item in items if item.is_entry_assessment]
    present = QuestionSet.objects.entry_assessments().values_list("sub_course_id", flat=True)
    assessed = set(present.filter(sub_course__in=[item.sub_course_id for item in wanted]))
    for item in wanted:
        if item.sub_course_id in assessed:
            return item
        assessed.add(item.sub_course_id)
    return None


def _lock(item: QuestionSet) -> QuestionSet | None:
    locked: QuestionSet | None = QuestionSet.objects.select_for_update().filter(pk=item.pk).first()
    return locked


def _entry_assessment_required() -> ConflictError:
    return ConflictError(
        _("A sub-course keeps its entry assessment: it cannot be deleted, moved or given another type."),
        code="entry_assessment_required",
    )


def _one_entry_assessment() -> AbstractContextManager[None]:
    """Turn a second entry assessment into a conflict."""
    return refused_by(
        ONE_ENTRY_ASSESSMENT,
        lambda: ConflictError(
            _("This sub-course already has its entry assessment."), code="entry_assessment_exists"
        ),
    )


@contextmanager
def _owner_named() -> Iterator[None]:
    """Call the sub-course what clients call it: the owner."""
    try:
        yield
    except InvalidError as error:
        if error.attr != "sub_course_id":
            raise
        raise InvalidError(error.detail, code=error.error_code, attr="owner_id") from error
