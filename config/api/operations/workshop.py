"""Tcodes, typed progress and the log of interactions."""

from typing import Final

from config.api.operations.table import V1, Operation, named

OPERATIONS: Final[dict[str, Operation]] = {
    **named(
        "Workshop",
        (f"GET {V1}/tcodes", "listTcodes", "List the catalogue", ""),
        (f"GET {V1}/tcodes/{{id}}", "getTcode", "Read a tcode", ""),
        (
            f"POST {V1}/tcodes",
            "createTcode",
            "Create a tcode",
            "400 organization_required, 403 organization_scope_required, 409 code_taken",
        ),
        (
            f"PATCH {V1}/tcodes/{{id}}",
            "updateTcode",
            "Change the sent fields of a tcode",
            "403 organization_scope_required, 403 shared_content, 409 code_taken",
        ),
        (
            f"DELETE {V1}/tcodes/{{id}}",
            "deleteTcode",
            "Delete a tcode",
            "403 organization_scope_required, 403 shared_content",
        ),
        (f"GET {V1}/tcodes/{{id}}/access", "getTcodeAccess", "Ask why you may or may not use a tcode", ""),
        (f"GET {V1}/packages", "listPackages", "List what can be subscribed to", ""),
        (
            f"GET {V1}/subscriptions",
            "listSubscriptions",
            "List your own subscriptions, or those you manage",
            "",
        ),
        (f"GET {V1}/subscriptions/{{id}}", "getSubscription", "Read a subscription", ""),
        (
            f"POST {V1}/subscriptions",
            "createSubscription",
            "Start or grant a subscription",
            "403 not_self_service, 409 already_started",
        ),
        (
            f"POST {V1}/subscriptions/{{id}}/extend",
            "extendSubscription",
            "Extend a subscription",
            "409 subscription_revoked",
        ),
        (
            f"POST {V1}/subscriptions/{{id}}/revoke",
            "revokeSubscription",
            "Revoke a subscription",
            "409 subscription_expired",
        ),
        (f"GET {V1}/tcodes/{{id}}/progress", "getTcodeProgress", "Read your progress with a tcode", ""),
        (
            f"PUT {V1}/tcodes/{{id}}/progress",
            "saveTcodeProgress",
            "Save your progress with a tcode",
            "403 subscription_required",
        ),
        (f"GET {V1}/progress/tcodes", "listTcodeProgress", "List your progress with all tcodes", ""),
    ),
    **named(
        "Typed progress",
        ("GET /api/user_progress", "listTypedProgress", "List your own rows of a type", ""),
        ("POST /api/user_progress", "saveTypedProgress", "Record an item", "400 organization_required"),
        (
            "DELETE /api/user_progress/by-item",
            "deleteTypedProgress",
            "Delete what is recorded of an item",
            "",
        ),
    ),
    **named(
        "Interactions",
        (f"POST {V1}/interactions", "logInteractions", "Log what you did", ""),
        (f"GET {V1}/interactions", "listInteractions", "List what you did", ""),
    ),
}
