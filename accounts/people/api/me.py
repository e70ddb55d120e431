"""The caller: who they are, and what they may do."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AttributedView, ScopedViewSet
from accounts.people.api import serializers
from accounts.people.domain.people import permissions_of, rename
from accounts.rights.permissions import AUTHENTICATED
from accounts.sign_in.api.anonymous import validated


class MeView(AttributedView):
    """The caller's own account; only the name is theirs to change."""

    permission_keys = {"get": AUTHENTICATED, "patch": AUTHENTICATED}

    @extend_schema(responses=serializers.UserSerializer)
    def get(self, request: Request) -> Response:
        return Response(serializers.UserSerializer(self.user).data)

    @extend_schema(request=serializers.OwnNameSerializer, responses=serializers.UserSerializer)
    def patch(self, request: Request) -> Response:
        changes = validated(serializers.OwnNameSerializer, request, partial=True)
        if changes:
            rename(user=self.user, **changes)
        return Response(serializers.UserSerializer(self.user).data)


class MyPermissionsViewSet(ListModelMixin, ScopedViewSet):
    """The permission keys that concern the caller, and what decides each.

    All of them, unless a page is asked for: a client that gets to know only some hides what one may do.
    """

    pages_on_request = True
    permission_keys = {"list": AUTHENTICATED}
    serializer_class = serializers.PermissionSerializer
    queryset = Permission.objects.none()

    def get_queryset(self) -> "QuerySet[Permission, Any]":
        return permissions_of(user=self.user)
