from django.db import migrations

# The version of a person's row and of their role's row tells whether what was read of them still holds
# (accounts.rights.remembered): it must change with their permissions too. No column changes, so that nothing
# else comes of it.
WRITE_AGAIN = """
CREATE FUNCTION write_{holder}_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE {table} SET {column} = {column} WHERE id = OLD.{key};
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE {table} SET {column} = {column} WHERE id = NEW.{key};
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER write_{holder}_again AFTER INSERT OR UPDATE OR DELETE ON {permissions}
FOR EACH ROW EXECUTE FUNCTION write_{holder}_again();
"""
PERSON = {"holder": "person", "table": "users", "column": "is_active", "key": "user_id"}
ROLE = {"holder": "role", "table": "roles", "column": "kind", "key": "role_id"}
HELD = {
    "users_custom_permissions": PERSON,
    "users_custom_permissions_filter": PERSON,
    "roles_permissions": ROLE,
}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_create_registrations"),
    ]

    operations = [
        *(
            migrations.RunSQL(
                WRITE_AGAIN.format(**holder), f"DROP FUNCTION write_{holder['holder']}_again();"
            )
            for holder in (PERSON, ROLE)
        ),
        *(
            migrations.RunSQL(
                TRIGGER.format(permissions=table, **holder),
                f"DROP TRIGGER write_{holder['holder']}_again ON {table};",
            )
            for table, holder in HELD.items()
        ),
    ]
