from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("progress", "0012_keep_whoever_has_interactions_wherever_these_are")]

    operations = [
        AddIndexConcurrently(
            model_name="stepexception",
            index=models.Index(fields=["organization", "-given_at", "-id"], name="step_exceptions_in_org"),
        ),
        AddIndexConcurrently(
            model_name="stepexception",
            index=models.Index(fields=["-given_at", "-id"], name="step_exceptions_by_time"),
        ),
    ]
