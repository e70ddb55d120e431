from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("quizzes", "0017_lead_to_the_best_graded_result")]

    operations = [
        AddIndexConcurrently(
            model_name="question",
            index=models.Index(
                fields=["-organization", "question_set", "display_order", "id"], name="questions_in_order"
            ),
        ),
        # The new one begins with it.
        migrations.AlterField(
            model_name="question",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                on_delete=models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
    ]
