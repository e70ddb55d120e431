"""Importing results of safety quizzes from CSV.

Columns: ``email``, ``quiz_id``, ``quiz_title``, ``week_of``, ``score``, ``total_questions``, ``answers`` (a
JSON list of integers), ``completed_at`` and, if the file has it, ``import_hash``.

A row is that of a person, a quiz, a week and a moment; so is the ``import_hash`` that is derived. It is the
same row whichever way its week is named. Results are appended only: a file that says something else of a
result that is recorded is refused. Role and place are those of that moment, as far as memberships tell, and
otherwise those of now.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.imports.cells import column, read_json, read_moment
from accounts.imports.facts import FactCandidate, FactResource
from accounts.models import Membership, User
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.results import MAX_RESULT_ANSWERS, ROLE_NAME_WITHOUT_A_ROLE, SCORE_MESSAGE
from quizzes.safety.domain.weeks import SLIP_MESSAGE, is_slip, names_of
from tenancy.scope import Level

_INT32: Final = 2**31
_NUMBER: Final = re.compile(r"[0-9]{1,10}")
_CONTENT: Final = (
    "quiz_id",
    "quiz_title",
    "week_of",
    "score",
    "total_questions",
    "answers",
    "completed_at",
)


def _text(name: str) -> Callable[[str], str]:
    """Return the reader of a text that must be there, as long as the model's field takes it."""
    at_most: int | None = SafetyQuizResult._meta.get_field(name).max_length  # type: ignore[union-attr]

    def read(cell: str) -> str:
        text = cell.strip()
        if not text:
            raise ValueError(_("May not be blank."))
        if at_most is not None and len(text) > at_most:
            raise ValueError(_("Must be at most %(length)d characters.") % {"length": at_most})
        if "\0" in text:
            raise ValueError(_("Null characters are not allowed."))
        return text

    return read


def _read_count(cell: str) -> int:
    text = cell.strip()
    if not _NUMBER.fullmatch(text) or int(text) >= _INT32:
        raise ValueError(_("Must be a whole number from 0."))
    return int(text)


def _read_answers(cell: str) -> list[int]:
    answers = read_json(cell)
    if not isinstance(answers, list) or not all(type(answer) is int for answer in answers):
        raise ValueError(_("Must be a JSON list of integers."))
    if len(answers) > MAX_RESULT_ANSWERS or not all(-_INT32 <= answer < _INT32 for answer in answers):
        raise ValueError(_("Must be at most 1000 integers of 32 bits."))
    return answers


class SafetyQuizResource(FactResource):
    """Results of the people in the active scope."""

    subject = "completed_at"

    quiz_id = column("quiz_id", _text("quiz_id"))
    quiz_title = column("quiz_title", _text("quiz_title"))
    week_of = column("week_of", _text("week_of"))
    score = column("score", _read_count)
    total_questions = column("total_questions", _read_count)
    answers = column("answers", _read_answers)
    completed_at = column("completed_at", read_moment)

    class Meta(FactResource.Meta):
        model = SafetyQuizResult

    def identity(self, values: dict[str, Any]) -> tuple[str, ...]:
        return self._identity(values, values["week_of"])

    def other_identities(self, values: dict[str, Any]) -> list[tuple[str, ...]]:
        texts = names_of(values["week_of"])
        return [self._identity(values, text) for text in texts if text != values["week_of"]]

    def _identity(self, values: dict[str, Any], week_of: str) -> tuple[str, ...]:
        moment: datetime = values["completed_at"]
        return "safety quiz result", values["quiz_id"], week_of, moment.isoformat()

    def import_data(self, *args: Any, **kwargs: Any) -> Any:
        self._memberships: dict[Any, list[Membership]] = {}
        return super().import_data(*args, **kwargs)

    def look_up(self, candidates: list[FactCandidate]) -> None:
        """Find where people belonged at the time, and refuse what is not recorded any more."""
        for candidate in candidates:
            values = candidate.values
            if is_slip(values["week_of"]):
                candidate.refuse("week_of", SLIP_MESSAGE)
            if values["score"] > values["total_questions"]:
                candidate.refuse("score", SCORE_MESSAGE)
        people = {candidate.person.pk for candidate in candidates if candidate.person}
        new = people - self._memberships.keys()
        self._memberships |= {pk: [] for pk in new}
        # Unscoped: the past of people who were found in the scope, in the organization they are in.
        for membership in Membership.unscoped.filter(user__in=new).select_related("role"):
            self._memberships[membership.user_id].append(membership)
        for candidate in candidates:
            person, moment = candidate.person, candidate.values["completed_at"]
            assert person is not None
            past = self._memberships[person.pk]
            here = (m for m in past if m.organization_id == person.organization_id)
            candidate.place = next((m for m in here if m.is_current(moment)), None)

    def compare(self, candidate: FactCandidate) -> None:
        said = dict(candidate.values)
        if said["week_of"] in names_of(candidate.known.week_of):
            said["week_of"] = candidate.known.week_of
        different = [name for name in _CONTENT if getattr(candidate.known, name) != said[name]]
        if different:
            told = {"names": ", ".join(different)}
            problem = _(
                "This result is already recorded with a different %(names)s, and results never change."
            )
            candidate.refuse("import_hash", problem % told)

    def own(self, instance: SafetyQuizResult, candidate: FactCandidate, by: User | None) -> None:
        person = candidate.person
        assert person is not None
        then: Any = candidate.place or person
        instance.user = person
        instance.user_name = person.display_name
        instance.user_role = then.role.name if then.role else ROLE_NAME_WITHOUT_A_ROLE
        instance.organization_id = person.organization_id  # type: ignore[assignment]
        for level in (Level.SCHOOL, Level.CAMPUS, Level.CLASSROOM):
            setattr(instance, f"{level}_id", getattr(then, f"{level}_id"))
        instance.import_hash = candidate.import_hash
        instance.created_by = instance.updated_by = by or person
        # Said here: values that the database fills in make a large insert several times as slow.
        instance.created_at = instance.updated_at = timezone.now()

    def write(self, instances: list[SafetyQuizResult]) -> None:
        SafetyQuizResult.objects.bulk_create(instances)
