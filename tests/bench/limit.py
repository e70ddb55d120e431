"""The least a Python process can do for the same answers: bare WSGI, PyJWT, one pool, orjson.

The statements are the product's own, so that a ratio tells what the framework costs.
"""

import os
import re
from collections.abc import Callable, Iterable
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

from accounts import principal  # noqa: E402
from progress.domain import path, record, sequence  # noqa: E402

pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=4,
    max_size=8,
    kwargs={"autocommit": True, "prepare_threshold": 0},
)
_PATH = re.compile(r"/(videos|paths|complete)/(\d+)")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer ``/videos/N``, ``/paths/N`` and ``/complete/N``."""
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
        if what == "videos":
            row = cursor.execute(sequence._OPEN_VIDEO, values).fetchone()
            body: Any = dict(zip(sequence._VIDEO_COLUMNS, row, strict=False))
        elif what == "complete":
            _blocking, at, following = cursor.execute(record._COMPLETE[sequence.VIDEO], values).fetchone()
            body = {"completed": True, "completed_at": at, "next": following}
        else:
            header = cursor.execute(path._HEADER, values).fetchone()
            sub_courses = cursor.execute(path._SUB_COURSES, values).fetchall()
            steps = cursor.execute(path._STEPS, values).fetchall()
            names = ("kind", "sub_course_id", "duration_seconds", *path._STEP_COLUMNS, "done", "locked")
            body = {
                "course": header[:6],
                "sub_courses": [row[:8] for row in sub_courses],
                "steps": [dict(zip(names, row, strict=True)) for row in steps],
            }
    content = orjson.dumps(body)
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
    return [content]
