"""What whoever runs Stepwise can see of it: figures, and a line for each request, without what is secret."""

import importlib
import json
import logging
import os
import sys
import time
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest, values
from prometheus_client.parser import text_string_to_metric_families

from accounts.messages.models import Message, Tag
from config import logs
from config.monitoring import metrics
from tenancy.schedule.models import ScheduledRun
from tests.config.processes import forked

pytestmark = pytest.mark.django_db

KEY = "monitoring-key"
VIDEOS = "/api/v1/course-management/videos"


@pytest.fixture
def observed(settings):
    """A client of a server that counts and logs."""
    settings.METRICS_KEY, settings.LOG_REQUESTS = KEY, True
    return fresh(Client())


def fresh(client):
    """Let the client's next request load the middlewares as the settings are now."""
    client.handler = type(client.handler)(client.handler.enforce_csrf_checks)
    return client


def figures(client, key=KEY):
    answer = client.get("/metrics", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    samples = [
        s for family in text_string_to_metric_families(answer.content.decode()) for s in family.samples
    ]
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for one in samples}


def requests_of(found, route, status):
    return sum(
        value
        for (name, labels), value in found.items()
        if name == "stepwise_request_seconds_count"
        and ("route", route) in labels
        and ("status", status) in labels
    )


def test_without_a_key_there_is_no_such_path(client, settings):
    assert settings.METRICS_KEY == ""
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer x"}, {"authorization": f"Basic {KEY}"}])
def test_without_the_key_nobody_reads_the_figures(headers, observed):
    answer = observed.get("/metrics", headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")


def test_requests_are_counted_by_route_and_status_without_ids(observed, north, sunrise, as_user):
    before = figures(observed)
    client = fresh(as_user(north.admin))
    for video in (*north.videos, *sunrise.videos):
        client.get(f"{VIDEOS}/{video.pk}")
    after = figures(observed)
    route = "/api/v1/course-management/videos/<pk>"
    assert requests_of(after, route, "200") - requests_of(before, route, "200") == len(north.videos)
    assert requests_of(after, route, "404") - requests_of(before, route, "404") == len(sunrise.videos)
    assert not any(str(north.videos[0].pk) == value for _, labels in after for _, value in labels)


def test_what_does_not_exist_is_one_series_whatever_a_client_makes_up(observed):
    for number in range(5):
        observed.generic(f"MADEUP{number}", f"/nowhere/{number}")
    found = figures(observed)
    labels = {labels for name, labels in found if name == "stepwise_request_seconds_count"}
    assert (("method", "-"), ("route", "-"), ("status", "404")) in labels
    assert not any("MADEUP" in value for one in labels for _, value in one)


def test_routes_read_as_people_write_them():
    assert metrics._readable(r"^api/v1/tcodes/(?P<pk>[0-9]{1,18})/access/?\Z") == "/api/v1/tcodes/<pk>/access"
    assert metrics._readable("admin/learning/video/") == "/admin/learning/video/"


def test_what_waits_and_for_how_long_is_told(observed, north, sunrise):
    found = figures(observed)
    assert found["stepwise_queue_length", (("queue", "mail"),)] == 0
    Message.unscoped.create(
        organization=north.organization,
        user=north.student,
        tag=Tag.values[0],
        title="Hello",
        body="How are you?",
        mail_state="queued",
        created_at=timezone.now() - timedelta(hours=1),
    )
    found = figures(observed)
    assert found["stepwise_queue_length", (("queue", "mail"),)] == 1
    assert found["stepwise_queue_oldest_seconds", (("queue", "mail"),)] == pytest.approx(3600, abs=60)
    assert found["stepwise_queue_length", (("queue", "jobs"),)] == 0


def test_the_age_of_the_last_run_of_each_scheduled_command_is_told(observed):
    at = timezone.now() - timedelta(hours=2)
    ScheduledRun.objects.create(command="prune_expired", started_at=at, succeeded_at=at)
    ScheduledRun.objects.create(command="send_reminders", started_at=at, failure="CommandError")
    found = figures(observed)
    assert found["stepwise_schedule_age_seconds", (("command", "prune_expired"),)] == pytest.approx(
        7200, abs=60
    )
    assert ("stepwise_schedule_age_seconds", (("command", "send_reminders"),)) not in found
    assert found["stepwise_schedule_failed", (("command", "prune_expired"),)] == 0
    assert found["stepwise_schedule_failed", (("command", "send_reminders"),)] == 1


def test_the_figures_come_also_without_a_database(observed, monkeypatch):
    def away(self):
        raise OperationalError

    assert figures(observed)["stepwise_database_up", ()] == 1
    monkeypatch.setattr(metrics._Stored, "_collect", away)
    found = figures(observed)
    assert found["stepwise_database_up", ()] == 0
    assert requests_of(found, "-", "404") >= 0


def test_connections_of_this_process_are_told(observed, north, as_user):
    fresh(as_user(north.admin)).get(VIDEOS)
    found = figures(observed)
    assert found["stepwise_database_connections", (("state", "open"),)] >= 1


def test_processes_count_together_and_those_that_ended_leave_only_what_they_counted(tmp_path):
    environment = os.environ | {metrics.FOLDER: str(tmp_path)}

    def count():
        # What counts is chosen when the library is imported: here, where the folder is named.
        values.ValueClass = values.get_value_class()
        importlib.reload(metrics)
        metrics.count(RequestFactory().get("/nowhere"), 404, 0.01)

    def count_and_tell():
        count()
        metrics._forget_the_dead(tmp_path)
        both = CollectorRegistry()
        metrics.MultiProcessCollector(both, path=str(tmp_path))
        print(generate_latest(both).decode())

    first, second = (forked(do, environment) for do in (count, count_and_tell))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert 'stepwise_request_seconds_count{method="GET",route="-",status="404"} 2.0' in second.stdout
    assert len(list(tmp_path.glob("gauge_livesum_*.db"))) == 1


def record_of(caplog, path):
    [record] = [
        one for one in caplog.records if one.name == "config.monitoring.requests" and one.path == path
    ]
    return record


def test_each_request_is_a_line_with_who_where_and_how_long(observed, north, as_user, caplog):
    with caplog.at_level(logging.INFO, "config.monitoring"):
        fresh(as_user(north.student)).get(f"{VIDEOS}?search=secret")
    line = logs.JSONFormatter().format(record_of(caplog, VIDEOS))
    told = json.loads(line)
    assert told["message"] == f"GET {VIDEOS}"
    assert told["status"] == 403
    assert told["duration_ms"] > 0
    assert told["route"] == VIDEOS
    assert told["user"] == str(north.student.pk)
    assert told["organization"] == str(north.organization.pk)
    assert len(told["request_id"]) == 32
    assert told["level"] == "INFO"
    assert told["time"].endswith("Z")
    assert "secret" not in line


def test_a_json_line_is_one_line_and_redacted():
    try:
        raise ValueError("ada@north.test\nhas no password")
    except ValueError:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "no %s", ("token=abc.def",), sys.exc_info()
        )
    line = logs.JSONFormatter().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert told["message"] == "no token=[token]"
    assert "[address]" in told["exc_info"]
    assert "ada@" not in line


def test_a_json_time_is_utc_whatever_the_machine_thinks(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        record = logging.LogRecord("x", logging.INFO, __file__, 1, "hello", (), None)
        told = json.loads(logs.JSONFormatter().format(record))
        assert told["time"][:16] == f"{timezone.now():%Y-%m-%dT%H:%M}"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_where_nothing_is_wanted_a_request_pays_nothing():
    handler = WSGIHandler()
    chain, names = handler._middleware_chain, []
    while chain is not None:
        inner = getattr(chain, "__wrapped__", chain)
        names.append(type(inner).__name__)
        chain = getattr(inner, "get_response", None)
    assert "RequestMiddleware" not in names
    assert "MetricsMiddleware" not in names
    assert "TenancyMiddleware" in names


def test_a_request_that_never_was_resolved_has_no_route():
    assert metrics.route_of(RequestFactory().get("/x")) == "-"
