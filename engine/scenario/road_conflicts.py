"""Speeds that contradict each other on a road, or that say nothing because their roads are closed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from engine.scenario.model import Closure, SpeedFactor
from engine.scenario.problems import Problems
from graphs.network import Int32, RoadNetwork


def check_speeds(
    network: RoadNetwork,
    speeds: Sequence[SpeedFactor],
    slowed: Sequence[Int32],
    closures: Sequence[Closure],
    closed: Sequence[Int32],
    problems: Problems,
) -> None:
    """Two speeds equally particular may not give one road different factors in one hour; O(speeds² arcs / 8)."""
    packed, hours = [_bits(arcs, network.arc_count) for arcs in slowed], [item.slots() for item in speeds]
    for one, two in combinations(range(len(speeds)), 2):
        first, second = speeds[one], speeds[two]
        if first.rank != second.rank or first.factor == second.factor or not (hours[one] & hours[two]).any():
            continue
        shared = packed[one] & packed[two]
        if shared.any():
            count = int(np.count_nonzero(np.unpackbits(shared)))
            there = problems.named(("speed", one))
            text = (
                f"contradicts {there}: {count:,} roads are in both, with factor {second.factor:g} here and "
                f"{first.factor:g} there; keep them apart, or give both one factor"
            )
            problems.add(("speed", two), text)
    shut = [item.slots() for item in closures]
    for at, arcs in enumerate(slowed):
        longer = [number for number, held in enumerate(shut) if held[hours[at]].all()]
        if arcs.size and longer:
            open_ = np.ones(network.arc_count, bool)
            open_[np.concatenate([closed[number] for number in longer])] = False
            if not open_[arcs].any():
                names = ", ".join(problems.named(("close", number)) for number in longer if closed[number].size)
                problems.add(("speed", at), f"changes nothing: all its roads are closed, by {names}; take one out")


def _bits(arcs: Int32, count: int) -> npt.NDArray[np.uint8]:
    found = np.zeros(count, bool)
    found[arcs] = True
    return np.packbits(found)
