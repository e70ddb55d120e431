from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0024_find_people_by_parts_of_their_names"),
        ("tenancy", "0010_tell_the_parts_of_names"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                condition=models.Q(("deleted__isnull", False)),
                fields=["organization", "-deleted"],
                name="deleted_users_by_time",
            ),
        ),
    ]
