"""What a run says at its end about browser tests: how long they took, or loudly that they were skipped."""

from typing import Any

import pytest

from tests.browser.executable import banner

SKIPPED = "no browser"


class BrowserReport:
    """Adds up the reports of one run, wherever its workers ran."""

    def __init__(self) -> None:
        self.ran: set[str] = set()
        self.was_skipped = False
        self.seconds = 0.0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if "browser" not in report.keywords:
            return
        if report.skipped:
            self.was_skipped |= SKIPPED in str(report.longrepr)
        elif report.when == "call":
            self.ran.add(report.nodeid)
        self.seconds += report.duration

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.ran:
            terminalreporter.write_line(
                f"{len(self.ran)} browser tests took {self.seconds:.0f} s, all workers together."
            )

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Say what was skipped as the very last thing, below the counts."""
        if self.was_skipped:
            terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
            terminal.write_line(banner(), red=True, bold=True)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the workers' reports arrive here as well
        config.pluginmanager.register(BrowserReport(), "stepwise-browser-report")
