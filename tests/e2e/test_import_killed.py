"""``kill -9`` in the middle of a large import: nothing of it is there, and the next process does it all."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.imports.jobs import domain
from accounts.models import ImportJob
from progress.models import ItemProgress
from tenancy.scope import scope_entered
from tests.e2e.servers import ROOT

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

ROWS = 12_000


def test_an_import_that_is_killed_has_written_nothing_and_is_done_by_the_next_process(north, sunrise):
    rows = (f"{north.student.email},sign_learned,item {number},yes" for number in range(ROWS))
    content = "\n".join(["email,progress_type,item_id,value", *rows]).encode()
    asked = {"kind": "progress.ItemProgress", "file_name": "rows.csv", "dry_run": False}
    with scope_entered(north.scope):
        job = domain.start_import(content=content, by=north.admin, **asked)

    of_the_tests = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = {**os.environ, "DATABASE_URL": of_the_tests.geturl()}
    process = subprocess.Popen([sys.executable, "manage.py", "run_jobs"], cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 120
        while not ImportJob.unscoped.get(pk=job.pk).rows_done:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait()
    assert ImportJob.unscoped.get(pk=job.pk).state == "running"
    assert not ItemProgress.unscoped.exists()

    # Others believe it dead after half a minute.
    ImportJob.unscoped.filter(pk=job.pk).update(seen_at=timezone.now() - domain.SILENT - timedelta(seconds=1))
    call_command("run_jobs", "--until-empty", verbosity=0)
    ended = ImportJob.unscoped.get(pk=job.pk)
    assert (ended.state, ended.attempts, ended.report["created"]) == ("done", 2, ROWS)
    assert ItemProgress.unscoped.filter(organization=north.organization).count() == ROWS
