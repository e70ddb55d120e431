"""The shapes of what ``progress`` answers, for the OpenAPI document: the rows are built in SQL."""

from typing import Any

from django.utils.text import capfirst
from rest_framework import serializers

from learning.models import CourseLevel, Status, SubLevel
from learning.tree import levels
from learning.tree.api.reordering_answer import StepReferenceSerializer
from learning.tree.levels import TreeLevel
from progress.steps.domain.courses import CourseStatus
from tenancy.api.fields import StrictCharField, StrictChoiceField


class CourseParameters(serializers.Serializer[Any]):
    """Which of one's courses to list."""

    status = StrictChoiceField(
        choices=list(CourseStatus), required=False, help_text="How far one is; without it, all."
    )
    search = StrictCharField(
        default="",
        allow_blank=True,
        max_length=200,
        help_text="Part of the title of the course, in any case.",
    )


class ContinueAtSerializer(StepReferenceSerializer):
    """The step to go on with, and the sub-course that it stands in."""

    sub_course_id = serializers.IntegerField()


class CourseCategoryReferenceSerializer(serializers.Serializer[Any]):
    """A category, named."""

    id = serializers.IntegerField()
    title = serializers.CharField()


class MyCourseSerializer(serializers.Serializer[Any]):
    """A course that the caller may take, and how far they are; steps are videos and practices."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    category = CourseCategoryReferenceSerializer()
    is_shared = serializers.BooleanField()
    completed = serializers.IntegerField(help_text="How many of its published steps.")
    waived = serializers.IntegerField(help_text="How many of the others need not be done.")
    total = serializers.IntegerField(min_value=1, help_text="How many published steps it has.")
    last_activity_at = serializers.DateTimeField(
        allow_null=True, help_text="When the caller completed one of them last."
    )
    continue_at = ContinueAtSerializer(
        allow_null=True, help_text="The first step that is still to do; null when none is."
    )


class CompletedSerializer(serializers.Serializer[Any]):
    """A finished step."""

    completed = serializers.BooleanField()
    completed_at = serializers.DateTimeField()
    next = StepReferenceSerializer(allow_null=True)


class PathStepSerializer(serializers.Serializer[Any]):
    """A step on a path; its content comes only with the step itself."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    display_order = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Status.choices)
    is_completed = serializers.BooleanField()
    is_locked = serializers.BooleanField()
    is_waived = serializers.BooleanField(help_text="It need not be done, and holds nothing up.")
    unlocked_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when it is open whatever comes before it."
    )


def _path_step(level: TreeLevel) -> serializers.Serializer[Any]:
    """Return the serializer of the steps of a level, with the fields that only they have."""
    mapping = serializers.ModelSerializer.serializer_field_mapping
    own = {}
    for name in level.path_fields:
        field: Any = level.model._meta.get_field(name)
        own[name] = mapping[type(field)](allow_null=field.null)
    documented = {
        "__doc__": f"{capfirst(level.step)} on a path; its content comes only with the step itself."
    }
    made = type(f"Path{level.step.title()}Serializer", (PathStepSerializer,), {**own, **documented})
    serializer: serializers.Serializer[Any] = made(many=True)
    return serializer


class PathAssessmentSerializer(serializers.Serializer[Any]):
    """The entry assessment of a sub-course."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=Status.choices)
    pass_mark = serializers.IntegerField()


class PathSubCourseSerializer(serializers.Serializer[Any]):
    """A sub-course on a path; ``completed`` of ``total`` published steps, ``waived`` of the others."""

    id = serializers.IntegerField()
    course_id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    level = serializers.ChoiceField(choices=CourseLevel.choices)
    sub_level = serializers.ChoiceField(choices=SubLevel.choices)
    display_order = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Status.choices)
    is_active = serializers.BooleanField()
    completed = serializers.IntegerField()
    waived = serializers.IntegerField()
    total = serializers.IntegerField()
    entry_assessment = PathAssessmentSerializer(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        for level in levels.steps():
            fields[f"{level.field_name}_version"] = serializers.CharField()
            fields[level.field_name] = _path_step(level)
        return fields


class LearningPathSerializer(serializers.Serializer[Any]):
    """A course with everything in it, in order, and the caller's state."""

    id = serializers.IntegerField()
    category_id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    display_order = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Status.choices)
    is_active = serializers.BooleanField()
    sub_courses_version = serializers.CharField()
    sub_courses = PathSubCourseSerializer(many=True)
