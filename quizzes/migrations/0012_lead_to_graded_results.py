from django.db import migrations, models
from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)


class Migration(migrations.Migration):
    # Millions of results: none of this may lock the table while it runs.
    atomic = False

    dependencies = [
        ("quizzes", "0011_keep_how_safety_quizzes_were_graded"),
    ]

    operations = [
        ValidateConstraint(model_name="safetyquizresult", name="safety_quiz_result_is_graded_or_not"),
        AddIndexConcurrently(
            model_name="safetyquizresult",
            index=models.Index(
                condition=models.Q(("deleted__isnull", True)),
                fields=["organization", "week_of", "user", "-completed_at"],
                include=("score", "passed"),
                name="quiz_results_of_a_week",
            ),
        ),
        AddIndexConcurrently(
            model_name="safetyquizresult",
            index=models.Index(
                condition=models.Q(("deleted__isnull", True)),
                fields=["user", "week_of", "-completed_at"],
                include=("score", "passed"),
                name="quiz_results_of_a_persons_week",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="safetyquizresult",
            name="quiz_results_of_week",
        ),
        RemoveIndexConcurrently(
            model_name="safetyquizresult",
            name="quiz_results_of_persons_week",
        ),
    ]
