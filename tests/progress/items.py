"""Short names for calls of ``/api/user_progress``."""

from typing import Any

from progress.models import ItemProgress

URL = "/api/user_progress"
BY_ITEM = f"{URL}/by-item"
FIELDS = {
    *("id", "progress_type", "item_id", "value", "score", "metadata", "organizationId", "campusId"),
    *("userId", "createdAt", "updatedAt"),
}


def save(client: Any, item_id: Any = "hello", progress_type: Any = "sign_learned", **more: Any) -> Any:
    """Post one item."""
    return client.post(URL, {"data": {"progress_type": progress_type, "item_id": item_id, **more}})


def saved(*args: Any, **more: Any) -> dict[str, Any]:
    """Post one item that is taken; return it."""
    response = save(*args, **more)
    assert response.status_code == 200, response.content
    row: dict[str, Any] = response.json()
    return row


def listed(client: Any, progress_type: str = "sign_learned", **query: Any) -> dict[str, Any]:
    """Return a list that is answered."""
    response = client.get(URL, {"progress_type": progress_type, **query})
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def names(answer: dict[str, Any]) -> list[str]:
    return [row["item_id"] for row in answer["rows"]]


def delete(client: Any, item_id: str = "hello", progress_type: str = "sign_learned") -> Any:
    """Delete by item, which takes its parameters in the address."""
    return client.delete(BY_ITEM, query_params={"progress_type": progress_type, "item_id": item_id})


def deleted(*args: Any) -> int:
    response = delete(*args)
    assert response.status_code == 200, response.content
    assert list(response.json()) == ["deletedCount"]
    count: int = response.json()["deletedCount"]
    return count


def only_row(**where: Any) -> ItemProgress:
    """Return the only row in the database."""
    row: ItemProgress = ItemProgress.unscoped.get(**where)
    return row
