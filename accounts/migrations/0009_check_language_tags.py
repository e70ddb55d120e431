from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_take_any_language_tag"),
    ]

    operations = [
        ValidateConstraint("preferences", "preferences_language_is_allowed"),
    ]
