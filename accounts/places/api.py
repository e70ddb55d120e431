"""``/api/v1/schools``, ``/campuses`` and ``/classrooms``, for those who manage them (document 003)."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AttributedView, ScopedViewSet
from accounts.api.filters import StrictBooleanFilter
from accounts.places.domain.adding import (
    PARENTS,
    add_below,
    add_school,
    check_parent_stays,
    places_at_or_below,
    rename_place,
)
from accounts.sign_in.api.anonymous import validated
from tenancy.api.fields import StrictCharField, StrictUUIDField
from tenancy.models import Campus, Classroom, Place, School
from tenancy.scope import Level


class SchoolSerializer(serializers.Serializer[Any]):
    """A school."""

    id = serializers.UUIDField(read_only=True)
    name = StrictCharField(max_length=200)
    organizationId = serializers.UUIDField(source="organization_id", read_only=True)
    archivedAt = serializers.DateTimeField(
        source="archived_at",
        read_only=True,
        allow_null=True,
        help_text="Since when nobody is put there any more; null while it is in use.",
    )
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)


class CampusSerializer(SchoolSerializer):
    """A campus; it stays in the school it was added to."""

    schoolId = StrictUUIDField(source="school_id")


class ClassroomSerializer(SchoolSerializer):
    """A classroom; it stays in the campus it was added to."""

    schoolId = serializers.UUIDField(source="school_id", read_only=True)
    campusId = StrictUUIDField(source="campus_id")


class SchoolFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Schools."""

    search = filters.CharFilter(
        field_name="name",
        lookup_expr="mentions",
        max_length=200,
        label="Part of the name, with or without accents and capitals.",
    )
    archived = StrictBooleanFilter(
        field_name="archived_at",
        lookup_expr="isnull",
        exclude=True,
        label="Only archived ones, or only those in use.",
    )

    class Meta:
        model = School
        fields: list[str] = []


class CampusFilterSet(SchoolFilterSet):
    """Campuses."""

    schoolId = filters.UUIDFilter(field_name="school_id")

    class Meta:
        model = Campus
        fields: list[str] = []


class ClassroomFilterSet(SchoolFilterSet):
    """Classrooms."""

    schoolId = filters.UUIDFilter(field_name="school_id")
    campusId = filters.UUIDFilter(field_name="campus_id")

    class Meta:
        model = Classroom
        fields: list[str] = []


class PlaceViewSet(ListModelMixin, RetrieveModelMixin, AttributedView, ScopedViewSet):
    """Places of one level at or below where the request acts, by name.

    Attributes:
        level: of which level.
    """

    level: ClassVar[Level]
    serializer_class: type[SchoolSerializer]
    permission_keys = {
        "list": "places.list",
        "retrieve": "places.list",
        "create": "places.create",
        "partial_update": "places.update",
    }

    def get_queryset(self) -> "QuerySet[Any]":
        return places_at_or_below(self.level)

    def create(self, request: Request) -> Response:
        """Add a place; its name differs from those beside it, whatever the case or the Unicode form."""
        sent = validated(self.serializer_class, request)
        if self.level is Level.SCHOOL:
            place = add_school(name=sent["name"])
        else:
            parent = sent[f"{PARENTS[self.level]}_id"]
            place = add_below(level=self.level, parent_id=parent, name=sent["name"])
        return Response(self.get_serializer(place).data, status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Rename a place. It stays where it is: what it lies in may be sent, and must be the same."""
        place: Place = self.get_object()
        sent = validated(self.serializer_class, request, partial=True)
        check_parent_stays(place=place, values=sent)
        if "name" in sent:
            place = rename_place(place=place, name=sent["name"])
        return Response(self.get_serializer(place).data)


class SchoolViewSet(PlaceViewSet):
    """Schools of the organization."""

    level = Level.SCHOOL
    queryset = School.objects.all()
    serializer_class = SchoolSerializer
    filterset_class = SchoolFilterSet


class CampusViewSet(PlaceViewSet):
    """Campuses of schools."""

    level = Level.CAMPUS
    queryset = Campus.objects.all()
    serializer_class = CampusSerializer
    filterset_class = CampusFilterSet


class ClassroomViewSet(PlaceViewSet):
    """Classrooms of campuses."""

    level = Level.CLASSROOM
    queryset = Classroom.objects.all()
    serializer_class = ClassroomSerializer
    filterset_class = ClassroomFilterSet
