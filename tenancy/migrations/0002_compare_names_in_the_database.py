"""The three rules by which names are compared, found and sorted: see ``tenancy.names``.

Built from what every PostgreSQL 15 brings along. ``left`` bounds what an index has to hold: one character may
become eighteen.
"""

from django.db import migrations

# Marks that change a letter without being one: accents, and the points of Hebrew and Arabic.
_MARKS = (
    r"[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    r"\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
# Soft hyphens, joiners, direction marks, byte order marks.
_UNSEEN = "".join(
    chr(code)
    for first, last in [
        (0xAD, 0xAD),
        (0x61C, 0x61C),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x2069),
        (0xFEFF, 0xFEFF),
    ]
    for code in range(first, last + 1)
)
# A Turkish i has four forms, with and without a dot, that change places with case; a Greek s has two.
_SAME = ("ıς", "iσ")
_LETTERS = ("ıςøłđðħŧ’‘ʼ‐‑‒–—", "iσolddht'''-----")


def _quoted(text):
    return "'" + text.replace("'", "''") + "'"


# Decomposed before it is lowered: then also a database that knows no letters but a to z lowers accented ones.
IDENTITY = f"""
    CREATE FUNCTION name_identity(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN left(btrim(regexp_replace(
        replace(replace(
            translate(lower(normalize(name, NFKD)), {_quoted(_SAME[0] + _UNSEEN)}, {_quoted(_SAME[1])}),
            {_quoted("i" + chr(0x307))}, 'i'), 'ß', 'ss'),
        '[ \\t\\n\\v\\f\\r]+', ' ', 'g')), 500)
"""
SEARCH = f"""
    CREATE FUNCTION name_search(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length(name) = length(name)
        THEN translate(lower(name), 'ı', 'i')
        ELSE replace(replace(replace(replace(
            translate(
                lower(regexp_replace(normalize(name, NFKD), {_quoted(_MARKS)}, '', 'g')),
                {_quoted(_LETTERS[0] + _UNSEEN)}, {_quoted(_LETTERS[1])}),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
        END
"""
# Each number gets zeros in front, and all but the last ten digits lose theirs again.
ORDER = r"""
    CREATE FUNCTION name_order(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN left(btrim(CASE WHEN name ~ '[0-9]'
        THEN regexp_replace(
            regexp_replace(name_search(name), '[0-9]+', '0000000000\&', 'g'),
            '0*([0-9]{10,})', '\1', 'g')
        ELSE name_search(name)
        END), 500)
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_create_the_hierarchy")]

    operations = [
        migrations.RunSQL(IDENTITY, "DROP FUNCTION name_identity(text)"),
        migrations.RunSQL(SEARCH, "DROP FUNCTION name_search(text)"),
        migrations.RunSQL(ORDER, "DROP FUNCTION name_order(text)"),
    ]
