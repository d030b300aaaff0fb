"""What operators do: the nearest free unit at the call; who calls when none is free waits in order of call."""

from __future__ import annotations

from typing import Literal

import numpy as np

from engine.eligibility import arrivals_ms
from engine.simulate.moment import Choice, Moment
from graphs.network import Float64, Int64
from graphs.search import INF


class Nearest:
    """In order of call, the nearest capable unit that is free; by straight line (the clerk) or by arrival."""

    def __init__(self, by: Literal["line", "eta"]) -> None:
        self._by = by
        self.name = f"nearest-{by}"

    def decide(self, moment: Moment) -> Choice:
        choice = moment.sent
        rows = free_rows(moment)
        if not rows.size or len(choice) == len(moment.open):
            return choice
        for at, incident in enumerate(moment.open):
            if incident.id in choice or not rows.size:
                continue
            able, arrival = reach(moment, at, rows)
            if not able.size:
                continue
            measure: Int64 | Float64 = arrival
            if self._by == "line":
                measure = ((moment.state.here[able] - moment.situation.intake.here[at]) ** 2).sum(axis=1)
            row = int(able[np.lexsort((able, measure))[0]])
            choice[incident.id] = moment.state.units[row].id
            rows = rows[rows != row]
        return choice


class NearestCall:
    """The nearest free unit by arrival while units are free; else a freed unit goes to the nearest waiting call.

    The strongest of the simple rules under load (Maciejewski and others, on taxis in Berlin and Barcelona).
    """

    name = "nearest-call"

    def decide(self, moment: Moment) -> Choice:
        choice = moment.sent
        rows = free_rows(moment)
        waiting = [at for at, incident in enumerate(moment.open) if incident.id not in choice]
        pairs = []
        for at in waiting if rows.size else ():
            able, arrival = reach(moment, at, rows)
            pairs += [(int(ms), at, int(row)) for row, ms in zip(able, arrival, strict=True)]
        taken: set[int] = set()
        for _, at, row in sorted(pairs):
            incident_id = moment.open[at].id
            if incident_id not in choice and row not in taken:
                choice[incident_id] = moment.state.units[row].id
                taken.add(row)
        return choice


def free_rows(moment: Moment) -> Int64:
    """Rows of the units with nothing to do."""
    row_of = moment.state.row_of
    return np.array(sorted(row_of[unit_id] for unit_id in moment.free), np.int64)


def reach(moment: Moment, at: int, rows: Int64) -> tuple[Int64, Int64]:
    """Of some rows those that may serve open incident ``at``, and ms from now until each would be there."""
    situation = moment.situation
    travel = situation.travel_to(at)[rows]
    arrival = arrivals_ms(moment.state.policy, moment.state.arrays, situation.intake, at, rows, travel)
    return rows[arrival < INF], arrival[arrival < INF]
