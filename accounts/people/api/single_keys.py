"""``/api/v1/users/{id}/permissions/…``: one permission of somebody, changed as on their page in the admin."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AttributedView, ScopedViewSet, no_content
from accounts.models import User
from accounts.people.domain.single_keys import CHANGE
from accounts.people.person_page.acting import perform
from accounts.people.person_page.contributions import MAX_REASON, all_acts
from accounts.sign_in.api.anonymous import validated
from tenancy.api.fields import StrictCharField

ACTS = {"give": "give-key", "take-back": "take-key", "let": "let-key"}
"""What stands in the path, and what the same is called on the page of a person."""


class KeyAndReasonSerializer(serializers.Serializer[Any]):
    """Which permission, and why."""

    key = StrictCharField(max_length=100, help_text="A permission key.")
    reason = StrictCharField(max_length=MAX_REASON, help_text="Kept in the history of the person.")


class OneKeyViewSet(AttributedView, ScopedViewSet):
    """One of ``ACTS`` for one person: ``as_view({"post": "act"}, name="give")``."""

    queryset = User.objects.select_related("role")
    permission_keys = {"act": CHANGE}
    serializer_class = KeyAndReasonSerializer
    name = ""

    @extend_schema(responses={204: OpenApiResponse(description="Done; in force with their next request.")})
    def act(self, request: Request, pk: str) -> Response:
        """Do it, and note who did so and why."""
        values = validated(KeyAndReasonSerializer, request)
        key = values.pop("key")
        act = all_acts()[ACTS[self.name]]
        perform(act=act, by=self.user, person=self.get_object(), values=values, about=key, what=key)
        return no_content()
