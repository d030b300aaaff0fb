"""Routes put right: limits the solver does not see are kept, tasks it had no room for are inserted, ways shortened."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence

import numpy as np

from engine.vroom.fits import best_order, with_breaks
from engine.vroom.model import Action, Problem, Task
from engine.vroom.relaxed import Item
from engine.vroom.travel import Travel

#: Tasks taken out at once, those around a task, vehicles tried beyond theirs, and how much worse is still gone on with,
#: as a share of what a task costs.
RUINED, NEAR, OTHERS, HEAT = 8, 20, 4, 0.3
INFINITE = float("inf")

#: Items and cost of the routes that were changed, by vehicle.
Before = dict[int, tuple[list[Item], float]]


class Routes:
    """One route a vehicle, each of items that fit; `left` are the others."""

    def __init__(
        self, problem: Problem, travel: Travel, routes: Sequence[Sequence[Item]], left: Sequence[Item]
    ) -> None:
        """Routes that break a limit are reordered, or lose what matters least until they fit."""
        self._problem, self._travel = problem, travel
        self.left = list(left)
        self.items = [self._put_right(at, list(route)) for at, route in enumerate(routes)]
        self.costs = [self._cost(at, items) or 0.0 for at, items in enumerate(self.items)]
        self._lost = 10.0 * (1 + sum(self.costs))  # more than any task can add

    def _put_right(self, at: int, items: list[Item]) -> list[Item]:
        while items:
            found = best_order(self._problem, self._travel, self._problem.vehicles[at], items)
            if found is not None:
                return found
            worst = min(range(len(items)), key=lambda k: (items[k][0].priority, -k))
            self.left.append(items.pop(worst))
        return []

    def actions(self, at: int) -> list[Action]:
        """What a vehicle does, breaks included."""
        found = with_breaks(self._problem, self._travel, self._problem.vehicles[at], _tasks(self.items[at]))
        assert found is not None
        return found[1]

    @property
    def cost(self) -> float:
        return sum(self.costs)

    def fill(self, until: float) -> None:
        """Insert what is left, the most important first, each where it adds least. O(left x tasks) routes."""
        waiting = sorted(self.left, key=lambda item: -item[0].priority)
        self.left = []
        for number, item in enumerate(waiting):
            if time.monotonic() > until:
                self.left += waiting[number:]
                return
            if self._insert(item, range(len(self.items))) is None:
                self.left.append(item)

    def search(self, until: float, seed: int) -> None:
        """Ruin and recreate: take neighbours out, put them back where they add least, keep what is better.

        Worse routes are gone on with at first, less and less so. (Schrimpf et al., "Record breaking optimization
        results using the ruin and recreate principle", 2000.)
        """
        rng, begun = random.Random(seed), time.monotonic()
        where = self._where()
        if not where or until <= begun:
            return
        near = self._near([*where, *self.left])
        everything, heat = list(near), HEAT * max(1.0, self.cost / len(where))
        best, value = self._copy(), self._value()
        least = value
        while (now := time.monotonic()) < until:
            before: Before = {}
            left = list(self.left)
            out = self._ruin(near[rng.choice(everything)], rng.randint(1, RUINED), where, before)
            found = self._recreate(out, near, where, before, rng) if out is not None else INFINITE
            if found <= value + heat * (1 - (now - begun) / (until - begun)) * rng.random():
                value = found
                if found < least - 1e-9:
                    best, least = self._copy(), found
                continue
            for at, (items, cost) in before.items():
                self.items[at], self.costs[at] = items, cost
            self.left = left
            where = self._where()
        self.items, self.costs, self.left = best

    def _ruin(self, around: Sequence[Item], most: int, where: dict[Item, int], before: Before) -> list[Item] | None:
        """Take some items out, those that are left with them; None when a route without them breaks a limit."""
        out: list[Item] = []
        for item in around:
            at = where.get(item)
            if at is None or len(out) == most:
                continue
            before.setdefault(at, (self.items[at], self.costs[at]))
            self.items[at] = [each for each in self.items[at] if each is not item]
            out.append(item)
            del where[item]
        for at in before:
            cost = self._cost(at, self.items[at])
            if cost is None:
                return None
            self.costs[at] = cost
        self.left, taken = self.left[RUINED:], self.left[:RUINED]
        return out + taken

    def _recreate(
        self, out: list[Item], near: dict[Item, list[Item]], where: dict[Item, int], before: Before, rng: random.Random
    ) -> float:
        """Put items back, the important ones first; what fits nowhere is left. Returns the value."""
        rng.shuffle(out)
        out.sort(key=lambda item: -item[0].priority)
        for item in out:
            at = self._insert(item, self._candidates(item, near, where, rng), before)
            if at is None:
                self.left.append(item)
            else:
                where[item] = at
        return self._value()

    def _where(self) -> dict[Item, int]:
        return {item: at for at, items in enumerate(self.items) for item in items}

    def _copy(self) -> tuple[list[list[Item]], list[float], list[Item]]:
        return [list(items) for items in self.items], list(self.costs), list(self.left)

    def _value(self) -> float:
        return self.cost + self._lost * sum(1 + item[0].priority for item in self.left)

    def _near(self, items: Sequence[Item]) -> dict[Item, list[Item]]:
        """Each item and those around it, nearest first. O(items^2 log items)."""
        seconds = self._travel.seconds(self._problem.vehicles[0])
        starts = [self._travel.row(item[0].place) for item in items]
        ends = [self._travel.row(item[-1].place) for item in items]
        found = {}
        for k, item in enumerate(items):
            apart = np.minimum(seconds[ends[k], starts], seconds[ends, starts[k]])
            apart[k] = -1
            found[item] = [items[x] for x in np.argsort(apart, kind="stable")[:NEAR]]
        return found

    def _candidates(
        self, item: Item, near: dict[Item, list[Item]], where: dict[Item, int], rng: random.Random
    ) -> list[int]:
        """Vehicles that do something around, and some others."""
        found = dict.fromkeys(where[other] for other in near[item] if other in where)
        count = len(self.items)
        return list(found | dict.fromkeys(rng.sample(range(count), min(OTHERS, count))))

    def _insert(self, item: Item, vehicles: Iterable[int], before: Before | None = None) -> int | None:
        """The vehicle that the item was given to, at the place where it adds least; None where it fits nowhere."""
        best: tuple[float, int, list[Item], float] | None = None
        for at in vehicles:
            items = self.items[at]
            if not item[0].skills <= self._problem.vehicles[at].skills:
                continue
            for place in range(len(items) + 1):
                tried = [*items[:place], item, *items[place:]]
                cost = self._cost(at, tried)
                if cost is not None and (best is None or cost - self.costs[at] < best[0]):
                    best = cost - self.costs[at], at, tried, cost
        if best is None:
            return None
        _, at, tried, cost = best
        if before is not None:
            before.setdefault(at, (self.items[at], self.costs[at]))
        self.items[at], self.costs[at] = tried, cost
        return at

    def _cost(self, at: int, items: Sequence[Item]) -> float | None:
        found = with_breaks(self._problem, self._travel, self._problem.vehicles[at], _tasks(items))
        return None if found is None else found[0]


def _tasks(items: Sequence[Item]) -> list[Task]:
    return [task for item in items for task in item]
