"""Beginnings of prescribed steps, against every other choice."""

from __future__ import annotations

from itertools import pairwise, product
from random import Random

from engine.vroom.timing import HARD, Limits, begin_times


def missed(limits: list[Limits], times: tuple[int, ...] | list[int]) -> int:
    return sum(
        sum(weight * max(0, low - time) for low, weight in limit.after)
        + sum(weight * max(0, time - high) for high, weight in limit.before)
        for limit, time in zip(limits, times, strict=True)
    )


def test_no_choice_misses_less() -> None:
    """On 200 small cases with soft and hard limits, brute force finds nothing better."""
    for seed in range(200):
        rng = Random(seed)
        limits = [
            Limits(
                [(rng.randint(0, 8), rng.choice([1, 1, HARD])) for _ in range(rng.randint(0, 2))],
                [(rng.randint(-2, 8), rng.choice([1, 1, 3])) for _ in range(rng.randint(0, 2))],
            )
            for _ in range(rng.randint(1, 3))
        ]
        gaps = [rng.randint(0, 4) for _ in limits[1:]]
        found = begin_times(limits, gaps)
        assert min(found) >= 0, seed
        assert all(after - before >= gap for (before, after), gap in zip(pairwise(found), gaps, strict=True)), seed
        others = (
            missed(limits, times)
            for times in product(range(18), repeat=len(limits))
            if all(after - before >= gap for (before, after), gap in zip(pairwise(times), gaps, strict=True))
        )
        assert missed(limits, found) == min(others), seed


def test_nothing_is_put_off_without_need() -> None:
    """Without limits everything begins as soon as it can."""
    assert begin_times([Limits(), Limits(), Limits()], [5, 7]) == [0, 5, 12]
    assert begin_times([], []) == []
