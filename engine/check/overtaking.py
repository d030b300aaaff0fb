"""Who is sent before somebody who called earlier, has waited past his bound and could have the unit sooner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.check.timing import TimedStop
from engine.check.violation import Violation, violation
from engine.deferment import Deferment
from engine.situation import Situation


def overtakes(situation: Situation, found: Sequence[TimedStop], held: Mapping[int, int]) -> list[Violation]:
    """One for each such stop, with the most urgent of those that it puts behind; only first stops can."""
    rule = Deferment(situation, held)
    first = {stop.named.index: stop for stop in found if stop.first}
    planned = {stop.named.index: stop.arrival_ms for stop in found}
    wrong: dict[int, Violation] = {}
    for breach in rule.breaches({i: (stop.row, 0) for i, stop in first.items()}, planned):
        stop, waits = first[breach.later], planned.get(breach.due)
        wrong.setdefault(
            breach.later,
            violation(
                "overtakes_due" if waits is None else "overtakes_due.sooner",
                incident=situation.intake.incidents[breach.later].id,
                unit=situation.state.units[stop.row].id,
                position=stop.named.position,
                over_ms=None if waits is None else waits - breach.reach_ms,
                other=situation.intake.incidents[breach.due].id,
            ),
        )
    return list(wrong.values())
