"""The least a Python process can do for the same answers: bare WSGI, PyJWT, one pool, orjson.

The statements are the product's own, so that a ratio tells what the framework costs.
"""

import os
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django
import jwt
import orjson
from psycopg_pool import ConnectionPool

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from uuid_utils.compat import uuid7  # noqa: E402

from accounts.people.domain.rosters import NOW  # noqa: E402
from accounts.rights import principal  # noqa: E402
from learning.tree.domain.levels import VIDEOS  # noqa: E402
from progress.interactions.domain import interactions  # noqa: E402
from progress.items.domain import items  # noqa: E402
from progress.steps.completions import step_of  # noqa: E402
from progress.steps.domain import (  # noqa: E402
    completing,
    path,
    sequence,
)
from quizzes.safety.domain import completion  # noqa: E402
from quizzes.safety.domain.weeks import current_week  # noqa: E402
from tenancy.scope import Level  # noqa: E402

pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=4,
    max_size=8,
    kwargs={"autocommit": True, "prepare_threshold": 0},
)
_PATH = re.compile(r"/(videos|paths|complete|items|interactions|reports)/(\d+)")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer ``/videos/N``, ``/paths/N``, ``/complete/N``; with 0: items, interactions, reports."""
    match = _PATH.match(environ["PATH_INFO"])
    assert match
    what, pk = match[1], int(match[2])
    claims = jwt.decode(environ["HTTP_AUTHORIZATION"][7:], settings.JWT_SIGNING_KEY, ["HS256"])
    with pool.connection() as connection, connection.cursor() as cursor:
        user = cursor.execute(principal._PRINCIPAL_SQL, {"user_id": UUID(claims["user_id"])}).fetchone()
        values = {
            "id": pk,
            "user": user[0],
            "sequential": True,
            "sees_drafts": False,
            "every": False,
            "organizations": [user[3]],
            "organization": user[3],
            "completion": uuid7(),
        }
        if what == "items":
            content = _items(cursor, values, environ)
        elif what == "interactions":
            content = _interactions(cursor, values, environ)
        elif what == "reports":
            content = _report(cursor, user)
        elif what == "videos":
            row = cursor.execute(sequence._open_video_sql(), values).fetchone()
            content = orjson.dumps(dict(zip(sequence._VIDEO_COLUMNS, row, strict=False)))
        elif what == "complete":
            complete = completing._complete_sql(step_of(VIDEOS))
            _blocking, at, following = cursor.execute(complete, values).fetchone()
            content = orjson.dumps({"completed": True, "completed_at": at, "next": following})
        else:
            header = cursor.execute(path._header_sql(), values).fetchone()
            sub_courses = cursor.execute(path._SUB_COURSES, values).fetchall()
            steps = cursor.execute(path._steps_sql(), values).fetchall()
            names = ("kind", "sub_course_id", *path._STEP_COLUMNS, "done", "locked", *path._path_fields())
            body: Any = {
                "course": header[:6],
                "sub_courses": [row[:8] for row in sub_courses],
                "steps": [dict(zip(names, row, strict=True)) for row in steps],
            }
            content = orjson.dumps(body)
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
    return [content]


def _report(cursor: Any, user: tuple[Any, ...]) -> bytes:
    """Report the current week of the caller's campus, or else of their organization."""
    level = Level.CAMPUS if user[5] else Level.ORGANIZATION
    week = current_week(datetime.now(UTC))
    values = {
        "organization": user[3],
        "place": user[5],
        "names": list(week.names),
        "late_from": week.ends.isoformat(),
        "ends": NOW,
    }
    rows = cursor.execute(completion._whole_sql(level, by_week=True), values).fetchall()
    reported = [completion._as_row(row) for row in rows]
    complete = sum(row["status"] == "complete" for row in reported)
    summary = {"total": len(rows), "complete": complete, "pending": len(rows) - complete}
    return orjson.dumps(
        {"summary": summary, "rows": reported}, option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
    )


def _items(cursor: Any, values: dict[str, Any], environ: dict[str, Any]) -> bytes:
    """Save or list typed progress."""
    if environ["REQUEST_METHOD"] == "GET":
        wanted = {"progress_type": "sign_learned", "item_id": None, "limit": 50, "offset": 0}
        sql, values = items._LIST, {**values, **wanted}
    else:
        data = orjson.loads(environ["wsgi.input"].read())["data"]
        metadata = orjson.dumps(data["metadata"]).decode()
        sql = items._SAVE
        values = {**values, **data, "metadata": metadata, "id": uuid7(), "campus": None}
    (json,) = cursor.execute(sql, values).fetchone()
    content: bytes = json.encode()
    return content


def _interactions(cursor: Any, values: dict[str, Any], environ: dict[str, Any]) -> bytes:
    """Append one interaction or several."""
    body = orjson.loads(environ["wsgi.input"].read())
    rows = [{"id": str(uuid7()), **item} for item in body.get("items", [body])]
    values = {**values, "items": orjson.dumps(rows).decode()}
    (at,) = cursor.execute(interactions._APPEND, values).fetchone()
    if "items" not in body:
        return orjson.dumps({**rows[0], "createdAt": at})
    return orjson.dumps({"items": [{"id": row["id"], "type": row["type"], "createdAt": at} for row in rows]})
