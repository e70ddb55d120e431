"""Short names for calls of ``/api/v1/interactions``."""

from typing import Any

from progress.interactions.types import INTERACTIONS
from progress.models import Interaction

URL = "/api/v1/interactions"
FIELDS = {"id", "userId", "type", "payload", "createdAt"}
VIEWED = {"type": "viewed-slide", "payload": {"tcodeId": 12, "slide": 4}}
EXAMPLES = [{"type": name, "payload": dict(kind.example)} for name, kind in INTERACTIONS.items()]


def viewed(slide: int = 4, **more: Any) -> dict[str, Any]:
    """Return a slide that was viewed."""
    return {"type": "viewed-slide", "payload": {"tcodeId": 12, "slide": slide, **more}}


def logged(client: Any, body: Any = VIEWED, **headers: Any) -> dict[str, Any]:
    """Log what is taken; return the answer."""
    response = client.post(URL, body, **headers)
    assert response.status_code == 201, response.content
    answer: dict[str, Any] = response.json()
    return answer


def listed(client: Any, **query: Any) -> dict[str, Any]:
    """Return a list that is answered."""
    response = client.get(URL, query)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def slides(answer: dict[str, Any]) -> list[int]:
    return [row["payload"]["slide"] for row in answer["rows"]]


def stored() -> list[Interaction]:
    """Return the rows in the database, newest first."""
    return list(Interaction.unscoped.all())
