"""Routes put right: limits the solver does not see are kept, tasks it had no room for are inserted, ways shortened."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

from engine.vroom.fits import best_order, with_breaks
from engine.vroom.model import Action, Problem, Task
from engine.vroom.relaxed import Item
from engine.vroom.travel import Travel


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
            if not self._insert(item):
                self.left.append(item)

    def shorten(self, until: float, seed: int) -> None:
        """Take items out and put them back where they add least, as long as that pays and there is time."""
        rng = random.Random(seed)
        better = True
        while better:
            better = False
            where = [(at, item) for at, items in enumerate(self.items) for item in items]
            rng.shuffle(where)
            for at, item in where:
                if time.monotonic() > until:
                    return
                better |= self._move(at, item)

    def _insert(self, item: Item) -> bool:
        best: tuple[float, int, list[Item], float] | None = None
        for at, items in enumerate(self.items):
            if not item[0].skills <= self._problem.vehicles[at].skills:
                continue
            for place in range(len(items) + 1):
                tried = [*items[:place], item, *items[place:]]
                cost = self._cost(at, tried)
                if cost is not None and (best is None or cost - self.costs[at] < best[0]):
                    best = cost - self.costs[at], at, tried, cost
        if best is None:
            return False
        _, at, tried, cost = best
        self.items[at], self.costs[at] = tried, cost
        return True

    def _move(self, at: int, item: Item) -> bool:
        before, costs = [list(items) for items in self.items], list(self.costs)
        self.items[at] = [each for each in self.items[at] if each is not item]
        cost = self._cost(at, self.items[at])
        if cost is not None:
            self.costs[at] = cost
            if self._insert(item) and sum(self.costs) < sum(costs) - 1e-9:
                return True
        self.items, self.costs = before, costs
        return False

    def _cost(self, at: int, items: Sequence[Item]) -> float | None:
        found = with_breaks(self._problem, self._travel, self._problem.vehicles[at], _tasks(items))
        return None if found is None else found[0]


def _tasks(items: Sequence[Item]) -> list[Task]:
    return [task for item in items for task in item]
