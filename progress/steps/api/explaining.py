"""``/api/v1/explain/step``: why a step is open to somebody, or is not."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedView
from accounts.api.filters import checked_parameters, refuse_unknown_parameters
from accounts.rights.explain_api import AboutPersonParameters, ExplanationSerializer, as_json, find_person
from learning.tree.api.reordering_answer import StepReferenceSerializer
from progress.steps.api.exceptions import TypeOfStepField
from progress.steps.domain.exceptions import step_named
from progress.steps.domain.explaining import explain_step
from progress.steps.keys import COMPLETIONS_LIST


class StepParameters(AboutPersonParameters):
    """Which step, and to whom."""

    type = TypeOfStepField()
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class StepExplanationSerializer(ExplanationSerializer):
    """Whether a step is open, and what leads to that."""

    decided_by = serializers.CharField(
        help_text="`sequence`, `completed`, `waived`, `unlocked`, `staff`; or what refuses: `account`, "
        "`permission`, `published`, `surroundings`, `sequence`."
    )
    title = serializers.CharField()
    blocking = StepReferenceSerializer(many=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    is_waived = serializers.BooleanField()
    unlocked_until = serializers.DateTimeField(allow_null=True)


class ExplainStepView(ScopedView):
    """Why a step is open to somebody, or is not."""

    permission_keys = {"get": COMPLETIONS_LIST}

    @extend_schema(parameters=[StepParameters], responses=StepExplanationSerializer)
    def get(self, request: Request) -> Response:
        """Return the answer, as it would be given to them now, and the chain that leads to it."""
        refuse_unknown_parameters(request, StepParameters().fields.keys())
        asked = checked_parameters(StepParameters, request)
        person, level = find_person(asked["user"]), step_named(asked["type"]).level
        return Response(as_json(explain_step(person=person, level=level, step_id=asked["id"])))
