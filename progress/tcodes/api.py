"""``/api/v1/tcodes/{id}/progress`` and ``/api/v1/progress/tcodes`` (document 003, section 3)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedView, ScopedViewSet
from accounts.api.filters import PAGING, refuse_unknown_parameters
from accounts.rights.permissions import AUTHENTICATED
from progress.models import COMPLETE, MAX_SLIDE, TcodeProgress
from progress.tcodes import domain as tcodes
from progress.tcodes.domain import Reached
from tenancy.api.fields import StrictBooleanField, StrictIntegerField


class StrictFloatField(serializers.FloatField):
    """A JSON number; a boolean is not one."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        # Zero has one sign.
        return float(data) + 0.0


# Describes, for the OpenAPI document: rows are built in SQL.
class TcodeProgressSerializer(serializers.Serializer[Any]):
    """How far the caller is with a tcode."""

    tcodeId = serializers.IntegerField()
    lastSlideSeen = serializers.IntegerField(min_value=0, max_value=MAX_SLIDE)
    percentComplete = serializers.FloatField(min_value=0, max_value=COMPLETE)
    lastActive = serializers.DateTimeField(
        allow_null=True, help_text="When it was last saved; null if it never was."
    )


class ReachedSerializer(serializers.Serializer[Any]):
    """How far the caller says they are."""

    lastSlideSeen = StrictIntegerField(
        source="slide",
        min_value=0,
        max_value=MAX_SLIDE,
        required=False,
        help_text="Where the caller is now; at most the number of slides, where the tcode says one. "
        "Required, unless `reset` is true; then 0.",
    )
    percentComplete = StrictFloatField(
        source="percent",
        min_value=0,
        max_value=COMPLETE,
        required=False,
        help_text="A number below the saved one changes nothing, unless `reset` is true. "
        "Required, unless `reset` is true; then 0.",
    )
    reset = StrictBooleanField(default=False, help_text="Start over: save the numbers as they are sent.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["reset"]:
            return {"slide": 0, "percent": 0.0, **attrs}
        missing = [name for name, field in self.fields.items() if field.source not in attrs]
        if missing:
            required = serializers.Field.default_error_messages["required"]
            raise serializers.ValidationError(dict.fromkeys(missing, required), code="required")
        return attrs


class TcodeProgressView(ScopedView):
    """How far the caller is with one tcode."""

    permission_keys = {"get": AUTHENTICATED, "put": AUTHENTICATED}

    @extend_schema(responses=TcodeProgressSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """Return what is saved, also when access has ended; zeros and `null` before anything was."""
        return Response(tcodes.read_progress(user=self.user, tcode_id=int(pk)))

    @extend_schema(request=ReachedSerializer, responses=TcodeProgressSerializer)
    def put(self, request: Request, pk: str) -> Response:
        """Save how far the caller is. Needs access (403 `subscription_required`)."""
        body = ReachedSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        reached = Reached(**body.validated_data)
        return Response(tcodes.save_progress(user=self.user, tcode_id=int(pk), reached=reached))


class TcodeProgressViewSet(ScopedViewSet):
    """How far the caller is with all tcodes they have begun."""

    queryset = TcodeProgress.objects.none()
    permission_keys = {"list": AUTHENTICATED}
    serializer_class = TcodeProgressSerializer

    def list(self, request: Request) -> Response:
        """Return the caller's rows, the latest saved first; also of tcodes they have no access to now."""
        refuse_unknown_parameters(request, PAGING)
        limit, offset = self.paginator.window(request)  # type: ignore[union-attr]
        return Response(tcodes.list_progress(user=self.user, limit=limit, offset=offset))
