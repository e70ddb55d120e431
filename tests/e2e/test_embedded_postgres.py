"""The PostgreSQL that Stepwise brings along keeps its data when a release brings another major version."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.e2e.servers import ROOT

pytestmark = pytest.mark.drill

MAKE = """
import psycopg
with psycopg.connect({url!r}) as connection:
    connection.execute("CREATE TABLE kept (name text PRIMARY KEY)")
    connection.execute("INSERT INTO kept VALUES ('Ada'), ('Émile')")
"""


def run(data, *command, **environment):
    """Run a command beside the cluster of a folder, and return what it told."""
    known = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "config.embedded_postgres", *command],
        cwd=ROOT,
        env=known | {"STEPWISE_DATA_DIR": str(data)} | environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.fixture
def data():
    folder = Path(tempfile.mkdtemp(prefix="stepwise-"))
    folder.chmod(0o755)  # for the user that the server runs as
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_a_cluster_of_an_earlier_major_version_keeps_its_data(data):
    url = f"postgresql://postgres:@/postgres?host={data}/postgres"
    run(data, sys.executable, "-c", MAKE.format(url=url), PGSERVER_POSTGRES_VERSION="16")
    assert (data / "postgres" / "PG_VERSION").read_text().strip() == "16"

    ask = f"import psycopg; print(psycopg.connect({url!r}).execute('TABLE kept').fetchall())"
    told, warned = run(data, sys.executable, "-c", ask)
    assert told == "[('Ada',), ('Émile',)]\n"
    assert "from PostgreSQL 16 to 18" in warned
    assert (data / "postgres" / "PG_VERSION").read_text().strip() == "18"
    assert (data / "postgres.old" / "PG_VERSION").read_text().strip() == "16"

    again, quiet = run(data, sys.executable, "-c", ask)
    assert (again, quiet) == (told, "")
