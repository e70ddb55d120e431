"""Whatever people did, every report of every week and place is what their memberships and results say.

A year of moves, promotions, absences and quizzes is made up, and each figure computed in Python, in the words
of the contract.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Membership, Role, User
from quizzes.safety.domain.weeks import Week
from tests.factories import CampusFactory, ClassroomFactory
from tests.quizzes.safety import COMPLETION, TREND, WEEK, people, record

pytestmark = pytest.mark.django_db

WEEKS = [str(week) for week in Week.named(WEEK).latest(6)]
ROLES = ["TEACHER", "TEACHER", "SUPPORT", "PRINCIPAL", "STUDENT", "GUARDIAN", None]


@dataclass
class Stay:
    """Someone belonged somewhere for a while."""

    user: User
    node: object
    role: str | None
    since: datetime
    until: datetime | None

    def is_on_roster(self, week_of, scope):
        ends = datetime.fromisoformat(week_of).replace(tzinfo=UTC) + timedelta(days=7)
        return (
            self.since < ends
            and (self.until is None or self.until >= ends)
            and self.role in ("TEACHER", "SUPPORT", "PRINCIPAL")
            and (scope is None or scope.contains(self.node.scope))
        )


def live_through(user, nodes, roles, chance):
    """Let someone move, stay away, and move again, at moments that are often the first of a week."""
    start = datetime.fromisoformat(WEEKS[0]).replace(tzinfo=UTC) - timedelta(days=7)
    moments = sorted(
        {start + timedelta(days=chance.choice([7 * n, 7 * n + 3, chance.randint(0, 55)])) for n in range(6)}
    )
    stays = []
    for since, until in zip(moments, [*moments[1:], None], strict=True):
        if chance.random() < 0.2:
            continue
        stays.append(Stay(user, chance.choice(nodes), chance.choice(ROLES), since, until))
    for stay in stays:
        Membership.unscoped.create(
            user=user,
            role=roles.get(stay.role),
            valid_from=stay.since,
            valid_until=stay.until,
            **{f"{level}_id": stay.node.scope.id_at(level) for level in LEVELS},
        )
    return stays


LEVELS = ("organization", "school", "campus", "classroom")


@pytest.mark.parametrize("seed", range(2))
def test_reports_are_exact_whatever_people_did(seed, as_user, north, sunrise, global_admin):
    chance = random.Random(seed)
    roles = {role.name: role for role in Role.objects.all()}
    Membership.unscoped.all().delete()
    here = [north.organization, north.school, north.campus, north.classroom]
    here += [ClassroomFactory(campus=north.campus), CampusFactory(school=north.school)]
    nodes = [*here, sunrise.organization, sunrise.classroom]
    users = [*north.people.values(), *sunrise.people.values()]
    stays = [stay for user in users for stay in live_through(user, nodes, roles, chance)]
    done = set()
    for user in users:
        for week_of in WEEKS:
            if chance.random() < 0.6:
                organization = chance.choice([north.organization, north.organization, sunrise.organization])
                for _ in range(chance.choice([1, 1, 2])):
                    record(user, week_of, organization_id=organization.pk, school_id=None)
                done.add((user.pk, week_of, organization.pk))

    def expected(week_of, scope):
        there = [stay for stay in stays if stay.is_on_roster(week_of, scope)]
        return {
            (stay.user.pk, (stay.user.pk, week_of, stay.node.scope.organization_id) in done) for stay in there
        }

    by_name = {str(node.scope): node.scope for node in [*nodes, sunrise.school, sunrise.campus]}
    told = 0
    scopes = [(global_admin, None), *((north.admin, node.scope) for node in here)]
    scopes += [(sunrise.admin, sunrise.scope), (sunrise.admin, sunrise.classroom.scope)]
    for caller, scope in scopes:
        client = as_user(caller, scope)
        trend = client.get(TREND, {"weeks": 6, "week_of": WEEK}).json()
        for week_of, figures in zip(WEEKS, trend["weeks"], strict=True):
            wanted = expected(week_of, scope)
            for more in ({}, {"limit": 200}):
                found = people(client.get(COMPLETION, {"week_of": week_of, **more}))
                assert found == {str(pk): "complete" if is_done else "pending" for pk, is_done in wanted}
            assert figures["total"] == len(wanted)
            assert figures["complete"] == sum(is_done for _, is_done in wanted)
            told += len(wanted)
        for child in trend["children"]:
            for figures in child["weeks"]:
                wanted = expected(figures["week_of"], by_name[child["scope"]])
                assert (figures["complete"], figures["total"]) == (
                    sum(is_done for _, is_done in wanted),
                    len(wanted),
                )
    assert told > 100
