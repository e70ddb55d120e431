"""The history of a row, read from its event tables: who changed what, and when.

Events are scoped like the rows they are of. Only whom one may know is named (``tenancy.admin.who``), and of
what recorded values point to only what is in the scope.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Final

from django.contrib.admin.utils import display_for_field, unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext_lazy as _

from tenancy.admin.checked import CheckedPages
from tenancy.admin.rows import OUT_OF_SCOPE, is_own, label_of
from tenancy.admin.who import told_who
from tenancy.history import event_model_of
from tenancy.scope import Scope, current_scope

MOST_ENTRIES: Final = 200
"""How many entries a page shows at most."""

NOTHING: Final = "—"
_SHORT: Final = 120


@dataclass(frozen=True, slots=True)
class Change:
    """A value that changed; ``before`` is ``None`` where there was none to compare with."""

    name: str
    label: str
    before: str | None
    after: str


@dataclass(slots=True)
class Entry:
    """Something that happened to a row, or to what belongs to it.

    Attributes:
        by: the id of the person who did it; ``None`` for the system.
        event: the id of the event that tells it, where the row itself was changed.
        who: their name, filled in for all entries at once.
        put_back: the address of the page that puts back what the values were before.
    """

    when: datetime
    by: str | None
    what: str
    changes: list[Change] = field(default_factory=list)
    event: int | None = None
    who: str = ""
    put_back: str = ""


def by_whom(context: Any) -> str | None:
    """Return the id of the person that a recorded context names."""
    return (context or {}).get("user")


def name_people(request: HttpRequest, entries: Iterable[Entry]) -> None:
    """Write into the entries who did it, in one statement."""
    told = told_who(request, {entry.by for entry in entries})
    for entry in entries:
        entry.who = told[entry.by]


class EventReader:
    """Turns the events of rows of one model into entries; one statement, and one per foreign key.

    Args:
        sentences: for fields whose value says nothing to people, what a change of it means: a sentence, or
            what makes one of the values before and after as people see them.
        title: what an entry calls the row of an event, where that is not the row the page is about.
        leave_out: fields that go without saying.
    """

    def __init__(
        self,
        model: type[models.Model],
        *,
        sentences: Mapping[str, Any] | None = None,
        title: Callable[[Any], str] | None = None,
        leave_out: Iterable[str] = (),
    ) -> None:
        self.model = model
        self.events = event_model_of(model)
        self.sentences = sentences or {}
        self.title = title
        recorded = {found.name for found in self.events._meta.fields} - {*leave_out}
        if isinstance(current_scope(), Scope):
            # Always the same one.
            recorded.discard("organization")
        # What no form offers is bookkeeping: told in other words, or not at all.
        self.fields = [
            found
            for found in model._meta.fields
            if found.editable and not found.primary_key and found.name in recorded
        ]
        self._names: dict[str, dict[Any, str]] = {}

    def entries(self, **condition: Any) -> list[Entry]:
        """Return the newest entries about the rows that ``condition`` names, newest first."""
        # One more than is shown: what the oldest is compared with.
        newest = list(self.events.objects.filter(**condition).order_by("-pgh_id")[: MOST_ENTRIES + 1])
        self._names = self._names_behind_keys(newest)
        made, earlier = [], dict[Any, Any]()
        for event in reversed(newest):
            entry = self._entry(event, earlier.get(event.pgh_obj_id))
            earlier[event.pgh_obj_id] = event
            if entry is not None:
                made.append(entry)
        return made[::-1]

    def _entry(self, event: Any, before: Any) -> Entry | None:
        what, changes = self._what(event, before), self._changes(event, before)
        if what is None and not changes:
            return None
        what = what or _("Changed")
        if self.title is not None:
            what = f"{self.title(event)}: {what}"
        of_the_row = self.title is None and before is not None and event.pgh_label == "update"
        return Entry(
            event.pgh_created_at,
            by_whom(event.pgh_context),
            str(what),
            changes,
            event.pgh_id if of_the_row else None,
        )

    def _what(self, event: Any, before: Any) -> Any:
        if event.pgh_label == "insert":
            return _("Added")
        if event.pgh_label == "delete":
            return _("Removed")
        if before is None:
            # It came from another place, or was there before anything was recorded.
            return _("First recorded here")
        was, now = getattr(before, "deleted", None), getattr(event, "deleted", None)
        if now is not None and was is None:
            return _("Deleted with its parent") if event.deleted_by_cascade else _("Deleted")
        if was is not None and now is None:
            return _("Restored")
        told = [
            str(text(*self._seen(name, before, event)) if callable(text) else text)
            for name, text in self.sentences.items()
            if _differs(before, event, name)
        ]
        return ". ".join(told) or None

    def _seen(self, name: str, *events: Any) -> list[str]:
        found = next(found for found in self.fields if name in (found.name, found.attname))
        return [self._shown(found, event) for event in events]

    def was(self, row: Any, event: int) -> dict[str, tuple[Change, Any]]:
        """Return what the values that an event changed are by now and were before it, by field.

        Each with the value itself. Rows that fields point to are left out: a row is not moved by its values.
        """
        of_row = self.events.objects.filter(pgh_obj_id=row.pk)
        changed = of_row.filter(pgh_id=event, pgh_label="update").first()
        before = of_row.filter(pgh_id__lt=event).order_by("-pgh_id").first()
        if changed is None or before is None:
            return {}
        return {
            found.name: (
                Change(found.name, _label(found), self._shown(found, row), self._shown(found, before)),
                getattr(before, found.attname),
            )
            for found in self.fields
            if not found.many_to_one and _differs(before, changed, found.attname)
        }

    def _changes(self, event: Any, before: Any) -> list[Change]:
        if event.pgh_label == "delete":
            return []
        changes = []
        for found in self.fields:
            after = self._shown(found, event)
            if before is None:
                changes += [] if after == NOTHING else [Change(found.name, _label(found), None, after)]
            elif _differs(before, event, found.attname):
                changes.append(Change(found.name, _label(found), self._shown(found, before), after))
        return changes

    def _shown(self, found: Any, event: Any) -> str:
        value = getattr(event, found.attname)
        if value is None or value == "":
            return NOTHING
        if found.many_to_one:
            return self._names[found.name].get(value, str(OUT_OF_SCOPE))
        if isinstance(found, models.BooleanField):
            return str(_("yes") if value else _("no"))
        return Truncator(str(display_for_field(value, found, NOTHING, avoid_link=True))).chars(_SHORT)

    def _names_behind_keys(self, events: list[Any]) -> dict[str, dict[Any, str]]:
        """Return the names of rows that foreign keys of the events point to, by field and id."""
        names: dict[str, dict[Any, str]] = {}
        for found in self.fields:
            if not found.many_to_one:
                continue
            ids = {getattr(event, found.attname) for event in events} - {None}
            related: Any = found.related_model
            rows = getattr(related, "all_objects", related._default_manager)
            names[found.name] = {row.pk: str(row) for row in rows.filter(pk__in=ids)} if ids else {}
        return names


def _differs(one: Any, other: Any, name: str) -> bool:
    # By its key where it is another row, which is not read for this.
    column = one._meta.get_field(name).attname
    return bool(getattr(one, column) != getattr(other, column))


def _label(found: Any) -> str:
    return str(capfirst(label_of(found)))


class HistoryPages(CheckedPages):
    """Mixed into an admin: the history page shows what the event tables hold; without any there is no page.

    Attributes:
        history_sentences: for fields whose value says nothing to people, what a change of it means.
    """

    history_sentences: ClassVar[dict[str, Any]] = {}

    @cached_property
    def has_events(self) -> bool:
        """Whether changes of the model are recorded."""
        return event_model_of(self.model) is not None

    def offers_history(self, row: Any) -> bool:
        """Whether there is a history of this row to read; that of shared rows is the platform's."""
        return self.has_events and is_own(row)

    def history_of(self, request: HttpRequest, row: Any) -> list[Entry]:
        """Return what happened to a row; override to add what happened to what belongs to it."""
        return self.event_reader().entries(pgh_obj_id=row.pk)

    def event_reader(self) -> EventReader:
        """Return what reads the events of a row."""
        return EventReader(self.model, sentences=self.get_history_sentences())

    def get_history_sentences(self) -> dict[str, Any]:
        """Return the sentences; override to add those that are the same for many models."""
        return self.history_sentences

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        row = context["original"]
        context["has_history"] = row is not None and self.offers_history(row)
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        if not self.has_events:
            raise Http404
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, object_id
            )
        if not self.has_view_permission(request, row) or not self.offers_history(row):
            raise PermissionDenied
        found = sorted(self.history_of(request, row), key=lambda entry: entry.when, reverse=True)
        entries = found[:MOST_ENTRIES]
        name_people(request, entries)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(row)s") % {"row": self.title_of(row)},
            "row_title": self.title_of(row),
            "subtitle": None,
            "entries": entries,
            "most": MOST_ENTRIES if len(found) > MOST_ENTRIES else None,
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
            "object": row,
            "opts": self.opts,
            "preserved_filters": self.get_preserved_filters(request),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/object_history.html", context)
