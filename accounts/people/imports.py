"""Importing people from CSV.

Columns: ``email``, ``name``, ``role`` and, as far as the file has them, ``school``, ``campus`` and
``classroom`` (or ``class``), by name. A person is known by their address. An empty cell says nothing: someone
new gets no name or no role, someone who is there keeps theirs; where all three places are empty, someone new
belongs where the import acts, and everyone else stays where they are.

Whoever imports keeps to the rules of ``accounts.people.domain.staffing``. New people have no password, and
get no mail here.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.imports import resource
from accounts.imports.cells import column, if_any, read_email, read_name
from accounts.imports.places import LEVELS, PlacesByName, UnknownPlaceError, named_in
from accounts.imports.resource import FileResource
from accounts.models import Role, User
from accounts.people.addresses import check_no_look_alike
from accounts.people.domain.bulk import insert_people, update_people
from accounts.people.domain.places import home_of, place_columns
from accounts.people.domain.staffing import own_account
from accounts.rights.domain.extras import drop_extras
from accounts.rights.domain.granting import assignable_roles, may_assign, may_manage
from accounts.rights.principal import load_permission_keys_of
from tenancy.scope import Scope, current_scope, every_organization

_MAX_EMAIL: Final = 254


def _read_address(cell: str) -> str:
    address = read_email(cell)
    try:
        if len(address) > _MAX_EMAIL:
            raise ValidationError("")
        validate_email(address)
        check_no_look_alike(address)
    except ValidationError as error:
        raise ValueError(_("Must be an e-mail address.")) from error
    return address


@dataclass(slots=True)
class PersonCandidate(resource.Candidate):
    """A row about a person: who, in which role, where, as far as it says so.

    Attributes:
        told: what it changes, in words.
    """

    email: str = ""
    name: str = ""
    role: Role | None = None
    at: Scope | None = None
    told: str = ""


class PeopleResource(FileResource):
    """The people of an organization, as far as the active scope holds them.

    Attributes:
        added: those who are new.
    """

    optional: ClassVar[frozenset[str]] = frozenset({"school", "campus", "classroom"})
    # What the admin's export of people has as well: the file can be imported as it is.
    unread: ClassVar[frozenset[str]] = frozenset(
        {"id", "organization_name", "is_active", "is_staff", "last_login", "created_at"}
    )
    aliases: ClassVar[dict[str, str]] = {
        "e-mail": "email",
        "class": "classroom",
        "role_name": "role",
        "school_name": "school",
        "campus_name": "campus",
        "classroom_name": "classroom",
    }
    made_from: ClassVar[type[resource.Candidate]] = PersonCandidate
    added: list[User]
    _promoted: set[Any]

    email = column("email", _read_address)
    name = column("name", if_any(read_name))
    role = column("role", if_any(read_name))
    school = column("school", if_any(read_name))
    campus = column("campus", if_any(read_name))
    classroom = column("classroom", if_any(read_name))

    class Meta(FileResource.Meta):
        model = User

    def problem_of_place(self) -> str | Promise | None:
        scope = current_scope()
        if not isinstance(scope, Scope) or scope.is_platform:
            return _("People are imported into an organization: act in one first.")
        return None

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        scope = current_scope()
        assert isinstance(scope, Scope)
        self.added = []
        self._promoted = set()
        self._scope = scope
        self._places = PlacesByName(scope)
        self._spellings = self._places.spellings
        roles = {role.name: role for role in Role.objects.all()}
        self._spellings.learn(roles)
        self._roles = {self._spellings.identity(name): role for name, role in roles.items()}
        by = self.by
        # An operator makes nobody a global administrator by a file.
        given = assignable_roles(by=by) if by is not None else Role.objects.filter(is_global=False)
        self._assignable: set[Role | None] = {*given}
        if by is None or may_assign(by=by, role=None):
            self._assignable.add(None)

    def told(self, candidate: Any) -> str:
        return str(candidate.told)

    def add(self, instances: list[User]) -> None:
        insert_people(people=instances)
        self.added += instances

    def change(self, instances: list[User]) -> None:
        update_people(people=instances)
        if self.by is not None:
            drop_extras(people=[one for one in instances if one.pk in self._promoted], by=self.by)

    # --- Understanding rows -------------------------------------------------------------------------

    def understand(self, candidates: list[Any]) -> None:
        said = [candidate.values for candidate in candidates]
        self._spellings.learn(named_in(said) | {role for values in said if (role := values.get("role"))})
        for candidate in candidates:
            self._read_values(candidate)
        self._find_people(candidates)
        good: list[PersonCandidate] = [candidate for candidate in candidates if not candidate.errors]
        for candidate in good:
            if candidate.known is None:
                self._make(candidate)
            else:
                self._compare(candidate)
        self._check_changes([candidate for candidate in good if candidate.changes])

    def _read_values(self, candidate: PersonCandidate) -> None:
        values, candidate.values = candidate.values, {}
        candidate.email = values.get("email") or ""
        if candidate.email:
            self.is_first(candidate, "email", (candidate.email,))
        candidate.name = values.get("name") or ""
        if role := values.get("role"):
            candidate.role = self._roles.get(self._spellings.identity(role))
            if candidate.role is None:
                candidate.refuse("role", _("There is no role with this name that you may give."))
        names = {level: name for level in LEVELS if (name := values.get(str(level)))}
        if names:
            try:
                candidate.at = self._places.find(names)
            except UnknownPlaceError as error:
                candidate.refuse(str(error.level), str(error))

    def _find_people(self, candidates: list[Any]) -> None:
        emails = {candidate.email for candidate in candidates} - {""}
        # Roles afterwards: joined, they would be those from before whatever the lock waited for.
        rows = User.objects.select_for_update().prefetch_related("role").order_by("pk")
        found = rows.alias(address=Lower("email")).filter(address__in=emails)
        people = {User.normalize_email(row.email): row for row in found}
        # Unscoped: addresses are unique among all tenants; nobody learns whose it is.
        others = User.unscoped.filter(deleted=None).annotate(address=Lower("email"))
        with every_organization():
            taken = {*others.filter(address__in=emails - people.keys()).values_list("address", flat=True)}
        for candidate in candidates:
            candidate.known = people.get(candidate.email)
            if candidate.email in taken:
                candidate.refuse(
                    "email",
                    _(
                        "This e-mail address is already in use, by somebody who is not here. Leave the row "
                        "out to import the others, and ask for another address, or for them to be moved."
                    ),
                )

    def _make(self, candidate: PersonCandidate) -> None:
        if candidate.role not in self._assignable:
            candidate.refuse("role", _("There is no role with this name that you may give."))
        at = candidate.at or self._scope
        candidate.values = {"email": candidate.email, "name": candidate.name, "role": candidate.role}
        candidate.values |= place_columns(at)
        named = [candidate.name, candidate.role.name if candidate.role else "", self._places.told(at)]
        candidate.told = ", ".join(name for name in named if name)

    def _compare(self, candidate: PersonCandidate) -> None:
        person: User = candidate.known
        home, told = home_of(person), []
        if candidate.name and candidate.name != read_name(person.name):
            told.append(f"{person.name or '—'} → {candidate.name}")
            candidate.changes.append("name")
            candidate.values["name"] = candidate.name
        if candidate.role is not None and candidate.role != person.role:
            if candidate.role not in self._assignable:
                candidate.refuse("role", _("There is no role with this name that you may give."))
            told.append(f"{person.role or '—'} → {candidate.role}")
            candidate.changes.append("role")
            candidate.values["role"] = candidate.role
            self._promoted.add(person.pk)
        if candidate.at is not None and candidate.at != home:
            assert home is not None
            told.append(f"{self._places.told(home)} → {self._places.told(candidate.at)}")
            candidate.changes.append("place")
            candidate.values |= place_columns(candidate.at)
        candidate.told = ", ".join(told)

    def _check_changes(self, candidates: list[PersonCandidate]) -> None:
        load_permission_keys_of(candidate.known for candidate in candidates)
        for candidate in candidates:
            if self.by is None:
                may = not candidate.known.is_global
            else:
                may = may_manage(by=self.by, person=candidate.known)
            if not may:
                candidate.refuse("email", _("You may not change this person."))
            if candidate.known == self.by and candidate.changes != ["name"]:
                candidate.refuse("email", own_account().detail)
