"""The column that sorts nodes, for those that exist: their trigger writes it."""

from django.db import migrations

_TABLES = ("organizations", "schools", "campuses", "classrooms")


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_sort_nodes_by_name")]

    operations = [
        migrations.RunSQL(f"UPDATE {table} SET name = name", migrations.RunSQL.noop) for table in _TABLES
    ]
