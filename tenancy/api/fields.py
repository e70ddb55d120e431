"""Serializer fields that take JSON types by the letter: ``"12"`` is no integer, ``12`` no string."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

ONE_OF: Final = _("Must be one of: {choices}.")


def named(choices: Iterable[Any]) -> str:
    """Return the choices as a message names them."""
    return ", ".join(map(str, choices))


class StrictCharField(serializers.CharField):
    """A JSON string."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        value: str = super().to_internal_value(data)
        return value


class StrictURLField(StrictCharField, serializers.URLField):
    """A JSON string that is an address."""


class StrictEmailField(StrictCharField, serializers.EmailField):
    """A JSON string that is an e-mail address."""


class StrictChoiceField(serializers.ChoiceField):
    """A JSON string that is one of the choices."""

    # The library's message repeats what was sent, however long or deeply nested.
    default_error_messages = {"invalid_choice": ONE_OF}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choice_strings_to_values:
            self.fail("invalid_choice", choices=named(self.choices))
        return self.choice_strings_to_values[data]


class StrictIntegerField(serializers.IntegerField):
    """A JSON integer; a boolean is not one."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        value: int = super().to_internal_value(data)
        return value


class StrictBooleanField(serializers.BooleanField):
    """``true`` or ``false``."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictUUIDField(serializers.UUIDField):
    """A JSON string that is a UUID."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictDateTimeField(serializers.DateTimeField):
    """A JSON string that is a time in ISO 8601; one without an offset is in UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        # Parsers of times do not look at what follows a null character.
        if not isinstance(value, str) or "\0" in value:
            self.fail("invalid", format="YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]")
        moment: datetime = super().to_internal_value(value)
        return moment


class BoundedListField(serializers.ListField):
    """A list whose items are looked at only if there are not too many of them."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        items: list[Any] = super().to_internal_value(data)
        return items


class StrictRelatedField(serializers.PrimaryKeyRelatedField):
    """The integer id of a row the active scope may change; any other id does not exist."""

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return queryset.writable()

    def to_internal_value(self, data: Any) -> Any:
        if type(data) is not int:
            self.fail("incorrect_type", data_type=type(data).__name__)
        if not 0 < data < 2**63:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(data)


class ReadableRelatedField(StrictRelatedField):
    """The integer id of a row the active scope may see, shared ones included."""

    def get_queryset(self) -> Any:
        return super(StrictRelatedField, self).get_queryset()


_STANDARD: Final[dict[tuple[type, str, Any], tuple[Any, dict[str, Any]]]] = {}


class StrictModelSerializer(serializers.ModelSerializer[Any]):
    """A model serializer whose fields are strict. Uniqueness is the database's to say."""

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[Any, dict[str, Any]]:
        """Read from a column once what its field is: it was a fifth of a request that is refused."""
        key = (type(self), field_name, model_field)
        if key not in _STANDARD:
            _STANDARD[key] = super().build_standard_field(field_name, model_field)
        kind, options = _STANDARD[key]
        # The framework adds to them what the serializer says of the field.
        return kind, {**options}

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: StrictCharField,
        models.TextField: StrictCharField,
        models.URLField: StrictURLField,
        models.EmailField: StrictEmailField,
        models.IntegerField: StrictIntegerField,
        models.BigIntegerField: StrictIntegerField,
        models.PositiveIntegerField: StrictIntegerField,
        models.PositiveSmallIntegerField: StrictIntegerField,
        models.PositiveBigIntegerField: StrictIntegerField,
        models.BooleanField: StrictBooleanField,
    }
    serializer_choice_field = StrictChoiceField
    serializer_related_field = StrictRelatedField
