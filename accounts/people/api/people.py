"""``/api/v1/users``: the people of the active scope, for staff."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AttributedView, ScopedViewSet, no_content
from accounts.api.filters import StrictBooleanFilter
from accounts.api.scoping import resolve_place
from accounts.models import User
from accounts.people.api import serializers
from accounts.people.domain.places import Named, place_of_new
from accounts.people.domain.staffing import NAMED, add_person, change_person, role_named
from accounts.people.models import SEARCHED
from accounts.rights.domain.extras import LISTS
from accounts.rights.domain.granting import check_manageable
from accounts.sign_in.api.anonymous import validated
from accounts.sign_in.domain import invitations
from tenancy.errors import ConflictError
from tenancy.names import mentioned_in
from tenancy.scope import Level

_PLACES = {f"{level}Id": level for level in Level}


class PeopleFilterSet(filters.FilterSet):  # type: ignore[misc]
    """People; a place stands for all at or below it."""

    role = filters.CharFilter(
        field_name="role__name", lookup_expr="iexact", max_length=50, label="The name of a role, in any case."
    )
    search = filters.CharFilter(
        method="with_text",
        max_length=200,
        label="Parts of the name or of the e-mail address, in any order, in upper or lower case.",
    )
    scope = filters.CharFilter(
        method="in_place", max_length=100, label="`level:uuid` of a place at or below the active scope."
    )
    isActive = StrictBooleanFilter(field_name="is_active")
    organizationId = filters.UUIDFilter(field_name="organization_id")
    schoolId = filters.UUIDFilter(field_name="school_id")
    campusId = filters.UUIDFilter(field_name="campus_id")
    classroomId = filters.UUIDFilter(field_name="classroom_id")

    class Meta:
        model = User
        fields: list[str] = []

    def with_text(self, people: "QuerySet[User]", name: str, text: str) -> "QuerySet[User]":
        # In any order: some write the family name first.
        return people.filter(mentioned_in(SEARCHED, text.split()))

    def in_place(self, people: "QuerySet[User]", name: str, value: str) -> "QuerySet[User]":
        place = resolve_place(value, attr=name)
        return people.filter(**{f"{place.level}_id": place.node_id})


class PeopleViewSet(ListModelMixin, RetrieveModelMixin, AttributedView, ScopedViewSet):
    """People, by e-mail address: added, changed, moved, deactivated and invited by staff."""

    queryset = User.objects.select_related("role").order_by("email", "pk")
    permission_keys = {
        "list": "users.list",
        "retrieve": "users.get",
        "create": "users.create",
        "partial_update": "users.update",
        "invite": "users.update",
    }
    serializer_class = serializers.PersonSerializer
    filterset_class = PeopleFilterSet

    def get_serializer_class(self) -> Any:
        return serializers.PersonSerializer if self.action == "list" else serializers.PersonWithKeysSerializer

    @extend_schema(
        request=serializers.NewPersonSerializer, responses={201: serializers.PersonWithKeysSerializer}
    )
    def create(self, request: Request) -> Response:
        """Add a person, who has no password until they follow the link of their invitation."""
        values = validated(serializers.NewPersonSerializer, request)
        at = place_of_new(named=_named(values))
        role = role_named(values["role"], by=self.user)
        person = User(email=values["email"], name=values["name"], role=role)
        add_person(by=self.user, person=person, at=at, lists=_lists(values), invite=values["invite"])
        return Response(self.get_serializer(person).data, status=201)

    @extend_schema(request=serializers.PersonChangeSerializer, responses=serializers.PersonWithKeysSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change what is sent, and nothing else."""
        person = self.get_object()
        values = validated(serializers.PersonChangeSerializer, request, partial=True)
        named = _named(values)
        changes: dict[str, Any] = {name: values[name] for name in ("email", "name") if name in values}
        if "isActive" in values:
            changes["is_active"] = values["isActive"]
        if named:
            changes[NAMED] = named
        if "role" in values:
            changes["role"] = role_named(values["role"], by=self.user)
        person = change_person(by=self.user, person=person, values=changes | _lists(values))
        return Response(self.get_serializer(person).data)

    @extend_schema(request=None, responses={204: OpenApiResponse(description="Sent.")})
    def invite(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send the invitation again, to someone who has not chosen a password yet."""
        person = self.get_object()
        check_manageable(by=self.user, person=person)
        if not invitations.invite(people=[person]):
            raise ConflictError(_("The e-mail could not be sent. Try again later."), code="mail_not_sent")
        return no_content()


def _lists(values: dict[str, Any]) -> dict[str, frozenset[str]]:
    return {name: frozenset(values[name]) for name in LISTS if name in values}


def _named(values: dict[str, Any]) -> Named:
    return {level: values[name] for name, level in _PLACES.items() if name in values}
