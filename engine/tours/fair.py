"""Nobody is given up or overtaken for nothing: of plans that cost the same, the one that people would call fair.

A plan says what each unit does next; the rest is decided anew before it begins. So whoever was announced a unit and
would now come second on it has lost it, although his unit is the same: that has to pay for itself as any other change.
And where two could change places at no cost, who called first comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np

from engine.cost import UNITS_PER_MINUTE
from engine.queues.evaluate import INFEASIBLE, tour_costs
from engine.queues.instance import QueueInstance
from engine.queues.limits import MOST_JOBS, NONE
from engine.queues.plan import QueuePlan, in_detail
from engine.situation import Situation
from engine.times import to_ms
from engine.tours.numbers import TourNumbers

#: Exchanges that are looked at, at most; those of who called first.
MOST_PAIRS = 100_000
#: Places on other units that are looked at, at most, so that those who were announced a unit come first on it.
MOST_PLACES = 200_000


def fair(situation: Situation, numbers: TourNumbers, plan: QueuePlan) -> QueuePlan:
    """The plan without changes that do not pay, and without anybody who is overtaken for nothing.

    It costs no more than the one given and, for each who keeps his unit, less than `cost.plan_change` more.
    """
    price = round(UNITS_PER_MINUTE * situation.state.policy.cost.plan_change)
    received = np.array([to_ms(situation.intake.incidents[i].received_at) for i in numbers.incidents], np.int64)
    work = _Work(numbers.instance, plan)
    work.keep_announced(price)
    work.in_turn(received)
    if not work.changed:
        return plan
    tours = tuple(tuple(tour) for tour in work.tours)
    start, parts = in_detail(numbers.instance, tours)
    cost = plan.cost + work.dearer
    return replace(plan, tours=tours, start_ms=start, parts=parts, cost=cost, lower=min(plan.lower, cost))


class _Work:
    """A plan's tours while they change."""

    def __init__(self, instance: QueueInstance, plan: QueuePlan) -> None:
        self.instance, self.contractor = instance, plan.contractor
        self.tours = [list(tour) for tour in plan.tours]
        self.unit_of = {job: unit for unit, tour in enumerate(self.tours) for job in tour}
        self.dearer, self.changed = 0, False
        self._unserved, self._places = instance.arrays.unserved, 0

    def keep_announced(self, price: int) -> None:
        """Who was announced a unit stays first on it, unless it pays more than ``price`` that somebody else is.

        The others of that unit may come in any order after him, and one of them may go to any place on another unit.
        """
        while self._keep(price):
            pass  # who is first stays so, but the others stand elsewhere

    def _keep(self, price: int) -> bool:
        """One round; whether it changed anything."""
        announced, changed = self.instance.announcement, False
        for job in np.flatnonzero((announced != NONE) & (announced < len(self.tours))).tolist():
            unit = int(announced[job])
            tour, has = self.tours[unit], self.unit_of.get(job)
            if not tour or tour[0] == job or has not in (None, unit) or self.contractor[job] != NONE:
                continue
            if self.instance.pins[unit] != NONE or announced[tour[0]] == unit:
                continue
            dearer, change = self._first(unit, job, None)
            if dearer >= price:
                rest = [each for each in tour if each != job]
                dearer, change = min([(dearer, change), *(self._first(unit, job, other) for other in rest)], key=_cost)
            if dearer < price:
                self._take(change, dearer)
                changed = True
        return changed

    def _first(self, unit: int, job: int, gone: int | None) -> tuple[int, dict[int, list[int]]]:
        """The cheapest way to have a job first on a unit, without another one, which goes elsewhere or nowhere."""
        rest = [each for each in self.tours[unit] if each not in (job, gone)]
        ways = [{unit: [job, *order]} for order in permutations(rest, min(len(rest), self.instance.max_jobs - 1))]
        best = min(zip(self._changes(ways), ways, strict=True), key=_cost)
        if gone is None or best[0] - int(self._unserved[gone]) >= NEVER:
            return best
        there, other, tour = self._placed(gone, unit)
        return best if there >= 0 else (best[0] + there, {**best[1], other: tour})

    def _placed(self, job: int, but: int) -> tuple[int, int, list[int]]:
        """What a job that has nobody costs more at its cheapest place on any other unit than with nobody; and that
        unit's tour then. O(units)."""
        arrays, most = self.instance.arrays, self.instance.max_jobs
        sizes = np.array([len(tour) for tour in self.tours], np.int64)
        self._places += sizes.size * most
        best = 0, but, list[int]()
        if self._places > MOST_PLACES:
            return best
        jobs = np.zeros((sizes.size, MOST_JOBS), np.int32)
        for k, tour in enumerate(self.tours):
            jobs[k, : len(tour)] = tour
        units = np.arange(sizes.size)
        old = tour_costs(arrays, units, jobs, sizes)
        taken = self.instance.pins[: sizes.size] != NONE
        taken |= (sizes > 0) & (self.instance.announcement[jobs[:, 0]] == units)  # who is first stays so
        for at in range(most):
            may = units[(sizes >= at) & (sizes < most) & (units != but) & (old != INFEASIBLE) & ((at > 0) | ~taken)]
            if not may.size:
                continue
            new = np.insert(jobs[may], at, job, axis=1)[:, :MOST_JOBS]
            costs = tour_costs(arrays, may, np.ascontiguousarray(new), sizes[may] + 1)
            more = np.where(costs == INFEASIBLE, NEVER, costs - old[may]) - int(self._unserved[job])
            k = int(np.argmin(more))
            if more[k] < best[0]:
                best = int(more[k]), int(may[k]), new[k, : sizes[may[k]] + 1].tolist()
        return best

    def in_turn(self, received: np.ndarray) -> None:
        """Who waits changes places with who is next somewhere, called later and is no more urgent, if it is free."""
        priority = self.instance.arrays.priority
        order = np.argsort(received, kind="stable").tolist()
        looked = 0
        for job in order:
            unit = self.unit_of.get(job)
            if self.contractor[job] != NONE or (unit is not None and self.tours[unit][0] == job):
                continue
            rivals = [
                (at, tour[0])
                for at, tour in enumerate(self.tours)
                if tour
                and received[tour[0]] > received[job]
                and priority[tour[0]] <= priority[job]
                and self.instance.pins[at] == NONE
                and self.instance.announcement[tour[0]] != at
            ]
            looked += len(rivals)
            if not rivals or looked > MOST_PAIRS:
                continue
            swaps = [self._swapped(job, rival, at) for at, rival in rivals]
            costs = self._changes(swaps)
            best = min(range(len(swaps)), key=lambda k: (costs[k], -received[rivals[k][1]]))
            if costs[best] <= 0:
                self._take(swaps[best], costs[best])

    def _swapped(self, job: int, rival: int, at: int) -> dict[int, list[int]]:
        places = {job: rival, rival: job}
        units = {at, self.unit_of.get(job, at)}
        return {unit: [places.get(each, each) for each in self.tours[unit]] for unit in units}

    def _changes(self, ways: Sequence[dict[int, list[int]]]) -> list[int]:
        """By how much each of several changes of tours makes the plan dearer; enormous where it must not be."""
        units = [(unit, tour) for way in ways for unit, new in way.items() for tour in (self.tours[unit], new)]
        jobs = np.zeros((len(units), MOST_JOBS), np.int32)
        for k, (_, tour) in enumerate(units):
            jobs[k, : len(tour)] = tour
        sizes = np.array([len(tour) for _, tour in units], np.int64)
        costs = tour_costs(self.instance.arrays, np.array([unit for unit, _ in units], np.int64), jobs, sizes)
        found, k = [], 0
        for way in ways:
            total, before, after = 0, set[int](), set[int]()
            for unit, new in way.items():
                old_cost, new_cost = int(costs[k]), int(costs[k + 1])
                k += 2
                total += NEVER if INFEASIBLE in (old_cost, new_cost) else new_cost - old_cost
                before.update(self.tours[unit])
                after.update(new)
            total += sum(int(self._unserved[each]) for each in before - after)
            found.append(total - sum(int(self._unserved[each]) for each in after - before))
        return found

    def _take(self, tours: dict[int, list[int]], dearer: int) -> None:
        for unit in tours:
            for job in self.tours[unit]:
                self.unit_of.pop(job, None)
        for unit, tour in tours.items():
            self.tours[unit] = tour
            self.unit_of.update(dict.fromkeys(tour, unit))
        self.dearer, self.changed = self.dearer + dearer, True


def _cost(way: tuple[int, dict[int, list[int]]]) -> int:
    return way[0]


#: Of a change that must not be.
NEVER = 1 << 60
