"""The rules that one stop of a plan may break, one after the other, each with its amount."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.check.timing import LostStop, TimedStop
from engine.check.violation import Violation, violation
from engine.closures import closures_between, short_list
from engine.eligibility import capable, on_duty, permitted
from engine.fleet.arrays import NEVER
from engine.model import Incident, Unit, UnitStatus
from engine.queues.limits import NONE
from engine.situation import Situation
from engine.tables.clock import Clock
from engine.tables.fitness import lacking
from engine.times import from_ms
from engine.tours.size import ROOM_MS

#: A planned time that the unit can beat by less is no remark.
TOLERANCE_MS = 60_000


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules of one situation; ``held`` are the incidents whose unit is not up for change, by index their row."""

    situation: Situation
    held: Mapping[int, int]

    def of(self, stop: TimedStop) -> Iterator[Violation]:
        """Everything that is wrong with a stop that can be reached."""
        yield from self._pin(stop)
        if self._by_hand(stop):
            yield from self._pinned(stop)
        else:
            yield from self._eligible(stop)
            yield from self._times(stop)
        yield from self._promise(stop)
        yield from self._planned(stop)

    def of_lost(self, stop: LostStop) -> Violation:
        """Why a stop cannot be reached."""
        where, index = (
            _where(self._incident(stop.named.index), self._unit(stop.row), stop.named.position),
            stop.named.index,
        )
        if not self.situation.intake.jobs.reached[index]:
            return violation("drop_off_unreachable", **where)
        closures = self._closures(stop)
        if not closures:
            return violation("unreachable", **where)
        return violation(
            "unreachable.closures", **where, shown={"closures": short_list(closures)}, closures=", ".join(closures)
        )

    def _by_hand(self, stop: TimedStop) -> bool:
        """A person pinned the incident to this unit: only what cannot be is held against that."""
        index = stop.named.index
        return self._incident(index).pinned and self.held.get(index) == stop.row and self._in_place(stop)

    def _in_place(self, stop: TimedStop) -> bool:
        """First of its unit, or booked for so much later that there is room before."""
        return stop.first or int(self.situation.intake.jobs.earliest_ms[stop.named.index]) > ROOM_MS

    def _pin(self, stop: TimedStop) -> Iterator[Violation]:
        row = self.held.get(stop.named.index)
        if row is None or (row == stop.row and self._in_place(stop)):
            return
        if row == stop.row:
            yield violation("pin_ignored.first", **self._at(stop))
            return
        key = "pin_ignored" if self._incident(stop.named.index).pinned else "pin_ignored.frozen"
        yield violation(key, **self._at(stop), pinned_unit=self._unit(row).id)

    def _pinned(self, stop: TimedStop) -> Iterator[Violation]:
        intake = self.situation.intake
        if self._unit(stop.row).status is UnitStatus.OFF_DUTY:
            yield violation("off_duty", **self._at(stop))
        yield from self._after(stop, intake.longest_wait_ms(stop.named.index))

    def _eligible(self, stop: TimedStop) -> Iterator[Violation]:
        situation, index, row = self.situation, stop.named.index, stop.row
        arrays, intake = situation.state.arrays, situation.intake
        incident, unit = self._incident(index), self._unit(row)
        if not capable(arrays, intake, index)[row]:
            missing = lacking(incident, unit)
            yield violation("lacks_capability", **self._at(stop), count=len(missing), needs=", ".join(missing))
        if not permitted(arrays, intake, index)[row]:
            way = int(situation.state.region.network.arc_way[intake.positions.arc[index]])
            held = situation.state.territories.concession(incident.location, way)
            yield violation("concession" if held else "outside_territory", **self._at(stop))
        if not on_duty(arrays, intake, index)[row]:
            yield violation("off_duty" if unit.status is UnitStatus.OFF_DUTY else "no_known_end", **self._at(stop))

    def _times(self, stop: TimedStop) -> Iterator[Violation]:
        state, intake = self.situation.state, self.situation.intake
        yield from self._after(stop, int(intake.jobs.latest_ms[stop.named.index]))
        end = int(state.arrays.shift_end_ms[stop.row])
        if end == NEVER:
            return
        end -= intake.now_ms
        limit = end + round(state.policy.limits.max_overtime_minutes * 60_000)
        if stop.start_ms > end:
            yield violation("after_shift", **self._at(stop), over_ms=stop.start_ms - end, **self._clock("end", end))
        elif stop.end_ms > limit:
            yield violation(
                "overtime_limit", **self._at(stop), over_ms=stop.end_ms - limit, **self._clock("end", limit)
            )
        elif stop.last and stop.end_ms > end:
            yield violation("works_overtime", **self._at(stop), over_ms=stop.end_ms - end)

    def _after(self, stop: TimedStop, latest: int) -> Iterator[Violation]:
        if stop.arrival_ms > latest:
            over = stop.arrival_ms - latest
            yield violation("after_latest", **self._at(stop), over_ms=over, **self._clock("latest", latest))

    def _promise(self, stop: TimedStop) -> Iterator[Violation]:
        intake, index = self.situation.intake, stop.named.index
        due, earliest = int(intake.due_ms[index]), int(intake.jobs.earliest_ms[index])
        if stop.start_ms > due:
            yield violation("promise_broken", **self._at(stop), over_ms=stop.start_ms - due, **self._clock("due", due))
        if stop.arrival_ms < earliest:
            yield violation("waits", **self._at(stop), over_ms=earliest - stop.arrival_ms)

    def _planned(self, stop: TimedStop) -> Iterator[Violation]:
        planned = stop.named.planned_ms
        if planned is None:
            return
        if planned < stop.arrival_ms:
            over, arrives = stop.arrival_ms - planned, self._clock("arrives", stop.arrival_ms, seconds=True)
            yield violation("too_early", **self._at(stop), over_ms=over, **arrives)
        elif planned > stop.start_ms + TOLERANCE_MS:
            yield violation("later_than_needed", **self._at(stop), over_ms=planned - stop.start_ms)

    def _closures(self, stop: LostStop) -> list[str]:
        situation, index = self.situation, stop.named.index
        if stop.after == NONE:
            return situation.closures_before(index, stop.row)
        if situation.view is None:
            return []
        intake = situation.intake
        ends, starts = intake.jobs.ends.take(np.array([stop.after])), intake.positions.take(np.array([index]))
        departure = intake.now_ms + int(intake.jobs.earliest_ms[index])
        return closures_between(situation.state.region, situation.view.snapshot, ends, starts, departure)

    def _at(self, stop: TimedStop) -> dict[str, Any]:
        return _where(self._incident(stop.named.index), self._unit(stop.row), stop.named.position)

    def _incident(self, index: int) -> Incident:
        return self.situation.intake.incidents[index]

    def _unit(self, row: int) -> Unit:
        return self.situation.state.units[row]

    def _clock(self, name: str, ms: int, *, seconds: bool = False) -> dict[str, Any]:
        """A time as a detail, and as people read it."""
        zone, now = self.situation.state.region.timezone, self.situation.intake.now
        at = from_ms(self.situation.intake.now_ms + ms).astimezone(zone)
        shown = Clock(zone, now).at(at, seconds=seconds)
        return {name: at.isoformat(timespec="seconds"), "shown": {name: shown}}


def _where(incident: Incident, unit: Unit, position: int) -> dict[str, Any]:
    return {"incident": incident.id, "unit": unit.id, "position": position}
