"""The hot paths as requests, which all three servers answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from tests.bench.data import Bench, Reporters
from tests.bench.measure import Request

VIDEOS: Final = "/api/v1/course-management/videos"
INTERACTIONS: Final = "/api/v1/interactions"
COMPLETION: Final = "/api/safety_quiz_results/completion"


@dataclass(frozen=True, slots=True)
class Case:
    """A path under load.

    Attributes:
        goals: the least share of the limit, and how many times the plain peer.
        same: what of an answer must be the same whoever gives it.
    """

    name: str
    requests: list[Request]
    goals: tuple[float, float]
    same: Callable[[Any], Any]


def cases(bench: Bench, reporters: Reporters) -> list[Case]:
    """Return every path, with the goals of its kind."""
    first, last = bench.short_list[0], bench.long_list[900]
    path = f"/api/v1/course-management/courses/{bench.course_id}/learning-path"
    complete = f"/api/v1/progress/videos/{first}/complete"
    saved = {"progress_type": "sign_learned", "item_id": "hello", "value": "learned", "score": 3}
    item = json.dumps({"data": {**saved, "metadata": {"unit": "greetings", "tries": 3}}})
    viewed = [
        {"type": "viewed-slide", "payload": {"tcodeId": 12, "slide": slide, "seconds": slide / 7}}
        for slide in range(500)
    ]
    one, many = json.dumps(viewed[7]), json.dumps({"items": viewed})
    week = f"{COMPLETION}?week_of={reporters.week_of}"
    items = "/api/user_progress?progress_type=sign_learned"
    # Who learns sends one request after the other: these take turns, and are soon known to every process.
    everyone, some = bench.learners, bench.learners[:200]
    return [
        Case(
            "H1 save an item",
            [("POST", "/api/user_progress", token, item) for token in some],
            (0.50, 5),
            _item,
        ),
        Case(
            "H1 save, everyone new",
            [("POST", "/api/user_progress", token, item) for token in everyone],
            (0.50, 5),
            _item,
        ),
        Case(
            "H2 list 50 items",
            [("GET", items, bench.student, "")],
            (0.70, 6),
            lambda told: (told["count"], [row["id"] for row in told["rows"]]),
        ),
        Case("H3 learning path", [("GET", path, bench.student, "")], (1.15, 14), _steps),
        Case("H4 first video", [("GET", f"{VIDEOS}/{first}", bench.student, "")], (0.48, 6), _video),
        Case("H4 video 901", [("GET", f"{VIDEOS}/{last}", bench.student, "")], (0.48, 6), _video),
        Case(
            "H5 complete, first",
            [("POST", complete, token, "") for token in everyone],
            (0.45, 5.5),
            lambda told: told["completed"],
        ),
        Case(
            "H5 complete, again",
            [("POST", complete, bench.student, "")],
            (0.45, 5.5),
            lambda told: told["completed_at"][:19],
        ),
        Case("H6 reorder 20", _reorder(bench.short_list, bench.admin), (0.55, 4), lambda told: told["items"]),
        Case(
            "H6 reorder 1,000", _reorder(bench.long_list, bench.admin), (0.85, 11), lambda told: told["items"]
        ),
        Case("H7 campus", [("GET", week, reporters.campus, "")], (0.65, 7), _summary),
        Case("H7 organization", [("GET", week, reporters.organization, "")], (0.85, 20), _summary),
        Case(
            "H8 append one",
            [("POST", INTERACTIONS, token, one) for token in some],
            (0.45, 2.8),
            lambda told: told["type"],
        ),
        Case(
            "H8 append 500",
            [("POST", INTERACTIONS, token, many) for token in everyone[:50]],
            (0.90, 5),
            lambda told: [item["type"] for item in told["items"]],
        ),
    ]


def _reorder(ids: list[int], token: str) -> list[Request]:
    """Return two requests that keep turning a list round."""
    return [
        (
            "PUT",
            f"{VIDEOS}/reorder",
            token,
            json.dumps({"items": [{"id": pk, "position": n} for n, pk in enumerate(order)]}),
        )
        for order in (ids[::-1], ids)
    ]


def put_in_order(bench: Bench) -> None:
    """Undo what reorderings left: a learner who has completed what came first is to be where they were."""
    with connection.cursor() as cursor:
        for table in ("sub_course_videos", "least.videos"):
            for ids in (bench.short_list, bench.long_list):
                cursor.execute(
                    f"UPDATE {table} v SET display_order = o.number - 1 "
                    "FROM unnest(%s::bigint[]) WITH ORDINALITY o (id, number) WHERE v.id = o.id",
                    [ids],
                )


def _item(told: Any) -> Any:
    return [told[name] for name in ("item_id", "value", "score", "metadata")]


def _video(told: Any) -> Any:
    return [told[name] for name in ("id", "sub_course_id", "title", "video_url", "duration_seconds")]


def _steps(told: Any) -> Any:
    return [
        [(step["id"], step["title"], step["is_completed"], step["is_locked"]) for step in part[name]]
        for part in told["sub_courses"]
        for name in ("videos", "practices")
    ]


def _summary(told: Any) -> Any:
    return told["summary"], sorted(
        (row["userId"], row["status"], (row["result"] or {}).get("answers"), (row["result"] or {}).get("id"))
        for row in told["rows"]
    )
