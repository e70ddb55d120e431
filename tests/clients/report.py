"""Says loudly, at the end of a run, that the test of a TypeScript client was skipped."""

from typing import Any

import pytest

SKIPPED = "no TypeScript tools"
ADVICE = """\
Node.js with npm was not found, or could not install its packages: the TEST OF A TYPESCRIPT CLIENT IS SKIPPED.
Nothing else needs Node. To run it, install Node.js 20 or later and repeat the command."""


class SkippedClients:
    """Looks out for the skip, wherever the workers ran."""

    def __init__(self) -> None:
        self.was_skipped = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.was_skipped |= report.skipped and SKIPPED in str(report.longrepr)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        if self.was_skipped:
            terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
            line = "=" * 100
            terminal.write_line(f"\n{line}\n{ADVICE}\n{line}\n", red=True, bold=True)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the workers' reports arrive here as well
        config.pluginmanager.register(SkippedClients(), "stepwise-clients-report")
