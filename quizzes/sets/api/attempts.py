"""Submitting answers, and reading back one's own."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.idempotency.api import idempotent
from quizzes.models import Attempt
from quizzes.sets.api.access import OpensQuestionSets
from quizzes.sets.api.serializers import AnswersSerializer, AttemptSerializer
from quizzes.sets.api.views import PATH_ID
from quizzes.sets.domain.grading import attempts_of, repeated_attempt, submit_attempt
from tenancy.errors import DomainError


class AttemptViewSet(OpensQuestionSets, mixins.ListModelMixin, ScopedViewSet):
    """A caller's own attempts at one set, newest first."""

    queryset = Attempt.objects.none()
    permission_keys = {"list": "question_sets.get", "create": "question_sets.get"}
    serializer_class = AttemptSerializer

    def get_queryset(self) -> Any:
        return attempts_of(user=self.user, question_set=self.open_set())

    @extend_schema(parameters=[PATH_ID])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the caller's own attempts; nobody else's are ever shown here."""
        return super().list(request, *args, **kwargs)

    @extend_schema(parameters=[PATH_ID], request=AnswersSerializer, responses={201: AttemptSerializer})
    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Grade the answers and keep them. A question left out counts as wrong; no answers are an attempt.

        Answers that were accepted before are accepted again whatever has become of the set: where it cannot
        be answered so any more, the attempt of then is returned.
        """
        body = AnswersSerializer(data=request.data)
        try:
            question_set = self.open_set()
            body.is_valid(raise_exception=True)
            answers = body.validated_data["answers"]
            attempt = submit_attempt(user=self.user, question_set=question_set, answers=answers)
        except (Http404, DomainError):
            earlier = self._repeated(body)
            if earlier is None:
                raise
            attempt = earlier
        return Response(AttemptSerializer(attempt).data, status=status.HTTP_201_CREATED)

    def _repeated(self, body: AnswersSerializer) -> Attempt | None:
        if not body.is_valid():
            return None
        answers = body.validated_data["answers"]
        return repeated_attempt(user=self.user, question_set_id=int(self.kwargs["pk"]), answers=answers)
