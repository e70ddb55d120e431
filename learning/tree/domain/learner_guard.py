"""The one guard before learners: a change that moves some of them is made only when it was confirmed.

It stands where rows are written (``learning.tree.domain.structure``), so that no page, form, action or route
goes around it: the change is made, what learners have before them is compared with before, and where that
differs the refusal undoes the transaction. Whoever writes says whether somebody was asked: nobody has been,
unless ``confirmed`` says so.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any, Final

from learning.models import Status
from learning.tree.domain import wording
from learning.tree.impact import Impact, impact_on_learners
from learning.tree.levels import TreeLevel, levels, steps
from tenancy.errors import ConflictError

_MOST_NAMED: Final = 3

_CONFIRMED: ContextVar[bool] = ContextVar("confirmed", default=False)


class ConfirmationRequired(ConflictError):
    """The change touches learners in progress and was not confirmed; nothing was written."""

    code = "confirmation_required"

    def __init__(self, message: str, *impacts: Impact) -> None:
        impact = Impact(
            max(one.learners for one in impacts), tuple(asked for one in impacts for asked in one.asked)
        )
        self.impacts = impacts
        confirm = {"confirmed": True}
        super().__init__(message, meta={"impact": asdict(impact), "message": message, "confirm": confirm})


@contextmanager
def confirmed(answer: bool = True) -> Iterator[None]:
    """Say for the block whether whoever asks for its changes knows what they mean for learners."""
    token = _CONFIRMED.set(answer)
    try:
        yield
    finally:
        _CONFIRMED.reset(token)


def ask() -> None:
    """Have the changes that follow asked about, until the block around them ends."""
    _CONFIRMED.set(False)


@dataclass(frozen=True, slots=True)
class _Before:
    """What learners had before them.

    Attributes:
        lists: by level and parent, the published steps in order.
        shown: of rows that hold steps, those that learners saw.
        begun: how many learners have begun something below those; afterwards nobody may see that any more.
    """

    lists: dict[tuple[TreeLevel, Any], list[int]]
    shown: frozenset[int]
    begun: Impact


@contextmanager
def asked_about(rows: Sequence[Any], *, parent: Any = None) -> Iterator[None]:
    """Make a change of ``rows``, of one kind, in the block, inside a transaction.

    Args:
        parent: the id of where they come to stand, if that is elsewhere.

    Raises:
        ConfirmationRequired: it moves learners and was not confirmed.
    """
    if _CONFIRMED.get() or not rows:
        yield
        return
    before = _look(rows, also=parent)
    yield
    _compare(rows, before, moves=parent is not None)


@contextmanager
def asked_about_each(groups: Sequence[Sequence[Any]]) -> Iterator[None]:
    """Make changes of several groups of rows in the block, inside a transaction, with one question about all.

    Raises:
        ConfirmationRequired: they move learners and were not confirmed.
    """
    if _CONFIRMED.get():
        yield
        return
    looked = [(rows, _look(rows)) for rows in groups if rows]
    with confirmed():
        yield
    questions = []
    for rows, before in looked:
        try:
            _compare(rows, before)
        except ConfirmationRequired as question:
            questions.append(question)
    if questions:
        text = " ".join(str(question.detail) for question in questions)
        raise ConfirmationRequired(text, *(impact for one in questions for impact in one.impacts))


def _compare(rows: Sequence[Any], before: "_Before", *, moves: bool = False) -> None:
    """Raise the question if what learners had before them is not what they have now."""
    still_shown = _shown(type(rows[0]), before.shown) if before.begun.learners else before.shown
    moved = still_shown if moves else frozenset[int]()
    after = _lists(list(before.lists))
    _refuse_unless_harmless(rows, before, after, hidden=before.shown - still_shown, moved=moved)


def question_about_deleting(rows: Sequence[Any]) -> str:
    """Say whom deleting ``rows``, of one kind, would move; nothing for nobody."""
    if not rows:
        return ""
    before, gone = _look(rows), {row.pk for row in rows}
    after = {key: [pk for pk in ids if pk not in gone] for key, ids in before.lists.items()}
    try:
        _refuse_unless_harmless(rows, before, after, hidden=before.shown)
    except ConfirmationRequired as question:
        return str(question.detail)
    return ""


def _look(rows: Sequence[Any], also: Any = None) -> _Before:
    model = type(rows[0])
    own = [level for level in steps() if level.model is model]
    keys = {
        (level, pk): None for level in own for pk in (*map(level.parent_of, rows), also) if pk is not None
    }
    holds_steps = any(level.model is model and not level.step for level in levels())
    pks = [row.pk for row in rows if row.pk is not None]
    shown = _shown(model, pks) if holds_steps and pks else frozenset[int]()
    begun = impact_on_learners().below(model=model, pks=list(shown)) if shown else Impact(0)
    return _Before(_lists(list(keys)), shown, begun)


def _lists(keys: list[tuple[TreeLevel, Any]]) -> dict[tuple[TreeLevel, Any], list[int]]:
    """Return the published steps of lists, in one statement for each level."""
    found: dict[tuple[TreeLevel, Any], list[int]] = {key: [] for key in keys}
    for level in {level for level, _parent in keys}:
        parents = [pk for one, pk in keys if one is level]
        rows = level.in_order().filter(**{f"{level.parent}__in": parents}, status=Status.PUBLISHED)
        for pk, parent in rows.values_list("pk", f"{level.parent}_id"):
            found[level, parent].append(pk)
    return found


def _shown(model: Any, pks: Collection[int]) -> frozenset[int]:
    return frozenset(model.objects.filter(pk__in=pks).shown_to_learners().values_list("pk", flat=True))


def _refuse_unless_harmless(
    rows: Sequence[Any],
    was: _Before,
    becomes: dict[tuple[TreeLevel, Any], list[int]],
    *,
    hidden: Collection[int],
    moved: Collection[int] = (),
) -> None:
    """Raise the question if lists that change move learners, or what they have begun goes or moves."""
    changes = [(key, ids, becomes[key]) for key, ids in was.lists.items() if becomes[key] != ids]
    texts, impacts = [], []
    for level in {key[0] for key, _before, _after in changes}:
        own = [change for change in changes if change[0][0] is level]
        found = impact_on_learners().on_lists(level=level, changes=[change[1:] for change in own])
        for ((_level, parent), before, after), impact in zip(own, found, strict=True):
            if impact.asked or (impact.learners and set(before) - set(after)):
                impacts.append(impact)
                texts.append((level, parent, wording.of_steps(impact)))
    named = [text for _level, _parent, text in texts]
    if len(texts) > 1:
        names = _names_of(texts[:_MOST_NAMED])
        named = [wording.in_place(name, text) for name, (*_place, text) in zip(names, texts, strict=False)]
        named += [wording.of_more(len(texts) - _MOST_NAMED)] if len(texts) > _MOST_NAMED else []
    for pks, said in ((hidden, wording.of_hiding), (moved, wording.of_moving)):
        titles = [str(row) for row in rows if row.pk in pks]
        if titles and was.begun.learners:
            impacts.append(was.begun)
            named.append(said(titles, was.begun))
    if impacts:
        raise ConfirmationRequired(" ".join(named), *impacts)


def _names_of(places: Sequence[tuple[TreeLevel, Any, str]]) -> list[str]:
    [model] = {level.parent_model for level, _parent, _text in places}
    parents: dict[Any, Any] = model._default_manager.in_bulk([pk for _l, pk, _t in places])
    return [str(parents.get(parent, "")) for _level, parent, _text in places]
