from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0002_add_tcodes_and_subscriptions"),
    ]

    operations = [
        migrations.RenameIndex(
            model_name="subcourse",
            old_name="sub_course_level_and_sub_level",
            new_name="idx_sub_courses_level_sub_level",
        ),
    ]
