"""Bounded deferment: nobody is put off for ever to save others' minutes.

An incident that has waited past the policy's bound is *due*. No incident received later, of equal or lower priority,
may then newly take a unit that could reach the due one sooner than the unit it is planned to get (Rambau, *Deferment
control for reoptimization*). Pinned incidents are settled: the rule neither protects nor restrains them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.eligibility import arrivals_ms
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
    reach_ms: int  # from now until the unit would be at the due one


class Deferment:
    """The rule in one situation."""

    def __init__(
        self, situation: Situation, settled: Iterable[int] = (), checkpoint: Callable[[], None] | None = None
    ) -> None:
        """`settled` incidents are left out, as pinned ones are; `checkpoint` is called now and then, and may raise."""
        self._situation, self._look = situation, checkpoint or (lambda: None)
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

    def reach_ms(self, i: int, rows: Int64) -> Int64:
        """[rows] ms from now until units could be at incident ``i``; INF for who may not, or comes too late."""
        situation = self._situation
        state, travel = situation.state, situation.travels_ms(rows, np.full(rows.size, i))
        return arrivals_ms(state.policy, state.arrays, situation.intake, i, rows, travel)

    def breaches(self, next_of: Mapping[int, tuple[int, int]], planned_ms: Mapping[int, int]) -> list[Breach]:
        """Every breach of a plan: the incident that each unit goes to next (incident -> row, ms of driving), and when
        it reaches whom (ms from now; who is left out waits for ever). O(due x units that are newly sent)."""
        announced = self._situation.intake.announced
        new = np.array([i for i, (row, _) in next_of.items() if row != announced[i] and self._bound[i]], np.int64)
        rows = np.array([next_of[int(i)][0] for i in new], np.int64)
        received, weight = self._received[new], self._weight[new]
        found = []
        for due in self.due:
            self._look()
            later = np.flatnonzero((received > self._received[due]) & (weight <= self._weight[due]))
            if later.size:
                reach = self.reach_ms(due, rows[later])
                sooner = np.flatnonzero(reach < planned_ms.get(due, INF))
                found += [Breach(due, int(new[later[k]]), int(rows[later[k]]), int(reach[k])) for k in sooner]
        return found

    def may_not_overtake(self, later: int, due: int) -> bool:
        """Whether incident ``later`` called after a due one and has no higher priority."""
        after = self._received[later] > self._received[due] and self._weight[later] <= self._weight[due]
        return bool(after and self._bound[later])

    def wanted(self, rows: list[int], planned_ms: Mapping[int, int]) -> dict[int, list[int]]:
        """By unit (row) who is due and would be reached by it sooner than planned. O(due x rows)."""
        found: dict[int, list[int]] = {row: [] for row in rows}
        for due in self.due if rows else ():
            self._look()
            reach = self.reach_ms(due, np.array(rows))
            for k in np.flatnonzero(reach < planned_ms.get(due, INF)):
                found[rows[k]].append(due)
        return found

    def in_turn(self, taken: Iterable[int], *, announced: bool = False) -> dict[int, int]:
        """Everybody due in turn, and of others those who are more urgent than one of them, with the unit (row) of those
        left that reaches him soonest; none of ``taken``, one that is announced to somebody else only if ``announced``.

        The more urgent come first, then who is due, then who called before. Whatever the rest of the plan, no later
        one can then be in breach for somebody due who has a unit so; with ``announced`` for nobody at all.
        O(incidents x units).
        """
        told = self._situation.intake.announced
        free = np.ones(len(self._situation.state), bool)
        free[list(taken)] = False
        held = np.empty(0, np.int64) if announced else told[told >= 0]
        found: dict[int, int] = {}
        for i in self._turns():
            self._look()
            if not free.any():
                break
            mine = free.copy()
            mine[held[held != told[i]]] = False
            rows = np.flatnonzero(mine)
            reach = self.reach_ms(i, rows) if rows.size else np.empty(0, np.int64)
            if reach.size and reach.min() < INF:
                found[i] = int(rows[np.argmin(reach)])
                free[found[i]] = False
        return found

    def _turns(self) -> list[int]:
        if not self.due:
            return []
        due, least = set(self.due), self._weight[self.due].min()
        now = self._situation.intake.jobs.earliest_ms <= 0
        first = [i for i in np.flatnonzero(self._bound & now).tolist() if i in due or self._weight[i] > least]
        return sorted(first, key=lambda i: (-self._weight[i], i not in due, self._received[i], i))
