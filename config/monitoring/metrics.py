"""Figures for Prometheus at ``GET /metrics``, for whoever brings ``METRICS_KEY``.

Each process of the server counts in files of one folder (prometheus_client's way for several processes), and
whichever is asked adds them up. What the database knows is asked of it then: three statements.
"""

import os
from collections.abc import Callable, Iterable
from functools import lru_cache
from hmac import compare_digest
from pathlib import Path
from typing import Any, Final

import psutil
from django.conf import settings
from django.contrib.admindocs.views import simplify_regex
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from accounts.messages.models import MailState, Message
from accounts.models import ImportJob
from config.database.bounds import bounded_as
from tenancy.schedule import scheduled
from tenancy.schedule.models import ScheduledRun

PATH: Final = "/metrics"
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names it; set by ``config.serving``."""

_PROCESS: Final = CollectorRegistry()
REQUESTS: Final = Histogram(
    "stepwise_request_seconds",
    "How long requests took, from when a thread had them.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
    registry=_PROCESS,
)
CONNECTIONS: Final = Gauge(
    "stepwise_database_connections",
    "Connections to the database of all processes: open, idle, and requests that wait for one.",
    ["state"],
    multiprocess_mode="livesum",
    registry=_PROCESS,
)
_OF_POOL: Final = {"open": "pool_size", "idle": "pool_available", "waiting": "requests_waiting"}


class MetricsMiddleware:
    """Answers with the figures, to whoever has the key; without one the path is unknown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.METRICS_KEY:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != PATH:
            return self.get_response(request)
        sent = request.headers.get("Authorization", "")
        if not compare_digest(sent.encode(), f"Bearer {settings.METRICS_KEY}".encode()):
            return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
        return HttpResponse(
            _figures(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
        )


def count(request: HttpRequest, status: int, seconds: float) -> None:
    """Count a request that was answered, and note how many connections this process has."""
    REQUESTS.labels(_method(request), route_of(request), status).observe(seconds)
    pool: Any = getattr(connection, "pool", None)
    stats = pool.get_stats() if pool else {}
    for state, name in _OF_POOL.items():
        CONNECTIONS.labels(state).set(stats.get(name, 0))


def route_of(request: HttpRequest) -> str:
    """Return the pattern of a path, ids left out; a dash for paths that do not exist."""
    match = request.resolver_match
    return _readable(match.route) if match else "-"


@lru_cache(maxsize=1024)
def _readable(route: str) -> str:
    # As people write it, rather than as a regular expression.
    return str(simplify_regex(route)).rstrip("/") or "/" if route.startswith("^") else f"/{route}"


_METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _method(request: HttpRequest) -> str:
    # A client may call its method anything: only so many make series of their own.
    return request.method if request.method in _METHODS else "-"  # type: ignore[return-value]


def _figures() -> bytes:
    registry = CollectorRegistry()
    if folder := os.environ.get(FOLDER):
        _forget_the_dead(Path(folder))
        MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
        parts = generate_latest(registry)
    else:
        parts = generate_latest(_PROCESS)
    stored = CollectorRegistry()
    stored.register(_Stored())
    return parts + generate_latest(stored)


def _forget_the_dead(folder: Path) -> None:
    """Drop what processes that have ended said of their state; what they counted stays."""
    pids = {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_live*.db")}
    for pid in pids:
        if not psutil.pid_exists(pid):
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


class _Stored:
    """What the database knows, the same whichever process is asked."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        try:
            with bounded_as("api"):
                yield from self._collect()
        except (DatabaseError, InterfaceError):
            yield GaugeMetricFamily("stepwise_database_up", "Whether the database answers.", value=0)

    def _collect(self) -> list[GaugeMetricFamily]:
        waiting = GaugeMetricFamily(
            "stepwise_queue_length", "How much waits to be mailed or imported.", labels=["queue"]
        )
        oldest = GaugeMetricFamily(
            "stepwise_queue_oldest_seconds",
            "How long the first of it has waited.",
            labels=["queue"],
        )
        now = timezone.now()
        # Everyone's: figures name no tenant.
        queues = {
            "mail": Message.unscoped.filter(mail_state__in=[MailState.QUEUED, MailState.SENDING]),
            "jobs": ImportJob.unscoped.filter(state__in=["waiting", "running"]),
        }
        for name, rows in queues.items():
            found = rows.aggregate(length=Count("pk"), since=Min("created_at"))
            waiting.add_metric([name], found["length"])
            age = (now - found["since"]).total_seconds() if found["since"] else 0
            oldest.add_metric([name], age)
        return [
            GaugeMetricFamily("stepwise_database_up", "Whether the database answers.", value=1),
            waiting,
            oldest,
            *self._schedule(),
        ]

    def _schedule(self) -> list[GaugeMetricFamily]:
        age = GaugeMetricFamily(
            "stepwise_schedule_age_seconds",
            "How long ago a command of the schedule last succeeded; none before it ever did.",
            labels=["command"],
        )
        failed = GaugeMetricFamily(
            "stepwise_schedule_failed", "Whether the last run of a command failed.", labels=["command"]
        )
        now, runs = timezone.now(), ScheduledRun.objects.in_bulk()
        for one in scheduled():
            run = runs.get(one.command)
            if run and run.succeeded_at:
                age.add_metric([one.command], (now - run.succeeded_at).total_seconds())
            failed.add_metric([one.command], int(bool(run and run.failure)))
        return [age, failed]
