"""Which variants there are, and how they are cut into tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.coverage.planner import Planner
from engine.coverage.stands import Stands
from engine.errors import ScenarioError
from engine.scenario import CheckedScenario, Scenario, count_variants
from engine.sweep.result import SweepProblem
from engine.sweep.task import Item, Task, lean
from graphs.errors import TowlineError

#: Variants a task: more share more of what is known of the fleet as it is, fewer are shared out better.
MOST_A_TASK = 64
#: Tasks a worker at least, so that none waits long for the last.
TASKS_A_WORKER = 6

#: What may be swept: a scenario with a sweep, or several scenarios.
Scenarios = CheckedScenario | Scenario | Sequence[Scenario | CheckedScenario]


class Plan:
    """Tasks of one sweep, made as they are asked for."""

    def __init__(self, planner: Planner, stands: Stands, scenarios: Scenarios, most: int) -> None:
        """ScenarioError for a single scenario that cannot be, for more than ``most`` variants, and for none at all.

        Of several, those that cannot be are told in their rows.
        """
        self._planner, self._stands, self._most = planner, stands, most
        self._ids = [provider.id for provider in stands.providers]
        self.base: CheckedScenario | None = None
        self._given: Sequence[Scenario | CheckedScenario] = ()
        if isinstance(scenarios, CheckedScenario | Scenario):
            self.base = scenarios if isinstance(scenarios, CheckedScenario) else planner.checked(scenarios, stands)
            self.base.variants(most)  # refuses too many at once
            self.count = count_variants(self.base.scenario, self.base.provider_ids)
        else:
            self._given = scenarios
            self.count = sum(count_variants(_scenario(each), self._ids) for each in scenarios)
        if not self.count:
            raise ScenarioError("there is nothing to evaluate: give one scenario at least", count=0)
        if self.count > most:
            text = f"the scenarios make {self.count:,} variants, more than {most:,}; give fewer, or allow more"
            text += " (--most of `towline coverage compare`)"
            raise ScenarioError(text, count=self.count, most=most)

    def tasks(self, workers: int) -> Iterator[Task]:
        size = max(1, min(MOST_A_TASK, self.count // (TASKS_A_WORKER * workers)))
        if self.base is not None:
            yield from (Task(first, min(size, self.count - first)) for first in range(0, self.count, size))
            return
        items: list[Item] = []
        for item in self._items():
            items.append(item)
            if len(items) == size:
                yield _task(items)
                items = []
        if items:
            yield _task(items)

    def _items(self) -> Iterator[Item]:
        number = 0
        for each in self._given:
            for item in self._variants(each, number):
                yield item
                number += 1

    def _variants(self, each: Scenario | CheckedScenario, number: int) -> Iterator[Item]:
        scenario = _scenario(each)
        try:
            known = each if isinstance(each, CheckedScenario) else self._planner.checked(each, self._stands)
        except TowlineError as error:
            problem = SweepProblem.of(error)
            for at in range(count_variants(scenario, self._ids)):
                yield Item(number + at, scenario.title, (), problem)
            return
        for at, (variant, checked) in enumerate(known.variants(self._most)):
            yield Item(number + at, variant.scenario.title, variant.values, lean(checked))


def _scenario(each: Scenario | CheckedScenario) -> Scenario:
    return each.scenario if isinstance(each, CheckedScenario) else each


def _task(items: list[Item]) -> Task:
    return Task(items[0].number, len(items), tuple(items))
