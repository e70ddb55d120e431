import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0005_name_renewal_and_the_content_of_tcodes_plainly"),
        ("quizzes", "0009_count_moved_rows_in_their_statement"),
        ("tenancy", "0007_refuse_two_places_of_one_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SafetyQuizSchedule",
            fields=[
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="created",
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="updated",
                    ),
                ),
                ("deleted", models.DateTimeField(editable=False, null=True)),
                ("deleted_by_cascade", models.BooleanField(db_default=False, default=False, editable=False)),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("first_week", models.DateField(verbose_name="first week")),
                ("last_week", models.DateField(blank=True, null=True, verbose_name="last week")),
                (
                    "pass_mark",
                    models.PositiveSmallIntegerField(
                        db_default=70,
                        default=70,
                        help_text="Of the questions, whatever their points.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="pass mark (percent)",
                    ),
                ),
                (
                    "retakes",
                    models.CharField(
                        choices=[
                            ("NEVER", "never"),
                            ("UNTIL_PASSED", "until it is passed"),
                            ("ALWAYS", "always"),
                        ],
                        db_default="UNTIL_PASSED",
                        default="UNTIL_PASSED",
                        max_length=12,
                        verbose_name="may be taken again",
                    ),
                ),
                (
                    "graded_only",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Who has only reported a result of their own stays pending in these weeks.",
                        verbose_name="graded results only",
                    ),
                ),
            ],
            options={
                "verbose_name": "safety quiz schedule",
                "verbose_name_plural": "safety quiz schedules",
                "db_table": "safety_quiz_schedules",
                "ordering": ["-first_week", "-id"],
                "abstract": False,
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SafetyQuizScheduleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("deleted", models.DateTimeField(editable=False, null=True)),
                ("deleted_by_cascade", models.BooleanField(db_default=False, default=False, editable=False)),
                ("id", models.BigIntegerField()),
                ("first_week", models.DateField(verbose_name="first week")),
                ("last_week", models.DateField(blank=True, null=True, verbose_name="last week")),
                (
                    "pass_mark",
                    models.PositiveSmallIntegerField(
                        db_default=70,
                        default=70,
                        help_text="Of the questions, whatever their points.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="pass mark (percent)",
                    ),
                ),
                (
                    "retakes",
                    models.CharField(
                        choices=[
                            ("NEVER", "never"),
                            ("UNTIL_PASSED", "until it is passed"),
                            ("ALWAYS", "always"),
                        ],
                        db_default="UNTIL_PASSED",
                        default="UNTIL_PASSED",
                        max_length=12,
                        verbose_name="may be taken again",
                    ),
                ),
                (
                    "graded_only",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Who has only reported a result of their own stays pending in these weeks.",
                        verbose_name="graded results only",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_manager_name": "objects",
            },
        ),
        migrations.AlterField(
            model_name="questionset",
            name="owner_type",
            field=models.CharField(
                choices=[
                    ("SUB_COURSE", "sub-course"),
                    ("STANDALONE", "nothing (a template or a safety quiz)"),
                ],
                max_length=10,
                verbose_name="owner",
            ),
        ),
        migrations.AlterField(
            model_name="questionset",
            name="set_type",
            field=models.CharField(
                choices=[
                    ("PRACTICE", "practice"),
                    ("INITIAL_ASSESSMENT", "entry assessment"),
                    ("SAFETY_QUIZ", "safety quiz"),
                ],
                max_length=20,
                verbose_name="type",
            ),
        ),
        migrations.AlterField(
            model_name="questionsetevent",
            name="owner_type",
            field=models.CharField(
                choices=[
                    ("SUB_COURSE", "sub-course"),
                    ("STANDALONE", "nothing (a template or a safety quiz)"),
                ],
                max_length=10,
                verbose_name="owner",
            ),
        ),
        migrations.AlterField(
            model_name="questionsetevent",
            name="set_type",
            field=models.CharField(
                choices=[
                    ("PRACTICE", "practice"),
                    ("INITIAL_ASSESSMENT", "entry assessment"),
                    ("SAFETY_QUIZ", "safety quiz"),
                ],
                max_length=20,
                verbose_name="type",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("set_type", "SAFETY_QUIZ"), _negated=True),
                    ("owner_type", "STANDALONE"),
                    _connector="OR",
                ),
                name="safety_quiz_belongs_to_no_sub_course",
                violation_error_code="owner_mismatch",
                violation_error_message="A safety quiz belongs to no sub-course.",
            ),
        ),
        migrations.AddField(
            model_name="safetyquizschedule",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AddField(
            model_name="safetyquizschedule",
            name="question_set",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="quizzes.questionset",
                verbose_name="safety quiz",
            ),
        ),
        migrations.AddField(
            model_name="safetyquizscheduleevent",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AddField(
            model_name="safetyquizscheduleevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="quizzes.safetyquizschedule",
            ),
        ),
        migrations.AddField(
            model_name="safetyquizscheduleevent",
            name="question_set",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="quizzes.questionset",
                verbose_name="safety quiz",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyquizschedule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted__isnull", True)),
                fields=("organization", "first_week"),
                name="safety_quiz_one_schedule_begins_in_a_week",
                violation_error_code="schedule_exists",
                violation_error_message="Another schedule begins in this week.",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyquizschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_week__iso_week_day", 1),
                    models.Q(("last_week__isnull", True), ("last_week__iso_week_day", 1), _connector="OR"),
                ),
                name="safety_quiz_schedule_is_of_whole_weeks",
                violation_error_code="not_a_monday",
                violation_error_message="A week is named by its Monday.",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyquizschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_week__isnull", True), ("last_week__gte", models.F("first_week")), _connector="OR"
                ),
                name="safety_quiz_schedule_ends_after_it_begins",
                violation_error_code="ends_before_it_begins",
                violation_error_message="The last week is before the first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyquizschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("pass_mark__lte", 100)), name="safety_quiz_pass_mark_is_a_percentage"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="safetyquizschedule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "quizzes_safetyquizscheduleevent" ("deleted", "deleted_by_cascade", "first_week", "graded_only", "id", "last_week", "organization_id", "pass_mark", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question_set_id", "retakes") VALUES (NEW."deleted", NEW."deleted_by_cascade", NEW."first_week", NEW."graded_only", NEW."id", NEW."last_week", NEW."organization_id", NEW."pass_mark", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."question_set_id", NEW."retakes"); RETURN NULL;',
                    hash="656b9d16394efa958aea9af29ffb1c5f76a0d225",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_782a3",
                    table="safety_quiz_schedules",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="safetyquizschedule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."deleted" IS DISTINCT FROM (NEW."deleted") OR OLD."deleted_by_cascade" IS DISTINCT FROM (NEW."deleted_by_cascade") OR OLD."first_week" IS DISTINCT FROM (NEW."first_week") OR OLD."graded_only" IS DISTINCT FROM (NEW."graded_only") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_week" IS DISTINCT FROM (NEW."last_week") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."pass_mark" IS DISTINCT FROM (NEW."pass_mark") OR OLD."question_set_id" IS DISTINCT FROM (NEW."question_set_id") OR OLD."retakes" IS DISTINCT FROM (NEW."retakes"))',
                    func='INSERT INTO "quizzes_safetyquizscheduleevent" ("deleted", "deleted_by_cascade", "first_week", "graded_only", "id", "last_week", "organization_id", "pass_mark", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question_set_id", "retakes") VALUES (NEW."deleted", NEW."deleted_by_cascade", NEW."first_week", NEW."graded_only", NEW."id", NEW."last_week", NEW."organization_id", NEW."pass_mark", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."question_set_id", NEW."retakes"); RETURN NULL;',
                    hash="4a6bc5c8cf9cc306f212863c0b05d2bafe8af920",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b3233",
                    table="safety_quiz_schedules",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="safetyquizscheduleevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1e77d25dec53b2b41f2625405b21e4f12a64a1b3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7f325",
                    table="quizzes_safetyquizscheduleevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
