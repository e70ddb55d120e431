"""``/api/safety_quiz_results/completion``: who has done the quiz, who is pending, and how weeks compare."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, Final

import orjson
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.api.filters import PAGING, checked_parameters, refuse_unknown_parameters
from quizzes.models import SafetyQuizResult
from quizzes.safety.api.results import (
    REPORTS,
    SafetyQuizResultSerializer,
    WeekOfField,
    WeekParameters,
)
from quizzes.safety.domain.completion import QuizStatus, build_report, iterate_report, summary_of
from quizzes.safety.domain.trend import build_trend
from quizzes.safety.domain.weeks import SLIP, Week, current_week
from tenancy.api.fields import StrictChoiceField
from tenancy.formulas import BYTE_ORDER_MARK, quoted
from tenancy.models import Campus
from tenancy.replica import from_replica

MAX_WEEKS: Final = 52
DEFAULT_WEEKS: Final = 8
_IN_MEMORY: Final = 1024 * 1024
_PAGING: Final = [
    OpenApiParameter(
        name, {"type": "integer", "minimum": 1}, description="As in lists; without both, all rows."
    )
    for name in sorted(PAGING)
]
_HOW: Final = ("failed", "retaken", "self_reported")
_PERSON: Final = ("userId", "user_name", "user_role", "campusId", "campus_name", "status", "late", *_HOW)
_RESULT: Final = ("quiz_id", "quiz_title", "week_of", "score", "total_questions", "completed_at")


class DigitsField(serializers.IntegerField):
    """An integer in plain digits: ``1.0`` and `` 1`` are not."""

    def to_internal_value(self, data: Any) -> int:
        if not (data.isascii() and data.isdigit()):
            self.fail("invalid")
        value: int = super().to_internal_value(data)
        return value


class CompletionParameters(WeekParameters):
    """What to report."""

    status = StrictChoiceField(choices=list(QuizStatus), required=False)
    format = StrictChoiceField(choices=["json", "csv"], default="json")


class TrendParameters(serializers.Serializer[Any]):
    """Which weeks to report."""

    weeks = DigitsField(
        min_value=1,
        max_value=MAX_WEEKS,
        default=DEFAULT_WEEKS,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Must be a whole number from 1 to %d.") % MAX_WEEKS
        ),
    )
    week_of = WeekOfField(
        required=False,
        help_text="The last week, as 2026-11-16 or 2026-W47; all weeks are named that way. Without it, the "
        " current week, named by its Monday.",
    )
    include_late = StrictChoiceField(
        choices=["true", "false"],
        default="false",
        help_text="Whether people who did the quiz after its week count as complete too.",
    )

    def validate_week_of(self, value: str) -> Week:
        """Only what names a week has others before it."""
        week = Week.named(value)
        if week is None:
            raise serializers.ValidationError(_("Must be an ISO date or an ISO week."), code=SLIP)
        return week


# What follows describes answers, for the OpenAPI document: they are built in SQL.
class CompletionSummarySerializer(serializers.Serializer[Any]):
    """The figures of the whole scope."""

    total = serializers.IntegerField()
    complete = serializers.IntegerField()
    pending = serializers.IntegerField()


class CompletionRowSerializer(serializers.Serializer[Any]):
    """A member of staff, and the result of theirs that counts.

    One that was on time, then one that was passed, then one that was graded here, then the latest.
    """

    userId = serializers.UUIDField()
    user_name = serializers.CharField()
    user_role = serializers.CharField()
    campusId = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(choices=list(QuizStatus))
    late = serializers.BooleanField(help_text="Whether it arrived after the week that it names.")
    failed = serializers.BooleanField(help_text="Whether it was graded here and missed the pass mark.")
    retaken = serializers.BooleanField(help_text="Whether it was graded here and is not the first attempt.")
    self_reported = serializers.BooleanField(help_text="Whether the person's client reported the score.")
    result = SafetyQuizResultSerializer(allow_null=True)


class CompletionSerializer(serializers.Serializer[Any]):
    """Who has done the quiz and who is pending."""

    summary = CompletionSummarySerializer()
    rows = CompletionRowSerializer(many=True)


class TrendWeekSerializer(serializers.Serializer[Any]):
    """The figures of one week."""

    week_of = serializers.CharField()
    complete = serializers.IntegerField(help_text="On time, unless `include_late` is true.")
    total = serializers.IntegerField()
    late = serializers.IntegerField(help_text="How many did it only after the week.")
    failed = serializers.IntegerField(help_text="Of those who are complete, how many missed the pass mark.")
    self_reported = serializers.IntegerField(
        help_text="Of those who are complete, how many reported their score themselves."
    )


class TrendChildSerializer(serializers.Serializer[Any]):
    """A place one level below; ``scope`` goes into the ``X-Scope`` header."""

    scope = serializers.CharField()
    name = serializers.CharField()
    weeks = TrendWeekSerializer(many=True)


class TrendSerializer(serializers.Serializer[Any]):
    """Weeks of the active scope, the earliest first, and of each place one level below it, by name."""

    weeks = TrendWeekSerializer(many=True)
    children = TrendChildSerializer(many=True)


class SafetyCompletionViewSet(ScopedViewSet):
    """Reports of the active scope."""

    queryset = SafetyQuizResult.objects.none()
    permission_keys = {"completion": REPORTS, "trend": REPORTS}
    tenant_users_only = True

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Let the parameter choose the format: who asks for CSV may accept nothing else."""
        as_csv = request.query_params.get("format") == "csv"
        return super().perform_content_negotiation(request, force=force or as_csv)

    @extend_schema(
        parameters=[CompletionParameters, *_PAGING],
        responses={
            (200, "application/json"): CompletionSerializer,
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def completion(self, request: Request) -> Response | FileResponse:
        """Return the staff at or below the active scope, each complete or pending.

        Without ``limit`` and ``page`` all of them.
        """
        wanted = checked_parameters(CompletionParameters, request)
        paged = not PAGING.isdisjoint(request.query_params)
        asked = {"week_of": wanted.get("week_of"), "status": wanted.get("status")}
        window = self.paginator.window(request) if paged else None  # type: ignore[union-attr]
        as_csv = wanted["format"] == "csv"
        with from_replica():
            if as_csv and window is None:
                return _as_csv(iterate_report(**asked))
            report = build_report(**asked, window=window)
            if report is None:
                return _as_long_json(**asked)
            if as_csv:
                return _as_csv(report["rows"])
        # Bytes: the renderer takes times without a zone for what they are not.
        return Response(_json_of(report))

    @extend_schema(parameters=[TrendParameters], responses=TrendSerializer)
    def trend(self, request: Request) -> Response:
        """Return the figures of completion for several weeks, and for each place one level below."""
        refuse_unknown_parameters(request, TrendParameters().fields.keys())
        wanted = checked_parameters(TrendParameters, request)
        last = wanted.get("week_of") or current_week(timezone.now())
        include_late = wanted["include_late"] == "true"
        with from_replica():
            return Response(build_trend(last=last, number=wanted["weeks"], include_late=include_late))


def _json_of(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z)


def _as_long_json(*, week_of: str | None, status: QuizStatus | None) -> FileResponse:
    """Return the same as a file, whose rows are never in memory together."""
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with the answer
    total, complete, between = 0, 0, b""
    file.write(b'{"rows":[')
    for row in iterate_report(week_of=week_of):
        total += 1
        complete += row["status"] == QuizStatus.COMPLETE
        if status in (None, row["status"]):
            file.write(between + _json_of(row))
            between = b","
    file.write(b'],"summary":' + _json_of(summary_of(total, complete)) + b"}")
    file.seek(0)
    return FileResponse(file, content_type="application/json")


def _as_csv(rows: Iterable[dict[str, Any]]) -> FileResponse:
    """Return a file of the rows, on disk if it is long: nobody waits for the client in a transaction."""
    campuses = {str(pk): name for pk, name in Campus.objects.values_list("pk", "name")}
    named = ({**row, "campus_name": campuses.get(row["campusId"])} for row in rows)
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with the answer
    for line in _csv_lines(named):
        file.write(line.encode())
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename="safety-quiz-completion.csv",
        content_type="text/csv; charset=utf-8",
    )


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    write = csv.writer(_Echo()).writerow
    yield BYTE_ORDER_MARK + write([*_PERSON, *_RESULT])
    for row in rows:
        result = row["result"] or {}
        cells = [*(row[name] for name in _PERSON), *(result.get(name) for name in _RESULT)]
        yield write([_as_cell(value) for value in cells])


def _as_cell(value: Any) -> Any:
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else quoted(value)
