"""Roles, and what each of them may see and write of the tables that hold rows of organizations.

Put up after each ``migrate``, from the models: a new table has its wall with its first migration. A policy is
made again only when it differs.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.db import connection, transaction

from tenancy.names import GRAMS, MENTIONED
from tenancy.scope import PLATFORM_ID, Level
from tenancy.wall.base import CALLER, ORGANIZATION, TENANT

APPLICATION: Final = "stepwise_application"
"""The role that the web's processes sign in as: it owns nothing, so that policies hold for it."""

ROLES: Final = {APPLICATION: "LOGIN NOINHERIT", TENANT: "NOLOGIN NOINHERIT"}

_OWN: Final = f"current_setting('{ORGANIZATION}')::uuid"
_CALLER: Final = f"current_setting('{CALLER}')::uuid"
_PLATFORM: Final = f"'{PLATFORM_ID}'::uuid"

# As their owner, who sees all: policies that read each other's tables would go round in circles. Temporary
# tables come last, or they would be taken first.
_FUNCTION: Final = """
    CREATE OR REPLACE FUNCTION {name}(person uuid, organization uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT EXISTS ({found}) $$
"""
_FUNCTIONS: Final = (
    _FUNCTION.format(
        name="wall_is_here",
        found="SELECT FROM users u WHERE u.id = person AND u.organization_id = organization",
    ),
    _FUNCTION.format(
        name="wall_was_here",
        found="SELECT FROM memberships m WHERE m.user_id = person AND m.organization_id = organization",
    ),
)

# An index is not asked by what a policy does not trust: its own operators, and no function that reads a row.
# All of one character have no parts.
_MENTIONED: Final = f"""
    CREATE OR REPLACE FUNCTION {MENTIONED}(parts text[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT id FROM users
        WHERE parts <> '{{}}' AND {GRAMS}(name, email) @> parts AND organization_id = {_OWN}
        UNION ALL
        SELECT id FROM users WHERE parts = '{{}}' AND organization_id = {_OWN}
    $$
"""

NUMBER: Final = 5
"""Policies of a table."""

_FOUND: Final = """
    SELECT c.relname, array_agg(a.attname::text), (
        -- Where one is missing, none is taken for what it was.
        SELECT obj_description(min(p.oid) FILTER (WHERE p.polname = 'everywhere'), 'pg_policy')
        FROM pg_policy p WHERE p.polrelid = c.oid HAVING count(*) = %s
    )
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    GROUP BY c.oid, c.relname
"""


class WalledTable(NamedTuple):
    """A table with a wall.

    Attributes:
        organization: the column that says whose a row is.
        shared: whether every organization reads the rows of the reserved one.
        person: the column of the person a row is about, if it is a fact of one.
        history: written by triggers only, which follow what the wall has let through.
    """

    organization: str
    shared: bool
    person: str | None
    history: bool


def tables() -> dict[str, WalledTable]:
    """Return every table with a wall, by its name: those of all tenant models."""
    found = {}
    for model in apps.get_models():
        levels = getattr(model, "tenant_columns", None)
        if levels is None or model._meta.proxy or not model._meta.managed:
            continue
        columns = {field.name: str(field.column) for field in model._meta.fields}
        name, history = model._meta.db_table, hasattr(model, "pgh_tracked_model")
        found[name] = WalledTable(
            # A few tell it by their person; their own column says the same.
            organization=columns.get(levels[Level.ORGANIZATION], columns.get("organization", "")),
            # The reserved one and its people are named where they have done something.
            shared=model.tenant_shared or name in ("organizations", "users"),  # type: ignore[attr-defined]
            person=None if history else columns.get("user"),
            history=history,
        )
    return found


def put_up(**kwargs: Any) -> None:
    """Make roles, grants and policies what they are to be; receives ``post_migrate``."""
    with connection.cursor() as cursor, transaction.atomic():
        for statement in [*roles(cursor), *_grants()]:
            cursor.execute(statement)
        # As the migrations have left them, which may not have been all.
        cursor.execute(_FOUND, [NUMBER])
        found = {table: (set(columns), mark) for table, columns, mark in cursor.fetchall()}
        if not {"users", "memberships"} <= found.keys():
            return
        # What they call may be made by a migration that is yet to come.
        cursor.execute("SET LOCAL check_function_bodies = off")
        cursor.execute("; ".join([*_FUNCTIONS, _MENTIONED]))
        for table, of in tables().items():
            columns, mark = found.get(table, (set(), None))
            if not {of.organization, of.person or of.organization} <= columns:
                continue
            statements = "; ".join(_policies(table, of))
            wanted = f"{NUMBER} policies {hashlib.sha256(statements.encode()).hexdigest()[:16]}"
            if mark != wanted:
                cursor.execute(f"{statements}; COMMENT ON POLICY everywhere ON {table} IS '{wanted}'")


def roles(cursor: Any) -> Iterator[str]:
    """Yield what makes the roles that the server does not have yet."""
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
    known = {name for (name,) in cursor.fetchall()}
    for name, how in ROLES.items():
        if name not in known:
            yield f"CREATE ROLE {name} {how}"
    if known != ROLES.keys():
        yield f"GRANT {TENANT} TO {APPLICATION}, CURRENT_USER"


def _grants() -> Iterator[str]:
    both = f"{APPLICATION}, {TENANT}"
    yield f"GRANT USAGE ON SCHEMA public TO {both}"
    # Tables that are made later as well, such as the cache's.
    for on in ("ALL {} IN SCHEMA public", "{}"):
        make = "" if on != "{}" else "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
        yield f"{make}GRANT SELECT, INSERT, UPDATE, DELETE ON {on.format('TABLES')} TO {both}"
        yield f"{make}GRANT USAGE, SELECT ON {on.format('SEQUENCES')} TO {both}"


def _policies(name: str, table: WalledTable) -> Iterator[str]:
    """Yield what gives a table its wall.

    What is shared is read by all. It can be locked as well, which counts as changing it, but not changed:
    what a row is afterwards is checked. What is a person's is there where they are, and where they act.
    """
    own = written = added = f"{table.organization} = {_OWN}"
    read = f"{table.organization} = ANY (ARRAY[{_OWN}, {_PLATFORM}])" if table.shared else own
    if table.person:
        added = f"{own} OR {table.person} = {_CALLER}"
        read = written = f"{added} OR wall_is_here({table.person}, {_OWN})"
    if name == "users":
        # People come from, and go to, no organization, and know themselves wherever they act; who has left is
        # told from who never was here.
        added, written = read, f"{read} OR id = {_CALLER}"
        read = f"{written} OR wall_was_here(id, {_OWN})"
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    for policy, rule in {
        "everywhere": f"FOR ALL TO {APPLICATION} USING (true)",
        "tenant_reads": f"FOR SELECT TO {TENANT} USING ({read})",
        "tenant_adds": f"FOR INSERT TO {TENANT} WITH CHECK ({'true' if table.history else added})",
        "tenant_changes": f"FOR UPDATE TO {TENANT} USING ({read}) WITH CHECK ({written})",
        "tenant_deletes": f"FOR DELETE TO {TENANT} USING ({own if table.shared else read})",
    }.items():
        yield f"DROP POLICY IF EXISTS {policy} ON {name}"
        yield f"CREATE POLICY {policy} ON {name} {rule}"
