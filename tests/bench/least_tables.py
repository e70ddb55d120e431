"""The tables of the limit and of the plain peer: as few columns and indexes as the same answers need.

In a schema of their own beside the product's, with the same ids, so that one request asks all three servers.
"""

from typing import Final

from django.db import connection

TABLES: Final = """
DROP SCHEMA IF EXISTS least CASCADE;
CREATE SCHEMA least;
SET LOCAL search_path = least, public;
CREATE TABLE people AS
    SELECT u.id, u.email, u.name, u.is_active, u.organization_id, u.campus_id, r.name AS role
    FROM public.users u JOIN public.roles r ON r.id = u.role_id;
CREATE TABLE courses AS SELECT id, title, description FROM public.courses;
CREATE TABLE sub_courses AS
    SELECT id, course_id, title, level, sub_level, display_order FROM public.sub_courses;
CREATE TABLE videos AS
    SELECT id, sub_course_id, title, description, video_url, duration_seconds, status, display_order
    FROM public.sub_course_videos;
CREATE TABLE practices AS
    SELECT id, owner_id AS sub_course_id, title, description, status, display_order
    FROM public.question_sets WHERE set_type = 'PRACTICE';
CREATE TABLE video_done AS
    SELECT user_id, video_id, completed_at FROM public.user_sub_course_video_progress;
CREATE TABLE practice_done AS
    SELECT user_id, question_set_id AS practice_id, completed_at FROM public.user_practice_progress;
CREATE TABLE items AS
    SELECT id, user_id, organization_id, campus_id, progress_type, item_id, value, score, metadata,
        created_at, updated_at
    FROM public.user_progress;
CREATE TABLE results AS
    SELECT id, user_id, organization_id, campus_id, quiz_id, quiz_title, week_of, score, total_questions,
        answers, user_name, user_role, completed_at, created_at, updated_at
    FROM public.safety_quiz_results;
CREATE TABLE interactions AS
    SELECT id, user_id, organization_id, type, payload, created_at FROM public.user_interactions;

ALTER TABLE people ADD PRIMARY KEY (id);
ALTER TABLE courses ADD PRIMARY KEY (id);
ALTER TABLE sub_courses ADD PRIMARY KEY (id);
ALTER TABLE videos ADD PRIMARY KEY (id);
ALTER TABLE practices ADD PRIMARY KEY (id);
ALTER TABLE items ADD PRIMARY KEY (id), ALTER id SET DEFAULT gen_random_uuid(),
    ALTER created_at SET DEFAULT now(), ALTER updated_at SET DEFAULT now();
ALTER TABLE interactions ADD PRIMARY KEY (id), ALTER id SET DEFAULT gen_random_uuid(),
    ALTER created_at SET DEFAULT now();
ALTER TABLE video_done ADD id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ALTER completed_at SET DEFAULT now();
ALTER TABLE practice_done ADD id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
CREATE INDEX ON people (organization_id, role);
CREATE INDEX ON people (campus_id, role);
CREATE INDEX ON sub_courses (course_id, display_order, id);
CREATE INDEX ON videos (sub_course_id, display_order, id);
CREATE INDEX ON practices (sub_course_id, display_order, id);
CREATE UNIQUE INDEX ON video_done (user_id, video_id);
CREATE UNIQUE INDEX ON practice_done (user_id, practice_id);
CREATE UNIQUE INDEX ON items (user_id, progress_type, item_id);
CREATE INDEX ON items (user_id, progress_type, created_at DESC, id DESC);
CREATE INDEX ON results (organization_id, week_of, user_id, completed_at DESC) INCLUDE (score);
CREATE INDEX ON results (user_id, week_of, completed_at DESC) INCLUDE (score);
CREATE INDEX ON interactions (user_id, created_at);
"""
NAMES: Final = [
    "people",
    "courses",
    "sub_courses",
    "videos",
    "practices",
    "video_done",
    "practice_done",
    "items",
    "results",
    "interactions",
]


def write() -> None:
    """Copy what there is into tables as small as can be."""
    with connection.cursor() as cursor:
        cursor.execute(f"BEGIN; {TABLES} COMMIT;")
        cursor.execute(f"VACUUM ANALYZE {', '.join(f'least.{name}' for name in NAMES)}")
