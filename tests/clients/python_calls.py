"""A handful of typed calls by a client that is made of the OpenAPI document; mypy checks them.

Imported once ``stepwise_client`` has been generated.
"""

from typing import Any

import httpx
from stepwise_client import AuthenticatedClient, Client
from stepwise_client.api.interactions import log_interactions
from stepwise_client.api.learning import complete_video, get_video
from stepwise_client.api.me import list_my_permissions, update_my_preferences
from stepwise_client.api.safety_quizzes import get_safety_quiz_completion
from stepwise_client.api.signing_in import login
from stepwise_client.api.typed_progress import save_typed_progress
from stepwise_client.models import (
    Completed,
    Completion,
    Error,
    InteractionInputRequest,
    InteractionsInputRequest,
    ItemOutcomes,
    ItemProgress,
    ItemProgressInputRequest,
    LoginAnswer,
    LoginRequest,
    PatchedPreferencesRequest,
    Preferences,
    ProgressType,
    SaveItemRequest,
)
from stepwise_client.types import Unset

BASE = "http://testserver"


class Caller:
    """Someone who is signed in through the generated client.

    Args:
        transport: what answers the requests.
    """

    def __init__(self, *, email: str, password: str, transport: httpx.BaseTransport) -> None:
        options: dict[str, Any] = {"transport": transport}
        anonymous = Client(base_url=BASE, httpx_args=options)
        answer = login.sync(client=anonymous, body=LoginRequest(email=email, password=password))
        assert isinstance(answer, LoginAnswer), answer
        self.email: str = answer.user.email
        self.client = AuthenticatedClient(base_url=BASE, token=answer.access, httpx_args=options)

    def complete(self, video_id: int) -> int | None:
        """Complete a video; return the id of the next step."""
        done = complete_video.sync(video_id, client=self.client)
        assert isinstance(done, Completed), done
        return done.next_.id if done.next_ else None

    def refusal_of(self, video_id: int) -> str:
        """Return the code that a video is refused with."""
        refused = get_video.sync(video_id, client=self.client)
        assert isinstance(refused, Error), refused
        return refused.errors[0].code

    def prefer(self, *, speed: float, language: str) -> tuple[float, str]:
        wanted = PatchedPreferencesRequest(playback_speed=speed, language=language)
        now = update_my_preferences.sync(client=self.client, body=wanted)
        assert isinstance(now, Preferences), now
        return now.playback_speed, now.language

    def save(self, metadata: object) -> Any:
        """Save an item with any JSON value; return what is kept of that."""
        item = ItemProgressInputRequest(
            progress_type=ProgressType.SIGN_LEARNED, item_id="hello", value="seen", score=3, metadata=metadata
        )
        saved = save_typed_progress.sync(client=self.client, body=SaveItemRequest(data=item))
        assert isinstance(saved, ItemProgress), saved
        return saved.metadata

    def log(self, *said: tuple[str, object]) -> list[int]:
        """Log what is right of several interactions; return the status of each."""
        items = [InteractionInputRequest(type_=name, payload=payload) for name, payload in said]
        body = InteractionsInputRequest(items=items, partial=True)
        logged = log_interactions.sync(client=self.client, body=body)
        assert isinstance(logged, ItemOutcomes), logged
        return [item.status for item in logged.items]

    def held_keys(self) -> set[str]:
        """Return the keys the caller holds."""
        listed = list_my_permissions.sync(client=self.client)
        assert listed is not None
        assert not isinstance(listed, Error), listed
        return {row.key for row in listed.rows if row.granted}

    def pending(self) -> int:
        """Return how many have never done a quiz."""
        report = get_safety_quiz_completion.sync(client=self.client)
        assert isinstance(report, Completion), report
        assert not isinstance(report.summary, Unset)
        return report.summary.pending
