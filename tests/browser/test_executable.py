"""Which browser is taken, how one is installed, and what is said when there is none."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.browser import executable
from tests.browser.executable import find_browser, main, may_select_browser_tests

ROOT = Path(executable.__file__).parent.parent.parent
PYTHON = sys.executable
WORKS = "#!/bin/sh\necho Chromium 1.0\n"
STUB = "#!/bin/sh\necho 'install it from the shop' >&2\nexit 1\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The only folder on the PATH, on a system where nothing can be downloaded."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloads"))
    monkeypatch.delenv("STEPWISE_BROWSER", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    playwright_says(folder, monkeypatch, f"*) echo {folder}/downloaded;;")
    return folder


def making(browser: Path) -> str:
    """Return what makes a browser, in a shell that finds no command."""
    return f"printf '#!/bin/sh\\n' > {browser}; /bin/chmod +x {browser}"


def playwright_says(folder, monkeypatch, cases: str) -> None:
    """Let Playwright be a script with these answers; by default its download brings nothing."""
    script = f"#!/bin/sh\necho $* >> {folder.parent}/calls\ncase $* in {cases} esac\n"
    monkeypatch.setattr(sys, "executable", put(folder, "python", script))


def calls(folder: Path) -> list[str]:
    """Return what was run to install something, in order."""
    lines = (folder.parent / "calls").read_text().splitlines()
    return [line for line in lines if "install" in line or "update" in line]


def put(folder: Path, name: str, script: str) -> str:
    path = folder / name
    path.write_text(script)
    path.chmod(0o755)
    return str(path)


def test_one_on_the_path_is_taken_without_installing_anything(folder, capsys):
    put(folder, "apt-get", "#!/bin/sh\nexit 99\n")
    google = put(folder, "google-chrome", WORKS)
    assert find_browser() == google
    chromium = put(folder, "chromium", WORKS)
    assert main([]) == 0
    assert capsys.readouterr() == (f"{chromium}\n", "")


def test_one_without_a_window_is_preferred(folder):
    put(folder, "chromium", WORKS)
    shell = put(folder, "chromium-headless-shell", WORKS)
    assert find_browser() == shell


def test_a_command_that_only_says_how_to_install_a_browser_is_none(folder):
    put(folder, "chromium-browser", STUB)
    assert find_browser() is None
    chrome = put(folder, "google-chrome-stable", WORKS)
    assert find_browser() == chrome


def test_the_environments_choice_comes_first_and_must_start(folder, monkeypatch, capsys):
    put(folder, "chromium", WORKS)
    chosen = put(folder, "mine", WORKS)
    monkeypatch.setenv("STEPWISE_BROWSER", chosen)
    assert find_browser() == chosen
    for wrong in (put(folder, "stub", STUB), str(folder / "nothing"), str(folder)):
        monkeypatch.setenv("STEPWISE_BROWSER", wrong)
        assert main([]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert f"STEPWISE_BROWSER={wrong} does not start" in said.err


def test_playwrights_own_is_found_where_it_was_downloaded(folder, monkeypatch):
    monkeypatch.setattr(sys, "executable", PYTHON)
    # Playwright takes a second to say where that is.
    monkeypatch.setattr(executable, "_playwrights_own", cache(executable._playwrights_own))
    path = Path(executable._playwrights_own())
    assert folder.parent / "downloads" in path.parents
    assert find_browser() is None
    path.parent.mkdir(parents=True)
    put(path.parent, path.name, WORKS)
    assert find_browser() == str(path)


def apt_get_brings(folder: Path, package: str) -> None:
    """Let this be the only package of a browser that there is."""
    put(
        folder,
        "apt-get",
        f"#!/bin/sh\necho $DEBIAN_FRONTEND $* >> {folder.parent}/calls\n"
        f"case $* in *' {package}') {making(folder / package)};; *install*) exit 100;; esac\n",
    )


def test_root_installs_debians_without_being_asked_anything(folder, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    apt_get_brings(folder, "chromium-headless-shell")
    assert main([]) == 0
    assert capsys.readouterr().out == f"{folder}/chromium-headless-shell\n"
    update, install = calls(folder)
    assert update.startswith("noninteractive -q -y")
    assert update.endswith("update")
    assert install.startswith("noninteractive -q -y")
    assert install.endswith("install --no-install-recommends chromium-headless-shell")


def test_root_installs_the_whole_browser_where_there_is_no_other(folder, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    apt_get_brings(folder, "chromium")
    assert main([]) == 0
    assert capsys.readouterr().out == f"{folder}/chromium\n"
    assert [line.split()[-1] for line in calls(folder)] == ["update", "chromium-headless-shell", "chromium"]


def test_others_download_playwrights_and_do_not_touch_the_system(folder, monkeypatch, capsys):
    put(folder, "apt-get", f"#!/bin/sh\necho update >> {folder.parent}/calls\n")
    made = making(folder / "downloaded")
    playwright_says(folder, monkeypatch, f"*install*) {made};; *) echo {folder}/downloaded;;")
    assert main([]) == 0
    assert capsys.readouterr().out == f"{folder}/downloaded\n"
    assert calls(folder) == ["-m playwright install --no-shell chromium"]


def test_a_failed_installation_goes_on_to_the_next_way_and_ends_loudly(folder, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    put(folder, "apt-get", "#!/bin/sh\necho no network here\nexit 100\n")
    assert main(["-n", "2"]) == 0
    said = capsys.readouterr()
    assert said.out == "\n"
    assert "no network here" in said.err
    assert calls(folder) == ["-m playwright install --no-shell chromium"]
    assert "apt-get install chromium-headless-shell" in said.err.split("BROWSER TESTS ARE SKIPPED")[1]


def test_an_installation_that_takes_too_long_is_stopped(capsys):
    assert not executable._succeeds([sys.executable, "-c", "import time; time.sleep(60)"], seconds=1)
    assert "stopped after 1 seconds" in capsys.readouterr().err


def test_arguments_that_lead_elsewhere_install_nothing(folder, capsys):
    assert main(["tests/learning", "-k", "reorder"]) == 0
    assert capsys.readouterr() == ("\n", "")


@pytest.mark.parametrize(
    ("arguments", "may"),
    [
        ([], True),
        (["-n", "2", "-q"], True),
        (["-k", "ordering"], True),
        (["tests"], True),
        ([str(ROOT)], True),
        (["tests/browser"], True),
        (["tests/browser/test_pages.py::test_login", "-x"], True),
        (["tests/learning", "tests/browser/test_pages.py"], True),
        (["tests/learning/test_reorder.py", "-n", "2"], False),
        (["tests/learning", "tests/e2e/test_demo.py::test_a"], False),
    ],
)
def test_paths_say_whether_browser_tests_may_be_selected(arguments, may):
    assert may_select_browser_tests(arguments) is may


def test_a_run_without_a_browser_ends_with_how_to_get_one(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    (tmp_path / "test_some.py").write_text(
        "import pytest\npytestmark = pytest.mark.browser\n"
        "def test_one(): pytest.skip('no browser: none')\ndef test_two(): pass\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "tests.browser.report", "-n", "1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    before, after = run.stdout.split("1 passed, 1 skipped")
    assert "BROWSER TESTS ARE SKIPPED" in after
    assert "1 browser tests took" in before
