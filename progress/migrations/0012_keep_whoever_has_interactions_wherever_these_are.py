"""``EXISTS (SELECT FROM ...)`` selects no columns, which Citus takes for a mistake where the log is distributed."""

from django.db import migrations

KEEP = """
CREATE OR REPLACE FUNCTION keep_{name}_with_interactions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT {selected} FROM user_interactions WHERE {column} = OLD.id) THEN
        RAISE foreign_key_violation USING MESSAGE = 'there are interactions of this {name}';
    END IF;
    RETURN OLD;
END $$;
"""
PERSON = {"name": "person", "column": "user_id"}
ORGANIZATION = {"name": "organization", "column": "organization_id"}


class Migration(migrations.Migration):
    dependencies = [("progress", "0011_lead_to_progress_with_tcodes_by_organization")]

    operations = [
        migrations.RunSQL(KEEP.format(**kept, selected="1"), KEEP.format(**kept, selected=""))
        for kept in (PERSON, ORGANIZATION)
    ]
