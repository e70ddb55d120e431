"""Errors and traces leave only where someone asked for them, and without what is secret."""

import gzip
import importlib
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import axes.conf
import pytest
from django.apps import apps
from django.contrib.admin.exceptions import NotRegistered

from config.monitoring.reports import scrubbed
from tests.config.processes import forked

FAILING = """
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
from django.test import RequestFactory
from config.monitoring import health
def fail():
    secret = "local-variable"
    raise ValueError("ada@north.test has no token=abc.def")
health.readiness = fail
asked = RequestFactory().post(
    "/readyz?token=in-the-query", {"password": "in-the-body"}, content_type="application/json",
    headers={"authorization": "Bearer in-the-header", "cookie": "sessionid=in-the-cookie"},
)
list(application(asked.environ, lambda status, headers: print(status)))
import sentry_sdk; sentry_sdk.flush(10)
"""
TRACED = """
from django.test import Client
Client().get("/account/password?uid=x&token=in-the-query")
Client().get("/nowhere")
from opentelemetry import trace
getattr(trace.get_tracer_provider(), "force_flush", int)()
"""


def run(script, **environment):
    """Run a script in a process that has set out with these variables; return what it printed."""

    def do():
        importlib.reload(axes.conf)  # adds settings to those that have been read
        # Where a process begins to report. The pages that are taken out next are gone here already.
        with pytest.raises(NotRegistered):
            apps.get_app_config("admin").ready()
        exec(script, {})

    done = forked(do, os.environ | environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def collector():
    """A server that takes reports; yields its address and what it was sent."""
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://key@127.0.0.1:{server.server_port}/1", taken
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_error_is_reported_without_what_the_client_sent(collector):
    dsn, taken = collector
    assert "500" in run(FAILING, SENTRY_DSN=dsn, SENTRY_ENVIRONMENT="staging")
    sent = b"\n".join(taken).decode()
    parts = [json.loads(line) for line in sent.splitlines() if line]
    [event] = [part for part in parts if "exception" in part]
    assert event["environment"] == "staging"
    assert event["exception"]["values"][-1]["value"] == "[address] has no token=[token]"
    assert event["request"] == {"method": "POST", "url": "http://testserver/readyz"}
    for secret in ("ada@", "abc.def", "local-variable", "in-the-"):
        assert secret not in sent


def test_without_an_address_nothing_is_reported(collector):
    _dsn, taken = collector
    assert "500" in run(FAILING, SENTRY_DSN="")
    assert taken == []


def test_a_report_without_a_request_is_scrubbed_as_well():
    event = {"server_name": "web-1", "breadcrumbs": [{"message": "mail to ada@north.test"}], "level": 40}
    assert scrubbed(event, {}) == {
        "request": {},
        "breadcrumbs": [{"message": "mail to [address]"}],
        "level": 40,
    }


def test_requests_are_traced_where_the_standard_variables_say_so_but_not_the_pages_of_mails():
    quiet = {"OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}
    told = run(TRACED, OTEL_TRACES_EXPORTER="console", **quiet)
    assert "/nowhere" in told
    assert "SpanKind.SERVER" in told
    assert "in-the-query" not in told
    assert run(TRACED, **quiet) == ""
