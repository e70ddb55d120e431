"""Exceptions to the sequence: made for one learner, or for those of a place, and read."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.api.filters import PAGING, refuse_unknown_parameters
from accounts.api.scoping import resolve_place
from accounts.models import User
from accounts.sign_in.api.anonymous import validated
from learning.tree import levels
from progress.models import StepException
from progress.steps.domain.exceptions import (
    Act,
    Decision,
    decide,
    exceptions_of,
    learners_in,
    look_ahead,
    step_named,
    titles_of,
)
from progress.steps.keys import EXCEPTIONS_LIST
from progress.steps.models import MAX_REASON, ExceptionKind, Waiver
from tenancy.api.fields import (
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictDateTimeField,
    StrictIntegerField,
)


class TypeOfStepField(StrictChoiceField):
    """``video``, ``practice`` and whatever else learners complete."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[level.step for level in levels.steps()], **options)


class DecisionSerializer(serializers.Serializer[Any]):
    """The step that it is about, and why."""

    type = TypeOfStepField()
    step_id = StrictIntegerField(min_value=1, max_value=2**63 - 1)
    reason = StrictCharField(max_length=MAX_REASON, help_text="Kept in the history of each.")
    dry_run = StrictBooleanField(default=False, help_text="Only tell for whom it would be done.")


class WaiveSerializer(DecisionSerializer):
    """Why a step need not be done."""

    waiver = StrictChoiceField(choices=Waiver.choices)


class UnlockSerializer(DecisionSerializer):
    """Until when a step is open."""

    until = StrictDateTimeField(help_text="A moment to come.")


class PlaceSerializer(serializers.Serializer[Any]):
    """Where the learners are."""

    scope = StrictCharField(max_length=100, help_text="`level:uuid` of a place at or below the active scope.")


class WaiveForPlaceSerializer(PlaceSerializer, WaiveSerializer):
    """Why learners of a place need not do a step."""


class UnlockForPlaceSerializer(PlaceSerializer, UnlockSerializer):
    """Until when a step is open to learners of a place."""


class DecisionForPlaceSerializer(PlaceSerializer, DecisionSerializer):
    """The step, why, and where the learners are."""


class PersonReferenceSerializer(serializers.Serializer[User]):
    """A person, named."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(source="display_name", read_only=True)


class DecidedSerializer(serializers.Serializer[Any]):
    """For how many learners something changed, or would."""

    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="For whom it was so already.")
    people = PersonReferenceSerializer(
        many=True, required=False, help_text="With `dry_run`, those whom it would be done for."
    )


class StepExceptionSerializer(serializers.ModelSerializer[StepException]):
    """An exception: what was decided, and whether it was taken back."""

    kind = serializers.ChoiceField(choices=ExceptionKind.choices)
    type = serializers.CharField(source="step_type")
    title = serializers.SerializerMethodField(help_text="What the step is called now.")
    waiver = serializers.CharField(
        allow_blank=True, help_text=f"Of a waiver, one of {', '.join(Waiver)}; else empty."
    )
    given_by = PersonReferenceSerializer()
    ended_by = PersonReferenceSerializer(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True, help_text="The completion that was undone.")

    class Meta:
        model = StepException
        fields = [
            "id",
            "kind",
            "type",
            "step_id",
            "title",
            "waiver",
            "until",
            "completed_at",
            "reason",
            "given_by",
            "given_at",
            "ended_at",
            "ended_by",
            "ended_reason",
        ]
        read_only_fields = fields

    def get_title(self, row: StepException) -> str:
        return str(self.context["titles"].get((row.step_type, row.step_id), ""))


class ExceptionsViewSet(ScopedViewSet):
    """What was decided about the steps of one person: ``as_view({"post": "decide"}, act=Act.WAIVE)``."""

    queryset = User.objects.all()
    act: Act | None = None  # every route but the list names one
    permission_keys = {"list": EXCEPTIONS_LIST}
    bodies = {Act.WAIVE: WaiveSerializer, Act.UNLOCK: UnlockSerializer}
    body = DecisionSerializer

    def __init__(self, *, act: Act | None = None, **options: Any) -> None:
        super().__init__(act=act, **options)
        if act is not None:
            self.permission_keys = {"decide": act.key}  # type: ignore[misc]

    def get_serializer_class(self) -> Any:
        return StepExceptionSerializer if self.act is None else self.bodies.get(self.act, self.body)

    @extend_schema(responses=StepExceptionSerializer(many=True))
    def list(self, request: Request, pk: str) -> Response:
        """Return them, the latest first, those included that were taken back."""
        refuse_unknown_parameters(request, PAGING)
        person = get_object_or_404(self.get_queryset(), pk=pk)
        rows = self.paginate_queryset(exceptions_of(person=person)) or []
        told = StepExceptionSerializer(rows, many=True, context={"titles": titles_of(rows)})
        return self.get_paginated_response(told.data)

    @extend_schema(responses=DecidedSerializer)
    def decide(self, request: Request, pk: str = "") -> Response:
        """Decide about a published step, and record why. Where it is so already, nothing changes."""
        assert self.act is not None
        sent = validated(self.get_serializer_class(), request)
        people = self.people(sent, pk)
        decision = Decision(
            act=self.act,
            level=step_named(sent["type"]).level,
            step_id=sent["step_id"],
            reason=sent["reason"],
            waiver=Waiver(sent["waiver"]) if "waiver" in sent else None,
            until=sent.get("until"),
        )
        if sent["dry_run"]:
            decided = look_ahead(people=people, decision=decision)
            people_told: Any = decided.changed
            more = {"people": PersonReferenceSerializer(people_told, many=True).data}
        else:
            decided, more = decide(by=self.user, people=people, decision=decision), {}
        return Response({"changed": len(decided.changed), "unchanged": len(decided.unchanged), **more})

    def people(self, sent: dict[str, Any], pk: str) -> QuerySet[User]:
        """Return whom it is for."""
        people: QuerySet[User] = self.get_queryset()
        person = get_object_or_404(people, pk=pk)
        return people.filter(pk=person.pk)


class ExceptionsForPlaceViewSet(ExceptionsViewSet):
    """The same for every active learner at or below a place."""

    bodies = {Act.WAIVE: WaiveForPlaceSerializer, Act.UNLOCK: UnlockForPlaceSerializer}
    body = DecisionForPlaceSerializer

    def people(self, sent: dict[str, Any], pk: str) -> QuerySet[User]:
        return learners_in(resolve_place(sent["scope"], attr="scope"))
