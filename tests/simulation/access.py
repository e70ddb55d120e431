"""The oracle of subscriptions: who may use which tcode when, and what starting, granting and the clock do."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tenancy.scope import PLATFORM_ID
from tests.simulation.oracle import Acting, Expected, Oracle
from tests.simulation.state import NEW, Person, Subscription, Tcode

MAX_DAYS = 36_500
DAYS = {"trial": 14, "monthly": 30, "yearly": 365, "internal-access": 365}
OPENS_ALL = "internal-access"


class AccessOracle(Oracle):
    """The rules of the workshop over one state."""

    def subscriptions_of(self, person: UUID, tcode: int | None) -> list[Subscription]:
        """Return those of a person to one tcode, or to all of them: not both."""
        rows = self.state.subscriptions.values()
        return [one for one in rows if one.person == person and one.tcode == tcode]

    def opening(self, person: UUID, tcode: int) -> list[Subscription]:
        return self.subscriptions_of(person, tcode) + self.subscriptions_of(person, None)

    def access(self, person: UUID, tcode: int) -> tuple[bool, str]:
        """Return whether somebody may use a tcode now, and why or why not."""
        own = self.opening(person, tcode)
        if running := [one for one in own if one.runs(self.now)]:
            longest = max(running, key=lambda one: one.end)
            return True, "internal_access" if longest.package == OPENS_ALL else "active_subscription"
        if any(one.status == "active" and one.start > self.now for one in own):
            return False, "not_started"
        if not own:
            return False, "no_subscription"
        last = max(own, key=lambda one: min(one.revoked_at or one.end, one.end))
        return False, "revoked" if last.status == "revoked" else "expired"

    def access_ends(self, person: UUID, tcode: int) -> datetime | None:
        """Return when somebody's access ends that goes on without a gap until then."""
        if not self.access(person, tcode)[0]:
            return None
        own = [one for one in self.opening(person, tcode) if one.status == "active"]
        ends = [one.end for one in own if one.end > self.now]
        return min(end for end in ends if not any(further.runs(end) for further in own))

    def catalogue(self, who: Acting) -> dict[int, datetime | None]:
        """Return the tcodes that somebody knows of, each with the end of their access."""
        known = [one for one in self.tcodes.values() if self._knows(who, one)]
        return {one.id: self.access_ends(who.person.id, one.id) for one in known}

    def _knows(self, who: Acting, tcode: Tcode) -> bool:
        return who.reads(tcode.organization) and (who.staff or tcode.published)

    def use(self, who: Acting, tcode_id: int) -> Expected:
        """Somebody saves how far they are."""
        if not self._knows(who, self.tcodes[tcode_id]):
            return Expected(404)
        return Expected(200 if self.access(who.person.id, tcode_id)[0] else 403)

    def start(self, who: Acting, package: str, tcode_id: int | None) -> Expected:
        """Somebody starts a package for themselves."""
        if tcode_id is None or not self._knows(who, self.tcodes[tcode_id]):
            return Expected(400)
        if package != "trial":
            return Expected(403)
        own = self.subscriptions_of(who.person.id, tcode_id)
        if any(one.package == package and one.started_alone for one in own):
            return Expected(409)
        if any(one.status == "active" and one.renews and one.end > self.now for one in own):
            return Expected(409)
        self._add(who.person, package, tcode_id, alone=True)
        return Expected(201)

    def grant(self, who: Acting, person: UUID, package: str, tcode_id: int | None) -> Expected:
        if not who.may("subscriptions"):
            return Expected(403)
        if (tcode_id is None) != (package == OPENS_ALL):
            return Expected(400)
        found = self.state.people[person]
        if not found.active or not self._reaches(who, found):
            return Expected(400)
        if tcode_id is not None:
            tcode = self.tcodes[tcode_id]
            if not self._knows(who, tcode) or tcode.organization not in (found.place[0], PLATFORM_ID):
                return Expected(400)
        own = [one for one in self.subscriptions_of(person, tcode_id) if one.status == "active"]
        if package == OPENS_ALL:
            longest = max((one.days for one in own if one.package == package), default=0)
            if longest + DAYS[package] > MAX_DAYS:
                return Expected(409)
            if running := [one for one in own if one.end > self.now and one.package == package]:
                max(running, key=lambda one: one.end).days += DAYS[package]
                return Expected(200)
        self._add(found, package, tcode_id)
        return Expected(201)

    def _add(self, person: Person, package: str, tcode: int | None, *, alone: bool = False) -> None:
        ends = [one.end for one in self.subscriptions_of(person.id, tcode) if one.status == "active"]
        self.state.subscriptions[NEW] = Subscription(
            id=NEW,
            person=person.id,
            organization=person.place[0],
            tcode=tcode,
            package=package,
            start=max([self.now, *ends]),
            days=DAYS[package],
            renews=package == "monthly",
            stacks=package != OPENS_ALL,
            period=DAYS[package],
            started_alone=alone,
        )

    def _managed(self, who: Acting, pk: Any) -> Subscription | int:
        if not who.may("subscriptions"):
            return 403
        one = self.state.subscriptions[pk]
        # Whose organization granted it, and of people at or below the place.
        place = (one.organization, *self.state.people[one.person].place[1:])
        return one if who.reaches(place) else 404  # type: ignore[arg-type]

    def _queued(self, one: Subscription) -> list[Subscription]:
        """Return what waits for the end of a subscription."""
        others = self.subscriptions_of(one.person, one.tcode)
        waiting = [other for other in others if other is not one and other.stacks and other.start > self.now]
        return [other for other in waiting if other.status == "active" and one.end <= other.start]

    def extend(self, who: Acting, pk: Any, by: int) -> Expected:
        one = self._managed(who, pk)
        if isinstance(one, int):
            return Expected(one)
        if one.status == "revoked":
            return Expected(409)
        if one.days + by > MAX_DAYS:
            return Expected(400)
        over = one.end <= self.now
        others = self.subscriptions_of(one.person, one.tcode)
        taken_over = any(
            other.start >= one.end and other.runs(self.now) for other in others if other is not one
        )
        if one.end + timedelta(days=by) <= self.now or (one.stacks and over and taken_over):
            return Expected(409)
        for other in self._queued(one):
            other.start += timedelta(days=by)
        one.days += by
        one.status = "active"
        return Expected(200)

    def revoke(self, who: Acting, pk: Any) -> Expected:
        one = self._managed(who, pk)
        if isinstance(one, int):
            return Expected(one)
        if one.status == "revoked":
            return Expected(200)
        if one.end <= self.now and not self._goes_on(one):
            return Expected(409)
        left = max(one.end - max(one.start, self.now), timedelta())
        for other in self._queued(one):
            other.start -= min(left, other.start - self.now)
        one.status, one.revoked_at = "revoked", self.now
        return Expected(200)

    # --- the clock ------------------------------------------------------------------------------------

    def _goes_on(self, one: Subscription) -> bool:
        """Whether a subscription renews when its window ends."""
        if one.status != "active" or not one.renews or one.days + one.period > MAX_DAYS:
            return False
        person = self.state.people[one.person]
        if not person.active:
            return False
        if one.tcode is not None:
            tcode = self.tcodes[one.tcode]
            if not tcode.published or tcode.organization not in (person.place[0], PLATFORM_ID):
                return False
        others = self.subscriptions_of(one.person, one.tcode)
        return not any(
            other is not one and other.status == "active" and other.end > one.end for other in others
        )

    def process(self) -> None:
        """The daily command: renew what ends within a day and goes on, expire what is over."""
        ahead = self.now + timedelta(days=1)
        for one in self.state.subscriptions.values():
            if one.status != "active" or one.end > ahead:
                continue
            if self._goes_on(one):
                missing = (ahead - one.end) // timedelta(days=one.period)
                one.days += one.period * min((MAX_DAYS - one.days) // one.period, 1 + missing)
            elif one.end <= self.now:
                one.status = "expired"
