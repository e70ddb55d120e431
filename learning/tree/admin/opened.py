"""Forms that know what they were opened with, so that two people do not write over each other's work.

Each field travels with the value that it was opened with. What nobody else has changed is saved; what someone
else has changed, and this person has not, stays theirs; where both have changed one field the page asks which
of the two to keep.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext_lazy as _

from learning.tree.domain.versions import Seen
from tenancy.admin import EventReader, TenantForm
from tenancy.admin.history import name_people

OPENED: Final = "opened_revision"
"""The revision of the row when the form was opened."""

CHOSEN: Final = "conflict_revision"
"""The revision that the person has seen beside their own values, and chosen about."""

BACK: Final = "back_to_form"
"""The button of the page that asks, for those who want to change their answers instead."""

_SHORT: Final = 300


@dataclass(slots=True)
class FieldConflict:
    """A field that two people have changed.

    Attributes:
        choice: the name of the buttons to choose with.
        said: who changed it and when.
    """

    row: Any
    label: str
    theirs: str
    yours: str
    choice: str
    said: str = ""


class ComparedForm(forms.ModelForm):
    """A form of a row that others may change meanwhile.

    Attributes:
        conflicts: the fields that both have changed, and nobody has chosen about.
        kept: the labels of the fields that only someone else has changed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts: list[FieldConflict] = []
        self.kept: list[str] = []
        self.loaded_revision = getattr(self.instance, "revision", None)
        self.compares = not self.instance._state.adding and (not self.is_bound or OPENED in self.data)
        for field in self.fields.values():
            field.show_hidden_initial = self.compares

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.is_bound and self.compares:
            for name in [name for name in self.fields if name in values]:
                self._compare(name, values)
        if self.conflicts:
            raise ValidationError(
                _("Someone else has changed this too. Choose what to keep."), code="changed_meanwhile"
            )
        return values

    def _compare(self, name: str, values: dict[str, Any]) -> None:
        field, bound = self.fields[name], self[name]
        opened = bound.form._widget_data_value(field.hidden_widget(), bound.html_initial_name)  # type: ignore[attr-defined]
        present = self.initial.get(name)
        if not _differs(field, present, opened):
            return
        theirs = getattr(self.instance, name)
        if name not in self.changed_data:
            values[name] = theirs
            self.kept.append(str(bound.label))
            return
        if not _differs(field, present, bound.data):
            return
        choice = f"keep-{bound.html_name}"
        chosen = self.data.get(choice) if self.data.get(CHOSEN) == self._present_revision() else None
        if chosen == "theirs":
            values[name] = theirs
            self.changed_data.remove(name)
        elif chosen != "yours":
            shown = _shown(field, theirs), _shown(field, values[name])
            self.conflicts.append(FieldConflict(self.instance, str(bound.label), *shown, choice))

    def _present_revision(self) -> str:
        """Return the revision of what a choice is about: the row's own, or that of what it is a part of."""
        of = self.instance
        return str(
            of.revision if self.loaded_revision is not None else getattr(of, of.tenant_parent).revision
        )


class ContentForm(ComparedForm, TenantForm):
    """A form of a row of content."""

    def clean(self) -> dict[str, Any]:
        if BACK in self.data:
            raise ValidationError(_("Nothing has been saved yet."), code="not_saved")
        return super().clean()

    @property
    def opened_revision(self) -> Any:
        """What the page sends along; ``None`` for a new row."""
        if not self.compares:
            return None
        return self.data.get(OPENED) if self.is_bound else self.loaded_revision

    @property
    def seen(self) -> Seen:
        """The revision that this form was compared with: nothing else may have come between."""
        return {self.loaded_revision} if self.compares and self.loaded_revision is not None else None


def _differs(field: forms.Field, one: Any, other: Any) -> bool:
    return field.has_changed(_lines(one), _lines(other))


def _lines(value: Any) -> Any:
    """Return a text as it was before a browser sent it."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _shown(field: forms.Field, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    choices = {} if isinstance(field, forms.ModelChoiceField) else dict(getattr(field, "choices", ()))
    return Truncator(str(choices.get(value, value))).chars(_SHORT)


def conflicts_of(request: HttpRequest, form_and_parts: Iterable[Any], when: Any) -> list[FieldConflict]:
    """Return what the page has to ask, and who did what when; ``when`` says a moment in words."""
    found = [conflict for form in form_and_parts for conflict in getattr(form, "conflicts", ())]
    entries: dict[Any, list[Any]] = {}
    for conflict in found:
        row = conflict.row
        if row not in entries:
            entries[row] = EventReader(type(row)).entries(pgh_obj_id=row.pk)
            name_people(request, entries[row])
        changed = (
            entry for entry in entries[row] if any(change.label == conflict.label for change in entry.changes)
        )
        entry = next(changed, None)
        said = {"who": capfirst(entry.who), "when": when(entry.when)} if entry else {}
        said["what"] = conflict.label
        conflict.said = (
            _("%(who)s changed “%(what)s” at %(when)s.") if entry else _("Someone changed “%(what)s”.")
        ) % said
    return found
