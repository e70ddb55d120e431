"""Writing questions together with their options."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from learning.tree.domain import structure
from learning.tree.domain.versions import Seen, noted
from quizzes.models import Option, Question, QuestionType
from quizzes.sets.domain.siblings import QUESTIONS
from tenancy.errors import InvalidError
from tenancy.scope import may_write_in

MIN_OPTIONS: Final = 2
MAX_OPTIONS: Final = 20


@dataclass(frozen=True, slots=True)
class OptionValues:
    """An option as a client wants it; ``id`` where it is one of the question's present options."""

    text: str
    is_correct: bool = False
    id: int | None = None


def may_edit_questions(*, user: User, organization_id: UUID) -> bool:
    """Whether ``user`` may edit questions of an organization, and so may see which options are correct."""
    return user.is_staff_member and user.holds("questions.update") and may_write_in(organization_id)


def check_options(*, question_type: str, correct: Sequence[bool], attr: str = "options") -> None:
    """Refuse options that do not make a question of this type.

    Args:
        correct: for each option whether it is right.
        attr: what the refusal names.

    Raises:
        InvalidError: ``options_count`` or ``options_correct``.
    """
    if not MIN_OPTIONS <= len(correct) <= MAX_OPTIONS:
        raise InvalidError(
            _("A question has %(least)d to %(most)d options.") % {"least": MIN_OPTIONS, "most": MAX_OPTIONS},
            code="options_count",
            attr=attr,
        )
    if question_type == QuestionType.TRUE_FALSE and len(correct) != 2:
        raise InvalidError(_("A true-or-false question has two options."), code="options_count", attr=attr)
    if question_type == QuestionType.MULTIPLE_CHOICE:
        if not any(correct):
            raise InvalidError(_("At least one option must be correct."), code="options_correct", attr=attr)
    elif sum(correct) != 1:
        raise InvalidError(_("Exactly one option must be correct."), code="options_correct", attr=attr)


@transaction.atomic
def add_question(*, question: Question, options: Sequence[OptionValues]) -> Question:
    """Save a new question with its options, at the end of its set unless it has a position.

    Raises:
        InvalidError: see ``check_options``; ``does_not_exist``, the set was deleted meanwhile or an
            option has an id.
    """
    check_options(question_type=question.question_type, correct=[option.is_correct for option in options])
    added = structure.add(item=question, kind=QUESTIONS)
    _write_options(added, options)
    return noted(added)


@transaction.atomic
def change_question(
    *,
    question: Question,
    values: dict[str, Any],
    options: Sequence[OptionValues] | None = None,
    seen: Seen = None,
) -> Question:
    """Save new values; ``options``, where given, replace the old ones.

    An option sent with its id keeps it; one that is not sent is removed. Locks the question first, so
    that two editors do not mix their options.

    Raises:
        RefusedError: ``shared_content``.
        NotFoundError: the question was deleted meanwhile.
        StaleError: the question, its options included, is none that was ``seen``.
        InvalidError: see ``check_options``; ``does_not_exist`` or ``duplicate_id``, naming the option.
    """
    changed = structure.change(item=question, kind=QUESTIONS, values=values, seen=seen)
    if options is not None:
        correct = [option.is_correct for option in options]
        check_options(question_type=changed.question_type, correct=correct)
        _write_options(changed, options)
        noted(changed)
    elif "question_type" in values:
        correct = list(changed.options.values_list("is_correct", flat=True))
        check_options(question_type=changed.question_type, correct=correct, attr="question_type")
    return changed


def _write_options(question: Question, options: Sequence[OptionValues]) -> None:
    """Make the question's options exactly these: three statements and a read, whatever their number."""
    present = {option.pk: option for option in question.options.all()}
    _check_ids(options, present)
    kept: list[Option] = []
    new: list[Option] = []
    for position, values in enumerate(options):
        option = present.pop(values.id) if values.id is not None else Option(question=question)
        option.organization_id = question.organization_id
        option.text, option.is_correct = values.text, values.is_correct
        option.display_order = position
        (new if values.id is None else kept).append(option)
    if present:
        question.options.filter(pk__in=present).delete()
    if kept:
        Option.objects.bulk_update(kept, ["text", "is_correct", "display_order"])
    Option.objects.bulk_create(new)


def _check_ids(options: Sequence[OptionValues], present: dict[int, Option]) -> None:
    seen: set[int] = set()
    for index, option in enumerate(options):
        if option.id is None:
            continue
        if option.id not in present:
            raise InvalidError(
                _("This question has no such option."), code="does_not_exist", attr=f"options.{index}.id"
            )
        if option.id in seen:
            raise InvalidError(
                _("An option appears more than once."), code="duplicate_id", attr=f"options.{index}.id"
            )
        seen.add(option.id)
