"""Authoring question sets and questions, and reading the sets of a sub-course."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.api.base import ScopedViewSet
from learning.tree.api.base import ContentViewSet, crud_keys
from learning.tree.api.versioned import VersionedRows
from quizzes.models import OwnerType, Question, QuestionSet, SetType
from quizzes.sets.api import filters, serializers
from quizzes.sets.api.access import OpensQuestionSets
from quizzes.sets.domain import question_sets, questions
from quizzes.sets.domain.siblings import PRACTICES, QUESTIONS

# The path parameter of views whose rows are not what the path names.
PATH_ID = OpenApiParameter("id", int, OpenApiParameter.PATH)


class QuestionSetViewSet(OpensQuestionSets, ContentViewSet):
    """Practices, entry assessments and standalone sets."""

    queryset = QuestionSet.objects.all()
    kind = PRACTICES
    resource = "question_sets"
    permission_keys = crud_keys("question_sets")
    serializer_class = serializers.QuestionSetSerializer
    filterset_class = filters.QuestionSetFilterSet

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one set, unless it is not open to the caller yet."""
        question_set = self.get_object()
        self.check_open(question_set)
        return self.row_answer(self.get_serializer(question_set))

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        defaults = {
            "display_order": None,
            "set_type": SetType.PRACTICE,
            "owner_type": OwnerType.SUB_COURSE,
        }
        item = QuestionSet(**{**defaults, **serializer.validated_data})
        serializer.instance = question_sets.add_question_set(item=item)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = question_sets.change_question_set(
            item=serializer.instance,  # type: ignore[arg-type]
            values=serializer.validated_data,
            seen=self.seen,
        )

    def perform_destroy(self, instance: Any) -> None:
        question_sets.delete_question_set(item=instance, seen=self.seen)

    def perform_restore(self, instance: Any) -> Any:
        return question_sets.restore_question_set(item=instance)


class SetsByOwnerViewSet(OpensQuestionSets, mixins.ListModelMixin, ScopedViewSet):
    """The sets of one sub-course, or the standalone ones; an unknown sub-course has none."""

    queryset = QuestionSet.objects.all()
    permission_keys = {"list": "question_sets.list_by_owner"}
    ignores_unknown_parameters = True
    serializer_class = serializers.QuestionSetSerializer
    filterset_class = filters.OwnerFilterSet

    def get_queryset(self) -> Any:
        return self.visible_sets().in_order()


class EntryAssessmentViewSet(VersionedRows, OpensQuestionSets, ScopedViewSet):
    """The entry assessment of a sub-course."""

    queryset = QuestionSet.objects.all()
    permission_keys = {"entry_assessment": ("question_sets.get", "question_sets.list_by_owner")}

    @extend_schema(
        parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH, description="The sub-course.")],
        responses=serializers.QuestionSetSerializer,
    )
    def entry_assessment(self, request: Request, pk: str) -> Response:
        """Return the set that assesses a learner before the sub-course."""
        found = self.visible_sets().entry_assessments().filter(sub_course_id=pk, sub_course__deleted=None)
        question_set = get_object_or_404(found)
        self.check_open(question_set)
        return self.row_answer(serializers.QuestionSetSerializer(question_set))


class SetQuestionsViewSet(OpensQuestionSets, mixins.ListModelMixin, ScopedViewSet):
    """The questions of one set in order; with the correct answers only for those who may see them."""

    queryset = Question.objects.all()
    permission_keys = {"list": "question_set_items.list"}
    ignores_unknown_parameters = True
    serializer_class = serializers.QuestionSerializer

    @extend_schema(parameters=[PATH_ID])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the questions of a set, unless it is not open to the caller yet."""
        self.question_set = self.open_set()
        return super().list(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        questions = Question.objects.filter(question_set=self.question_set)
        return questions.in_order().prefetch_related("options")

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if hasattr(self, "question_set"):  # absent while the schema is generated
            may_see = self.may_see_answers(self.question_set)
            context[serializers.ANSWERS_SHOWN] = lambda _row: may_see
        return context


class QuestionViewSet(ContentViewSet):
    """Questions, for authoring. Learners read them through their set, where its lock is asked."""

    queryset = Question.objects.all()
    kind = QUESTIONS
    resource = "questions"
    permission_keys = crud_keys("questions")
    serializer_class = serializers.QuestionSerializer
    filterset_class = filters.QuestionFilterSet

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("options")

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if not getattr(self, "swagger_fake_view", False):
            context[serializers.ANSWERS_SHOWN] = lambda row: questions.may_edit_questions(
                user=self.user, organization_id=row.organization_id
            )
        return context

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        values = {"display_order": None, **serializer.validated_data}
        options = values.pop("options")
        serializer.instance = questions.add_question(question=Question(**values), options=options)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        values = dict(serializer.validated_data)
        options = values.pop("options", None)
        serializer.instance = questions.change_question(
            question=serializer.instance,  # type: ignore[arg-type]
            values=values,
            options=options,
            seen=self.seen,
        )
