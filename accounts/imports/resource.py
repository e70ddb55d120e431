"""Importing a file: all of its rows or none, and the same file a second time changes nothing.

Whoever imports, by command or in the admin, passes here: transactions, refusals and counts are the same.
Rows are read, compared and written in chunks, each with a number of statements that does not grow.
"""

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import Error, Result, RowResult

from accounts.imports.tables import MAX_TOLD
from accounts.models import User
from tenancy.scope import Scope, current_scope

logger = logging.getLogger(__name__)

CHUNK: Final = 2_000
"""Rows that are read, compared and written together."""

MOST_NAMED: Final = 10
LONGEST_NAME: Final = 100
"""Of the columns that a header should not have, and of each of their names, so much is told."""

# Imports of one kind into one organization follow one another: two of the same file must not both add its
# rows. One into every organization waits for all of them, and they for it.
_LOCK_ONE: Final = """
    SELECT pg_advisory_xact_lock_shared(hashtextextended(%(kind)s, 0)),
        pg_advisory_xact_lock(hashtextextended(%(kind)s || ' ' || %(organization)s, 0))
"""
_LOCK_ALL: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(kind)s, 0))"


class NotImportedError(Exception):
    """Why a file was refused as a whole."""


@dataclass(slots=True)
class Candidate:
    """A row of the file, as far as it has been understood.

    Attributes:
        values: what it says, by column; what is written, once it is understood.
        known: the row in the database that it is the same as.
        changes: names of what it changes in ``known``.
    """

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, ValidationError] = field(default_factory=dict)
    known: Any = None
    changes: list[str] = field(default_factory=list)

    def refuse(self, name: str, reason: str | Promise) -> None:
        """Note that something is wrong with a column."""
        self.errors.setdefault(name, ValidationError(str(reason), code="invalid"))


class ImportedRow(RowResult):
    """What becomes of one row.

    Attributes:
        line: where it begins in the file.
        about: whom or what it names.
        what: what becomes of that, in words.
        changes: names of what changes.
    """

    line: int
    about: str
    what: str
    changes: list[str]


class Outcome(Result):
    """What an import did, or would do.

    Attributes:
        left_deleted: rows that were imported once and have been deleted since; they stay deleted.
        knows_deleted: whether there can be such rows.
        repeated: the lines of rows that say once more what an earlier line says, each with that.
    """

    left_deleted = 0
    knows_deleted = False

    def __init__(self) -> None:
        super().__init__()
        self.repeated: list[tuple[int, int]] = []

    def append_row_result(self, row_result: Any) -> None:
        """Keep a row to show it; totals count all of them."""
        if len(self.rows) < MAX_TOLD:
            super().append_row_result(row_result)

    def append_invalid_row(self, number: int, row: Any, validation_error: Any) -> None:
        """Keep a wrong row to name it; totals count all of them."""
        if len(self.invalid_rows) < MAX_TOLD:
            super().append_invalid_row(number, row, validation_error)

    @property
    def is_good(self) -> bool:
        """Whether everything in the file can be, or was, imported."""
        return not (self.base_errors or self.has_validation_errors())


class FileResource(resources.Resource):
    """Base of the imports. A subclass adds its columns and the hooks below.

    Attributes:
        optional: columns that a file may lack.
        unread: columns that exports have beside those, and that say nothing here.
        aliases: other names of columns.
        made_from: makes what a row is read into.
    """

    optional: ClassVar[frozenset[str]] = frozenset()
    unread: ClassVar[frozenset[str]] = frozenset()
    aliases: ClassVar[dict[str, str]] = {}
    made_from: ClassVar[type[Candidate]] = Candidate

    class Meta:
        instance_loader_class = BaseInstanceLoader
        # Rows are told apart here, with statements for many of them at once.
        import_id_fields: tuple[str, ...] = ()
        use_bulk = True
        batch_size = CHUNK
        skip_diff = True
        report_skipped = False

    # --- What a subclass says -----------------------------------------------------------------------

    def problem_of_place(self) -> str | Promise | None:
        """Return why nothing can be imported where the caller acts, if so."""
        return None

    def understand(self, candidates: list[Any]) -> None:
        """Find what a chunk of rows is about: set ``known`` and ``changes``, or refuse; for all at once."""
        raise NotImplementedError

    def own(self, instance: Any, candidate: Any, by: User | None) -> None:
        """Set what the server says of a row that is about to be written."""

    def add(self, instances: list[Any]) -> None:
        """Write new rows, in a few statements."""
        raise NotImplementedError

    def change(self, instances: list[Any]) -> None:
        """Write changed rows, in a few statements."""
        raise NotImplementedError

    def about(self, row: Any) -> str:
        """Return whom or what a row names."""
        return str(row["email"])

    def told(self, candidate: Any) -> str:
        """Return what becomes of a row, in words; nothing, where the row itself says it best."""
        return ""

    # --- The import ---------------------------------------------------------------------------------

    def import_data(self, dataset: Any, *args: Any, **kwargs: Any) -> Any:
        """Import all rows or none, whatever the caller asks for.

        Args:
            user: who imports; nobody, where an operator does.
            progress: is told, before each chunk, how many rows are done, of how many.
        """
        self._progress: Callable[[int, int], None] | None = kwargs.pop("progress", None)
        self.by: User | None = kwargs.get("user")
        self._chunk: dict[int, Any] = {}
        self._seen: dict[tuple[Any, ...], int] = {}
        self._repeated: list[tuple[int, int]] = []
        headers = [self.aliases.get(name, name) for name in dataset.headers or []]
        problems = [*self._problems_of_header(dataset, headers), self.problem_of_place()]
        if any(problems):
            refused = Outcome()
            for problem in filter(None, problems):
                refused.append_base_error(Error(NotImportedError(str(problem))))
            return refused
        dataset.headers = headers
        kwargs |= {"use_transactions": True, "rollback_on_validation_errors": True}
        return super().import_data(dataset, *args, **kwargs)

    def _problems_of_header(self, dataset: Any, headers: list[str]) -> Iterator[str]:
        written = getattr(dataset, "written", {})
        known = {item.column_name for item in self.fields.values()}
        unknown = {written.get(name, name) for name in set(headers) - known - self.unread}
        for names, problem in (
            (known - set(headers) - self.optional, _("The header is missing: %s.")),
            (unknown, _("The header has unknown columns: %s.")),
            ({name for name, times in Counter(headers).items() if times > 1}, _("The header repeats: %s.")),
        ):
            if names:
                yield str(problem) % _named(names)

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        self._dataset = dataset
        _wait_for_others(f"import {self._meta.model._meta.db_table}")

    def handle_import_error(self, result: Any, error: Exception, raise_errors: bool = False) -> None:
        """End the import: rows may refuse what a file says, and everything else is a fault."""
        raise error

    def import_row(self, row: Any, instance_loader: Any, **kwargs: Any) -> Any:
        """Import a row; a fault ends the import, where the library would meet it again in every row to come.

        Raises:
            DatabaseError: the connection is lost, or the database refuses in a way no rule foresaw.
        """
        row_result = super().import_row(row, instance_loader, **kwargs)
        if row_result.errors:
            raise row_result.errors[0].error
        return row_result

    def before_import_row(self, row: Any, row_number: int = 0, **kwargs: Any) -> None:
        if row_number not in self._chunk:
            self._chunk = self._understood(row_number)
        self._candidate = self._chunk.pop(row_number)

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        return self._candidate.known

    def init_instance(self, row: Any = None) -> Any:
        return self._meta.model()

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        candidate = self._candidate
        if candidate.errors:
            raise ValidationError(candidate.errors)
        if candidate.known is None or candidate.changes:
            for name, value in candidate.values.items():
                setattr(instance, name, value)

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        candidate = self._candidate
        return not candidate.errors and candidate.known is not None and not candidate.changes

    def before_save_instance(self, instance: Any, row: Any, user: User | None = None, **kwargs: Any) -> None:
        self.own(instance, self._candidate, user)

    def after_import_row(self, row: Any, row_result: Any, **kwargs: Any) -> None:
        row_result.line = self._candidate.line
        row_result.about = self.about(row)
        row_result.what = self.told(self._candidate) or row_result.object_repr
        row_result.changes = self._candidate.changes

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        result.repeated = self._repeated
        for wrong in result.invalid_rows:
            wrong.number = self._line(wrong.number)

    def bulk_create(self, *args: Any, result: Any = None, **kwargs: Any) -> None:
        self._write(self.create_instances, self.add, result)

    def bulk_update(self, *args: Any, result: Any = None, **kwargs: Any) -> None:
        self._write(self.update_instances, self.change, result)

    @classmethod
    def get_result_class(cls) -> type[Outcome]:
        return Outcome

    @classmethod
    def get_row_result_class(cls) -> type[ImportedRow]:
        return ImportedRow

    def _write(self, instances: list[Any], write: Callable[[list[Any]], None], result: Outcome) -> None:
        if instances and result.is_good:
            try:
                with transaction.atomic():
                    write(instances)
            except IntegrityError as error:
                logger.info("An import met a row that was written meanwhile.", exc_info=error)
                problem = _("Someone else recorded one of these rows at the same time. Try again.")
                result.append_base_error(Error(NotImportedError(problem)))
        instances.clear()

    def _line(self, number: int) -> int:
        lines: list[int] | None = getattr(self._dataset, "lines", None)
        return lines[number - 1] if lines else number + 1

    # --- Understanding rows -------------------------------------------------------------------------

    def is_first(self, candidate: Any, name: str, key: tuple[Any, ...]) -> bool:
        """Whether no earlier row of the file has the same key; refuses the column where one has."""
        earlier = self._seen.setdefault(key, candidate.line)
        if earlier != candidate.line:
            candidate.refuse(name, _("Repeats line %(line)d.") % {"line": earlier})
        return earlier == candidate.line

    def note_repeated(self, candidate: Any, key: tuple[Any, ...]) -> None:
        """Note that an earlier row of the file has the same key, where that is to be told and not refused."""
        earlier = self._seen.setdefault(key, candidate.line)
        if earlier != candidate.line and len(self._repeated) < MAX_TOLD:
            self._repeated.append((candidate.line, earlier))

    def _understood(self, first: int) -> dict[int, Any]:
        """Return the candidates of a chunk of rows by their number, compared with what there is."""
        if self._progress is not None:
            self._progress(first - 1, len(self._dataset))
        numbers = range(first, min(first + CHUNK, len(self._dataset) + 1))
        chunk = {number: self._read(number) for number in numbers}
        self.understand(list(chunk.values()))
        return chunk

    def _read(self, number: int) -> Any:
        row = OrderedDict(zip(self._dataset.headers, self._dataset[number - 1], strict=True))
        candidate = self.made_from(self._line(number))
        for name, item in self.fields.items():
            if item.column_name not in row:
                continue
            try:
                candidate.values[name] = item.clean(row)
            except ValueError as error:
                candidate.refuse(name, str(error))
        return candidate


def _named(columns: set[str]) -> str:
    first = [repr(Truncator(name).chars(LONGEST_NAME)) for name in sorted(columns)[:MOST_NAMED]]
    more = len(columns) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def _wait_for_others(kind: str) -> None:
    scope = current_scope()
    organization = scope.organization_id if isinstance(scope, Scope) else None
    with connection.cursor() as cursor:
        keys = {"kind": kind, "organization": str(organization)}
        cursor.execute(_LOCK_ALL if organization is None else _LOCK_ONE, keys)
