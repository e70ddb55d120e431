"""Nodes stand in lists by name, in a column of its own that a trigger writes."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_compare_names_in_the_database")]

    operations = [
        migrations.AlterModelOptions(
            name="campus",
            options={
                "default_manager_name": "objects",
                "ordering": ["sort_name", "id"],
                "verbose_name": "campus",
                "verbose_name_plural": "campuses",
            },
        ),
        migrations.AlterModelOptions(
            name="classroom",
            options={
                "default_manager_name": "objects",
                "ordering": ["sort_name", "id"],
                "verbose_name": "classroom",
                "verbose_name_plural": "classrooms",
            },
        ),
        migrations.AlterModelOptions(
            name="organization",
            options={
                "default_manager_name": "objects",
                "ordering": ["sort_name", "id"],
                "verbose_name": "organization",
                "verbose_name_plural": "organizations",
            },
        ),
        migrations.AlterModelOptions(
            name="school",
            options={
                "default_manager_name": "objects",
                "ordering": ["sort_name", "id"],
                "verbose_name": "school",
                "verbose_name_plural": "schools",
            },
        ),
        migrations.AddField(
            model_name="campus",
            name="sort_name",
            field=models.TextField(db_collation="C", db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="classroom",
            name="sort_name",
            field=models.TextField(db_collation="C", db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="organization",
            name="sort_name",
            field=models.TextField(db_collation="C", db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="school",
            name="sort_name",
            field=models.TextField(db_collation="C", db_default="", default="", editable=False),
        ),
        migrations.AddIndex(
            model_name="campus",
            index=models.Index(fields=["school", "sort_name", "id"], name="campuses_by_name"),
        ),
        migrations.AddIndex(
            model_name="classroom",
            index=models.Index(fields=["campus", "sort_name", "id"], name="classrooms_by_name"),
        ),
        migrations.AddIndex(
            model_name="school",
            index=models.Index(fields=["organization", "sort_name", "id"], name="schools_by_name"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campus",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_sort_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.sort_name := name_order(NEW.name); RETURN NEW;",
                    hash="fcf24b97ac4fcfcd1a05a984fdee6485c558965b",
                    operation='INSERT OR UPDATE OF "name", "sort_name"',
                    pgid="pgtrigger_keep_sort_name_b431f",
                    table="campuses",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="classroom",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_sort_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.sort_name := name_order(NEW.name); RETURN NEW;",
                    hash="79712124642521913c0f4d1d7308cc1dfaf06f01",
                    operation='INSERT OR UPDATE OF "name", "sort_name"',
                    pgid="pgtrigger_keep_sort_name_f19dd",
                    table="classrooms",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organization",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_sort_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.sort_name := name_order(NEW.name); RETURN NEW;",
                    hash="7c4e948653044a590d007ab905fa53fcb4a08cf2",
                    operation='INSERT OR UPDATE OF "name", "sort_name"',
                    pgid="pgtrigger_keep_sort_name_8aa72",
                    table="organizations",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="school",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_sort_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.sort_name := name_order(NEW.name); RETURN NEW;",
                    hash="dff292028083db8be2516177481b3c558deaf13a",
                    operation='INSERT OR UPDATE OF "name", "sort_name"',
                    pgid="pgtrigger_keep_sort_name_e1d26",
                    table="schools",
                    when="BEFORE",
                ),
            ),
        ),
    ]
