"""How the history of a row tells what happened to its place: moved, shown to learners, hidden."""

from collections import defaultdict
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from learning.models import Reordering, Status
from learning.tree.domain.moves import Move, moves_of
from learning.tree.levels import SiblingKind, TreeLevel
from tenancy.admin import MOST_ENTRIES, Entry
from tenancy.history import event_model_of

_NAMED: Final = 3
"""How many moves of one reordering are told one by one."""

_STATUS: Final[dict[str, str | Promise]] = {
    str(Status.PUBLISHED.label): _lazy("Published"),
    str(Status.DRAFT.label): _lazy("Made a draft"),
    str(Status.ARCHIVED.label): _lazy("Archived"),
}


def sentences_of(kind: SiblingKind) -> dict[str, Any]:
    """Return what changes of a row's place and visibility mean, for ``HistoryPages.history_sentences``."""
    sentences: dict[str, Any] = {"status": _of_status, kind.parent: _of_moving}
    fields = {field.name for field in kind.model._meta.fields if field.editable}
    return {name: sentence for name, sentence in sentences.items() if name in fields}


def _of_status(_before: str, after: str) -> Any:
    return next((told for name, told in _STATUS.items() if name == after), after)


def _of_moving(before: str, after: str) -> str:
    return _("Moved from “%(before)s” to “%(after)s”") % {"before": before, "after": after}


def own_moves(kind: SiblingKind, row: Any) -> list[Entry]:
    """Return the reorderings that moved a row among its siblings, where it stands and where it has stood."""
    entries = []
    for change in _reorderings_around(kind, row):
        for move in moves_of(change.before, change.after):
            if move.pk == row.pk:
                text = _("Moved from %(was)d to %(now)d") % {"was": move.was, "now": move.now}
                entries.append(_entry(change, text))
    return entries


def _reorderings_around(kind: SiblingKind, row: Any) -> Any:
    if kind.parent == "organization":
        found = Reordering.objects.filter(kind=kind.name, parent_id=None, organization=row.organization_id)
    else:
        column = f"{kind.parent}_id"
        events = event_model_of(kind.model).objects.filter(pgh_obj_id=row.pk)
        stood_in = {getattr(row, column), *events.order_by().values_list(column, flat=True).distinct()}
        found = Reordering.objects.filter(kind=kind.name, parent_id__in=stood_in - {None})
    return found.order_by("-created_at")[: MOST_ENTRIES + 1]


def moves_below(levels: list[TreeLevel], row: Any) -> list[Entry]:
    """Return the reorderings of the lists below a row: one line each, that says what was moved."""
    if not levels:
        return []
    by_name = {level.name: level for level in levels}
    changes = Reordering.objects.filter(kind__in=by_name, parent_id=row.pk)
    told = [
        (change, moves_of(change.before, change.after))
        for change in changes.order_by("-created_at")[: MOST_ENTRIES + 1]
    ]
    titles = _titles_of(by_name, told)
    return [_entry(change, _line(by_name[change.kind], moves, titles[change.kind])) for change, moves in told]


def _titles_of(
    by_name: dict[str, TreeLevel], told: list[tuple[Reordering, list[Move]]]
) -> dict[str, dict[int, str]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for change, moves in told:
        wanted[change.kind] |= {move.pk for move in moves[:_NAMED]}
    return {
        name: dict(by_name[name].model.all_objects.filter(pk__in=ids).values_list("pk", "title"))
        for name, ids in wanted.items()
    }


def _line(level: TreeLevel, moves: list[Move], titles: dict[int, str]) -> str:
    """Say “Moved “Intro” from 3 to 1”, of several moves the first ones."""
    parts = [
        _("“%(title)s” from %(was)d to %(now)d")
        % {"title": Truncator(titles.get(move.pk, f"#{move.pk}")).chars(80), "was": move.was, "now": move.now}
        for move in moves[:_NAMED]
    ]
    if more := len(moves) - len(parts):
        parts.append(ngettext("%(n)d more", "%(n)d more", more) % {"n": more})
    return _("%(list)s: moved %(moves)s") % {
        "list": str(level.many).capitalize(),
        "moves": ", ".join(parts) or "—",
    }


def _entry(change: Reordering, what: str) -> Entry:
    return Entry(change.created_at, None if change.user_id is None else str(change.user_id), what)
