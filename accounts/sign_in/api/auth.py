"""Signing up, in and out, and passwords (``API.md`` "Authentication")."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.tokens import Token

from accounts.api.base import AttributedView, no_content
from accounts.people.api.serializers import UserSerializer
from accounts.rights.permissions import AUTHENTICATED
from accounts.sign_in.api import serializers
from accounts.sign_in.api.anonymous import AnonymousView, validated
from accounts.sign_in.authentication import confirm_password, log_in
from accounts.sign_in.domain import passwords
from accounts.sign_in.domain.invitations import accept_invitation
from accounts.sign_in.domain.registration import confirm_registration, register
from accounts.sign_in.domain.reset_requests import request_reset
from accounts.sign_in.tokens import RefreshToken, end_family, issue_tokens, read_token, spend, user_of_token

_DONE = {204: OpenApiResponse(description="Done.")}


class RegisterView(AnonymousView, AttributedView):
    """Sign up as an independent learner."""

    throttle_scope = "register"

    @extend_schema(
        request=serializers.RegistrationSerializer,
        responses={
            201: UserSerializer,
            202: OpenApiResponse(
                serializers.AcceptedSerializer,
                "Where addresses are confirmed: a mail is on its way to the address, whoever has it.",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        values = validated(serializers.RegistrationSerializer, request)
        user = register(**values)
        if user is None:
            return Response({"email": values["email"]}, status=status.HTTP_202_ACCEPTED)
        return Response(UserSerializer(user).data, status=status.HTTP_201_CREATED)


class ConfirmationView(AnonymousView, AttributedView):
    """Confirm that an address one signed up with is one's own, with what the mail brought."""

    throttle_scope = "invitation"

    @extend_schema(request=serializers.ConfirmationSerializer, responses=_DONE)
    def post(self, request: Request) -> Response:
        confirm_registration(**validated(serializers.ConfirmationSerializer, request))
        return no_content()


class LoginView(AnonymousView):
    """Exchange e-mail and password for a pair of tokens."""

    throttle_scope = "login"

    @extend_schema(request=serializers.LoginSerializer, responses=serializers.LoginAnswerSerializer)
    def post(self, request: Request) -> Response:
        user = log_in(request._request, **validated(serializers.LoginSerializer, request))
        tokens = issue_tokens(user=user)
        answer = {"access": tokens.access, "refresh": tokens.refresh, "user": user}
        return Response(serializers.LoginAnswerSerializer(answer).data)


class RefreshView(AnonymousView):
    """Exchange a refresh token, once, for the next pair."""

    @extend_schema(request=serializers.RefreshSerializer, responses=serializers.TokenPairSerializer)
    def post(self, request: Request) -> Response:
        token = sent_token(request)
        user = user_of_token(token)
        if user is None or not spend(token):
            raise token_refused()
        pair = issue_tokens(user=user, after=token)
        return Response(serializers.TokenPairSerializer(pair).data)


class LogoutView(AnonymousView):
    """End a refresh token and all that came of the same login; doing so again answers the same."""

    @extend_schema(request=serializers.RefreshSerializer, responses=_DONE)
    def post(self, request: Request) -> Response:
        end_family(sent_token(request))
        return no_content()


class LogoutEverywhereView(AttributedView):
    """End every token of the caller at once, and their sessions in the admin."""

    permission_keys = {"post": AUTHENTICATED}

    @extend_schema(request=None, responses=_DONE)
    def post(self, request: Request) -> Response:
        passwords.end_all_tokens(user=self.user)
        return no_content()


class PasswordView(AttributedView):
    """Choose a new password. Every token issued before is refused at once."""

    permission_keys = {"post": AUTHENTICATED}

    @extend_schema(request=serializers.PasswordChangeSerializer, responses=_DONE)
    def post(self, request: Request) -> Response:
        values = validated(serializers.PasswordChangeSerializer, request)
        confirm_password(request._request, user=self.user, password=values["current_password"])
        passwords.change_password(user=self.user, **values)
        return no_content()


class PasswordResetView(AnonymousView):
    """Ask for a mail to choose a new password with; the answer tells nobody whether an address exists."""

    throttle_scope = "password_reset"

    @extend_schema(request=serializers.PasswordResetSerializer, responses=_DONE)
    def post(self, request: Request) -> Response:
        request_reset(**validated(serializers.PasswordResetSerializer, request))
        return no_content()


class PasswordResetConfirmView(AnonymousView, AttributedView):
    """Choose a new password with what the mail brought."""

    throttle_scope = "password_reset"

    @extend_schema(request=serializers.PasswordResetConfirmSerializer, responses=_DONE)
    def post(self, request: Request) -> Response:
        passwords.confirm_reset(**validated(serializers.PasswordResetConfirmSerializer, request))
        return no_content()


class InvitationView(AnonymousView, AttributedView):
    """Choose a first password with what the invitation brought."""

    throttle_scope = "invitation"

    @extend_schema(request=serializers.PasswordResetConfirmSerializer, responses=_DONE)
    def post(self, request: Request) -> Response:
        accept_invitation(**validated(serializers.PasswordResetConfirmSerializer, request))
        return no_content()


def sent_token(request: Request) -> Token:
    """Return the refresh token of the body.

    Raises:
        AuthenticationFailed: ``token_not_valid``.
    """
    token = read_token(RefreshToken, validated(serializers.RefreshSerializer, request)["refresh"])
    if token is None:
        raise token_refused()
    return token


def token_refused() -> AuthenticationFailed:
    """Return the one answer to a refresh token that does not work, whatever the reason."""
    return AuthenticationFailed("The refresh token is not valid.", code="token_not_valid")
