"""``/api/v1/roles``: the roles and what they grant; global users add further ones (document 003)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AttributedView, ScopedViewSet
from accounts.models import Role
from accounts.people.api.serializers import KeysField
from accounts.rights.domain.roles import KEYS, add_role, change_role, is_seeded
from accounts.rights.keys import RoleKind
from accounts.sign_in.api.anonymous import validated
from tenancy.api.fields import StrictBooleanField, StrictCharField, StrictChoiceField

_ADDED = [kind for kind in RoleKind if kind is not RoleKind.SYSTEM]


class RoleSerializer(serializers.Serializer[Role]):
    """A role, the same in every organization."""

    id = serializers.IntegerField(read_only=True)
    name = StrictCharField(
        max_length=50, help_text="What it is called on the wire, in capitals; taken in any case."
    )
    kind = StrictChoiceField(
        choices=RoleKind.choices, help_text="Only staff are reported on; learners follow the sequence."
    )
    isGlobal = serializers.BooleanField(
        source="is_global", read_only=True, help_text="Holds every permission in every organization."
    )
    isSeeded = serializers.SerializerMethodField(help_text="Its name and permissions come with the software.")
    entersAdmin = serializers.BooleanField(
        source="enters_admin",
        read_only=True,
        help_text="Its people may enter the admin, unless their organization keeps the role out.",
    )
    changesAllContent = StrictBooleanField(
        source="changes_all_content",
        required=False,
        help_text="Given the permissions, changes the organization's content from any place in it.",
    )
    permissions = serializers.SerializerMethodField(help_text="The keys it grants.")

    def get_isSeeded(self, role: Role) -> bool:
        return is_seeded(role)

    def get_permissions(self, role: Role) -> list[str]:
        return sorted(permission.codename for permission in role.permissions.all())


class RoleChangeSerializer(serializers.Serializer[Any]):
    """What may be changed of a role; of a seeded one, `changesAllContent`."""

    name = StrictCharField(required=False, max_length=50)
    changesAllContent = StrictBooleanField(source="changes_all_content", required=False)
    permissions = KeysField(required=False, help_text="All keys it grants; none that the caller lacks.")


class NewRoleSerializer(RoleChangeSerializer):
    """A role to add."""

    name = StrictCharField(max_length=50, help_text="Letters, digits and underscores; kept in capitals.")
    kind = StrictChoiceField(choices=[(kind.value, kind.label) for kind in _ADDED])


class RoleViewSet(ListModelMixin, RetrieveModelMixin, AttributedView, ScopedViewSet):
    """Roles by name, with the keys they grant."""

    queryset = Role.objects.prefetch_related("permissions").order_by("name")
    permission_keys = {
        "list": "roles.list",
        "retrieve": "roles.list",
        "create": "roles.create",
        "partial_update": "roles.update",
    }
    serializer_class = RoleSerializer

    @extend_schema(request=NewRoleSerializer, responses={201: RoleSerializer})
    def create(self, request: Request) -> Response:
        """Add a role. Global users only: every organization gives it to its people."""
        sent = validated(NewRoleSerializer, request)
        role = add_role(
            by=self.user,
            name=sent["name"],
            kind=sent["kind"],
            keys=sent.get(KEYS, ()),
            changes_all_content=sent.get("changes_all_content", False),
        )
        return Response(RoleSerializer(role).data, status=201)

    @extend_schema(request=RoleChangeSerializer, responses=RoleSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change what is sent of a role, for everybody who has it, from their next request on."""
        sent = validated(RoleChangeSerializer, request, partial=True)
        role = change_role(by=self.user, role=self.get_object(), values=sent)
        return Response(RoleSerializer(role).data)
