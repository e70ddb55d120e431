"""What learning holds of people, and what is left of it when one of them is erased."""

from typing import Final

from accounts.privacy.holdings import Holding, by
from learning.models import Reordering, Subscription, SubscriptionChange

HOLDINGS: Final = (
    Holding(Subscription, by("user"), erased={"reason": ""}),
    Holding(SubscriptionChange, by("user"), erased={"reason": ""}),
    Holding(Reordering, by("user")),
)
