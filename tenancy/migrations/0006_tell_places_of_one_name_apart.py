"""Twins get names of their own, before the database refuses them: ``E9`` stays, a second one is ``E9 (2)``.

The oldest keeps its name; nobody is moved and nothing is lost. ``docs/imports.md`` says how two that were meant
to be one are merged afterwards.
"""

import logging

from django.db import migrations

logger = logging.getLogger(__name__)

_PLACES = (("schools", "organization_id"), ("campuses", "school_id"), ("classrooms", "campus_id"))
_MOST = 200


def tell_apart(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for table, parent in _PLACES:
            cursor.execute(
                f"""
                SELECT id, parent, name FROM (
                    SELECT id, {parent} AS parent, name, created_at, row_number() OVER (
                        PARTITION BY {parent}, name_identity(name) ORDER BY created_at, id
                    ) AS number
                    FROM {table}
                ) twins
                WHERE number > 1 ORDER BY created_at, id
                """
            )
            for pk, parent_id, name in cursor.fetchall():
                free = _free_name(cursor, table, parent, parent_id, name)
                cursor.execute(f"UPDATE {table} SET name = %s WHERE id = %s", [free, pk])
                logger.warning("There were two of one name in %s: %s is %r now.", table, pk, free)


def _free_name(cursor, table, parent, parent_id, name):
    number = 2
    while True:
        suffix = f" ({number})"
        free = name[: _MOST - len(suffix)] + suffix
        cursor.execute(
            f"SELECT 1 FROM {table} WHERE {parent} = %s AND name_identity(name) = name_identity(%s)",
            [parent_id, free],
        )
        if cursor.fetchone() is None:
            return free
        number += 1


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0005_archive_places")]

    operations = [migrations.RunPython(tell_apart, migrations.RunPython.noop)]
