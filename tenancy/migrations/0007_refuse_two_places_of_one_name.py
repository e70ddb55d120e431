"""No two places below one parent have one name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_tell_places_of_one_name_apart")]

    operations = [
        migrations.AddConstraint(
            model_name="campus",
            constraint=models.UniqueConstraint(
                models.F("school"),
                models.Func(models.F("name"), function="name_identity"),
                condition=models.Q(("archived_at", None)),
                name="campus_names_differ_within_a_school",
                violation_error_code="name_taken",
                violation_error_message="There is a campus of this name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="classroom",
            constraint=models.UniqueConstraint(
                models.F("campus"),
                models.Func(models.F("name"), function="name_identity"),
                condition=models.Q(("archived_at", None)),
                name="classroom_names_differ_within_a_campus",
                violation_error_code="name_taken",
                violation_error_message="There is a classroom of this name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="school",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                models.Func(models.F("name"), function="name_identity"),
                condition=models.Q(("archived_at", None)),
                name="school_names_differ_within_an_organization",
                violation_error_code="name_taken",
                violation_error_message="There is a school of this name already.",
            ),
        ),
    ]
