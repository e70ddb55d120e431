"""Importing facts about people: all rows of a file or none, and the same file a second time changes nothing.

A row names a person by e-mail, who must belong to the organization and lie in the active scope, and is told
from all other rows of that person by its ``import_hash``. Where the file gives none, it is derived from the
person and from what the row is about: ``FactResource.identity``.

Whoever imports, by command or in the admin, passes here: transactions, refusals and counts are the same.
"""

import hashlib
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import Error, Result, RowResult

from accounts.importing.cells import column, if_any, read_email, read_hash
from accounts.importing.files import MAX_TOLD
from accounts.models import User
from tenancy.scope import PLATFORM_ID

logger = logging.getLogger(__name__)

CHUNK: Final = 2_000
"""Rows that are read, compared and written together."""


class NotImportedError(Exception):
    """Why a file was refused as a whole."""


@dataclass(slots=True)
class Candidate:
    """A row of the file, as far as it has been understood.

    Attributes:
        person: whom it is about.
        identity: what it is about, among the rows of that person.
        known: the row in the database that it is the same as.
        changes: names of what it changes in ``known``.
        place: where the person belonged when it happened, if a subclass looks that up.
    """

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, ValidationError] = field(default_factory=dict)
    person: User | None = None
    identity: tuple[str, ...] = ()
    import_hash: str = ""
    known: Any = None
    changes: list[str] = field(default_factory=list)
    place: Any = None

    def refuse(self, name: str, reason: str | Promise) -> None:
        """Note that something is wrong with a column."""
        self.errors.setdefault(name, ValidationError(str(reason), code="invalid"))


class FactRow(RowResult):
    """What becomes of one row.

    Attributes:
        line: where it begins in the file.
        person: the e-mail address in it.
        changes: names of what changes.
    """

    line: int
    person: str
    changes: list[str]


class Outcome(Result):
    """What an import did, or would do.

    Attributes:
        left_deleted: rows that were imported once and have been deleted since; they stay deleted.
    """

    left_deleted = 0

    def append_row_result(self, row_result: Any) -> None:
        """Keep a row to show it; totals count all of them."""
        if row_result.errors or len(self.rows) < MAX_TOLD:
            super().append_row_result(row_result)

    def append_invalid_row(self, number: int, row: Any, validation_error: Any) -> None:
        """Keep a wrong row to name it; totals count all of them."""
        if len(self.invalid_rows) < MAX_TOLD:
            super().append_invalid_row(number, row, validation_error)

    @property
    def is_good(self) -> bool:
        """Whether everything in the file can be, or was, imported."""
        return not (self.has_errors() or self.has_validation_errors())


class FactResource(resources.Resource):
    """Base of the imports. A subclass adds its columns and the hooks below.

    Attributes:
        optional: columns that a file may lack.
        subject: the column that is blamed when two rows of a file are about the same thing.
    """

    optional: ClassVar[frozenset[str]] = frozenset({"import_hash"})
    subject: ClassVar[str]

    email = column("email", read_email)
    import_hash = column("import_hash", if_any(read_hash))

    class Meta:
        instance_loader_class = BaseInstanceLoader
        # Rows are told apart here, with statements for many of them at once.
        import_id_fields: tuple[str, ...] = ()
        use_bulk = True
        batch_size = CHUNK
        skip_diff = True
        report_skipped = False

    # --- What a subclass says -----------------------------------------------------------------------

    def identity(self, values: dict[str, Any]) -> tuple[str, ...]:
        """Return what a row without errors is about, among the rows of one person."""
        raise NotImplementedError

    def look_up(self, candidates: list[Candidate]) -> None:
        """Find what the other hooks need to know of rows whose ``import_hash`` is new, for all at once.

        This may set ``known``: a row can be in the database without its ``import_hash``.
        """

    def compare(self, candidate: Candidate) -> None:
        """Set ``changes`` of a candidate that is known, or refuse what it would change."""
        raise NotImplementedError

    def own(self, instance: Any, candidate: Candidate, by: User | None) -> None:
        """Set what the server says of a row that is about to be written."""
        raise NotImplementedError

    def write(self, instances: list[Any]) -> None:
        """Write new and changed rows, in one statement."""
        raise NotImplementedError

    # --- The import ---------------------------------------------------------------------------------

    def import_data(self, dataset: Any, *args: Any, **kwargs: Any) -> Any:
        """Import all rows or none, whatever the caller asks for."""
        self._chunk: dict[int, Candidate] = {}
        self._people: dict[str, User] = {}
        self._seen: dict[tuple[Any, ...], int] = {}
        self._left_deleted = 0
        if problem := self._problem_of_header(dataset.headers or []):
            refused = Outcome()
            refused.append_base_error(Error(NotImportedError(problem)))
            return refused
        kwargs |= {"use_transactions": True, "rollback_on_validation_errors": True}
        return super().import_data(dataset, *args, **kwargs)

    def _problem_of_header(self, headers: list[str]) -> str | None:
        known = {item.column_name for item in self.fields.values()}
        for names, problem in (
            (known - set(headers) - self.optional, _("The header lacks: %s.")),
            (set(headers) - known, _("The header has columns that are not known here: %s.")),
            ({name for name in headers if headers.count(name) > 1}, _("The header repeats: %s.")),
        ):
            if names:
                return str(problem) % ", ".join(repr(name) for name in sorted(names))
        return None

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Let imports of one kind follow one another: two of the same file must not both add its rows."""
        self._dataset = dataset
        with connection.cursor() as cursor:
            key = f"import {self._meta.model._meta.db_table}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])

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
        if candidate.errors or candidate.known is None:
            return False
        self._left_deleted += candidate.known.deleted is not None
        return not candidate.changes

    def before_save_instance(self, instance: Any, row: Any, user: User | None = None, **kwargs: Any) -> None:
        self.own(instance, self._candidate, user)

    def after_import_row(self, row: Any, row_result: Any, **kwargs: Any) -> None:
        row_result.line = self._candidate.line
        row_result.person = row["email"]
        row_result.changes = self._candidate.changes

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        result.left_deleted = self._left_deleted
        for wrong in (*result.invalid_rows, *result.error_rows):
            wrong.number = self._line(wrong.number)

    def bulk_create(self, *args: Any, result: Any = None, **kwargs: Any) -> None:
        self._write(self.create_instances, result)

    def bulk_update(self, *args: Any, result: Any = None, **kwargs: Any) -> None:
        self._write(self.update_instances, result)

    @classmethod
    def get_result_class(cls) -> type[Outcome]:
        return Outcome

    @classmethod
    def get_row_result_class(cls) -> type[FactRow]:
        return FactRow

    def _write(self, instances: list[Any], result: Outcome) -> None:
        if instances and result.is_good:
            try:
                with transaction.atomic():
                    self.write(instances)
            except IntegrityError as error:
                logger.info("An import met a row that was written meanwhile.", exc_info=error)
                problem = _("Somebody recorded one of these rows at this moment. Try again.")
                result.append_base_error(Error(NotImportedError(problem)))
        instances.clear()

    def _line(self, number: int) -> int:
        lines: list[int] | None = getattr(self._dataset, "lines", None)
        return lines[number - 1] if lines else number + 1

    # --- Understanding rows -------------------------------------------------------------------------

    def _understood(self, first: int) -> dict[int, Candidate]:
        """Return the candidates of a chunk of rows by their number, compared with what there is."""
        numbers = range(first, min(first + CHUNK, len(self._dataset) + 1))
        chunk = {number: self._read(number) for number in numbers}
        self._find_people(list(chunk.values()))
        good = [candidate for candidate in chunk.values() if not candidate.errors]
        for candidate in good:
            self._identify(candidate)
        good = [candidate for candidate in good if not candidate.errors]
        self._find_by_hash(good)
        self.look_up([candidate for candidate in good if candidate.known is None])
        for candidate in good:
            if candidate.known is not None and candidate.known.deleted is None:
                self.compare(candidate)
        return chunk

    def _read(self, number: int) -> Candidate:
        row = OrderedDict(zip(self._dataset.headers, self._dataset[number - 1], strict=True))
        candidate = Candidate(self._line(number))
        for name, item in self.fields.items():
            if item.column_name not in row:
                continue
            try:
                candidate.values[name] = item.clean(row)
            except ValueError as error:
                candidate.refuse(name, str(error))
        return candidate

    def _find_people(self, candidates: list[Candidate]) -> None:
        emails = {candidate.values.get("email") for candidate in candidates} - {None}
        # Those of the active scope.
        people = User.objects.exclude(organization=PLATFORM_ID).select_related("role")
        named = people.alias(address=Lower("email")).filter(address__in=emails - self._people.keys())
        self._people |= {User.normalize_email(person.email): person for person in named}
        for candidate in candidates:
            email = candidate.values.pop("email", None)
            candidate.person = self._people.get(email)
            if email is not None and candidate.person is None:
                candidate.refuse("email", _("There is no such person in this organization."))

    def _identify(self, candidate: Candidate) -> None:
        person, given = candidate.person, candidate.values.pop("import_hash", None)
        assert person is not None
        candidate.identity = self.identity(candidate.values)
        about = (str(person.organization_id), str(person.pk), *candidate.identity)
        candidate.import_hash = given or hashlib.sha256("\n".join(about).encode()).hexdigest()
        for name, key in ((self.subject, about), ("import_hash", (person.pk, candidate.import_hash))):
            earlier = self._seen.setdefault(key, candidate.line)
            if earlier != candidate.line:
                candidate.refuse(name, _("Repeats line %(line)d.") % {"line": earlier})
                return

    def _find_by_hash(self, candidates: list[Candidate]) -> None:
        model = self._meta.model
        # Unscoped: the rows of people who were found in the scope, each in their organization.
        rows = model.unscoped.raw(
            f"""
            SELECT r.* FROM {model._meta.db_table} r
            JOIN unnest(%s::uuid[], %s::uuid[], %s::text[]) AS wanted (user_id, organization_id, import_hash)
            USING (user_id, organization_id, import_hash)
            """,
            [
                [candidate.person.pk for candidate in candidates if candidate.person],
                [candidate.person.organization_id for candidate in candidates if candidate.person],
                [candidate.import_hash for candidate in candidates],
            ],
        )
        known = {(row.user_id, row.import_hash): row for row in rows}
        for candidate in candidates:
            assert candidate.person is not None
            candidate.known = known.get((candidate.person.pk, candidate.import_hash))
