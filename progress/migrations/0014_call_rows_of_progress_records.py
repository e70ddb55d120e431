from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("progress", "0013_lead_to_exceptions_by_time")]

    operations = [
        migrations.AlterModelOptions(
            name="itemprogress",
            options={
                "default_manager_name": "objects",
                "ordering": ["-created_at", "-id"],
                "verbose_name": "typed progress record",
                "verbose_name_plural": "typed progress records",
            },
        ),
        migrations.AlterModelOptions(
            name="tcodeprogress",
            options={
                "default_manager_name": "objects",
                "ordering": ["-last_active", "-id"],
                "verbose_name": "tcode progress record",
                "verbose_name_plural": "tcode progress records",
            },
        ),
    ]
