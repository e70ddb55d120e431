"""The column that sorts people, for those who exist, a few thousand at a time: their trigger writes it."""

from django.db import migrations

_BATCH = """
    WITH batch AS (SELECT id FROM users WHERE id > %s ORDER BY id LIMIT 5000),
        sorted AS (UPDATE users SET sort_name = '' WHERE id IN (SELECT id FROM batch))
    SELECT id FROM batch ORDER BY id DESC LIMIT 1
"""


def sort(apps, schema_editor):
    last = ("00000000-0000-0000-0000-000000000000",)
    with schema_editor.connection.cursor() as cursor:
        while last is not None:
            cursor.execute(_BATCH, last)
            last = cursor.fetchone()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0012_sort_people_by_name")]

    operations = [migrations.RunPython(sort, migrations.RunPython.noop)]
