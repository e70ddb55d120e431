"""Question sets, questions and attempts as clients send and see them (``API.md`` "Learning tree")."""

from collections.abc import Callable
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from learning.models import SubCourse
from quizzes.models import Attempt, Option, Question, QuestionSet
from quizzes.sets.domain.grading import Answer
from quizzes.sets.domain.questions import MAX_OPTIONS, MIN_OPTIONS, OptionValues
from tenancy.api.fields import (
    BoundedListField,
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictRelatedField,
)

MAX_ID: Final = 2**63 - 1
MAX_ATTEMPT_ANSWERS: Final = 5000

ANSWERS_SHOWN: Final = "answers_shown"
_ONLY_FOR: Final = "Absent for callers who may not edit the question and have not submitted an attempt."
"""Key of a serializer's context: whether the caller may see correct answers. Absent means no."""


class QuestionSetSerializer(StrictModelSerializer):
    """A practice, an entry assessment or a standalone set; without a type, a practice."""

    owner_id = StrictRelatedField(
        source="sub_course",
        queryset=SubCourse.objects.all(),
        required=False,
        allow_null=True,
        help_text="The sub-course, or null for a standalone set.",
    )

    class Meta:
        model = QuestionSet
        fields = [
            "id",
            "title",
            "description",
            "set_type",
            "owner_type",
            "owner_id",
            "status",
            "display_order",
            "pass_mark",
            "is_shared",
        ]
        extra_kwargs = {"set_type": {"required": False}, "owner_type": {"required": False}}


def _answers_shown(serializer: "serializers.BaseSerializer[Any]", row: Any) -> bool:
    """Whether the view lets the caller see what is correct in a question or an option."""
    shown: Callable[[Any], bool] | None = serializer.context.get(ANSWERS_SHOWN)
    return shown is not None and shown(row)


class ItemTextField(StrictCharField):
    """The text of an item, which a PATCH of the whole does not make optional."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is empty:
            self.fail("required")
        return super().validate_empty_values(data)


class OptionSerializer(serializers.Serializer[Any]):
    """One answer to choose from."""

    id = StrictIntegerField(
        required=False, min_value=1, max_value=MAX_ID, help_text="Send it back to keep the option."
    )
    text = ItemTextField(max_length=1000)
    is_correct = StrictBooleanField(
        default=False,
        help_text=_ONLY_FOR,
    )

    def to_internal_value(self, data: Any) -> Any:
        return OptionValues(**super().to_internal_value(data))

    def to_representation(self, instance: Option) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if not _answers_shown(self, instance):
            del shown["is_correct"]
        return shown


class OptionsField(BoundedListField):
    """The options of a question, in order."""

    child = OptionSerializer()

    def to_representation(self, data: Any) -> list[Any]:
        return super().to_representation(data.all())


class QuestionSerializer(StrictModelSerializer):
    """A question with its options; given options replace the present ones."""

    question_set_id = StrictRelatedField(source="question_set", queryset=QuestionSet.objects.all())
    options = OptionsField(min_length=MIN_OPTIONS, max_length=MAX_OPTIONS)

    class Meta:
        model = Question
        fields = [
            "id",
            "question_set_id",
            "text",
            "question_type",
            "points",
            "explanation",
            "display_order",
            "options",
        ]
        extra_kwargs = {"explanation": {"help_text": _ONLY_FOR}}

    def to_representation(self, instance: Question) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if not _answers_shown(self, instance):
            del shown["explanation"]
        return shown


class AnswerSerializer(serializers.Serializer[Any]):
    """One option chosen for one question, or none."""

    question_id = StrictIntegerField(min_value=1, max_value=MAX_ID)
    option_id = StrictIntegerField(
        min_value=1, max_value=MAX_ID, allow_null=True, help_text="Null says that one does not know."
    )

    def to_internal_value(self, data: Any) -> Any:
        return Answer(**super().to_internal_value(data))


class AnswersSerializer(serializers.Serializer[Any]):
    """What a learner answers; a multiple choice takes one entry per option chosen."""

    answers = BoundedListField(child=AnswerSerializer(), max_length=MAX_ATTEMPT_ANSWERS)


class ResultSerializer(serializers.Serializer[Any]):
    """How one question was answered."""

    question_id = serializers.IntegerField()
    correct = serializers.BooleanField()
    points = serializers.IntegerField(help_text="Reached, not possible.")
    correct_option_ids = serializers.ListField(child=serializers.IntegerField())
    explanation = serializers.CharField(allow_blank=True)


@extend_schema_field(ResultSerializer(many=True))
class ResultsField(serializers.JSONField):
    """Results as they were recorded."""


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """Submitted answers, graded; ``ready`` is for entry assessments."""

    question_set_id = serializers.IntegerField(read_only=True)
    results = ResultsField(read_only=True)

    class Meta:
        model = Attempt
        fields = ["id", "question_set_id", "score", "total", "ready", "results", "created_at"]
        read_only_fields = fields
