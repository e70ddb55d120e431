"""People stand in lists by name, in a column of its own that a trigger writes."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_create_import_jobs"),
        ("tenancy", "0007_refuse_two_places_of_one_name"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="sort_name",
            field=models.TextField(db_collation="C", db_default="", default="", editable=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_sort_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.sort_name := name_order(COALESCE(NULLIF(NEW.name, ''), NEW.email)); RETURN NEW;",
                    hash="829737310bec5e6d3478f6e23ceeff53bfbccbb7",
                    operation='INSERT OR UPDATE OF "name", "email", "sort_name"',
                    pgid="pgtrigger_keep_sort_name_57bd0",
                    table="users",
                    when="BEFORE",
                ),
            ),
        ),
    ]
