"""What the page of a person is made of: sections to read, and acts that mend something.

Each app contributes those about its own rows when it starts. A section is made only for who holds its keys.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User

MAX_REASON: Final = 500
NOTHING: Final = _("Nothing is recorded.")


class ReasonForm(forms.Form):
    """Asks why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Kept in the history of this person."),
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table.

    Attributes:
        tone: ``good``, ``bad`` or nothing; never all that tells one state from another.
        note: what explains it, below.
        url: where it leads.
        acts: what can be done about it: names of acts, each with what it is about.
    """

    text: Any
    tone: str = ""
    note: Any = ""
    url: str = ""
    acts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells or plain texts."""

    columns: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    caption: Any = ""
    empty: Any = NOTHING
    note: Any = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page was asked for.

    Attributes:
        by: who reads it.
        query: what its address says besides.
    """

    person: User
    by: User
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

    Attributes:
        keys: the permissions it takes to read it, all of them.
        read: what it shows; as many statements for many rows as for few.
        acts: names of acts about the person as a whole.
        form: what can be asked of the section, in the address.
        rank: the lower, the further up.
        logged: what the log says when somebody reads it, with ``what`` the address names: such a section has
            a page of its own.
    """

    title: Any
    keys: tuple[str, ...]
    read: Callable[[Asked], Sequence[Table]]
    rank: int
    acts: tuple[str, ...] = ()
    form: Callable[[Asked], forms.Form] | None = None
    logged: Any = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act that reaches further than one person would do, for a look at it before it is done.

    Attributes:
        number: how many people it changes something for; only this number is agreed to.
        button: what the button says.
        columns, rows: for whom, and what.
        further: who is left as they are.
    """

    number: int
    button: Any
    columns: Sequence[Any]
    rows: list[tuple[Any, ...]]
    further: Any = ""


@dataclass(frozen=True, slots=True)
class PersonAct:
    """Something that is done for a person, with a reason.

    Attributes:
        button, note: what it is called, and what it means.
        key: the permission it takes, or several of which any will do.
        do: does it, given ``by``, ``person``, ``about`` and what was filled in; says what was done.
        about: what is named in the address, for people; raises ``NotFoundError`` for what is not there.
        form: what is filled in.
        preview: given the same as ``do``, returns what is looked at first; nothing where one person is meant.
    """

    button: Any
    note: Any
    key: str | tuple[str, ...]
    do: Callable[..., Any]
    about: Callable[[User, str], str] | None = None
    form: type[ReasonForm] = ReasonForm
    preview: Callable[..., Preview | None] | None = None

    def is_open_to(self, by: User) -> bool:
        """Whether ``by`` holds a key to it."""
        return any(by.holds(key) for key in ((self.key,) if isinstance(self.key, str) else self.key))


_SECTIONS: Final[dict[str, Section]] = {}
_ACTS: Final[dict[str, PersonAct]] = {}


def contribute(
    sections: Mapping[str, Section] | None = None, acts: Mapping[str, PersonAct] | None = None
) -> None:
    """Add what an app knows of a person; called once, when that app starts."""
    _SECTIONS.update(sections or {})
    _ACTS.update(acts or {})


def sections_for(by: User) -> dict[str, Section]:
    """Return the sections that ``by`` may read, the first on top."""
    ranked = sorted(_SECTIONS.items(), key=lambda item: item[1].rank)
    return {name: one for name, one in ranked if all(by.holds(key) for key in one.keys)}


def all_acts() -> dict[str, PersonAct]:
    """Return every act."""
    return dict(_ACTS)


def act_url(person: User, name: str, about: str = "") -> str:
    """Return the address of the page that asks before an act."""
    url = reverse("admin:accounts_user_person_act", args=[person.pk, name])
    return f"{url}?{urlencode({'about': about})}" if about else url
