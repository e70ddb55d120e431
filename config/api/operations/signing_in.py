"""Signing in, who the caller is, and their messages."""

from typing import Final

from config.api.operations.table import V1, Operation, named

_AUTH: Final = f"{V1}/auth"

OPERATIONS: Final[dict[str, Operation]] = {
    **named(
        "Signing in",
        (
            f"POST {_AUTH}/register",
            "register",
            "Sign up as an independent learner",
            "403 registration_closed, 400 email_taken",
        ),
        (f"POST {_AUTH}/login", "login", "Log in", "401 invalid_credentials, 429 too_many_attempts"),
        (
            f"POST {_AUTH}/refresh",
            "refreshTokens",
            "Exchange a refresh token for the next pair",
            "401 token_not_valid",
        ),
        (
            f"POST {_AUTH}/register/confirm",
            "confirmRegistration",
            "Confirm the address one signed up with",
            "400 invalid_token, 409 has_account",
        ),
        (f"POST {_AUTH}/logout", "logout", "End a refresh token", "401 token_not_valid"),
        (f"POST {_AUTH}/logout-everywhere", "logoutEverywhere", "End all of your tokens", ""),
        (
            f"POST {_AUTH}/password",
            "changePassword",
            "Choose a new password",
            "400 wrong_password, 429 too_many_attempts",
        ),
        (f"POST {_AUTH}/password/reset", "requestPasswordReset", "Ask for an e-mail to reset a password", ""),
        (
            f"POST {_AUTH}/password/reset/confirm",
            "confirmPasswordReset",
            "Reset a password",
            "400 invalid_token",
        ),
        (f"POST {_AUTH}/invitation", "acceptInvitation", "Choose a first password", "400 invalid_token"),
    ),
    **named(
        "Me",
        (f"GET {V1}/users/me", "getMe", "Read your own account", ""),
        (f"PATCH {V1}/users/me", "updateMe", "Change your own name", ""),
        (f"GET {V1}/users/me/permissions", "listMyPermissions", "List what you may do", ""),
        (f"GET {V1}/scopes", "listScopes", "List where you may act", ""),
        (f"GET {V1}/users/me/preferences", "getMyPreferences", "Read your preferences", ""),
        (
            f"PATCH {V1}/users/me/preferences",
            "updateMyPreferences",
            "Change your preferences",
            "400 unknown_preference",
        ),
    ),
    **named(
        "Messages",
        (f"GET {V1}/messages", "listMessages", "List your inbox", ""),
        (f"POST {V1}/messages/{{id}}/read", "markMessageRead", "Mark a message as read", ""),
        (f"POST {V1}/messages", "sendMessage", "Send a message", ""),
    ),
}
