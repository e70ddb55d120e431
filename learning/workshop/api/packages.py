"""``/api/v1/packages``: what can be subscribed to."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.rights.permissions import AUTHENTICATED
from learning.models import Renewal, Tcode
from learning.workshop.packages import PACKAGES, Package


class PackageSerializer(serializers.Serializer[Package]):
    """A package and its rules."""

    name = serializers.CharField()
    durationDays = serializers.IntegerField(source="duration_days")
    price = serializers.DecimalField(
        max_digits=10, decimal_places=2, help_text="For each period; a decimal number in a string."
    )
    currency = serializers.CharField(help_text="ISO 4217.")
    renewal = serializers.ChoiceField(
        choices=Renewal.choices, help_text="`automatic` adds a period at the end, `none` lets it end."
    )
    selfService = serializers.BooleanField(source="self_service", help_text="Users may start it themselves.")
    allTcodes = serializers.BooleanField(source="all_tcodes", help_text="Opens every tcode.")


class PackageViewSet(ScopedViewSet):
    """The named packages, in the order in which they are offered."""

    queryset: "QuerySet[Any]" = Tcode.objects.none()
    permission_keys = {"list": AUTHENTICATED}
    serializer_class = PackageSerializer

    def list(self, request: Request) -> Response:
        """Return the packages."""
        offered: Any = list(PACKAGES.values())
        page: Any = self.paginate_queryset(self.filter_queryset(offered))
        return self.get_paginated_response(PackageSerializer(page, many=True).data)
