"""What people send and get when they sign up and in, and for their passwords."""

from typing import Any

from rest_framework import serializers

from accounts.people.api.addresses import AddressField, AnyAddressField, NewAddressField
from accounts.people.api.serializers import UserSerializer
from tenancy.api.fields import StrictCharField

# Django's own forms stop there too: hashing is slow on purpose, and must not be made slower from outside.
MAX_PASSWORD = 4096


class PasswordField(StrictCharField):
    """A password, to the letter: spaces at either end belong to it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=MAX_PASSWORD, write_only=True, **options)


class RegistrationSerializer(serializers.Serializer[Any]):
    """What someone signs up with."""

    email = NewAddressField()
    password = PasswordField()
    name = StrictCharField(max_length=200, allow_blank=True, default="")


class AcceptedSerializer(serializers.Serializer[Any]):
    """Where the mail was sent."""

    email = serializers.CharField()


class ConfirmationSerializer(serializers.Serializer[Any]):
    """What the mail brought."""

    token = StrictCharField(max_length=200)


class LoginSerializer(serializers.Serializer[Any]):
    """E-mail, in any case, and password."""

    email = AnyAddressField()
    password = PasswordField()


class RefreshSerializer(serializers.Serializer[Any]):
    """A refresh token."""

    refresh = StrictCharField(max_length=10_000)


class TokenPairSerializer(serializers.Serializer[Any]):
    """A fresh pair of tokens."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class LoginAnswerSerializer(TokenPairSerializer):
    """A fresh pair of tokens and whose they are."""

    user = UserSerializer()


class PasswordChangeSerializer(serializers.Serializer[Any]):
    """The password in force and the one to replace it."""

    current_password = PasswordField()
    new_password = PasswordField()


class PasswordResetSerializer(serializers.Serializer[Any]):
    """Whose password was forgotten."""

    email = AddressField()


class PasswordResetConfirmSerializer(serializers.Serializer[Any]):
    """What the mail brought, and the new password."""

    uid = StrictCharField(max_length=200)
    token = StrictCharField(max_length=200)
    new_password = PasswordField()
