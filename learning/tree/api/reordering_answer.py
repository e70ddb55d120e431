"""What a reordering answers, for the OpenAPI document."""

from typing import Any, Final

from rest_framework import serializers

from learning.tree import levels

STEP_TYPES: Final = [level.step for level in levels.steps()]


class StepReferenceSerializer(serializers.Serializer[Any]):
    """A step, named."""

    type = serializers.ChoiceField(choices=STEP_TYPES)
    id = serializers.IntegerField()
    title = serializers.CharField()


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
