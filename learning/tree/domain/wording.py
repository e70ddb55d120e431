"""What a change of the tree means for learners, in words for the staff who are about to make it."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learning.tree.impact import Impact

MOST_NAMED: Final = 3


def of_steps(impact: Impact) -> str:
    """Say who is in a list of steps, and who will be asked for which one."""
    learners = ngettext(
        "%(learners)d learner is in this sub-course",
        "%(learners)d learners are in this sub-course",
        impact.learners,
    ) % {"learners": impact.learners}
    if not impact.asked:
        return _("%(learners)s; all of them continue where they are.") % {"learners": learners}
    steps = {"learners": learners, "steps": _steps(impact)}
    if not impact.learners:
        return _("Of the learners who have finished this sub-course, %(steps)s.") % steps
    if sum(asked.learners for asked in impact.asked) > impact.learners:
        return _("%(learners)s. Of them and of those who have finished it, %(steps)s.") % steps
    return _("%(learners)s; %(steps)s before they continue.") % steps


def _steps(impact: Impact) -> str:
    first, *more = impact.asked
    named = [_("%(number)d will be asked to complete “%(title)s”") % _counted(first)]
    named += [_("%(number)d to complete “%(title)s”") % _counted(asked) for asked in more[: MOST_NAMED - 1]]
    if rest := sum(asked.learners for asked in more[MOST_NAMED - 1 :]):
        named.append(_("%(number)d to complete other steps") % {"number": rest})
    return get_text_list(named, _("and"))


def _counted(asked: Any) -> dict[str, Any]:
    return {"number": asked.learners, "title": asked.title}


def of_hiding(titles: Sequence[Any], impact: Impact) -> str:
    """Say who loses sight of parts of the tree."""
    named = [str(title) for title in titles[:MOST_NAMED]]
    title = _("”, “").join(named) + (" …" if len(titles) > MOST_NAMED else "")
    return ngettext(
        "%(learners)d learner has begun “%(title)s” and will not see it until it is brought back. "
        "What they have completed is kept.",
        "%(learners)d learners have begun “%(title)s” and will not see it until it is brought back. "
        "What they have completed is kept.",
        impact.learners,
    ) % {"learners": impact.learners, "title": title}


def of_moving(titles: Sequence[Any], impact: Impact) -> str:
    """Say that parts of the tree move elsewhere, and who has begun them."""
    moves = _("“%(title)s” moves elsewhere.") % {"title": _("”, “").join(map(str, titles[:MOST_NAMED]))}
    return f"{moves} {of_following(impact)} {of_keeping()}"


def of_leaving(title: Any, source: Any, target: Any) -> str:
    """Say from where to where something moves."""
    return _("“%(title)s” moves from “%(source)s” to “%(target)s”.") % {
        "title": title,
        "source": source,
        "target": target,
    }


def of_following(impact: Impact) -> str:
    """Say who will look for a part of the tree in its new place; nothing for nobody."""
    if not impact.learners:
        return ""
    return ngettext(
        "%(learners)d learner has begun it and will find it there.",
        "%(learners)d learners have begun it and will find it there.",
        impact.learners,
    ) % {"learners": impact.learners}


def of_place(place: Any, impact: Impact) -> str:
    """Say what a move means for the learners of one of both places; nothing for nobody."""
    if not (impact.learners or impact.asked):
        return ""
    return in_place(place, of_steps(impact))


def in_place(place: Any, meaning: str) -> str:
    """Say of which part of the tree something is said."""
    return _("In “%(place)s”: %(meaning)s") % {"place": place, "meaning": meaning}


def of_more(number: int) -> str:
    """Say that there are more lists with learners in them than are named."""
    return ngettext(
        "Learners in %(number)d more list are moved too.",
        "Learners in %(number)d more lists are moved too.",
        number,
    ) % {"number": number}


def of_keeping() -> str:
    """Say that a move takes nothing away."""
    return _("What learners have completed stays completed.")
