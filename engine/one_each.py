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
from engine.processes import still_wanted
from engine.situation import Situation
from engine.stages import Checkpoint
from graphs.network import Int32, Int64
from graphs.search import INF

#: How often an assignment that puts somebody due behind is mended before all who are due choose in turn instead.
MENDS = 5

#: Incident -> (row, ms of driving).
Chosen = dict[int, tuple[int, int]]


@dataclass(frozen=True)
class OneEach:
    """Who goes where; incidents by index, units by row."""

    chosen: Chosen  # pinned ones included
    gap: int  # over every assignment, also those that would put somebody due behind
    solver: str
    lists: GrowingLists
    free: Int64  # the incidents of the lists
    pinned: Int64
    kept_for: Mapping[int, tuple[int, int]] = field(default_factory=dict)  # left over -> an idle row, and who is due

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
        self._rule = rule or Deferment(situation, self._pinned.tolist(), checkpoint or still_wanted)
        self._search = situation.search(fastest, taken=intake.announced[self._pinned])
        self._lists = GrowingLists(self._search, situation.state, intake, self._free)
        self._index = {int(i): at for at, i in enumerate(self._free)}
        self._ready = situation.state.arrays.ready_ms(intake.now_ms)
        self._settled: Chosen = {}
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
        if found := self._breaches(chosen):
            chosen = self._patient(chosen, found)
        return OneEach(
            chosen | self._settled,
            self._cost(chosen) - lower,
            solution.solver,
            self._lists,
            self._free,
            self._pinned,
            self._kept_for(chosen),
        )

    def _patient(self, chosen: Chosen, found: list[Breach]) -> Chosen:
        """The cheapest of: the plan mended; all who are due in turn; that, mended from there. Without time, in turn."""
        plans = [] if self._late() else [self._mended(found, {})]
        for announced in (False, True):
            if self._late():
                break
            in_turn = self._in_turn(announced=announced)
            if not self._breaches(in_turn):
                plans.append(in_turn)
                if plans[0] is None and not self._late():
                    plans.append(self._mended([], self._limits(in_turn)))
                break
        known = [plan for plan in plans if plan is not None]
        return min(known, key=self._cost) if known else self._by_turns(chosen)

    def _assignment(self, wanted: Int32 | None) -> Solution:
        return solve_batch(
            self._lists,
            self._free.size,
            stop_at=self._solve_by,
            checkpoint=self._checkpoint,
            flow=self._flow,
            wanted=wanted,
        )

    def _again(self) -> Chosen:
        return self._told(self._assignment(self._lists.wanted))

    def _late(self) -> bool:
        return self._solve_by is not None and time.monotonic() > self._solve_by

    def _told(self, solution: Solution) -> Chosen:
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
        return self._rule.breaches(chosen, self._planned_ms(chosen)) if self._rule.due else []

    def _planned_ms(self, chosen: Mapping[int, tuple[int, int]]) -> dict[int, int]:
        """When everybody is reached, those included whose unit is not up for change."""
        pairs = (self._settled | dict(chosen)).items()
        return {i: int(self._ready[row]) + travel for i, (row, travel) in pairs}

    def _mended(self, found: list[Breach], limits: dict[int, int]) -> Chosen | None:
        """Each who would be overtaken may only have units that reach him as soon as the soonest that a later one took
        (ms from now by incident in ``limits``); the flow chooses among them. None where that does not end well."""
        self._lists.free_all()
        for due, limit in limits.items():
            self._limit(due, limit)
        for _ in range(MENDS):
            for due, breaches in groupby(found, key=lambda breach: breach.due):
                limit = min(breach.reach_ms for breach in breaches)
                if due not in self._index or limit >= limits.get(due, INF):
                    return None
                limits[due] = limit
                self._limit(due, limit)
            chosen = self._again()
            found = self._breaches(chosen)
            if not found or self._late():
                break
        return None if found else chosen

    def _limit(self, due: int, limit_ms: int) -> None:
        """Serve somebody due with one of the units that reach him by then."""
        reach = self._rule.reach_ms(due, np.arange(self._ready.size))
        self._lists.bar(self._index[due], np.flatnonzero(reach > limit_ms).tolist())
        self._lists.insist(self._index[due])

    def _limits(self, chosen: Chosen) -> dict[int, int]:
        """By when everybody due is reached who has a unit that is up for change."""
        planned = self._planned_ms(chosen)
        return {due: planned[due] for due in self._rule.due if due in chosen}

    def _turns(self, *, announced: bool) -> dict[int, int]:
        """Units of all who choose in turn; of a rule that knows more incidents, only those that are free."""
        turns = self._rule.in_turn((row for row, _ in self._settled.values()), announced=announced)
        return {due: row for due, row in turns.items() if due in self._index}

    def _in_turn(self, *, announced: bool) -> Chosen:
        """All who are due choose in turn; the flow gives the rest what is left."""
        self._lists.free_all()
        for due, row in self._turns(announced=announced).items():
            self._lists.fix(self._index[due], row, self._pair_cost(due, row, self._travel_ms(due, row)))
        return self._again()

    def _by_turns(self, chosen: Chosen) -> Chosen:
        """The same without a flow, announced units included: the rest keep theirs or get idle ones."""
        turns = self._turns(announced=True)
        taken = set(turns.values())
        plan = {i: pair for i, pair in chosen.items() if i not in turns and pair[0] not in taken}
        plan |= {due: (row, self._travel_ms(due, row)) for due, row in turns.items()}
        used = {row for row, _ in (self._settled | plan).values()}
        left = [at for at, i in enumerate(self._free.tolist()) if i not in plan]
        for at in sorted(left, key=lambda at: -self._lists.unserved(at)):
            for row, travel in zip(self._lists.rows[at].tolist(), self._lists.travels[at].tolist(), strict=True):
                if row not in used:
                    plan[int(self._free[at])] = row, travel
                    used.add(row)
                    break
        for breach in self._breaches(plan):
            plan.pop(breach.later, None)
        return plan

    def _kept_for(self, chosen: Chosen) -> dict[int, tuple[int, int]]:
        """Idle units that an incident left over may not have, each with one that is due and would be overtaken."""
        if not self._rule.due or len(chosen) == self._free.size:
            return {}
        used = {row for row, _ in (self._settled | chosen).values()}
        idle_of: dict[int, int] = {}
        for at, i in enumerate(self._free.tolist()):
            if i not in chosen:
                idle = next((row for row in self._lists.rows[at].tolist() if row not in used), None)
                if idle is not None:
                    idle_of[i] = idle
        wanted = self._rule.wanted(sorted(set(idle_of.values())), self._planned_ms(chosen))
        found = {}
        for i, row in idle_of.items():
            due = next((due for due in wanted[row] if self._rule.may_not_overtake(i, due)), None)
            if due is not None:
                found[i] = row, due
        return found
