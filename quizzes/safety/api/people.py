"""``/api/safety_quiz_results/completion/people`` and ``/reminders``: what the page lists, and sends."""

from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.api.filters import PAGING, checked_parameters, refuse_unknown_parameters
from accounts.sign_in.api.anonymous import validated
from quizzes.models import SafetyQuizResult
from quizzes.safety.api.quizzes import NamedWeekField
from quizzes.safety.api.results import REPORTS
from quizzes.safety.domain.completion import QuizStatus
from quizzes.safety.domain.people import WantedPeople, list_people
from quizzes.safety.domain.reminding import KEY, remind, whom_to_remind
from quizzes.safety.domain.weeks import Week, current_week
from tenancy.api.fields import StrictBooleanField, StrictCharField, StrictChoiceField

_PAGING: Final = [OpenApiParameter(name, {"type": "integer", "minimum": 1}) for name in sorted(PAGING)]


class PeopleParameters(serializers.Serializer[Any]):
    """Which people to list."""

    week_of = NamedWeekField(required=False, help_text="A date or an ISO week; without it, the current one.")
    status = StrictChoiceField(choices=list(QuizStatus), required=False)
    role = StrictCharField(required=False, max_length=50)
    search = StrictCharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Words that all occur in the name, in any order; accents and capitals make no difference.",
    )


# What follows describes answers.
class RosterPersonSerializer(serializers.Serializer[Any]):
    """Someone on the roster of the week."""

    userId = serializers.UUIDField(source="id")
    user_name = serializers.CharField(source="name")
    user_role = serializers.CharField(source="role")
    school_name = serializers.CharField(source="school", allow_null=True)
    campus_name = serializers.CharField(source="campus", allow_null=True)
    classroom_name = serializers.CharField(source="classroom", allow_null=True)
    status = serializers.ChoiceField(choices=list(QuizStatus))
    late = serializers.BooleanField(source="is_late")
    failed = serializers.BooleanField(source="has_failed")
    retaken = serializers.BooleanField(source="is_retaken")
    self_reported = serializers.BooleanField(source="is_self_reported")
    last_done_at = serializers.DateTimeField(
        allow_null=True, help_text="When they did any safety quiz last, of whichever week."
    )
    last_reminded_at = serializers.DateTimeField(
        allow_null=True, help_text="When they were last reminded of this week's."
    )


class RosterSerializer(serializers.Serializer[Any]):
    """A page of the people of a week, by name, and how many they are in all."""

    week_of = serializers.CharField()
    rows = RosterPersonSerializer(many=True)
    count = serializers.IntegerField()


class RemindSerializer(serializers.Serializer[Any]):
    """Whom to remind, and whether to do it."""

    again = StrictBooleanField(
        default=False, help_text="Those as well who were reminded on a day before; nobody twice on one day."
    )
    dry_run = StrictBooleanField(default=False, help_text="Only tell who would be reminded.")


class RemindedSerializer(serializers.Serializer[Any]):
    """The pending people of the current week by what they have been told of it."""

    week_of = serializers.CharField()
    reminded = serializers.IntegerField(help_text="Who got a message now, or would get one.")
    told_before = serializers.IntegerField(help_text="Who was told on a day before.")
    told_today = serializers.IntegerField(help_text="Who had their message today already.")


class CompletionPeopleViewSet(ScopedViewSet):
    """The people behind the figures of the active scope."""

    queryset = SafetyQuizResult.objects.none()
    permission_keys = {"people": REPORTS, "remind": KEY}
    tenant_users_only = True

    @extend_schema(parameters=[PeopleParameters, *_PAGING], responses=RosterSerializer)
    def people(self, request: Request) -> Response:
        """List who is on the roster of a week, with class, last quiz and last reminder."""
        refuse_unknown_parameters(request, PeopleParameters().fields.keys() | PAGING)
        wanted = checked_parameters(PeopleParameters, request)
        limit, offset = self.paginator.window(request)  # type: ignore[union-attr]
        week = wanted.get("week_of") or current_week(timezone.now())
        asked = WantedPeople(week, wanted.get("status"), wanted.get("role", ""), wanted.get("search", ""))
        count, people = list_people(asked, limit=limit, offset=offset)
        number = str(Week(week.monday, by_number=True))
        rows = RosterPersonSerializer(people, many=True).data
        return Response({"week_of": number, "rows": rows, "count": count})

    @extend_schema(request=RemindSerializer, responses=RemindedSerializer)
    def remind(self, request: Request) -> Response:
        """Send a message to each who is pending in the current week and was not told yet."""
        wanted = validated(RemindSerializer, request)
        found = whom_to_remind(now=timezone.now())
        number = len(found.chosen(again=wanted["again"]))
        return Response(
            {
                "week_of": str(Week(found.week.monday, by_number=True)),
                "reminded": number if wanted["dry_run"] else remind(by=self.user, again=wanted["again"]),
                "told_before": len(found.told),
                "told_today": len(found.told_today),
            }
        )
