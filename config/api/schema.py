"""How the OpenAPI document is generated: one error shape, the scope header, paths without a slash."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

from config.api.operations import OPERATIONS, TAGS, Operation
from config.api.refusals import refusals_of
from learning.tree.api.confirming import CONFIRMED

_OF_ONE_ROW: Final = (
    "retrieve",
    "create",
    "update",
    "partial_update",
    "destroy",
    "restore",
    "entry_assessment",
)

_ERROR: Final = {
    "type": "object",
    "required": ["type", "errors"],
    "properties": {
        "type": {"type": "string", "enum": ["validation_error", "client_error", "server_error"]},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["code", "detail", "attr"],
                "properties": {
                    "code": {"type": "string", "description": "Stable, for programs."},
                    "detail": {"type": "string", "description": "For people; may change."},
                    "attr": {
                        "type": "string",
                        "nullable": True,
                        "description": "The field the error is about, with dots into nested ones.",
                    },
                    "meta": {
                        "type": "object",
                        "additionalProperties": True,
                        "description": "Data a client can act on, for the codes that carry any.",
                    },
                },
            },
        },
    },
}


class StepwiseSchema(AutoSchema):  # type: ignore[misc]
    """drf-spectacular's generator with what every operation of this API shares."""

    def get_operation_id(self) -> str:
        operation = self._described_operation()
        return operation.name if operation else super().get_operation_id()

    def get_auth(self) -> list[dict[str, list[str]]]:
        # What everyone may call asks for nothing; "nothing will do" makes generated clients ask for a token.
        return super().get_auth() if self.view.get_authenticators() else []

    def get_summary(self) -> str | None:
        operation = self._described_operation()
        return operation.summary if operation else super().get_summary()

    def get_tags(self) -> list[str]:
        operation = self._described_operation()
        return [operation.tag] if operation else super().get_tags()

    def _described_operation(self) -> Operation | None:
        """Return what the table says; a test asks for what it lacks."""
        return OPERATIONS.get(f"{self.method} {self.path}")

    def get_override_parameters(self) -> list[Any]:
        parameters: list[Any] = super().get_override_parameters()
        if not self.view.get_authenticators():
            return parameters
        scope = OpenApiParameter(
            "X-Scope",
            str,
            OpenApiParameter.HEADER,
            description="`<level>:<uuid>` of a node at or below your own, to act there.",
        )
        return [*parameters, scope, *self._of_rows()]

    def _of_rows(self) -> list[OpenApiParameter]:
        """Return what rows of content take and tell: their revision, and whether to ask before a change."""
        action = getattr(self.view, "action", None) or self.method.lower()
        if not getattr(self.view, "rows_are_versioned", False) or action not in _OF_ONE_ROW:
            return []
        told = "The revision of the row, for `If-Match`."
        known = "The `ETag` of the row as you know it, or `*`: another one is not written over."
        tag = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, description=told, response=[200, 201])
        match = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description=known)
        # Only what stands in the tree has learners in it.
        asks = [CONFIRMED] if hasattr(self.view, "kind") else []
        shown = {
            "destroy": [match, *asks],
            "update": [tag, match, *asks],
            "partial_update": [tag, match, *asks],
            "create": [tag, *asks],
            "restore": [tag, *asks],
        }
        return shown.get(action, [tag])

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._resolve_path_parameters(variables)
        # config.urls matches nothing but the digits of content's ids, or a whole UUID.
        is_uuid = "a-f" in self.path_regex
        for parameter in parameters:
            parameter["schema"] = (
                {"type": "string", "format": "uuid"}
                if is_uuid
                else {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
            )
        return parameters

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        error = ResolvedComponent(
            name="Error", type=ResolvedComponent.SCHEMA, object="Error", schema=deepcopy(_ERROR)
        )
        self.registry.register_on_missing(error)
        content = {"application/json": {"schema": error.ref}}
        for status, description in self._refusals().items():
            bodies.setdefault(status, {"description": description, "content": content})
        bodies.setdefault("default", {"description": "Any other error.", "content": content})
        return bodies

    def _refusals(self) -> dict[str, str]:
        operation = self._described_operation()
        return refusals_of(
            self.view,
            method=self.method,
            path=self.path,
            takes_body=bool(self._get_request_body()),
            codes=operation.codes if operation else (),
        )


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[misc]
    """Describes ``accounts.sign_in.authentication.TokenAuthentication``."""

    target_class = "accounts.sign_in.authentication.TokenAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def without_trailing_slash(
    endpoints: list[tuple[str, str, str, Callable[..., Any]]],
) -> list[tuple[str, str, str, Callable[..., Any]]]:
    """Name paths as the contract does; the slash that is tolerated is not part of it."""
    return [(path.rstrip("/"), regex, method, view) for path, regex, method, view in endpoints]


def with_introduction(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Begin with what holds for every operation, and put tags in the order in which a client meets them."""
    # The title is the document's own.
    introduction = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text().partition("\n")[2].strip()
    result["info"]["description"] = introduction
    result["tags"] = [{"name": name, "description": said} for name, said in TAGS.items()]
    return result
