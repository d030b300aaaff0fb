"""Bounded deferment: nobody is put off for ever to save others' minutes.

An incident that has waited past the policy's bound is *due*. No incident received later, of equal or lower priority,
may then newly take a unit that could reach the due one sooner than the unit it is planned to get (Rambau, *Deferment
control for reoptimization*). Pinned incidents are settled: the rule neither protects nor restrains them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.eligibility import capable, in_shift, in_time, on_duty, permitted
from engine.jobs.deferment import is_due
from engine.situation import Situation
from graphs.network import Int64
from graphs.search import INF


@dataclass(frozen=True, slots=True)
class Breach:
    """Incident `later` newly takes a unit (row) that would have reached incident `due` sooner; both by index."""

    due: int
    later: int
    row: int


class Deferment:
    """The rule in one situation."""

    def __init__(self, situation: Situation, settled: Iterable[int] = ()) -> None:
        """`settled` incidents are left out, as pinned ones are."""
        self._situation = situation
        intake, policy = situation.intake, situation.state.policy
        out = {i for i, incident in enumerate(intake.incidents) if incident.pinned}.union(settled)
        self._bound = np.array([i not in out for i in range(len(intake))], bool)
        self._weight = np.array([policy.priority.of(i.priority) for i in intake.incidents])
        self._received = np.array([i.received_at.timestamp() for i in intake.incidents])
        due = [
            i
            for i, (incident, promise) in enumerate(zip(intake.incidents, intake.promises, strict=True))
            if self._bound[i] and is_due(incident, promise.due_at, policy, intake.now)
        ]
        #: The more urgent first, then the longer waiting.
        self.due: list[int] = sorted(due, key=lambda i: (-self._weight[i], self._received[i], i))

    def behind(self, due: int) -> Int64:
        """Indices of the incidents that may not overtake a due one."""
        later = self._bound & (self._received > self._received[due]) & (self._weight <= self._weight[due])
        return np.flatnonzero(later)

    def reach_ms(self, i: int, rows: Int64) -> Int64:
        """[rows] ms from now until units could be at incident ``i``; INF for who may not, or comes too late."""
        situation = self._situation
        arrays, intake = situation.state.arrays, situation.intake
        able = capable(arrays, intake, i) & permitted(arrays, intake, i) & on_duty(arrays, intake, i)
        able = able[rows] & bool(intake.jobs.reached[i])
        travel = situation.travels_ms(rows, np.full(rows.size, i))
        arrival = arrays.ready_ms(intake.now_ms)[rows] + travel
        able &= (travel < INF) & in_time(intake, i, arrival)
        able &= in_shift(situation.state.policy, arrays, intake, i, rows, arrival)
        return np.where(able, arrival, INF)

    def breaches(self, next_of: Mapping[int, tuple[int, int]], planned_ms: Mapping[int, int]) -> list[Breach]:
        """Every breach of a plan: the incident that each unit goes to next (incident -> row, ms of driving), and when
        it reaches whom (ms from now; who is left out waits for ever). O(due x open)."""
        announced = self._situation.intake.announced
        taken = {i: row for i, (row, _) in next_of.items() if row != announced[i]}
        found = []
        for due in self.due:
            later = [i for i in self.behind(due).tolist() if i in taken]
            if later:
                rows = np.array([taken[i] for i in later], np.int64)
                sooner = self.reach_ms(due, rows) < planned_ms.get(due, INF)
                found += [Breach(due, later[k], int(rows[k])) for k in np.flatnonzero(sooner)]
        return found

    def in_turn(self, taken: Iterable[int], *, announced: bool = False) -> dict[int, int]:
        """Everybody due in turn, the more urgent and then the longer waiting first, with the unit (row) of those left
        that reaches him soonest; none of ``taken``, and one that is announced to somebody else only if ``announced``.

        Whatever the rest of the plan, no later one can then be in breach for who has a unit so; with ``announced`` for
        nobody at all. O(due x units).
        """
        told = self._situation.intake.announced
        free = np.ones(len(self._situation.state), bool)
        free[list(taken)] = False
        held = np.empty(0, np.int64) if announced else told[told >= 0]
        found: dict[int, int] = {}
        for due in self.due:
            mine = free.copy()
            mine[held[held != told[due]]] = False
            rows = np.flatnonzero(mine)
            reach = self.reach_ms(due, rows) if rows.size else np.empty(0, np.int64)
            if reach.size and reach.min() < INF:
                found[due] = int(rows[np.argmin(reach)])
                free[found[due]] = False
        return found
