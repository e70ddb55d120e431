"""``/api/v1/subscriptions``: one's own, and to managers those of people in scope (document 003)."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AttributedView, ScopedViewSet
from accounts.idempotency.api import idempotent
from accounts.rights.permissions import AUTHENTICATED
from accounts.sign_in.api.anonymous import validated
from learning.models import MAX_DAYS, MAX_REASON, Subscription, SubscriptionStatus
from learning.tree.api.filters import IdFilter
from learning.workshop.domain.subscription_changes import extend, revoke
from learning.workshop.domain.subscriptions import (
    MANAGE,
    grant_to_person,
    read_subscription,
    start_alone,
    subscriptions_shown_to,
)
from learning.workshop.domain.tcodes import find_tcode
from learning.workshop.packages import PACKAGES
from tenancy.api.fields import StrictCharField, StrictIntegerField, StrictUUIDField


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    """A subscription; its window is ``startDate <= now < endsAt``, in UTC."""

    userId = serializers.UUIDField(source="user_id")
    tcodeId = serializers.IntegerField(
        source="tcode_id", allow_null=True, help_text="Null opens all of them."
    )
    subscriptionType = serializers.CharField(source="subscription_type", help_text="The name of a package.")
    startDate = serializers.DateTimeField(source="start_date")
    durationDays = serializers.IntegerField(source="duration_days")
    endsAt = serializers.DateTimeField(source="ends_at")
    status = serializers.ChoiceField(choices=SubscriptionStatus.choices, source="current_status")
    createdAt = serializers.DateTimeField(source="created_at")

    class Meta:
        model = Subscription
        fields = [
            "id",
            "userId",
            "tcodeId",
            "subscriptionType",
            "startDate",
            "durationDays",
            "endsAt",
            "status",
            "createdAt",
        ]
        read_only_fields = fields


class NewlyGrantedSerializer(SubscriptionSerializer):
    """A subscription as it was started or granted, with when access by it begins."""

    accessBeginsAt = serializers.DateTimeField(
        source="start_date",
        help_text="From when it gives access: at once, or when the one that it waits for ends.",
    )

    class Meta(SubscriptionSerializer.Meta):
        fields = [*SubscriptionSerializer.Meta.fields, "accessBeginsAt"]
        read_only_fields = fields


@extend_schema_field({"type": "string", "enum": list(PACKAGES)})
class PackageField(StrictCharField):
    """The name of a package; the domain knows which there are."""


class NewSubscriptionSerializer(serializers.Serializer[Any]):
    """What to start for oneself, or to grant to someone else."""

    subscriptionType = PackageField(max_length=50)
    tcodeId = StrictIntegerField(
        min_value=1,
        max_value=2**63 - 1,
        allow_null=True,
        default=None,
        help_text="Leave out for a package that opens all tcodes; required for any other.",
    )
    userId = StrictUUIDField(
        allow_null=True,
        default=None,
        help_text=f"Someone in the active scope to grant it to; needs `{MANAGE}`. The caller, if left out.",
    )


class ReasonSerializer(serializers.Serializer[Any]):
    """Why something is done; kept in the history."""

    reason = StrictCharField(max_length=MAX_REASON)


class ExtensionSerializer(ReasonSerializer):
    """By how many days a window is made longer, and why."""

    days = StrictIntegerField(min_value=1, max_value=MAX_DAYS)


class SubscriptionFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Subscriptions."""

    userId = filters.UUIDFilter(field_name="user_id", label="Those of one person.")
    tcodeId = IdFilter(field_name="tcode_id")
    status = filters.ChoiceFilter(field_name="current_status", choices=SubscriptionStatus.choices)

    class Meta:
        model = Subscription
        fields: list[str] = []


class SubscriptionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, AttributedView, ScopedViewSet):
    """One's own subscriptions, wherever they were granted; to managers also those of people in scope."""

    queryset = Subscription.objects.none()
    permission_keys = {
        "list": AUTHENTICATED,
        "retrieve": AUTHENTICATED,
        "create": AUTHENTICATED,
        "extend": MANAGE,
        "revoke": MANAGE,
    }
    serializer_class = SubscriptionSerializer
    filterset_class = SubscriptionFilterSet

    def get_queryset(self) -> Any:
        if self.action in ("list", "retrieve"):
            return subscriptions_shown_to(self.user).with_current_status().newest_first()
        return Subscription.objects.with_current_status()

    @extend_schema(
        request=NewSubscriptionSerializer,
        responses={
            200: NewlyGrantedSerializer,
            201: NewlyGrantedSerializer,
        },
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Start a package for oneself, or grant one to someone (``userId``).

        201 for a new subscription, 200 where the package lengthens one that runs. Whoever is not allowed to
        start the package alone gets a 403 ``not_self_service``; who has done so as often as its rules
        allow, a 409 ``already_started``; who has access that renews itself, a 409 ``renews_itself``.
        """
        sent = validated(NewSubscriptionSerializer, request)
        user_id, package = sent["userId"], sent["subscriptionType"]
        if user_id is None:
            tcode = find_tcode(user=self.user, pk=sent["tcodeId"])
            row, is_new = start_alone(user=self.user, package_name=package, tcode=tcode), True
        else:
            if not self.user.holds(MANAGE):
                self.permission_denied(request)
            tcode = find_tcode(user=self.user, pk=sent["tcodeId"])
            row, is_new = grant_to_person(user_id=user_id, package_name=package, tcode=tcode, by=self.user)
        made = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(NewlyGrantedSerializer(row).data, status=made)

    @extend_schema(request=ExtensionSerializer, responses=SubscriptionSerializer)
    @idempotent
    def extend(self, request: Request, pk: str) -> Response:
        """Make the window longer; what has expired runs again if it then reaches beyond now."""
        row = self.get_object()
        extend(subscriptions=[row], by=self.user, **validated(ExtensionSerializer, request))
        return Response(SubscriptionSerializer(read_subscription(row.pk)).data)

    @extend_schema(request=ReasonSerializer, responses=SubscriptionSerializer)
    def revoke(self, request: Request, pk: str) -> Response:
        """End a subscription at once; a repeat keeps the first time and reason."""
        row = self.get_object()
        revoke(subscriptions=[row], by=self.user, **validated(ReasonSerializer, request))
        return Response(SubscriptionSerializer(read_subscription(row.pk)).data)
