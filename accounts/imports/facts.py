"""Importing facts about people.

A row names a person by e-mail, who must belong to the organization and be in the active scope, and differs
from all other rows of that person in its ``import_hash``. Where the file gives none, it is derived from the
person and from what the row is about: ``FactResource.identity``.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.imports import resource
from accounts.imports.cells import column, if_any, read_email, read_hash
from accounts.imports.resource import FileResource
from accounts.models import User
from tenancy.scope import PLATFORM_ID


@dataclass(slots=True)
class FactCandidate(resource.Candidate):
    """A row about a person.

    Attributes:
        person: whom it is about.
        identity: what it is about, among the rows of that person.
        other_hashes: what its ``import_hash`` would be if the file said the same in other words.
        place: where the person belonged when it happened, if a subclass looks that up.
    """

    person: User | None = None
    identity: tuple[str, ...] = ()
    import_hash: str = ""
    other_hashes: list[str] = field(default_factory=list)
    place: Any = None


class FactResource(FileResource):
    """Base of the imports of facts. A subclass adds its columns and the hooks below.

    Attributes:
        subject: the column that is blamed when two rows of a file are about the same thing.
    """

    optional: ClassVar[frozenset[str]] = frozenset({"import_hash"})
    subject: ClassVar[str]
    made_from: ClassVar[type[resource.Candidate]] = FactCandidate

    email = column("email", read_email)
    import_hash = column("import_hash", if_any(read_hash))

    class Meta(FileResource.Meta):
        pass

    # --- What a subclass says -----------------------------------------------------------------------

    def identity(self, values: dict[str, Any]) -> tuple[str, ...]:
        """Return what a row without errors is about, among the rows of one person."""
        raise NotImplementedError

    def other_identities(self, values: dict[str, Any]) -> list[tuple[str, ...]]:
        """Return what ``identity`` would be if the row said the same in other words."""
        return []

    def look_up(self, candidates: list[FactCandidate]) -> None:
        """Find what the other hooks need to know of rows whose ``import_hash`` is new, for all at once.

        This may set ``known``: a row can be in the database without its ``import_hash``.
        """

    def compare(self, candidate: FactCandidate) -> None:
        """Set ``changes`` of a candidate that is known, or refuse what it would change."""
        raise NotImplementedError

    def write(self, instances: list[Any]) -> None:
        """Write new and changed rows, in one statement."""
        raise NotImplementedError

    # --- The import ---------------------------------------------------------------------------------

    def add(self, instances: list[Any]) -> None:
        self.write(instances)

    def change(self, instances: list[Any]) -> None:
        self.write(instances)

    def import_data(self, dataset: Any, *args: Any, **kwargs: Any) -> Any:
        self._people: dict[str, User] = {}
        self._left_deleted = 0
        return super().import_data(dataset, *args, **kwargs)

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        skipped = super().skip_row(instance, original, row, import_validation_errors)
        known = self._candidate.known
        self._left_deleted += not self._candidate.errors and known is not None and known.deleted is not None
        return skipped

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        super().after_import(dataset, result, **kwargs)
        result.left_deleted, result.knows_deleted = self._left_deleted, True

    # --- Understanding rows -------------------------------------------------------------------------

    def understand(self, candidates: list[FactCandidate]) -> None:
        self._find_people(candidates)
        good = [candidate for candidate in candidates if not candidate.errors]
        for candidate in good:
            self._identify(candidate)
        good = [candidate for candidate in good if not candidate.errors]
        self._find_by_hash(good)
        self.look_up([candidate for candidate in good if candidate.known is None])
        for candidate in good:
            if candidate.known is not None and candidate.known.deleted is None:
                self.compare(candidate)

    def _find_people(self, candidates: list[FactCandidate]) -> None:
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

    def _identify(self, candidate: FactCandidate) -> None:
        person, given = candidate.person, candidate.values.pop("import_hash", None)
        assert person is not None
        candidate.identity = self.identity(candidate.values)
        others = self.other_identities(candidate.values)
        candidate.import_hash = given or _hash_of(person, candidate.identity)
        candidate.other_hashes = [] if given else [_hash_of(person, other) for other in others]
        about = (person.pk, *min([candidate.identity, *others]))
        for name, key in ((self.subject, about), ("import_hash", (person.pk, candidate.import_hash))):
            if not self.is_first(candidate, name, key):
                return

    def _find_by_hash(self, candidates: list[FactCandidate]) -> None:
        model = self._meta.model
        wanted = [
            (candidate.person, import_hash)
            for candidate in candidates
            if candidate.person
            for import_hash in (candidate.import_hash, *candidate.other_hashes)
        ]
        # Unscoped: the rows of people who were found in the scope, each in their organization.
        rows = model.unscoped.raw(
            f"""
            SELECT r.* FROM {model._meta.db_table} r
            JOIN unnest(%s::uuid[], %s::uuid[], %s::text[]) AS wanted (user_id, organization_id, import_hash)
            USING (user_id, organization_id, import_hash)
            """,
            [
                [person.pk for person, _hash in wanted],
                [person.organization_id for person, _hash in wanted],
                [import_hash for _person, import_hash in wanted],
            ],
        )
        known = {(row.user_id, row.import_hash): row for row in rows}
        for candidate in candidates:
            assert candidate.person is not None
            hashes = [candidate.import_hash, *candidate.other_hashes]
            found = (known.get((candidate.person.pk, import_hash)) for import_hash in hashes)
            candidate.known = next((row for row in found if row is not None), None)


def _hash_of(person: User, identity: tuple[str, ...]) -> str:
    about = (str(person.organization_id), str(person.pk), *identity)
    return hashlib.sha256("\n".join(about).encode()).hexdigest()
