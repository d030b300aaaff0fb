"""Where the time of a broken promise went: by how much each thing that happened moved the expected arrival.

The rules are docs/report.md's. Every minute by which the arrival was later than that of the first expected unit, sent
at once, is given to one cause; what was gained is not set against what was lost. So the sum is at least the lateness,
and a broken promise has a cause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from engine.live.report.slim import Expected, SlimLeg, Step

#: By number of the event of the assignment: the candidates of its decision, by unit.
Expectations = Mapping[int, Mapping[str, Expected]]
_ZERO = timedelta(0)


class Cause(StrEnum):
    """Why a promise was broken; of causes that cost the same the first counts."""

    NO_UNIT = "no_unit"  # nobody could be sent
    OFFERS = "offers"  # providers declined, let an offer lapse, or took long to accept
    ASSIGNED_LATE = "assigned_late"  # filed, and no unit chosen, though nothing stood in the way
    FILED_LATE = "filed_late"  # place and service were known late
    WRONG_LOCATION = "wrong_location"  # the customer was elsewhere
    REPLANNED = "replanned"  # the unit was taken off, or exchanged
    TOO_FAR = "too_far"  # the unit's way was longer than the promise from the start
    SET_OFF_LATE = "set_off_late"  # the unit left later than it was expected to
    SLOWER = "slower"  # the unit's way took longer than it was expected to
    OTHER = "other"  # none of these


def lost(
    steps: Sequence[Step],
    k: int,
    received: datetime,
    begins: datetime,
    due: datetime,
    ended: datetime,
    arrived: bool,
    expectations: Expectations,
) -> dict[Cause, timedelta]:
    """By cause, what leg ``k`` lost from ``received`` to ``ended``; before ``begins`` nothing counts (a booking)."""
    walk = _Walk(k, begins, due - begins, expectations)
    before: SlimLeg | None = None
    for step in steps:
        if step.kind == "incident_filed":
            walk.add(Cause.FILED_LATE, walk.since(received, step.at))
            walk.free_from = step.at
        if k < len(step.after.legs):
            leg = step.after.legs[k]
            walk.step(step, before or SlimLeg(), leg)
            before = leg
    if not arrived:
        walk.end(ended)
    return {cause: time for cause, time in walk.lost.items() if time > _ZERO}


class _Walk:
    """One leg from event to event."""

    def __init__(self, k: int, begins: datetime, allowed: timedelta, expectations: Expectations) -> None:
        self._k, self._begins, self._allowed, self._expectations = k, begins, allowed, expectations
        self.lost: dict[Cause, timedelta] = {}
        self.free_from = begins  # since when it waits for a unit
        self._why = Cause.ASSIGNED_LATE  # why it waits
        self._nobody = False  # nobody was found meanwhile
        self._elsewhere = False
        self._there = False
        self._drive: _Drive | None = None
        self._expected: datetime | None = None  # the last arrival that was expected

    def add(self, cause: Cause, time: timedelta) -> None:
        self.lost[cause] = self.lost.get(cause, _ZERO) + max(time, _ZERO)

    def since(self, start: datetime, end: datetime) -> timedelta:
        """Time that counts."""
        return max(_ZERO, end - max(start, self._begins))

    def step(self, step: Step, before: SlimLeg, leg: SlimLeg) -> None:
        mine = step.leg == self._k
        if step.kind == "nobody_found" and mine:
            self._nobody = True
        if step.kind == "wrong_location":
            self._elsewhere = True
        elif step.kind not in ("unit_unassigned", "offer_withdrawn"):
            self._elsewhere = False
        if leg.unit and not before.unit:
            self._assigned(step, leg)
        elif before.unit and not leg.unit:
            self._taken(step)
        elif leg.unit != before.unit:
            self._exchanged(step, leg)
        drive = self._drive
        if drive is None:
            return
        if self._elsewhere and before.unit == leg.unit and before.arrives_at != leg.arrives_at:
            self._moved(drive, step, before, leg)
        elif step.kind == "offer_made" and mine and step.unit == leg.unit:
            drive.asked = step.at
        elif step.kind in ("offer_accepted", "unit_accepted") and mine:
            drive.accepted = step.at
        elif step.kind == "unit_under_way" and mine:
            drive.left = leg.since or step.at
        elif step.kind == "unit_on_scene" and mine:
            self._drove(drive, leg.arrives_at or step.at)
            self._there = True

    def _assigned(self, step: Step, leg: SlimLeg) -> None:
        expected = leg.arrives_at or step.at
        known = self._expectations.get(step.number, {})
        candidate = known.get(leg.unit)
        waited = self.since(self.free_from, step.at)
        if self._expected is None:
            self.add(Cause.NO_UNIT if self._nobody else self._why, waited)
            self.add(Cause.TOO_FAR, expected - max(step.at, self._begins) - self._allowed)
        else:
            moved = max(_ZERO, expected - self._expected)
            nobody = min(waited, moved) if self._nobody else _ZERO
            self.add(Cause.NO_UNIT, nobody)
            self.add(self._why, moved - nobody)
        self._drive = _Drive(step.at, expected, candidate.departs_at if candidate is not None else None, known)
        self._expected, self._nobody = expected, False

    def _taken(self, step: Step) -> None:
        self.free_from, self._nobody = step.at, False
        if step.kind in ("offer_declined", "offer_lapsed"):
            self._why = Cause.OFFERS
        else:
            self._why = Cause.WRONG_LOCATION if self._elsewhere else Cause.REPLANNED
        if self._drive is not None:
            self._expected = self._drive.came or self._drive.expected
        self._drive, self._there = None, False

    def _exchanged(self, step: Step, leg: SlimLeg) -> None:
        """Another of the units that were asked at once has it."""
        drive = self._drive
        if drive is None:
            return
        candidate = drive.known.get(leg.unit)
        later = step.at - drive.since
        expected = leg.arrives_at or drive.expected
        if step.kind != "offer_accepted" and candidate is not None:
            expected = candidate.arrives_at + later
        self.add(Cause.OFFERS, expected - drive.expected)
        departs = candidate.departs_at + later if candidate is not None else None
        self._drive = _Drive(step.at, expected, departs, drive.known)
        self._expected = expected

    def _moved(self, drive: _Drive, step: Step, before: SlimLeg, leg: SlimLeg) -> None:
        """The incident is elsewhere, and the unit goes on to there."""
        if leg.arrives_at is None:
            return
        if self._there and before.arrives_at is not None:
            self.add(Cause.WRONG_LOCATION, leg.arrives_at - before.arrives_at)
            self._drive = _Drive(step.at, leg.arrives_at, None, drive.known, left=step.at)
            self._there = False
        else:
            shift = leg.arrives_at - (before.arrives_at or drive.expected)
            self.add(Cause.WRONG_LOCATION, shift)
            drive.expected += shift
        self._expected = leg.arrives_at

    def _drove(self, drive: _Drive, arrival: datetime) -> None:
        """What was lost between the assignment and the arrival."""
        drive.came = arrival
        late = max(_ZERO, drive.left - drive.departs) if drive.left is not None and drive.departs is not None else None
        answer = max(_ZERO, drive.accepted - drive.asked) if drive.accepted and drive.asked else _ZERO
        if late is None:
            late = min(answer, max(_ZERO, arrival - drive.expected))
        answer = min(answer, late)
        self.add(Cause.OFFERS, answer)
        self.add(Cause.SET_OFF_LATE, late - answer)
        self.add(Cause.SLOWER, arrival - drive.expected - late)

    def end(self, ended: datetime) -> None:
        """Nobody came."""
        drive = self._drive
        if drive is None:
            start = self.free_from if self._expected is None else min(self.free_from, self._expected)
            self.add(Cause.NO_UNIT if self._nobody else self._why, self.since(start, ended))
            return
        if drive.left is None:
            drive.left = ended
            drive.accepted = drive.accepted or (ended if drive.asked else None)
            drive.departs = drive.departs or drive.expected
        self._drove(drive, ended)


class _Drive:
    """A unit that was expected; `expected` is moved by wrong locations."""

    __slots__ = ("accepted", "asked", "came", "departs", "expected", "known", "left", "since")

    def __init__(
        self,
        since: datetime,
        expected: datetime,
        departs: datetime | None,
        known: Mapping[str, Expected],
        left: datetime | None = None,
    ) -> None:
        self.since, self.expected, self.departs, self.known, self.left = since, expected, departs, known, left
        self.asked: datetime | None = None
        self.accepted: datetime | None = None
        self.came: datetime | None = None
