"""Which tests are run with ``DISTRIBUTED=1`` as well: those that were seen to ask for facts, or might have.

``--facts FILE`` notes in a run on one machine which tests sent no statement that names a distributed table,
and started no process that could have: for these nothing would be different. With ``DISTRIBUTED=1`` it leaves
them out. No test has to say that it is about facts, and one of which nothing is known is run.
"""

import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.db.backends.utils import CursorWrapper

from tests.distributed import TABLES

FACTS: Final = re.compile(rf"\b(?:{'|'.join(sorted(name for name, spread in TABLES.items() if spread))})\b")
WITHOUT: Final = ("facts", "none were asked for")
"""What the report of such a test bears, from whichever process it comes."""


class Noted:
    """Notes in ``file`` the tests that passed without facts, or leaves out those that are noted there."""

    def __init__(self, file: Path) -> None:
        self._file, self._asked = file, False
        self._passed, self._without = set[str](), set[str]()

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """See statements, and processes that send their own."""
        execute, start = CursorWrapper._execute, subprocess.Popen.__init__

        def send(cursor: Any, sql: Any, params: Any, *more: Any) -> Any:
            self._asked = self._asked or FACTS.search(str(sql)) is not None
            return execute(cursor, sql, params, *more)

        def begin(process: Any, *command: Any, **options: Any) -> None:
            self._asked = True
            start(process, *command, **options)

        patch.setattr(CursorWrapper, "_execute", send)
        patch.setattr(subprocess.Popen, "__init__", begin)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Any:
        self._asked = False
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Any:
        done = yield
        if not self._asked:
            item.user_properties.append(WITHOUT)
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # What is skipped on one machine has not been seen.
        if report.when == "call" and report.passed:
            self._passed.add(report.nodeid)
        if report.when == "teardown" and WITHOUT in map(tuple, report.user_properties):
            self._without.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        # Workers tell the process that began the run.
        if not settings.DISTRIBUTED and not hasattr(session.config, "workerinput"):
            # With DATABASE_URL nothing else may have made the folder.
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text("\n".join(sorted(self._passed & self._without)))

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if settings.DISTRIBUTED:
            without = {*self._file.read_text().split("\n")}
            config.hook.pytest_deselected(items=[item for item in items if item.nodeid in without])
            items[:] = [item for item in items if item.nodeid not in without]
