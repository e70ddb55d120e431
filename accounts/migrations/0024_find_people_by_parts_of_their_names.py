import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0023_make_files_of_long_lists_as_jobs"),
        ("tenancy", "0010_tell_the_parts_of_names"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(fields=["organization", "email", "id"], name="users_by_address"),
        ),
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(fields=["email", "id"], name="all_users_by_address"),
        ),
        AddIndexConcurrently(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func("name", "email", function="name_grams"), name="users_by_part_of_name"
            ),
        ),
    ]
