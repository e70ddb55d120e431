import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from django.contrib.postgres.operations import AddConstraintNotValid


class Migration(migrations.Migration):
    dependencies = [
        ("quizzes", "0010_schedule_safety_quizzes"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="safetyquizresult",
            name="append_only",
        ),
        migrations.AddField(
            model_name="safetyquizresult",
            name="attempt",
            field=models.PositiveIntegerField(null=True, verbose_name="attempt"),
        ),
        migrations.AddField(
            model_name="safetyquizresult",
            name="grading",
            field=models.JSONField(null=True, verbose_name="grading"),
        ),
        migrations.AddField(
            model_name="safetyquizresult",
            name="passed",
            field=models.BooleanField(null=True, verbose_name="passed"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="safetyquizresult",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."campus_id" IS DISTINCT FROM (NEW."campus_id") OR OLD."classroom_id" IS DISTINCT FROM (NEW."classroom_id") OR OLD."quiz_id" IS DISTINCT FROM (NEW."quiz_id") OR OLD."quiz_title" IS DISTINCT FROM (NEW."quiz_title") OR OLD."week_of" IS DISTINCT FROM (NEW."week_of") OR OLD."user_name" IS DISTINCT FROM (NEW."user_name") OR OLD."user_role" IS DISTINCT FROM (NEW."user_role") OR OLD."score" IS DISTINCT FROM (NEW."score") OR OLD."total_questions" IS DISTINCT FROM (NEW."total_questions") OR OLD."answers" IS DISTINCT FROM (NEW."answers") OR OLD."completed_at" IS DISTINCT FROM (NEW."completed_at") OR OLD."passed" IS DISTINCT FROM (NEW."passed") OR OLD."attempt" IS DISTINCT FROM (NEW."attempt") OR OLD."grading" IS DISTINCT FROM (NEW."grading") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."import_hash" IS DISTINCT FROM (NEW."import_hash"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4ca7f40d0ba365472af1565c9efa80130606942a",
                    operation="UPDATE",
                    pgid="pgtrigger_append_only_b901a",
                    table="safety_quiz_results",
                    when="BEFORE",
                ),
            ),
        ),
        AddConstraintNotValid(
            model_name="safetyquizresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("attempt__isnull", True), ("grading__isnull", True), ("passed__isnull", True)),
                    models.Q(
                        ("attempt__isnull", False), ("grading__isnull", False), ("passed__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="safety_quiz_result_is_graded_or_not",
            ),
        ),
    ]
