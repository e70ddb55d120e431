"""What people, tokens and places look like to a client."""

from typing import Any

from drf_spectacular.helpers import lazy_serializer
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from accounts.people.api.addresses import NewAddressField
from accounts.rights.domain.extras import EXTRA, LIST_KEY, WITHHELD
from tenancy.api.fields import BoundedListField, StrictBooleanField, StrictCharField, StrictUUIDField
from tenancy.scope import Level


class UserSerializer(serializers.Serializer[User]):
    """A person as they see themselves."""

    id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField(read_only=True)
    name = serializers.CharField(read_only=True)
    role = serializers.CharField(
        source="role.name", default=None, read_only=True, allow_null=True, help_text="The role's name."
    )
    organizationId = serializers.SerializerMethodField(help_text="Null for an independent learner.")
    schoolId = serializers.UUIDField(source="school_id", read_only=True, allow_null=True)
    campusId = serializers.UUIDField(source="campus_id", read_only=True, allow_null=True)
    classroomId = serializers.UUIDField(source="classroom_id", read_only=True, allow_null=True)
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)

    def get_organizationId(self, user: User) -> str | None:
        return str(user.organization_id) if user.belongs_to_organization else None


class OwnNameSerializer(serializers.Serializer[Any]):
    """What people change of themselves."""

    name = StrictCharField(max_length=200, required=False)


class PersonSerializer(UserSerializer):
    """A person as staff see them."""

    isActive = serializers.BooleanField(source="is_active", read_only=True)
    # Declared again to stay the last.
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)


# More than there are keys.
MOST_KEYS = 500


class KeysField(BoundedListField):
    """A list of permission keys."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=StrictCharField(max_length=100), max_length=MOST_KEYS, **options)


class PersonWithKeysSerializer(PersonSerializer):
    """A person with what they hold on top of the role, and what is withheld from them."""

    custom_permissions = serializers.SerializerMethodField(
        help_text="The keys held on top of the role; null for a caller without `permissions.list`."
    )
    custom_permissions_filter = serializers.SerializerMethodField(
        help_text="The keys taken away; null for a caller without `permissions.list`."
    )
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)

    def get_custom_permissions(self, person: User) -> list[str] | None:
        return self._keys(person, EXTRA)

    def get_custom_permissions_filter(self, person: User) -> list[str] | None:
        return self._keys(person, WITHHELD)

    def _keys(self, person: User, name: str) -> list[str] | None:
        if not self.context["request"].user.holds(LIST_KEY):
            return None
        return sorted(getattr(person, name).values_list("codename", flat=True))


class PersonChangeSerializer(serializers.Serializer[Any]):
    """What staff may change of a person; what is not sent stays as it is.

    Of the place, a node brings along what is above it, and ``null`` takes a level and all below it away.
    """

    email = NewAddressField(required=False)
    name = StrictCharField(required=False, max_length=200, allow_blank=True)
    role = StrictCharField(
        required=False,
        max_length=50,
        allow_null=True,
        help_text="The name of a role that the caller may give.",
    )
    organizationId = StrictUUIDField(required=False, allow_null=True)
    schoolId = StrictUUIDField(required=False, allow_null=True)
    campusId = StrictUUIDField(required=False, allow_null=True)
    classroomId = StrictUUIDField(required=False, allow_null=True)
    custom_permissions = KeysField(
        required=False, help_text="All keys to be held on top of the role; needs `permissions.update`."
    )
    custom_permissions_filter = KeysField(
        required=False, help_text="All keys to be taken away; needs `permissions.update`."
    )
    isActive = StrictBooleanField(
        required=False, help_text="A deactivated person cannot log in; their tokens are refused immediately."
    )


class NewPersonSerializer(serializers.Serializer[Any]):
    """A person to add; without a place they belong where the request acts."""

    email = NewAddressField()
    name = StrictCharField(max_length=200, allow_blank=True, default="")
    role = StrictCharField(
        max_length=50, allow_null=True, default=None, help_text="The name of a role that the caller may give."
    )
    organizationId = StrictUUIDField(required=False, allow_null=True)
    schoolId = StrictUUIDField(required=False, allow_null=True)
    campusId = StrictUUIDField(required=False, allow_null=True)
    classroomId = StrictUUIDField(required=False, allow_null=True)
    custom_permissions = KeysField(
        required=False, help_text="Keys to be held on top of the role; needs `permissions.update`."
    )
    custom_permissions_filter = KeysField(
        required=False, help_text="Keys to be taken away; needs `permissions.update`."
    )
    invite = StrictBooleanField(
        default=True,
        help_text="Send an e-mail with a link to choose a password; until then the person has none.",
    )


class PermissionSerializer(serializers.Serializer[Any]):
    """A permission key that concerns the caller, and what decides it."""

    key = serializers.CharField(source="codename")
    granted = serializers.SerializerMethodField()
    source = serializers.ChoiceField(  # type: ignore[assignment]
        ["role", "custom_permission", "custom_permissions_filter", "global"]
    )

    def get_granted(self, permission: Any) -> bool:
        return bool(permission.source != "custom_permissions_filter")


class ScopeNodeSerializer(serializers.Serializer[Any]):
    """A place the caller may act in; ``scope`` goes into the ``X-Scope`` header.

    Describes the answer only: a serializer for each of thousands of nodes would be slow.
    """

    level = serializers.ChoiceField(choices=list(Level))
    id = serializers.UUIDField()
    name = serializers.CharField()
    scope = serializers.CharField()
    children = serializers.SerializerMethodField()

    @extend_schema_field(lazy_serializer("accounts.people.api.serializers.ScopeNodeSerializer")(many=True))
    def get_children(self, node: Any) -> list[Any]:
        raise NotImplementedError
