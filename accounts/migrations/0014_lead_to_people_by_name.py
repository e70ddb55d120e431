"""An index for lists of people by name."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0013_sort_people_who_exist")]

    operations = [
        AddIndexConcurrently(
            "user", models.Index(fields=["organization", "sort_name", "id"], name="users_by_name")
        ),
    ]
