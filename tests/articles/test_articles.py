"""A level that another app declares is a level like every other."""

import os
import subprocess
import sys

import pytest

from tests.e2e.servers import ROOT


@pytest.mark.drill
def test_a_level_that_another_app_declares_keeps_every_contract_of_levels():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "tests/contracts/test_levels.py"],
        cwd=ROOT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "tests.articles.settings"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    for said in (
        "test_it_is_made_read_changed_deleted_and_restored_over_rest",
        "test_content_whose_level_is_forgotten_is_named",
        "test_a_level_whose_routes_are_forgotten_is_named",
        "test_a_level_whose_keys_or_pages_are_forgotten_is_named",
        "test_a_step_whose_completions_are_forgotten_is_named",
    ):
        assert f"{said}[articles] PASSED" in done.stdout
