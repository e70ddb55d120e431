from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_create_requests_for_a_new_password"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="preferences",
            name="preferences_language_is_allowed",
        ),
        migrations.AlterField(
            model_name="preferences",
            name="language",
            field=models.CharField(db_default="en", default="en", max_length=255, verbose_name="language"),
        ),
        # Checked for the rows there are in the next one, without keeping anyone from theirs.
        AddConstraintNotValid(
            model_name="preferences",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__regex", "^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*$")),
                name="preferences_language_is_allowed",
                violation_error_message="This is not one of the choices.",
            ),
        ),
    ]
