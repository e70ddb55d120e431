"""``/api/v1/explain/permission``: why somebody may do something, or may not."""

from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedView
from accounts.api.filters import checked_parameters, refuse_unknown_parameters
from accounts.models import User
from accounts.rights.domain.explaining import Explanation, explain_permission
from accounts.rights.domain.extras import LIST_KEY
from tenancy.api.fields import StrictCharField, StrictUUIDField


class AboutPersonParameters(serializers.Serializer[Any]):
    """Whom it is about."""

    user = StrictUUIDField(help_text="Someone in the active scope.")


class PermissionParameters(AboutPersonParameters):
    """What they may do, and where."""

    key = StrictCharField(max_length=100, help_text="A permission key.")
    scope = StrictCharField(
        required=False, max_length=100, help_text="`level:uuid` of a place; without it any of their places."
    )


class LinkSerializer(serializers.Serializer[Any]):
    """One thing that was looked at."""

    check = serializers.CharField(help_text="What it is; stable.")
    holds = serializers.BooleanField(help_text="Whether it speaks for yes.")
    detail = serializers.CharField(help_text="What was found, for people.")


class ExplanationSerializer(serializers.Serializer[Any]):
    """The answer, and what leads to it."""

    allowed = serializers.BooleanField()
    decided_by = serializers.CharField(
        help_text="`global`, `role`, `custom_permission`; or what refuses: `account`, `nothing` (it is not "
        "granted), `custom_permissions_filter`, `scope`."
    )
    chain = LinkSerializer(many=True)


class ExplainPermissionView(ScopedView):
    """Why somebody may do something, or may not."""

    permission_keys = {"get": LIST_KEY}

    @extend_schema(parameters=[PermissionParameters], responses=ExplanationSerializer)
    def get(self, request: Request) -> Response:
        """Return the answer, as it would be given to them now, and the chain that leads to it."""
        refuse_unknown_parameters(request, PermissionParameters().fields.keys())
        asked = checked_parameters(PermissionParameters, request)
        person = find_person(asked.pop("user"))
        return Response(as_json(explain_permission(person=person, **asked)))


def find_person(pk: Any) -> User:
    """Return a person of the active scope, with what decides about their rights.

    Raises:
        Http404: there is none.
    """
    person: User = get_object_or_404(User.objects.select_related("role"), pk=pk)
    return person


def as_json(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as a client sees it."""
    told = asdict(explanation)
    told["chain"] = [{**link, "detail": str(link["detail"])} for link in told["chain"]]
    return told
