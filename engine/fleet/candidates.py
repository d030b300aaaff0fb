"""The cheapest units of incidents, found through the cell index: rows, costs and travel times."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engine.assign.problem import NO_CUTOFF, SparseProblem
from engine.cost import MAX_COST, weight_vector
from engine.fleet.pairs import pair_costs
from engine.fleet.scan import TAKEN, cheapest_units_of_many
from engine.fleet.state import FleetState
from engine.intake import Intake
from graphs.network import Int32, Int64, UInt8

#: Added to the cost of leaving an incident that must be served (milli-minutes): beyond any cost, yet sums stay exact.
INSISTING = MAX_COST
#: Below this many incidents a second thread costs more than it saves.
THREAD_FROM = 128


@dataclass(frozen=True, eq=False)
class Ranked:
    """Units of each incident by (cost, row): entries first[i] .. first[i] + count[i] - 1."""

    first: Int64
    count: Int64
    row: Int32
    cost: Int64
    travel_ms: Int64

    def of(self, index: int) -> slice:
        return slice(int(self.first[index]), int(self.first[index] + self.count[index]))


class UnitSearch(Protocol):
    """What finds the cheapest units of incidents."""

    def ranked(self, wanted: Int64, of: Int64 | None = None) -> Ranked:
        """Up to wanted[i] cheapest units for each incident (or those listed in `of`)."""
        ...

    def without(self, taken: Int64) -> UnitSearch:
        """The same search with more units left out."""
        ...


class CandidateSearch:
    """Ranks units for the incidents of one intake; `taken` units are left out for everybody."""

    def __init__(
        self, state: FleetState, intake: Intake, speed_m_per_ms: float, taken: Int64 | None = None, threads: int = 2
    ) -> None:
        self._state, self._intake = state, intake
        self._speed = speed_m_per_ms
        self._threads = threads if len(intake) >= THREAD_FROM else 1
        self._weights = weight_vector(state.policy)
        self._can_work = _without(state.arrays.can_work, taken)
        self._fixed = self._fixed_arguments()

    def without(self, taken: Int64) -> CandidateSearch:
        """The same search with more units left out."""
        narrower = copy(self)
        narrower._can_work = _without(self._can_work, taken)
        narrower._fixed = narrower._fixed_arguments()
        return narrower

    def ranked(self, wanted: Int64, of: Int64 | None = None) -> Ranked:
        """Up to wanted[i] cheapest units for each incident (or those listed in `of`)."""
        chosen = np.arange(len(self._intake)) if of is None else of
        asked, barred = wanted, self._intake.barred
        if barred:  # the kernels know nothing of who refused: so many more are ranked
            wanted = wanted + np.array([barred[i].size if i in barred else 0 for i in chosen.tolist()], np.int64)
        wanted = np.minimum(wanted, max(len(self._state), 1)).astype(np.int64)
        first = np.concatenate([[0], np.cumsum(wanted)]).astype(np.int64)
        rows = np.empty(int(first[-1]), np.int32)
        costs, travels = np.empty(rows.size, np.int64), np.empty(rows.size, np.int64)
        counts = np.zeros(chosen.size, np.int64)
        if len(self._state):
            targets = self._targets(chosen)

            def run(begin: int, end: int) -> None:
                cheapest_units_of_many(
                    *self._fixed, *targets, first, rows, costs, travels, counts, np.int64(begin), np.int64(end)
                )

            if self._threads == 1 or chosen.size < THREAD_FROM:
                run(0, chosen.size)
            else:
                ends = np.linspace(0, chosen.size, 4 * self._threads + 1).astype(int)
                with ThreadPoolExecutor(self._threads) as pool:
                    list(pool.map(run, ends[:-1], ends[1:]))
        found = Ranked(first, counts, rows, costs, travels)
        for at, i in enumerate(chosen.tolist() if barred else ()):
            if i in barred:
                _leave_out(found, at, barred[i], int(asked[at]))
        return found

    def costs(self, rows: Int32, at: Int64, travels: Int64) -> Int64:
        """[k] cost of unit rows[k] for incident at[k] when it drives travels[k] ms; `scan.NEVER` if it is too late."""
        out = np.empty(rows.size, np.int64)
        of_all = self._targets(np.arange(len(self._intake)))
        pair_costs(self._fixed[4], self._weights, of_all[6], of_all[-1], rows, at, travels, out)
        return out

    def _fixed_arguments(self) -> tuple[Any, ...]:
        state = self._state
        arrays, cells, terms = state.arrays, state.cells, state.terms(self._intake.now_ms)
        return (
            state.metric.hierarchy.minima,
            (state.labels.data, state.labels.start, state.labels.deep),
            state.place,
            (
                cells.centre,
                cells.radius_m,
                cells.first,
                cells.row,
                *state.cell_least,
                (state.cell_labels.data, state.cell_labels.start, state.cell_labels.lead),
            ),
            (
                arrays.bits,
                self._can_work,
                terms.free_ms,
                arrays.mobilisation_ms,
                terms.price,
                arrays.territory,
                self._intake.standing(terms.standing),
                terms.per_km,
                arrays.overtime_price,
                arrays.shift_end_ms,
                arrays.decline,
                terms.spread_ms,
                state.here,
            ),
        )

    def _targets(self, chosen: Int64) -> tuple[Any, ...]:
        intake, jobs = self._intake, self._intake.jobs
        latest = np.where(jobs.reached, jobs.latest_ms, -1)
        return (
            intake.allowed_first,
            intake.allowed_id,
            chosen,
            self._state.territories.count,
            self._weights,
            self._speed,
            (
                intake.need[chosen],
                intake.priority[chosen],
                intake.due_ms[chosen],
                np.int64(intake.now_ms),
                latest[chosen],
                intake.announced[chosen],
                intake.announced_works[chosen],
                jobs.earliest_ms[chosen],
                jobs.carry_ms[chosen],
                jobs.busy_ms[chosen],
                jobs.carry_km[chosen],
                jobs.end_price[chosen],
                np.int64(round(self._state.policy.limits.max_overtime_minutes * 60_000)),
                intake.counts_cover[chosen],
            ),
            intake.labels.data,
            intake.labels.start[chosen],
            intake.labels.deep[chosen],
            tuple(part[chosen] for part in intake.places),
            intake.here[chosen],
        )


def _leave_out(found: Ranked, at: int, gone: Int64, most: int) -> None:
    """Take rows out of the list of the incident at one place, in place; it then has ``most`` at most."""
    part = found.of(at)
    kept = np.flatnonzero(~np.isin(found.row[part], gone))[:most]
    for values in (found.row, found.cost, found.travel_ms):
        values[part.start : part.start + kept.size] = values[part][kept]
    found.count[at] = kept.size


class GrowingLists:
    """Candidate lists of a batch as `engine.assign.solve_batch` asks for them; only changed ones are searched again."""

    def __init__(self, search: UnitSearch, state: FleetState, intake: Intake, of: Int64) -> None:
        self._search, self._of = search, of
        self._unserved = intake.left_costs(state.policy)[of]
        self._wanted = np.zeros(of.size, np.int64)
        self.rows: list[Int32] = [np.empty(0, np.int32)] * of.size
        self.costs: list[Int64] = [np.empty(0, np.int64)] * of.size
        self.travels: list[Int64] = [np.empty(0, np.int64)] * of.size
        self._cutoff = np.full(of.size, NO_CUTOFF, np.int64)
        self._barred: dict[int, set[int]] = {}
        self._fixed: dict[int, tuple[int, int]] = {}
        self._insisted = np.zeros(of.size, np.int64)

    @property
    def wanted(self) -> Int32:
        """How many candidates each incident has asked for last."""
        return self._wanted.astype(np.int32)

    def bar(self, at: int, rows: Iterable[int]) -> None:
        """Leave units out of the problem for incident ``at``; they stay in the lists."""
        self._barred.setdefault(at, set()).update(rows)

    def insist(self, at: int) -> None:
        """Serve incident ``at`` whatever it costs, if any unit is there for it."""
        self._insisted[at] = INSISTING

    def fix(self, at: int, row: int, cost: int) -> None:
        """Give incident ``at`` that unit, listed or not, at that cost."""
        self._fixed[at] = row, cost
        self.insist(at)

    def free_all(self) -> None:
        """Undo what was barred, insisted on and fixed."""
        self._barred.clear()
        self._fixed.clear()
        self._insisted[:] = 0

    def __call__(self, wanted: Int32) -> SparseProblem:
        changed = np.flatnonzero(wanted != self._wanted)
        found = self._search.ranked(wanted[changed].astype(np.int64) + 1, self._of[changed])
        for at, i in enumerate(changed):
            part = found.of(at)
            kept = slice(part.start, min(part.stop, part.start + int(wanted[i])))
            self.rows[i], self.costs[i], self.travels[i] = (
                found.row[kept],
                found.cost[kept],
                found.travel_ms[kept],
            )
            self._cutoff[i] = found.cost[part.stop - 1] if part.stop > kept.stop else NO_CUTOFF
        self._wanted = wanted.astype(np.int64)
        rows, costs, cutoff = list(self.rows), list(self.costs), self._cutoff.copy()
        for at, out in self._barred.items():
            kept = ~np.isin(rows[at], list(out))
            rows[at], costs[at] = rows[at][kept], costs[at][kept]
        for at, (row, cost) in self._fixed.items():
            rows[at], costs[at], cutoff[at] = np.array([row], np.int32), np.array([cost], np.int64), NO_CUTOFF
        first = np.concatenate([[0], np.cumsum([row.size for row in rows])]).astype(np.int64)
        empty32, empty64 = np.empty(0, np.int32), np.empty(0, np.int64)
        return SparseProblem(
            first=first,
            unit=np.concatenate([*rows, empty32]),
            cost=np.concatenate([*costs, empty64]),
            unserved=self._unserved + self._insisted,
            cutoff=cutoff,
        )

    def truncated(self, at: int) -> bool:
        """Whether units beyond the list of incident `at` exist."""
        return bool(self._cutoff[at] != NO_CUTOFF)

    def unserved(self, at: int) -> int:
        """What leaving incident `at` costs."""
        return int(self._unserved[at])

    def saving(self, at: int, cost: int) -> int:
        """What serving incident `at` at that cost saves over leaving it."""
        return int(self._unserved[at]) - cost


def _without(can_work: UInt8, taken: Int64 | None) -> UInt8:
    free = can_work.copy()
    if taken is not None:
        free[taken] = TAKEN
    free.flags.writeable = False  # one array type for the kernels, whether anybody is taken or not
    return free
