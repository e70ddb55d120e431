"""What drills have measured, said at the end of a run, wherever the workers ran."""

from collections.abc import Callable
from typing import Any

import pytest

FIGURE = "figure"


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """``figure("20,000 acknowledged, none missing")``"""
    return lambda text: record_property(FIGURE, text)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    passed = terminalreporter.stats.get("passed", [])
    figures = [
        (report.nodeid, text) for report in passed for name, text in report.user_properties if name == FIGURE
    ]
    if figures:
        terminalreporter.section("figures")
    for test, text in figures:
        terminalreporter.write_line(f"{test.rpartition('::')[2]}: {text}")
