from django.db import migrations


class Migration(migrations.Migration):
    """The organization that owns shared content and houses people who belong to none."""

    dependencies = [("tenancy", "0001_create_the_hierarchy")]

    operations = [
        migrations.RunSQL(
            sql=(
                "INSERT INTO organizations (id, name, slug) VALUES "
                "('00000000-0000-7000-8000-000000000001', 'Platform', 'platform') ON CONFLICT DO NOTHING"
            ),
            reverse_sql="DELETE FROM organizations WHERE slug = 'platform'",
        )
    ]
