"""What an index of parts of names holds: see ``tenancy.names``.

A loop, which takes a twentieth of what a query does. It knows where the functions are that it calls: in a restore, which
builds the index, no schema is searched.
"""

from django.db import migrations

# Dear, so that the planner asks an index before it computes the parts of every row.
GRAMS = """
    CREATE FUNCTION name_grams(VARIADIC names text[]) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 SET search_path FROM CURRENT
    AS $$
    DECLARE
        searched text;
        found text[] := '{}';
    BEGIN
        FOREACH searched IN ARRAY names LOOP
            searched := name_search(searched);
            FOR start IN 1 .. length(searched) - 1 LOOP
                found := found || substr(searched, start, 2) || substr(searched, start, 3);
            END LOOP;
        END LOOP;
        RETURN found;
    END
    $$
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0009_keep_a_time_zone_for_each_organization")]

    operations = [migrations.RunSQL(GRAMS, "DROP FUNCTION name_grams(text[])")]
