from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0020_mail_weekly_figures")]

    operations = [
        migrations.AddField(
            model_name="importjob",
            name="options",
            field=models.JSONField(db_default={}, default=dict, verbose_name="options"),
        ),
    ]
