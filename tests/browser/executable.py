"""The browser that tests and screenshots use: found, or installed where that is possible.

    python -m tests.browser.executable [ARGUMENTS OF PYTEST ...]

prints its path, or says loudly that there is none. Arguments that select no browser test install nothing.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

VARIABLE = "STEPWISE_BROWSER"
# The one without a window needs half the processor time for the same pages.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium-headless-shell", "chromium")  # of Debian, the second where the first is unknown
FOLDER = Path(__file__).parent

# Without what an idle Chromium asks the internet for, and what has no place in a container. No process waits
# for pages to come, and no script is compiled a second time for the few seconds that it runs.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",
    "--js-flags=--no-opt --no-maglev --min-semi-space-size=16",
]
_ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""

ADVICE = """\
No browser was found and none could be installed, so the BROWSER TESTS ARE SKIPPED.
To run them, install Chromium in one of these ways and repeat the command:
    apt-get install chromium-headless-shell       (Debian, as root; elsewhere the package chromium)
    .venv/bin/playwright install chromium         (elsewhere; its libraries: playwright install-deps)
    STEPWISE_BROWSER=/path/to/chrome bin/test     (one that is somewhere else)"""


class NotABrowserError(Exception):
    """What the environment names as browser does not start."""


def find_browser() -> str | None:
    """Return the path of a browser that starts: the environment's, one on the PATH, or Playwright's own.

    Raises:
        NotABrowserError: the environment names something else.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        if not _starts(chosen):
            raise NotABrowserError(f"{VARIABLE}={chosen} does not start.")
        return chosen
    return next((path for path in _candidates() if _starts(path)), None)


def install_browser() -> str | None:
    """Install a browser and return its path, or ``None`` after saying what was tried."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        options = ("-q", "-y", "-o", "DPkg::Lock::Timeout=60")
        known = _succeeds(["apt-get", *options, "update"], seconds=120)
        for package in PACKAGES if known else ():
            _say(f"Installing {package} with apt-get ...")
            _succeeds(["apt-get", *options, "install", "--no-install-recommends", package], seconds=600)
            if path := find_browser():
                return path
    _say("Downloading Playwright's chromium ...")
    _succeeds([sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"], seconds=600)
    return find_browser()


def may_select_browser_tests(arguments: Sequence[str]) -> bool:
    """Whether pytest, called so, may come across a browser test: no path is named, or one that leads here."""
    paths = [path for path in (Path(a.split("::")[0]) for a in arguments) if path.exists()]
    return not paths or any(
        FOLDER.is_relative_to(path.resolve()) or path.resolve().is_relative_to(FOLDER) for path in paths
    )


def _candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    yield _playwrights_own()


def _playwrights_own() -> str:
    """Return where Playwright's download is, or would be."""
    # In a process of its own: a test may ask while another Playwright runs.
    asked = subprocess.run(
        [sys.executable, "-c", _ASK_PLAYWRIGHT], stdout=subprocess.PIPE, text=True, check=True
    )
    return asked.stdout.strip()


def _starts(path: str) -> bool:
    """Whether it is more than a file: some systems have a stub that only tells how to install a browser."""
    try:
        ended = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def _succeeds(command: list[str], *, seconds: int) -> bool:
    """Run a command that asks nothing; if it fails or takes too long, say what it said last."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            output = f"stopped after {seconds} seconds"
            os.killpg(process.pid, signal.SIGTERM)  # not killed: a package manager cleans up
    if process.returncode:
        _say("\n".join(["failed: " + " ".join(command), *output.splitlines()[-5:]]))
    return process.returncode == 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def banner() -> str:
    """Return what nobody should overlook."""
    line = "=" * 100
    return f"\n{line}\n{ADVICE}\n{line}\n"


def main(arguments: Sequence[str]) -> int:
    """Print the path of a browser, installed if need be; nothing on standard output if there is none."""
    try:
        path = find_browser()
        if path is None and may_select_browser_tests(arguments):
            path = install_browser()
            if path is None:
                _say(banner())
    except NotABrowserError as error:
        _say(f"{error} Name a Chromium or Chrome, or unset it.")
        return 2
    print(path or "")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
