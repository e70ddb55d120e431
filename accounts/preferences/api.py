"""``/api/v1/users/me/preferences``. Its fields are made of ``PREFERENCES``."""

from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.drainage import set_override
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedView
from accounts.models import MAX_TAG, PREFERENCES, Preference
from accounts.preferences.domain import change_preferences, read_preferences
from accounts.preferences.languages import language_tag
from accounts.rights.permissions import AUTHENTICATED
from accounts.sign_in.api.anonymous import validated
from tenancy.api.fields import StrictBooleanField, StrictCharField, StrictChoiceField, named


class StrictNumberChoiceField(serializers.ChoiceField):
    """A JSON number that is one of the choices; a boolean is not one.

    Described by the steps that the choices are apart: generators of clients know no enums of fractions.
    """

    default_error_messages = StrictChoiceField.default_error_messages

    def __init__(self, *, choices: Any, **options: Any) -> None:
        super().__init__(choices=choices, **options)
        steps = {after - before for before, after in pairwise(choices)}
        assert len(steps) == 1, "The choices are not the same step apart."
        described = {"minimum": choices[0], "maximum": choices[-1], "multipleOf": steps.pop()}
        set_override(self, "field", {"type": "number", **described})

    def to_internal_value(self, data: Any) -> Any:
        if type(data) not in (int, float) or data not in self.choices:
            self.fail("invalid_choice", choices=named(self.choices))
        return float(data)


class LanguageField(StrictCharField):
    """A JSON string that is a tag of BCP 47, in any case."""

    default_error_messages = {"invalid_language": _("Must be a BCP 47 language tag, such as en-GB.")}

    def to_internal_value(self, data: Any) -> str:
        tag = language_tag(super().to_internal_value(data))
        if tag is None:
            self.fail("invalid_language")
        return tag


class PreferencesSerializer(serializers.Serializer[Any]):
    """What the caller prefers."""

    def get_fields(self) -> dict[str, Any]:
        return {preference.name: _field(preference) for preference in PREFERENCES}

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is no preference: a misspelt one must not look saved."""
        unknown = sorted(set(data) - {*self.fields}) if isinstance(data, dict) else ()
        if unknown:
            raise ValidationError(
                dict.fromkeys(unknown, "There is no such preference."), code="unknown_preference"
            )
        return super().to_internal_value(data)


def _field(preference: Preference) -> "serializers.Field[Any, Any, Any, Any]":
    if isinstance(preference.default, bool):
        return StrictBooleanField()
    if preference.pattern:
        return LanguageField(max_length=MAX_TAG, help_text="A BCP 47 language tag, such as `en-GB`.")
    choice = StrictNumberChoiceField if isinstance(preference.default, float) else StrictChoiceField
    return choice(choices=list(preference.allowed))


class PreferencesView(ScopedView):
    """The caller's own preferences, in every organization the same."""

    permission_keys = {"get": AUTHENTICATED, "patch": AUTHENTICATED}

    @extend_schema(responses=PreferencesSerializer)
    def get(self, request: Request) -> Response:
        return Response(read_preferences(user=self.user))

    @extend_schema(request=PreferencesSerializer, responses=PreferencesSerializer)
    def patch(self, request: Request) -> Response:
        """Set the preferences that are sent and leave the others."""
        changes = validated(PreferencesSerializer, request, partial=True)
        return Response(change_preferences(user=self.user, changes=changes))
