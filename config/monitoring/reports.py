"""Errors reported to Sentry, and traces to OpenTelemetry, where whoever runs Stepwise asks for them."""

import os
from importlib.util import find_spec
from typing import Any

import sentry_sdk
from django.conf import settings

from config.logs import redacted


def start() -> None:
    """Begin to report what this process does; nothing where no environment variable asks for it."""
    if settings.SENTRY_DSN:
        _report_errors()
    if _traces_are_wanted():
        _trace()


def _report_errors() -> None:
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SENTRY_ENVIRONMENT,
        before_send=scrubbed,
        before_breadcrumb=lambda breadcrumb, _hint: _redacted(breadcrumb),
        # Of what a client sent, and of what a function had in hand, nothing leaves.
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
    )


def scrubbed(event: Any, _hint: Any) -> Any:
    """Return a report without addresses, hashes, tokens, and what the client sent beside its path."""
    request = event.get("request", {})
    event["request"] = {name: request[name] for name in ("method", "url") if name in request}
    event.pop("server_name", None)
    return _redacted(event)


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {name: _redacted(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(one) for one in value]
    return value


def _traces_are_wanted() -> bool:
    asked = "OTEL_EXPORTER_OTLP_ENDPOINT" in os.environ or "OTEL_TRACES_EXPORTER" in os.environ
    return asked and find_spec("opentelemetry") is not None and find_spec("opentelemetry.distro") is not None


def _trace() -> None:
    # The queries of these pages open accounts; probes say nothing.
    os.environ.setdefault("OTEL_PYTHON_DJANGO_EXCLUDED_URLS", "account/,healthz,readyz,metrics")
    # As opentelemetry-instrument would, but in each process of the server, after it has been forked.
    from opentelemetry.instrumentation.auto_instrumentation import initialize

    initialize()
