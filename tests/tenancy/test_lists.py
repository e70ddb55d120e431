"""Lists count what they lead to, and read no more for it than it takes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from progress.models import Interaction
from tenancy import lists
from tenancy.scope import scope_entered
from tests import citus
from tests.factories import ClassroomFactory

pytestmark = pytest.mark.django_db


def counting(rows):
    """Return how many rows are found, and how the database finds them."""
    with CaptureQueriesContext(connection) as sent:
        number = lists.number_of(rows)
    [statement] = sent.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement['sql']}")
        return number, "\n".join(line for (line,) in cursor.fetchall())


@citus.PLANNED_HERE
def test_people_are_joined_to_count_their_records_only_where_the_scope_asks_for_their_place(north, sunrise):
    other = ClassroomFactory(campus=north.campus)
    for tenant in (north, sunrise):
        Interaction.unscoped.create(
            user=tenant.student, organization=tenant.organization, type="x-looked", payload={}
        )
    for scope, number, joined in (
        (north.organization.scope, 1, False),
        (north.classroom.scope, 1, True),
        (other.scope, 0, True),
    ):
        with scope_entered(scope):
            found, plan = counting(Interaction.objects.select_related("user").order_by("-created_at"))
        assert (found, " users " in plan) == (number, joined), plan


def test_one_more_than_a_list_leads_to_is_counted_and_no_further(north, monkeypatch):
    monkeypatch.setattr(lists, "MOST_LISTED", 2)
    for wanted in (1, 2, 3, 3):
        Interaction.unscoped.create(
            user=north.student, organization=north.organization, type="x-looked", payload={}
        )
        rows = Interaction.unscoped.filter(type="x-looked")
        assert (lists.number_of(rows), lists.counted(rows)) == (wanted, min(wanted, 2))
