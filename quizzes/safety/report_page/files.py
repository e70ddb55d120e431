"""What the list of the page shows, as a file."""

from typing import Any, Final

from django.http import FileResponse
from django.utils.translation import gettext as _

from quizzes.safety.domain.people import RosterPerson, iterate_people
from quizzes.safety.report_page.asked import AskedCompletion
from tenancy.admin.formats import CSV, XLSX
from tenancy.errors import ConflictError, InvalidError

_WRITERS: Final[dict[str, Any]] = {"csv": CSV, "xlsx": XLSX}
FORMATS: Final = {name: writer.label for name, writer in _WRITERS.items()}
COLUMNS: Final = [
    "week_of",
    "name",
    "school",
    "campus",
    "class",
    "role",
    "status",
    "late",
    "failed",
    "retaken",
    "self_reported",
    "last_done",
    "last_reminded",
]


def file_of(asked: AskedCompletion, format_name: str) -> FileResponse:
    """Return the people that are asked for, of all pages, as a file.

    Raises:
        InvalidError: there is no such format.
        ConflictError: ``too_many_rows``.
    """
    if format_name not in _WRITERS:
        raise InvalidError(_("There is no such format."), attr="format")
    writer = _WRITERS[format_name]()
    number, people = iterate_people(asked.wanted, most=writer.max_rows)
    if number > writer.max_rows:
        raise ConflictError(
            _("%(format)s: at most %(number)s people. Choose a smaller place, or filter the list.")
            % {"format": writer.label, "number": f"{writer.max_rows:,}"},
            code="too_many_rows",
        )
    rows = (_row(asked, person) for person in people)
    answer: FileResponse = writer.answer(COLUMNS, rows, name=f"safety-completion-{asked.week}")
    return answer


def _row(asked: AskedCompletion, person: RosterPerson) -> list[Any]:
    return [
        str(asked.week),
        person.name,
        person.school,
        person.campus,
        person.classroom,
        person.role,
        str(person.status),
        person.is_late,
        person.has_failed,
        person.is_retaken,
        person.is_self_reported,
        person.last_done_at,
        person.last_reminded_at,
    ]
