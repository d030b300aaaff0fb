"""At most one incident a unit: min-cost flow over the candidate lists, pins kept, nobody due overtaken."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from engine.assign.solve import Flow, Solution, solve_batch
from engine.candidate import candidate
from engine.completing import complete
from engine.deferment import Breach, Deferment
from engine.fleet.candidates import GrowingLists
from engine.fleet.speed import FastestRoads
from engine.pins import held, pinned_travel_ms
from engine.situation import Situation
from engine.stages import Checkpoint
from graphs.network import Int64
from graphs.search import INF

#: How often a plan that puts somebody due behind is solved again, and after how often all who are due choose in turn.
AGAIN, IN_TURN = 14, 6


@dataclass(frozen=True)
class OneEach:
    """Who goes where; incidents by index, units by row."""

    chosen: dict[int, tuple[int, int]]  # incident -> (row, ms of driving), pinned ones included
    gap: int  # over every assignment, also those that would put somebody due behind
    solver: str
    lists: GrowingLists
    free: Int64  # the incidents of the lists
    pinned: Int64
    kept_for: Mapping[tuple[int, int], int] = field(default_factory=dict)  # (incident, row) -> the due one

    @property
    def held(self) -> dict[int, int]:
        """By pinned incident, the row that keeps it."""
        return {int(i): self.chosen[int(i)][0] for i in self.pinned if int(i) in self.chosen}


class OneEachSolver:
    """One solve; `solve_by` and `complete_by` are times of the monotonic clock, None: no limit."""

    def __init__(
        self,
        situation: Situation,
        fastest: FastestRoads,
        flow: Flow,
        *,
        solve_by: float | None = None,
        complete_by: float | None = None,
        checkpoint: Checkpoint | None = None,
        rule: Deferment | None = None,
    ) -> None:
        self._situation, self._flow = situation, flow
        self._solve_by, self._complete_by, self._checkpoint = solve_by, complete_by, checkpoint
        intake = situation.intake
        self._pinned = held(situation)
        self._free = np.setdiff1d(np.arange(len(intake)), self._pinned)
        self._rule = rule or Deferment(situation, self._pinned.tolist())
        self._search = situation.search(fastest, taken=intake.announced[self._pinned])
        self._lists = GrowingLists(self._search, situation.state, intake, self._free)
        self._index = {int(i): at for at, i in enumerate(self._free)}
        self._limit_ms: dict[int, int] = {}  # incident that is due -> ms from now until somebody must be there
        self._fixed: set[int] = set()
        self._kept_for: dict[tuple[int, int], int] = {}
        self._settled: dict[int, tuple[int, int]] = {}
        for i in self._pinned.tolist():
            travel = pinned_travel_ms(situation, i)
            if travel < INF:
                self._settled[i] = (int(intake.announced[i]), travel)

    def solve(self) -> OneEach:
        """The cheapest assignment found that puts nobody due behind; the bound is that of all assignments."""
        solution = self._assignment(None)
        lower, chosen = solution.lower, self._told(solution)
        if solution.gap:
            complete(self._search, self._lists, self._free, chosen, self._complete_by)
        for turn in range(AGAIN):
            found = self._breaches(chosen)
            if not found or self._late():
                break
            if turn == IN_TURN:
                self._lists.free_all()
                self._kept_for.clear()
                self._limit_ms.clear()
                for due, row in self._turns().items():
                    self._fix(due, row)
            else:
                self._mend(found)
            solution = self._assignment(self._lists.wanted)
            chosen = self._told(solution)
        if self._breaches(chosen):  # no time for another flow, or no way
            chosen = self._by_turns(chosen)
        if self._rule.due:
            self._fill(chosen)
        gap = self._cost(chosen) - lower
        return OneEach(
            chosen | self._settled, gap, solution.solver, self._lists, self._free, self._pinned, self._kept_for
        )

    def _assignment(self, wanted) -> Solution:
        return solve_batch(
            self._lists,
            self._free.size,
            stop_at=self._solve_by,
            checkpoint=self._checkpoint,
            flow=self._flow,
            wanted=wanted,
        )

    def _late(self) -> bool:
        return self._solve_by is not None and time.monotonic() > self._solve_by

    def _told(self, solution: Solution) -> dict[int, tuple[int, int]]:
        chosen = {}
        for at, i in enumerate(self._free.tolist()):
            row = int(solution.chosen[at])
            if row >= 0:
                here = self._lists.rows[at] == row
                chosen[i] = (row, int(self._lists.travels[at][here][0]) if here.any() else self._travel_ms(i, row))
        return chosen

    def _travel_ms(self, i: int, row: int) -> int:
        return int(self._situation.travels_ms(np.array([row]), np.array([i]))[0])

    def _cost(self, chosen: Mapping[int, tuple[int, int]]) -> int:
        """Of the incidents that are free."""
        return sum(
            self._pair_cost(i, *chosen[i]) if i in chosen else self._lists.unserved(at)
            for at, i in enumerate(self._free.tolist())
        )

    def _pair_cost(self, i: int, row: int, travel_ms: int) -> int:
        at = self._index[i]
        here = self._lists.rows[at] == row
        if here.any():
            return int(self._lists.costs[at][here][0])
        situation = self._situation
        return candidate(situation.state.policy, situation.state, situation.intake, i, row, travel_ms).cost.total

    def _breaches(self, chosen: Mapping[int, tuple[int, int]]) -> list[Breach]:
        if not self._rule.due:
            return []
        return self._rule.breaches(chosen, self._planned_ms(chosen))

    def _planned_ms(self, chosen: Mapping[int, tuple[int, int]]) -> dict[int, int]:
        """When everybody is reached, those included whose unit is not up for change."""
        ready = self._situation.state.arrays.ready_ms(self._situation.intake.now_ms)
        return {i: int(ready[row]) + travel for i, (row, travel) in (self._settled | dict(chosen)).items()}

    def _turns(self, *, announced: bool = False) -> dict[int, int]:
        """Units of all who are due, in turn; of a rule that knows more incidents, only those that are free."""
        turns = self._rule.in_turn((row for row, _ in self._settled.values()), announced=announced)
        return {due: row for due, row in turns.items() if due in self._index}

    def _fix(self, due: int, row: int) -> None:
        self._fixed.add(due)
        self._limit_ms[due] = int(self._rule.reach_ms(due, np.array([row]))[0])
        self._lists.fix(self._index[due], row, self._pair_cost(due, row, self._travel_ms(due, row)))

    def _mend(self, found: list[Breach]) -> None:
        """Somebody due may only have units that reach him as soon as the soonest that a later one takes; where that
        has been tried, the later ones may not have these."""
        everybody = np.arange(len(self._situation.state))
        for due, breaches in groupby(found, key=lambda breach: breach.due):
            mine = list(breaches)
            rows = np.array([breach.row for breach in mine])
            reach = self._rule.reach_ms(due, rows)
            if due not in self._index or reach.min() >= self._limit_ms.get(due, INF):
                self._keep(mine)
            elif due in self._fixed:
                self._fix(due, int(rows[reach.argmin()]))
            else:
                self._limit_ms[due] = int(reach.min())
                others = np.flatnonzero(self._rule.reach_ms(due, everybody) > reach.min())
                self._lists.bar(self._index[due], others.tolist())
                self._lists.insist(self._index[due])

    def _keep(self, found: list[Breach]) -> None:
        """Keep units for those who are due from everybody who may not overtake them."""
        announced = self._situation.intake.announced
        for breach in found:
            for i in self._rule.behind(breach.due).tolist():
                if announced[i] != breach.row and i in self._index:
                    self._lists.bar(self._index[i], [breach.row])
                    self._kept_for.setdefault((i, breach.row), breach.due)

    def _by_turns(self, chosen: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
        """All who are due choose in turn, also what is announced to others; the rest keep what is left."""
        turns = self._turns(announced=True)
        due_of = {row: due for due, row in turns.items()}
        rest = {i: pair for i, pair in chosen.items() if i not in turns and pair[0] not in due_of}
        self._kept_for |= {(i, row): due_of[row] for i, (row, _) in chosen.items() if i not in turns and row in due_of}
        return rest | {due: (row, self._travel_ms(due, row)) for due, row in turns.items()}

    def _fill(self, chosen: dict[int, tuple[int, int]]) -> None:
        """Units that were kept too long: who is left, the dearest first, gets the cheapest idle one that is allowed."""
        used = {row for row, _ in (self._settled | chosen).values()}
        ready = self._situation.state.arrays.ready_ms(self._situation.intake.now_ms)
        planned = self._planned_ms(chosen)
        left = [at for at, i in enumerate(self._free.tolist()) if i not in chosen]
        idle = np.array(sorted({row for at in left for row in self._lists.rows[at].tolist()} - used), np.int64)
        if not idle.size:
            return
        reach = np.array([self._rule.reach_ms(due, idle) for due in self._rule.due])
        behind = [set(self._rule.behind(due).tolist()) for due in self._rule.due]
        place = {int(row): k for k, row in enumerate(idle)}
        for at in sorted(left, key=lambda at: -self._lists.unserved(at)):
            i = int(self._free[at])
            before = [k for k, due in enumerate(self._rule.due) if i in behind[k]]
            limit = np.array([planned.get(self._rule.due[k], INF) for k in before], np.int64)
            for row, travel in zip(self._lists.rows[at].tolist(), self._lists.travels[at].tolist(), strict=True):
                if row not in used and (reach[before, place[row]] >= limit).all():
                    chosen[i] = row, travel
                    used.add(row)
                    planned[i] = int(ready[row]) + travel
                    break
