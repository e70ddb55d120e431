"""The side bar of the admin: by what people come to do, not by the tables that it is done to.

Each admin of a model says which job it belongs to; pages that are about no one model are contributed by the
app that has them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

_Section = dict[str, Any]


class Job(Enum):
    """What people come to do, in the order of the side bar."""

    TODAY = "today"
    TREE = "tree"
    PEOPLE = "people"
    REPORTS = "reports"
    PLACES = "places"
    LOG = "log"


_NAMES: Final = {
    Job.TODAY: _("Today"),
    Job.TREE: _("Tree"),
    Job.PEOPLE: _("People"),
    Job.REPORTS: _("Reports"),
    Job.PLACES: _("Places"),
    Job.LOG: _("Log"),
}


@dataclass(frozen=True, slots=True)
class PageOfJob:
    """A page in the side bar.

    Attributes:
        label: what it is called there.
        route: the name of its address.
        keys: the permissions it takes to open it, all of them.
    """

    job: Job
    label: Any
    route: str
    keys: tuple[str, ...] = ()


_PAGES: Final[dict[str, PageOfJob]] = {}


def contribute(*pages: PageOfJob) -> None:
    """Add pages of an app to the side bar; called once, when that app starts."""
    _PAGES.update({page.route: page for page in pages})


def by_job(models: Iterable[tuple[Job, _Section]], *, user: Any) -> list[_Section]:
    """Return the sections of the side bar, in the form of Django's list of apps; none that is empty.

    Args:
        models: what the person may open, as Django describes it, with the job of each.
    """
    found: dict[Job, list[_Section]] = {job: [] for job in Job}
    for job, entry in (*_entries(user), *models):
        found[job].append(entry)
    return [
        {
            "name": _NAMES[job],
            "app_label": job.value,
            "app_url": entries[0]["admin_url"],
            "has_module_perms": True,
            "models": entries,
        }
        for job, entries in found.items()
        if entries
    ]


def _entries(user: Any) -> Iterator[tuple[Job, _Section]]:
    if not user.is_authenticated:  # the page to sign in has a side bar, with nothing in it
        return
    for page in _PAGES.values():
        if all(user.holds(key) for key in page.keys):
            entry = {
                "name": page.label,
                "object_name": page.route.replace(":", "-"),
                "admin_url": reverse(page.route),
                "add_url": None,
                "view_only": True,
                "is_page": True,
            }
            yield page.job, entry
