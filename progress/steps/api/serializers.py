"""The shapes of what ``progress`` answers, for the OpenAPI document: the rows are built in SQL."""

from typing import Any

from rest_framework import serializers

from learning.models import CourseLevel, Status, SubLevel


class StepReferenceSerializer(serializers.Serializer[Any]):
    """A video or practice, named."""

    type = serializers.ChoiceField(choices=["video", "practice"])
    id = serializers.IntegerField()
    title = serializers.CharField()


class CompletedSerializer(serializers.Serializer[Any]):
    """A finished step."""

    completed = serializers.BooleanField()
    completed_at = serializers.DateTimeField()
    next = StepReferenceSerializer(allow_null=True)


class PathPracticeSerializer(serializers.Serializer[Any]):
    """A practice on a path."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    display_order = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Status.choices)
    is_completed = serializers.BooleanField()
    is_locked = serializers.BooleanField()


class PathVideoSerializer(PathPracticeSerializer):
    """A video on a path; its address is told by the video alone."""

    duration_seconds = serializers.IntegerField(allow_null=True)


class PathAssessmentSerializer(serializers.Serializer[Any]):
    """The entry assessment of a sub-course."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=Status.choices)
    pass_mark = serializers.IntegerField()


class PathSubCourseSerializer(serializers.Serializer[Any]):
    """A sub-course on a path; ``completed`` of ``total`` published videos and practices."""

    id = serializers.IntegerField()
    course_id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    level = serializers.ChoiceField(choices=CourseLevel.choices)
    sub_level = serializers.ChoiceField(choices=SubLevel.choices)
    display_order = serializers.IntegerField()
    is_active = serializers.BooleanField()
    completed = serializers.IntegerField()
    total = serializers.IntegerField()
    entry_assessment = PathAssessmentSerializer(allow_null=True)
    videos_version = serializers.CharField()
    videos = PathVideoSerializer(many=True)
    practices_version = serializers.CharField()
    practices = PathPracticeSerializer(many=True)


class LearningPathSerializer(serializers.Serializer[Any]):
    """A course with everything in it, in order, and the caller's state."""

    id = serializers.IntegerField()
    category_id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    display_order = serializers.IntegerField()
    is_active = serializers.BooleanField()
    sub_courses_version = serializers.CharField()
    sub_courses = PathSubCourseSerializer(many=True)


class PositionSerializer(serializers.Serializer[Any]):
    """Where an item stands."""

    id = serializers.IntegerField()
    position = serializers.IntegerField()


class AskedSerializer(StepReferenceSerializer):
    """A step that learners would be asked to complete next, who are at another one now."""

    learners = serializers.IntegerField(help_text="How many.")


class ImpactSerializer(serializers.Serializer[Any]):
    """What an order means for learners in progress."""

    learners = serializers.IntegerField(
        help_text="How many have begun the list of steps and not finished it; above steps, how many have "
        "completed anything below."
    )
    asked = AskedSerializer(many=True)


class ReorderedSerializer(serializers.Serializer[Any]):
    """The order as it is now, or as it would be."""

    items = PositionSerializer(many=True)
    version = serializers.CharField()
    impact = ImpactSerializer(required=False, help_text="With `dry_run` only.")
