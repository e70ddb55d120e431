from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0022_find_the_staff_of_an_organization")]

    operations = [
        migrations.AddField(
            model_name="importjob",
            name="export_format",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=2, verbose_name="format"
            ),
        ),
        migrations.AddField(
            model_name="importjob",
            name="list_query",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="filters"),
        ),
        migrations.AddField(
            model_name="importjob",
            name="size",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="size"),
        ),
    ]
