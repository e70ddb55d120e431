"""Find who has completed a step without reading every completion."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # indexes are built while learners go on completing

    dependencies = [("progress", "0001_create_completions")]

    operations = [
        AddIndexConcurrently(
            model_name="videocompletion",
            index=models.Index(fields=["video", "user"], name="video_completed_by"),
        ),
        AddIndexConcurrently(
            model_name="practicecompletion",
            index=models.Index(fields=["question_set", "user"], name="practice_completed_by"),
        ),
    ]
