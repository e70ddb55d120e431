"""``/api/v1/users/{id}/sign-in/…``: what support does for someone who cannot get in, or must be kept out."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AttributedView, ScopedViewSet, no_content
from accounts.models import User
from accounts.people.person_page.acting import perform
from accounts.people.person_page.contributions import MAX_REASON, all_acts
from accounts.people.person_page.own import SIGN_IN
from accounts.sign_in.api.anonymous import validated
from tenancy.api.fields import StrictCharField

ACTS = {"unlock": "unlock-sign-in", "link": "send-link", "end-tokens": "end-tokens"}
"""What stands in the path, and what the same is called on the page of a person."""


class ReasonToHelpSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = StrictCharField(max_length=MAX_REASON, help_text="Kept in the history of the person.")


class SignInHelpViewSet(AttributedView, ScopedViewSet):
    """One of ``ACTS`` for one person: ``as_view({"post": "act"}, name="unlock")``."""

    queryset = User.objects.all()
    permission_keys = {"act": SIGN_IN}
    serializer_class = ReasonToHelpSerializer
    name = ""

    @extend_schema(responses={204: OpenApiResponse(description="Done.")})
    def act(self, request: Request, pk: str) -> Response:
        """Do it, and note who did so and why."""
        values = validated(ReasonToHelpSerializer, request)
        perform(act=all_acts()[ACTS[self.name]], by=self.user, person=self.get_object(), values=values)
        return no_content()
