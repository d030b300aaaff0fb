"""What a worker is given: the world once, then small tasks of a few variants each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from engine.coverage.planner import Planner, services_of
from engine.coverage.stands import Stands
from engine.model import Service
from engine.scenario import CheckedScenario, Moment
from engine.sweep.result import SweepProblem, SweepRow, rows_of, with_result


@dataclass(frozen=True, eq=False)
class World:
    """What stays the same for all variants."""

    planner: Planner
    stands: Stands
    services: tuple[Service, ...]
    base: CheckedScenario | None  # whose sweep it is; None: tasks bring their scenarios along
    most: int


@dataclass(frozen=True, slots=True)
class Item:
    """One variant: a scenario that was checked, or why it cannot be."""

    number: int
    title: str
    values: tuple[tuple[str, Any], ...]
    known: CheckedScenario | SweepProblem

    def failed(self, problem: SweepProblem) -> list[SweepRow]:
        return [SweepRow(self.number, self.title, self.values, problem=problem)]


@dataclass(frozen=True, slots=True)
class Task:
    """Some variants in a row: those with these numbers of the world's sweep, or those that are given."""

    first: int
    count: int
    given: tuple[Item, ...] = ()

    def items(self, world: World) -> Iterator[Item]:
        if world.base is None:
            yield from self.given
            return
        numbers = range(self.first, self.first + self.count)
        for number, (variant, known) in zip(numbers, world.base.variants(world.most, numbers), strict=True):
            yield Item(number, variant.scenario.title, variant.values, known)

    def singles(self) -> list[Task]:
        """Each variant as a task of its own."""
        numbers = range(self.count)
        return [Task(self.first + at, 1, self.given[at : at + 1]) for at in numbers]


def lean(known: CheckedScenario) -> CheckedScenario:
    """Without what only sweeps are made from: thousands of ids need not travel with each scenario."""
    return replace(known, provider_ids=())


def evaluate(world: World, task: Task, check: Callable[[], None] = lambda: None) -> list[list[SweepRow]]:
    """The rows of each variant of a task. Moments go first, so that variants share roads and what is known of them.

    ``check`` is called before each; what it raises ends the work.
    """
    items = list(task.items(world))
    rows: list[list[SweepRow]] = [[] for _ in items]
    alike: dict[object, list[tuple[int, int, Moment, CheckedScenario]]] = defaultdict(list)
    for at, item in enumerate(items):
        if isinstance(item.known, SweepProblem):
            rows[at] = item.failed(item.known)
            continue
        for number, moment in enumerate(item.known.moments):
            key = (moment, item.known.scenario.when.weather, id(item.known.roads))
            alike[key].append((at, number, moment, item.known))
    parts: list[dict[int, list[SweepRow]]] = [{} for _ in items]
    for group in alike.values():
        for at, number, moment, known in group:
            check()
            if rows[at]:  # an earlier moment cannot be
                continue
            item = items[at]
            try:
                asked = services_of(known.scenario, world.stands, world.services)
                answers = world.planner.evaluate_at(world.stands, known, moment, asked)
                parts[at][number] = rows_of(item.number, item.title, item.values, answers)
            except Exception as error:
                rows[at] = item.failed(SweepProblem.of(error))
    return [
        rows[at] or with_result([row for number in sorted(parts[at]) for row in parts[at][number]])
        for at in range(len(items))
    ]
