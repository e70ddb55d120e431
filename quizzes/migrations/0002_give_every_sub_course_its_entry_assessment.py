from django.db import migrations

FILL = """
CREATE FUNCTION fill_entry_assessment(target bigint) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    owner_organization uuid;
    template bigint;
    added integer;
BEGIN
    -- Two fillings at once must not copy twice.
    SELECT organization_id INTO owner_organization FROM question_sets WHERE id = target FOR UPDATE;
    IF EXISTS (SELECT 1 FROM questions WHERE question_set_id = target AND deleted IS NULL) THEN
        RETURN 0;
    END IF;
    SELECT s.id INTO template
    FROM question_sets s
    WHERE s.set_type = 'INITIAL_ASSESSMENT' AND s.owner_type = 'STANDALONE'
      AND s.status = 'PUBLISHED' AND s.deleted IS NULL
      AND s.organization_id IN (owner_organization, '00000000-0000-7000-8000-000000000001')
      AND EXISTS (SELECT 1 FROM questions q WHERE q.question_set_id = s.id AND q.deleted IS NULL)
    -- The organization's own before the shared one.
    ORDER BY s.organization_id <> owner_organization, s.display_order, s.id
    LIMIT 1;
    IF template IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO questions (organization_id, question_set_id, text, question_type, points, explanation,
                           display_order, copied_from_id)
    SELECT owner_organization, target, q.text, q.question_type, q.points, q.explanation,
           q.display_order, q.id
    FROM questions q
    WHERE q.question_set_id = template AND q.deleted IS NULL
    ORDER BY q.display_order, q.id;
    GET DIAGNOSTICS added = ROW_COUNT;
    INSERT INTO question_options (organization_id, question_id, text, is_correct, display_order)
    SELECT owner_organization, copy.id, o.text, o.is_correct, o.display_order
    FROM questions copy
    JOIN question_options o ON o.question_id = copy.copied_from_id
    WHERE copy.question_set_id = target AND copy.deleted IS NULL
    ORDER BY copy.id, o.display_order, o.id;
    RETURN added;
END $$;
"""

CREATE = """
CREATE FUNCTION create_entry_assessment(sub_course bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    created bigint;
BEGIN
    INSERT INTO question_sets (organization_id, owner_id, owner_type, set_type, title, status)
    SELECT s.organization_id, s.id, 'SUB_COURSE', 'INITIAL_ASSESSMENT',
           left('Entry assessment: ' || s.title, 200), 'PUBLISHED'
    FROM sub_courses s
    WHERE s.id = sub_course AND s.deleted IS NULL
    ON CONFLICT (owner_id) WHERE set_type = 'INITIAL_ASSESSMENT' AND deleted IS NULL DO NOTHING
    RETURNING id INTO created;
    IF created IS NOT NULL THEN
        PERFORM fill_entry_assessment(created);
    END IF;
    RETURN created;
END $$;
"""

TRIGGER = """
CREATE FUNCTION sub_course_has_entry_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM create_entry_assessment(NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER sub_course_inserted AFTER INSERT ON sub_courses
FOR EACH ROW WHEN (NEW.deleted IS NULL) EXECUTE FUNCTION sub_course_has_entry_assessment();

-- A restored sub-course whose assessment did not come back with it.
CREATE TRIGGER sub_course_restored AFTER UPDATE OF deleted ON sub_courses
FOR EACH ROW WHEN (OLD.deleted IS NOT NULL AND NEW.deleted IS NULL)
EXECUTE FUNCTION sub_course_has_entry_assessment();
"""


class Migration(migrations.Migration):
    """One entry assessment per sub-course, by whatever way it is inserted (document 004, section 2.1)."""

    dependencies = [("quizzes", "0001_create_question_sets_and_attempts")]

    operations = [
        migrations.RunSQL(FILL, "DROP FUNCTION fill_entry_assessment(bigint)"),
        migrations.RunSQL(CREATE, "DROP FUNCTION create_entry_assessment(bigint)"),
        migrations.RunSQL(
            TRIGGER,
            "DROP TRIGGER sub_course_restored ON sub_courses;"
            "DROP TRIGGER sub_course_inserted ON sub_courses;"
            "DROP FUNCTION sub_course_has_entry_assessment()",
        ),
        # Sub-courses that are already there.
        migrations.RunSQL(
            "SELECT create_entry_assessment(id) FROM sub_courses WHERE deleted IS NULL ORDER BY id",
            migrations.RunSQL.noop,
        ),
    ]
