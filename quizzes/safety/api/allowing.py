"""``POST /api/v1/users/{id}/exceptions/attempt``: another attempt at the safety quiz of a week."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.models import User
from accounts.sign_in.api.anonymous import validated
from quizzes.safety.api.quizzes import NamedWeekField
from quizzes.safety.domain.allowing import KEY, MAX_REASON, allow_attempt
from quizzes.safety.domain.weeks import current_week
from tenancy.api.fields import StrictCharField


class AllowanceSerializer(serializers.Serializer[Any]):
    """Which week it is for, and why."""

    week_of = NamedWeekField(required=False, help_text="The present one, if left out.")
    reason = StrictCharField(max_length=MAX_REASON)


class AllowedSerializer(serializers.Serializer[Any]):
    """Whether it took allowing: for who may take the quiz anyway nothing changes."""

    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class AllowedAttemptViewSet(ScopedViewSet):
    """Another attempt for one person."""

    queryset = User.objects.all()
    permission_keys = {"allow": KEY}
    serializer_class = AllowanceSerializer

    @extend_schema(responses=AllowedSerializer)
    def allow(self, request: Request, pk: str) -> Response:
        """Let somebody take the safety quiz of a week once more, whatever its schedule says."""
        sent = validated(AllowanceSerializer, request)
        person = get_object_or_404(self.get_queryset(), pk=pk)
        week = sent.get("week_of") or current_week(timezone.now())
        changed = allow_attempt(by=self.user, person=person, week=week, reason=sent["reason"])
        return Response({"changed": int(changed), "unchanged": int(not changed)})
