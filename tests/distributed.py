"""What Citus would refuse or make slow, found in statements as they are sent, where there is no Citus.

With ``DISTRIBUTED=1`` the tests send to one PostgreSQL what would be sent to several. Each statement of the
product that names a distributed table is looked at: it names no other kind of table, says whose rows it is
about, and asks for nothing that differs from one machine to the next.
"""

import re
import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.backends.utils import CursorWrapper

TABLES = {model._meta.db_table: getattr(model, "distributed", False) for model in apps.get_models(True)}
"""Every table, and whether it is distributed."""

WITHOUT_A_USER = {
    "accounts/imports/": "imports look for the rows of a file, a thousand people at a time",
    "accounts/management/commands/prune_expired.py": "old answers of everybody are removed, at night",
    "progress/items/imports.py": "rows of a file, of a thousand people",
    "progress/interactions/domain/export.py": "everybody's log is read, by the hour",
    "progress/reports/": "a report is about many people",
    "progress/steps/domain/impact.py": "what a change means for everybody",
    "quizzes/safety/domain/completion.py": "a report is about many people",
    "quizzes/safety/domain/people.py": "a report is about many people",
    "quizzes/safety/domain/trend.py": "a report is about many people",
    "quizzes/safety/domain/pending.py": "which organizations ever did a safety quiz",
    "quizzes/safety/api/": "the results of a scope, newest first",
    "config/api/pagination.py": "the results of a scope, newest first",
    "tenancy/lists.py": "how many results a scope has, as far as a list leads",
    "config/front_page.py": "figures of the admin's front page",
    "tenancy/admin/": "lists of the admin",
    "demo/": "demo data, once",
    "accounts/places/admin/nodes.py": "whether any stand at a place that is to be deleted",
    "tenancy/distribution.py": "how many rows there are, while a table is distributed",
    "quizzes/safety/domain/filling.py": "results to measure with",
}
"""Where statements about everybody may be sent from, and why."""

BESIDE_OTHERS = {
    "tenancy/admin/": "lists of the admin name people and places, which Citus brings to where the rows are",
    "tenancy/lists.py": "how many rows such a list has, up to ten thousand",
    "quizzes/person.py": "the latest attempts of one person, on their page in the admin",
    "progress/interactions/admin.py": "the file of such a list",
    "progress/interactions/domain/export.py": "the people of a place are brought to where the rows are, once",
    "quizzes/safety/domain/filling.py": "results to measure with, made of people and sent where they are",
}
"""Where facts may be joined with other tables, and why."""

VOLATILE = {
    "quizzes/safety/domain/filling.py": "what is made where people are is made once",
}
"""Where ids may be made by the database, and why."""

_NAMED = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE)\s+"?(\w+)"?', re.IGNORECASE)
_OF_USER = re.compile(r'\buser_id"?\s*(?:=|IN\s*\(|::text\s*=)', re.IGNORECASE)
_ADDED = re.compile(r"\bINSERT\s+INTO\b", re.IGNORECASE)
_VOLATILE = re.compile(r"\b(?:clock_timestamp|gen_random_uuid|random|uuidv7)\s*\(", re.IGNORECASE)
_IN_UPDATE = re.compile(r"\bDO UPDATE SET\b.*?(?=RETURNING|$)", re.IGNORECASE | re.DOTALL)
_NOW = re.compile(r"\b(?:now|statement_timestamp|clock_timestamp)\s*\(|CURRENT_TIMESTAMP", re.IGNORECASE)
_NOTHING = re.compile(r'\(\s*SELECT\s+FROM\s+"?(\w+)', re.IGNORECASE)
_RETURNING = re.compile(r"\bRETURNING\b(.*)", re.IGNORECASE | re.DOTALL)


def refusals(sql: str) -> list[str]:
    """Return what is wrong with a statement, if it names a distributed table; else nothing."""
    named = {name for name in _NAMED.findall(sql) if name in TABLES}
    if not any(TABLES[name] for name in named):
        return []
    found = []
    if others := sorted(name for name in named if not TABLES[name]):
        found.append(f"beside others: {', '.join(others)}")
    if not _ADDED.search(sql) and not _OF_USER.search(sql):
        found.append("without a user")
    if _VOLATILE.search(sql):
        found.append("volatile")
    if any(_NOW.search(part) for part in _IN_UPDATE.findall(sql)):
        found.append("a clock in DO UPDATE")
    if any("(" in part for part in _RETURNING.findall(sql)):
        found.append("RETURNING calculates")
    if any(TABLES.get(name) for name in _NOTHING.findall(sql)):
        found.append("selects no columns")
    return found


def sender() -> str | None:
    """Return the module of the product that sends what is being sent; nothing where a test does."""
    base = str(settings.BASE_DIR)
    frame: Any = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(base) and ".venv" not in name:
            path = str(Path(name).relative_to(base))
            if path.startswith("tests/"):
                return None
            if path not in ("tenancy/sql.py", "tenancy/facts.py", "accounts/rights/remembered.py"):
                return path
        frame = frame.f_back
    return None


def _excused(kind: str, path: str) -> bool:
    lists = {"without a user": WITHOUT_A_USER, "beside others": BESIDE_OTHERS, "volatile": VOLATILE}
    listed = lists.get(kind.split(":")[0], {})
    return any(path.startswith(one) for one in listed)


def watch(patch: Any) -> None:
    """Fail at each statement of the product that would be refused."""
    send = CursorWrapper._execute

    def look(self: Any, sql: Any, params: Any, *more: Any) -> Any:
        if found := refusals(str(sql)):
            path = sender()
            left = [kind for kind in found if path is not None and not _excused(kind, path)]
            assert not left, f"{path}: {'; '.join(left)}\n{sql}"
        return send(self, sql, params, *more)

    patch.setattr(CursorWrapper, "_execute", look)
