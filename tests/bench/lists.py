"""Every list of the API and every list of facts of the admin: the first page, the deepest, and a search.

Asked one after the other, as people do, by an administrator of an organization of learners, by one of 10,000
staff with millions of results, and by a global one who acts in no organization.
"""

from collections.abc import Iterator
from math import inf
from statistics import median
from typing import Any, Final, NamedTuple

import requests
import yaml
from django.contrib import admin
from django.urls import reverse

from accounts.models import Role, User
from learning.models import Course, SubCourse
from tenancy.admin.facts import FactAdmin
from tenancy.lists import counted, last_page
from tests.bench import report, screens
from tests.bench.data import token
from tests.bench.document import DOCS
from tests.bench.measure import Database, Served

_LIMIT: Final = 200
_TIMES: Final = 5


class Asker(NamedTuple):
    """Somebody who answers for others."""

    name: str
    user: User


def askers() -> list[Asker]:
    """Return who asks; the global one is written when missing."""
    everywhere, _made = User.unscoped.get_or_create(
        email="global@bench.test",
        defaults={
            "name": "Global",
            "organization_id": User.unscoped.get(email="admin@bench.test").organization_id,
            "role": Role.objects.get(name="GLOBAL_ADMIN"),
            "is_staff": True,
            "password": "!",
        },
    )
    return [
        Asker("learners", User.unscoped.get(email="admin@bench.test")),
        Asker("staff", User.unscoped.get(organization__slug="safety-quiz-fill", role__name="ADMIN")),
        Asker("everyone", everywhere),
    ]


def measure(server: Served, database: Database) -> str:
    """Return tables of what the pages take."""
    people = askers()
    return (
        f"### Every list of the API\n\n{_of_api(server, people)}\n\n"
        f"### Every list of records in the admin\n\n{_of_admin(server, people, database)}"
    )


def _of_api(server: Served, people: list[Asker]) -> str:
    rows, short = [], []
    for path in _listed():
        for name, user in people:
            headers = {"Host": "127.0.0.1", "Authorization": f"Bearer {token(user)}"}
            ask = _Asking(server.address, headers)
            first = ask(f"{path}{'&' if '?' in path else '?'}limit={_LIMIT}&page=1")
            if first is None:
                continue
            took, count = first
            if took == inf:
                rows.append([f"`{path}`", name, "–", "stopped as too slow", "–", "–"])
                continue
            deepest = last_page(count, _LIMIT)
            if deepest < 2:
                short.append(took)
                continue
            deep = ask(f"{path}{'&' if '?' in path else '?'}limit={_LIMIT}&page={deepest}")
            assert deep is not None
            rows.append([f"`{path}`", name, f"{count:,}", f"{took:.0f}", f"{deepest}", f"{deep[0]:.0f}"])
            print(" | ".join(rows[-1]), flush=True)
    head = ["list", "of", "rows told", "page 1, ms", "deepest page", "it took, ms"]
    told = report.table(head, rows)
    if short:
        told += (
            f"\n\n{len(short)} more have one page, which took {median(short):.0f} ms; "
            f"the slowest {max(short):.0f} ms."
        )
    return f"Pages of {_LIMIT} rows; the median of {_TIMES}.\n\n{told}"


def _listed() -> Iterator[str]:
    """Yield every path that takes pages, with what it asks for besides."""
    course = Course.unscoped.get(organization__slug="bench", title="Path")
    sub_course = SubCourse.unscoped.filter(course=course).earliest("id")
    needed = {
        "progress_type": "sign_learned",
        "owner_type": f"SUB_COURSE&owner_id={sub_course.pk}",
        "course_id": course.pk,
    }
    for path, operations in yaml.safe_load((DOCS / "openapi.yaml").read_text())["paths"].items():
        parameters = operations.get("get", {}).get("parameters", [])
        if "page" in (parameter["name"] for parameter in parameters) and "{" not in path:
            names = [parameter["name"] for parameter in parameters if parameter.get("required")]
            yield path + ("?" + "&".join(f"{name}={needed[name]}" for name in names) if names else "")


class _Asking(NamedTuple):
    address: str
    headers: dict[str, str]

    def __call__(self, path: str) -> tuple[float, int] | None:
        """Return how long a page takes, and how many rows there are; ``None`` where it is closed."""
        took = []
        for _ in range(_TIMES):
            answer = requests.get(self.address + path, headers=self.headers, timeout=120)
            if answer.status_code in (403, 404):
                return None
            if answer.status_code == 503:
                return inf, 0
            assert answer.ok, (path, answer.text[:300])
            took.append(answer.elapsed.total_seconds() * 1000)
        told = answer.json()
        return median(took), told.get("count", told.get("summary", {}).get("total", 0))


def _of_admin(server: Served, people: list[Asker], database: Database) -> str:
    rows = []
    sessions = {name: screens.signed_in(user) for name, user in people}
    for model, made in admin.site._registry.items():
        if not isinstance(made, FactAdmin):
            continue
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for name, user in people:
            mine: Any = model.unscoped.all()  # type: ignore[attr-defined]
            if not user.is_global:
                mine = mine.filter(organization=user.organization_id)
            listed = counted(mine)
            pages = ("", f"?p={last_page(listed, made.list_per_page)}", "?q=person+77")
            told = (
                [_page(server, address + page, sessions[name], database) for page in pages] if listed else []
            )
            if any(told):
                rows.append([f"`{address}`", name, f"{listed:,}", *(one or "–" for one in told)])
                print(" | ".join(rows[-1]), flush=True)
    head = ["list", "of", "rows led to", "first page, ms", "last page, ms", "a search, ms"]
    return report.table(head, rows)


def _page(server: Served, path: str, session: dict[str, str], database: Database) -> str:
    how: Any = {"headers": {"Host": "127.0.0.1"}, "cookies": session}
    answer = requests.get(server.address + path, allow_redirects=False, timeout=120, **how)
    if answer.status_code != 200:
        return ""
    took, _web, _database = screens.ask(server, path, database, times=_TIMES, **how)
    return f"{median(took):.0f}"
