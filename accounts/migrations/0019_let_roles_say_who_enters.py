"""From here on the role says who enters the admin; what was said of single people went without saying."""

from django.db import migrations

_ROLES_SAY = """
    UPDATE roles SET enters_admin = true WHERE kind IN ('STAFF', 'SYSTEM');
    UPDATE users SET is_staff = false
    WHERE is_staff AND role_id IN (SELECT id FROM roles WHERE enters_admin AND NOT is_global);
"""
_PEOPLE_SAY = """
    UPDATE users SET is_staff = true
    WHERE NOT is_staff AND deleted IS NULL AND role_id IN (SELECT id FROM roles WHERE name = 'ADMIN');
    UPDATE roles SET enters_admin = false;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_let_a_role_enter_the_admin")]

    operations = [migrations.RunSQL(_ROLES_SAY, _PEOPLE_SAY)]
