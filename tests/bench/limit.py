"""The limit: the least a Python process can do for the same answers.

Bare WSGI, PyJWT, a connection for each thread, one prepared statement for each path (two to reorder), orjson.
It trusts the token, knows no tenants, roles or drafts, keeps no history, and its tables are ``least_tables``.
"""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

import jwt
import orjson
import psycopg
from uuid_utils.compat import uuid7

KEY: Final = os.environ["SECRET_KEY"]
_local = threading.local()
_decode = jwt.PyJWT().decode

SAVE: Final = """
    INSERT INTO items (id, user_id, organization_id, progress_type, item_id, value, score, metadata)
    SELECT %s, id, organization_id, %s, %s, %s, %s, %s::jsonb FROM people WHERE id = %s
    ON CONFLICT (user_id, progress_type, item_id) DO UPDATE SET
        value = EXCLUDED.value, score = EXCLUDED.score, metadata = EXCLUDED.metadata, updated_at = now()
    RETURNING id, progress_type, item_id, value, score, metadata, user_id, created_at, updated_at
"""
LIST: Final = """
    SELECT id, progress_type, item_id, value, score, metadata, user_id, created_at, updated_at,
        (SELECT count(*) FROM items WHERE user_id = %s AND progress_type = %s)
    FROM items WHERE user_id = %s AND progress_type = %s ORDER BY created_at DESC, id DESC LIMIT 50
"""
SUB_COURSES: Final = """
    SELECT c.id, c.title, c.description, s.id, s.title, s.level, s.sub_level, s.display_order
    FROM courses c JOIN sub_courses s ON s.course_id = c.id WHERE c.id = %s ORDER BY s.display_order, s.id
"""
STEPS: Final = """
    SELECT i.sub_course_id, i.id, i.title, i.description, i.display_order, done.user_id IS NOT NULL
    FROM sub_courses s JOIN {table} i ON i.sub_course_id = s.id
    LEFT JOIN {done} done ON done.{column} = i.id AND done.user_id = %s
    WHERE s.course_id = %s AND i.status = 'PUBLISHED' ORDER BY i.sub_course_id, i.display_order, i.id
"""
_OPEN: Final = """NOT EXISTS (
    SELECT FROM videos e WHERE e.sub_course_id = v.sub_course_id AND e.status = 'PUBLISHED'
        AND (e.display_order, e.id) < (v.display_order, v.id)
        AND e.id NOT IN (SELECT video_id FROM video_done WHERE user_id = %s)
)"""
VIDEO: Final = f"""
    SELECT v.id, v.sub_course_id, v.title, v.description, v.video_url, v.duration_seconds, v.display_order
    FROM videos v WHERE v.id = %s AND v.status = 'PUBLISHED'
      AND (EXISTS (SELECT FROM video_done WHERE user_id = %s AND video_id = v.id) OR {_OPEN})
"""
COMPLETE: Final = f"""
    WITH known AS (SELECT completed_at FROM video_done WHERE user_id = %s AND video_id = %s),
    made AS (
        INSERT INTO video_done (user_id, video_id)
        SELECT %s, v.id FROM videos v WHERE v.id = %s AND NOT EXISTS (SELECT FROM known) AND {_OPEN}
        ON CONFLICT (user_id, video_id) DO NOTHING RETURNING completed_at
    )
    SELECT completed_at FROM known UNION ALL SELECT completed_at FROM made
"""
LOCK: Final = "SELECT FROM sub_courses WHERE id = (SELECT sub_course_id FROM videos WHERE id = %s) FOR UPDATE"
REORDER: Final = """
    UPDATE videos v SET display_order = wanted.position - 1
    FROM unnest(%s::bigint[]) WITH ORDINALITY wanted (id, position)
    WHERE v.id = wanted.id AND v.display_order <> wanted.position - 1
"""
RESULT: Final = [
    "id",
    "quiz_id",
    "quiz_title",
    "week_of",
    "score",
    "total_questions",
    "answers",
    "user_name",
    "user_role",
    "completed_at",
    "organizationId",
    "campusId",
    "userId",
    "createdAt",
    "updatedAt",
]
_REPORT: Final = """
    SELECT p.id::text, p.name, p.role, p.campus_id::text,
        r.id::text, r.quiz_id, r.quiz_title, r.week_of, r.score, r.total_questions, r.answers::text,
        r.user_name, r.user_role, r.completed_at, r.organization_id::text, r.campus_id::text,
        r.user_id::text, r.created_at, r.updated_at
    FROM people p LEFT JOIN {results} ON {which}
    WHERE p.{place} = %s AND p.role IN ('ADMIN', 'PRINCIPAL', 'TEACHER') AND p.is_active ORDER BY p.id
"""
REPORT_OF_CAMPUS: Final = _REPORT.format(
    results="""LATERAL (
        SELECT * FROM results r WHERE r.user_id = p.id AND r.week_of = %s ORDER BY r.completed_at DESC LIMIT 1
    ) r""",
    which="true",
    place="campus_id",
)
REPORT_OF_ORGANIZATION: Final = _REPORT.format(
    results="""(
        SELECT DISTINCT ON (user_id) * FROM results WHERE week_of = %s AND organization_id = %s
        ORDER BY user_id, completed_at DESC
    ) r""",
    which="r.user_id = p.id",
    place="organization_id",
)
APPEND: Final = """
    INSERT INTO interactions (id, user_id, organization_id, type, payload)
    SELECT sent.id, %s, p.organization_id, sent.type, sent.payload
    FROM people p, unnest(%s::uuid[], %s::text[], %s::jsonb[]) sent (id, type, payload) WHERE p.id = %s
    RETURNING created_at
"""
ITEM: Final = [
    "id",
    "progress_type",
    "item_id",
    "value",
    "score",
    "metadata",
    "userId",
    "createdAt",
    "updatedAt",
]


def connection() -> Any:
    """Return the connection of this thread."""
    known: Any = getattr(_local, "connection", None)
    if known is None:
        known = _local.connection = psycopg.connect(
            os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0, options="-c search_path=least"
        )
    return known


def run(sql: str, *values: Any) -> Any:
    """Send a prepared statement."""
    return connection().execute(sql, values, prepare=True)


def user_progress(user: str, method: str, query: dict[str, str], body: Any, _pk: int) -> Any:
    """H1, H2."""
    if method == "GET":
        kind = query["progress_type"]
        rows = run(LIST, user, kind, user, kind).fetchall()
        return {
            "rows": [dict(zip(ITEM, row, strict=False)) for row in rows],
            "count": rows[0][-1] if rows else 0,
        }
    data = body["data"]
    metadata = orjson.dumps(data["metadata"]).decode()
    sent = (uuid7(), data["progress_type"], data["item_id"], data["value"], data["score"], metadata, user)
    return dict(zip(ITEM, run(SAVE, *sent).fetchone(), strict=True))


def path(user: str, _method: str, _query: dict[str, str], _body: Any, pk: int) -> Any:
    """H3."""
    subs = run(SUB_COURSES, pk).fetchall()
    lists: dict[str, dict[int, list[Any]]] = {"videos": {}, "practices": {}}
    for name, done, column in (
        ("videos", "video_done", "video_id"),
        ("practices", "practice_done", "practice_id"),
    ):
        locked: set[int] = set()
        for sub, item, title, text, order, is_done in run(
            STEPS.format(table=name, done=done, column=column), user, pk
        ):
            step = {"id": item, "title": title, "description": text, "display_order": order}
            state = {"is_completed": is_done, "is_locked": sub in locked and not is_done}
            lists[name].setdefault(sub, []).append({**step, **state})
            if not is_done:
                locked.add(sub)
    shown = [
        {"id": pk, "title": title, "level": level, "sub_level": sub_level, "display_order": order}
        | {name: steps.get(pk, []) for name, steps in lists.items()}
        for _id, _title, _text, pk, title, level, sub_level, order in subs
    ]
    return {"id": subs[0][0], "title": subs[0][1], "description": subs[0][2], "sub_courses": shown}


def video(user: str, _method: str, _query: dict[str, str], _body: Any, pk: int) -> Any:
    """H4."""
    names = ["id", "sub_course_id", "title", "description", "video_url", "duration_seconds", "display_order"]
    return dict(zip(names, run(VIDEO, pk, user, user).fetchone(), strict=True))


def complete(user: str, _method: str, _query: dict[str, str], _body: Any, pk: int) -> Any:
    """H5."""
    return {"completed": True, "completed_at": run(COMPLETE, user, pk, user, pk, user).fetchone()[0]}


def reorder(_user: str, _method: str, _query: dict[str, str], body: Any, _pk: int) -> Any:
    """H6."""
    ids = [item["id"] for item in sorted(body["items"], key=lambda item: item["position"])]
    with connection().transaction():
        run(LOCK, ids[0])
        run(REORDER, ids)
    return {"items": [{"id": pk, "position": position} for position, pk in enumerate(ids)]}


def report(user: str, _method: str, query: dict[str, str], _body: Any, _pk: int) -> Any:
    """H7."""
    sql = "SELECT organization_id, campus_id, role FROM people WHERE id = %s"
    organization, campus, role = run(sql, user).fetchone()
    week = query["week_of"]
    if role == "ADMIN":
        found = run(REPORT_OF_ORGANIZATION, week, organization, organization)
    else:
        found = run(REPORT_OF_CAMPUS, week, campus)
    rows, done = [], 0
    for pk, name, role, place, *result in found:
        told = None
        if result[0] is not None:
            result[RESULT.index("answers")] = orjson.Fragment(result[RESULT.index("answers")])
            told, done = dict(zip(RESULT, result, strict=True)), done + 1
        person = {"userId": pk, "user_name": name, "user_role": role, "campusId": place}
        rows.append({**person, "status": "complete" if told else "pending", "result": told})
    return {"summary": {"total": len(rows), "complete": done, "pending": len(rows) - done}, "rows": rows}


def interactions(user: str, _method: str, _query: dict[str, str], body: Any, _pk: int) -> Any:
    """H8."""
    sent = body.get("items", [body])
    ids = [uuid7() for _ in sent]
    payloads = [orjson.dumps(item["payload"]).decode() for item in sent]
    (at,) = run(APPEND, user, ids, [item["type"] for item in sent], payloads, user).fetchone()
    rows = [{"id": pk, "type": item["type"], "createdAt": at} for pk, item in zip(ids, sent, strict=True)]
    return {"items": rows} if "items" in body else rows[0]


HANDLERS: Final[dict[str, Callable[..., Any]]] = {
    "user_progress": user_progress,
    "learning-path": path,
    "videos": video,
    "complete": complete,
    "reorder": reorder,
    "completion": report,
    "interactions": interactions,
}


def told(user: str, method: str, path: str, query: str, body: Any) -> Any:
    """Return the answer at one of the product's paths: its last word says what is asked, but a number."""
    words = path.split("/")
    number = next((int(word) for word in words if word.isdecimal()), 0)
    handler = HANDLERS[words[-1] if not words[-1].isdecimal() else words[-2]]
    return handler(user, method, dict(parse_qsl(query)), body, number)


def claims_of(authorization: str) -> Any:
    """Return what a bearer's token says."""
    return _decode(authorization[7:], KEY, ["HS256"])


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request."""
    claims = claims_of(environ["HTTP_AUTHORIZATION"])
    body = environ["wsgi.input"].read()
    content = orjson.dumps(
        told(
            claims["user_id"],
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            environ["QUERY_STRING"],
            orjson.loads(body) if body else None,
        )
    )
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
    return [content]
