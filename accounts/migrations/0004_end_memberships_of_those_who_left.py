from django.db import migrations

# When someone became inactive is in the history; the row itself only tells when they were deleted.
END = """
UPDATE memberships m
SET valid_until = GREATEST(left_at.moment, m.valid_from + interval '1 microsecond'), updated_at = now()
FROM users u
CROSS JOIN LATERAL (
    SELECT COALESCE(
        LEAST(
            u.deleted,
            (
                SELECT min(e.pgh_created_at) FROM accounts_userevent e
                WHERE e.pgh_obj_id = u.id AND NOT e.is_active AND e.pgh_id > COALESCE(
                    (
                        SELECT max(before.pgh_id) FROM accounts_userevent before
                        WHERE before.pgh_obj_id = u.id AND before.is_active
                    ),
                    0
                )
            )
        ),
        now()
    ) AS moment
) left_at
WHERE u.id = m.user_id AND m.valid_until IS NULL AND NOT (u.is_active AND u.deleted IS NULL)
"""


class Migration(migrations.Migration):
    """Who is deactivated or deleted belongs nowhere any more."""

    dependencies = [("accounts", "0003_keep_answers_to_the_letter")]

    operations = [migrations.RunSQL(END, migrations.RunSQL.noop)]
