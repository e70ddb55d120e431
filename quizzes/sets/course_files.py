"""What a file of a course holds of questions: entry assessments, and the questions of every set."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from learning.tree.course_files.kinds import FileKind
from learning.tree.levels import SiblingKind
from quizzes.models import Option, OwnerType, Question, QuestionSet, SetType
from quizzes.sets.domain.question_sets import change_question_set
from quizzes.sets.domain.questions import (
    MAX_OPTIONS,
    MIN_OPTIONS,
    OptionValues,
    add_question,
    change_question,
    check_options,
)
from quizzes.sets.domain.siblings import QUESTIONS
from tenancy.errors import InvalidError

_LONGEST = 1000


def _options_of(questions: Collection[Question]) -> dict[int, list[dict[str, Any]]]:
    told: dict[int, list[dict[str, Any]]] = {question.pk: [] for question in questions}
    rows = Option.objects.filter(question__in=list(told)).order_by("question_id", "display_order", "pk")
    for option in rows:
        told[option.question_id].append({"text": option.text, "is_correct": option.is_correct})
    return told


def _read_options(values: dict[str, Any], said: Any) -> list[dict[str, Any]]:
    """Return options as they are written.

    Raises:
        InvalidError: they are no list of texts, or do not make a question of this type.
    """
    if not isinstance(said, list):
        raise InvalidError(_("Must be a list."))
    found: list[dict[str, Any]] = []
    for one in said:
        known = isinstance(one, dict) and one.keys() <= {"text", "is_correct"}
        text, is_correct = (one.get("text"), one.get("is_correct", False)) if known else (None, None)
        if not isinstance(text, str) or not isinstance(is_correct, bool):
            raise InvalidError(_("An option has a “text” and, where it is right, “is_correct”: true."))
        if not text.strip() or len(text) > _LONGEST or "\0" in text:
            raise InvalidError(_("An option has 1 to %(number)d characters.") % {"number": _LONGEST})
        found.append({"text": text, "is_correct": is_correct})
    check_options(question_type=values["question_type"], correct=[one["is_correct"] for one in found])
    return found


def _options(said: list[dict[str, Any]]) -> list[OptionValues]:
    return [OptionValues(**one) for one in said]


def _add(question: Question, said: list[dict[str, Any]]) -> Question:
    return add_question(question=question, options=_options(said))


def _change(question: Question, values: dict[str, Any], said: list[dict[str, Any]] | None, seen: Any) -> Any:
    options = None if said is None else _options(said)
    return change_question(question=question, values=values, options=options, seen=seen)


def _change_set(question_set: QuestionSet, values: dict[str, Any], _extra: Any, seen: Any) -> QuestionSet:
    return change_question_set(item=question_set, values=values, seen=seen)


ENTRY_ASSESSMENT = FileKind(
    "entry_assessment",
    SiblingKind(
        "entry assessments",
        QuestionSet,
        "sub_course",
        {"set_type": SetType.INITIAL_ASSESSMENT.value, "owner_type": OwnerType.SUB_COURSE.value},
    ),
    ("sub_courses",),
    "question_sets",
    single=True,
    moves=False,
    change=_change_set,
)
QUESTIONS_OF_SETS = FileKind(
    "questions",
    QUESTIONS,
    ("practices", "entry_assessment"),
    "questions",
    key="text",
    moves=False,
    add=_add,
    change=_change,
    extra="options",
    extra_of=_options_of,
    read_extra=_read_options,
    extra_schema={
        "type": "array",
        "minItems": MIN_OPTIONS,
        "maxItems": MAX_OPTIONS,
        "items": {
            "type": "object",
            "properties": {
                "text": {"type": "string", "minLength": 1, "maxLength": _LONGEST},
                "is_correct": {"type": "boolean"},
            },
            "required": ["text"],
            "additionalProperties": False,
        },
    },
)
