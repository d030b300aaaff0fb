"""Many days under many strategies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.dispatch import Dispatcher
from engine.generate.places import Population
from engine.simulate.make_day import make_day
from engine.simulate.moment import Strategy
from engine.simulate.options import DayOptions
from engine.simulate.records import DayRecord
from engine.simulate.simulation import simulate_day

#: Told (strategy, seed's place among the seeds, share of that day that is over).
Progress = Callable[[str, int, float], None]


@dataclass
class Comparison:
    """Days by strategy, in the order of the seeds; of seeds that every strategy has finished."""

    strategies: tuple[str, ...]
    seeds: list[int] = field(default_factory=list)  # finished
    days: dict[str, list[DayRecord]] = field(default_factory=dict)


def compare(
    dispatcher: Dispatcher,
    demand: Population | None,
    strategies: Sequence[Strategy],
    seeds: Sequence[int],
    options: DayOptions | None = None,
    *,
    timer: Callable[[], float] | None = None,
    progress: Progress | None = None,
    into: Comparison | None = None,
) -> Comparison:
    """Every strategy on the same days. ``into`` holds the finished ones also when this is interrupted."""
    found = into if into is not None else Comparison(())
    found.strategies = tuple(strategy.name for strategy in strategies)
    found.days = {strategy.name: [] for strategy in strategies}
    for place, seed in enumerate(seeds):
        day = make_day(dispatcher, demand, seed, options)
        records = []
        for strategy in strategies:
            tell = None if progress is None else lambda share, name=strategy.name: progress(name, place, share)  # noqa: B023
            records.append(simulate_day(dispatcher, day, strategy, timer=timer, tell=tell))
        for record in records:  # only whole seeds count
            found.days[record.strategy].append(record)
        found.seeds.append(seed)
    return found
