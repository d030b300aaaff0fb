"""At most one incident a unit: min-cost flow over the candidate lists, pins kept, nobody due overtaken."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from engine.assign.solve import Flow, Solution, solve_batch
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
AGAIN, IN_TURN = 20, (8, 16)


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
        self._kept_for: dict[tuple[int, int], int] = {}
        self._settled: dict[int, tuple[int, int]] = {}
        for i in self._pinned.tolist():
            travel = pinned_travel_ms(situation, i)
            if travel < INF:
                self._settled[i] = (int(intake.announced[i]), travel)

    def solve(self) -> OneEach:
        """The cheapest assignment found that puts nobody due behind; the bound is that of all assignments."""
        solution = self._assignment(None)
        lower, chosen, completed = solution.lower, self._told(solution), {}
        if solution.gap:
            completed = complete(self._search, self._lists, self._free, chosen, self._complete_by)
        for turn in range(AGAIN):
            found = self._breaches(chosen)
            if not found or completed or self._late():
                break
            if turn in IN_TURN:
                self._in_turn(announced=turn == IN_TURN[-1])
            else:
                self._mend(found)
            solution = self._assignment(self._lists.wanted)
            chosen = self._told(solution)
        while found := self._breaches(chosen):  # no time, or no way: later ones wait
            self._keep(found)
            for i in {breach.later for breach in found}:
                del chosen[i]
        gap = self._cost(chosen, completed) - lower
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
                chosen[i] = (row, int(self._lists.travels[at][self._lists.rows[at] == row][0]))
        return chosen

    def _cost(self, chosen: Mapping[int, tuple[int, int]], completed: Mapping[int, int]) -> int:
        """Of the incidents that are free; ``completed`` have what they save over being left."""
        total = 0
        for at, i in enumerate(self._free.tolist()):
            total += self._lists.unserved(at)
            if i in completed and i in chosen:
                total -= completed[i]
            elif i in chosen:
                total -= self._lists.saving(at, int(self._lists.costs[at][self._lists.rows[at] == chosen[i][0]][0]))
        return total

    def _breaches(self, chosen: Mapping[int, tuple[int, int]]) -> list[Breach]:
        if not self._rule.due:
            return []
        ready = self._situation.state.arrays.ready_ms(self._situation.intake.now_ms)
        return self._rule.breaches(chosen, {i: int(ready[row]) + travel for i, (row, travel) in chosen.items()})

    def _in_turn(self, *, announced: bool) -> None:
        """Too many are due for one change after the other."""
        everybody = np.arange(len(self._situation.state))
        taken = [row for row, _ in self._settled.values()]
        for due, row in self._rule.in_turn(taken, announced=announced).items():
            self._only(due, everybody[everybody != row])

    def _only(self, due: int, others: Int64) -> None:
        """Somebody due gets a unit, and none of ``others``."""
        self._lists.bar(self._index[due], others.tolist())
        self._lists.insist(self._index[due])

    def _mend(self, found: list[Breach]) -> None:
        """Somebody due may only have units that reach him as soon as the soonest that a later one takes; where that
        has been tried, the later ones may not have these."""
        for due, breaches in groupby(found, key=lambda breach: breach.due):
            mine = list(breaches)
            soonest = int(self._rule.reach_ms(due, np.array([breach.row for breach in mine])).min())
            if soonest < self._limit_ms.get(due, INF):
                self._limit_ms[due] = soonest
                everybody = np.arange(len(self._situation.state))
                self._only(due, np.flatnonzero(self._rule.reach_ms(due, everybody) > soonest))
            else:
                self._keep(mine)

    def _keep(self, found: list[Breach]) -> None:
        """Keep units for those who are due from everybody who may not overtake them."""
        announced = self._situation.intake.announced
        for breach in found:
            for i in self._rule.behind(breach.due).tolist():
                if announced[i] != breach.row and i in self._index:
                    self._lists.bar(self._index[i], [breach.row])
                    self._kept_for.setdefault((i, breach.row), breach.due)
