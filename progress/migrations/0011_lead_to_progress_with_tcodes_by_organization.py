from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("progress", "0010_let_erasures_say_that_they_are")]

    operations = [
        AddIndexConcurrently(
            model_name="tcodeprogress",
            index=models.Index(fields=["organization", "user"], name="tcode_progress_of_organization"),
        ),
    ]
