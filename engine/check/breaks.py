"""Rests that a tour leaves no room for: plans wait for a break before a unit's first departure only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.check.timing import TimedStop
from engine.check.violation import Violation, violation
from engine.situation import Situation
from engine.tables.clock import Clock
from engine.times import from_ms, to_ms


def breaks_cut(situation: Situation, found: Sequence[TimedStop]) -> Iterator[Violation]:
    """For every stop but a unit's first, what is missing of the breaks that have begun when it must set off there.

    It may set off as late as it still is there when work begins, and rests until then. A break that has ended while it
    worked would be made up. O(stops x breaks).
    """
    intake, units = situation.intake, situation.state.units
    clock = Clock(situation.state.region.timezone, intake.now)
    left_ms: dict[int, int] = {}  # when a unit set off to the stop before
    for stop in found:
        departs = stop.start_ms - stop.told.travel_ms
        since = left_ms.get(stop.row)
        left_ms[stop.row] = departs
        if since is None:
            continue
        unit = units[stop.row]
        free = to_ms(stop.told.candidate.departs_at) - intake.now_ms
        for rest in unit.breaks:
            begin, end = to_ms(rest.start) - intake.now_ms, to_ms(rest.end) - intake.now_ms
            if not since < begin <= departs:
                continue
            from_then = max(free, begin)
            wanted = end - from_then if from_then < end else end - begin
            over = wanted - (departs - from_then)
            if over > 0:
                at = from_ms(intake.now_ms + end).astimezone(situation.state.region.timezone)
                yield violation(
                    "cuts_break_short" if from_then < end else "cuts_break_short.missed",
                    incident=intake.incidents[stop.named.index].id,
                    unit=unit.id,
                    position=stop.named.position,
                    over_ms=over,
                    shown={"end": clock.at(at)},
                    end=at.isoformat(timespec="seconds"),
                )
