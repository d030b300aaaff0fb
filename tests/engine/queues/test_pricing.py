"""Pricing and its bounds, against every tour there is."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from engine.queues.columns import make_room
from engine.queues.completion import TOP, fill_tables, least_fixed, make_tables, shift_for
from engine.queues.contractors import price_contractors
from engine.queues.evaluate import tour_cost
from engine.queues.halt import Halt, HaltedError
from engine.queues.instance import QueueInstance
from engine.queues.limits import MOST_JOBS
from engine.queues.pricing import price_leaving, price_units
from tests.engine.queues.cases import random_instance, slow_tour_cost


def _price(instance: QueueInstance, prices: np.ndarray, nodes: int, bins: int = 384):
    """(bound, least reduced cost kept or None) of each unit."""
    a = instance.arrays
    units, most = np.arange(a.ready.size), 8
    tables, least = make_tables(a, a.max_jobs, bins)._replace(shift=shift_for(prices)), least_fixed(a)
    halt = np.zeros(1, np.bool_)
    fill_tables(a, prices, least, tables.shift, tables.bin_ms, tables.best, tables.then, tables.other, halt)
    found = np.empty((units.size, most, MOST_JOBS), np.int32)
    size, reduced, cost = (np.empty((units.size, most), np.int64) for _ in range(3))
    kept, bound = np.empty(units.size, np.int64), np.empty(units.size, np.int64)
    price_units(a, units, prices, least, tables, most, nodes, 1.0, found, size, reduced, cost, kept, bound, halt)
    for u in units:
        for m in range(kept[u]):
            assert cost[u, m] == tour_cost(a, u, found[u, m], size[u, m])
            assert reduced[u, m] == cost[u, m] - prices[found[u, m, : size[u, m]]].sum()
    return bound, [int(reduced[u, : kept[u]].min()) if kept[u] else None for u in units]


def _least(instance: QueueInstance, unit: int, prices: np.ndarray) -> int:
    """The least reduced cost of all tours of a unit, by Towline's own evaluator."""
    a, found = instance.arrays, [] if instance.pins[unit] >= 0 else [0]
    for n in range(1, instance.max_jobs + 1):
        for jobs in permutations(range(instance.job_count), n):
            cost = int(tour_cost(a, unit, np.array(jobs, np.int32), n))
            if cost >= 0 and all(a.fixed[unit, job] >= 0 for job in jobs):
                found.append(cost - int(prices[list(jobs)].sum()))
    return min(found)


@pytest.mark.parametrize("expected", [False, True])
@pytest.mark.parametrize("unreachable", [0.0, 0.2, 0.7])
def test_bounds_lie_below_every_tour(unreachable: float, expected: bool) -> None:
    """With many nodes the best tour is found, with few the bound still lies below it, wherever units can begin."""
    for seed in range(8):
        instance = random_instance(seed, jobs=6, units=3, expected=expected, unreachable=unreachable)
        rng = np.random.default_rng(seed)
        prices = rng.integers(0, 2 * int(np.median(instance.unserved_cost)) // 5, instance.job_count)
        prices[rng.random(prices.size) < 0.2] = 0
        least = [_least(instance, unit, prices) for unit in range(instance.unit_count)]
        for nodes, bins in ((10**6, 384), (10**6, 16), (3, 384), (0, 16)):
            bound, found = _price(instance, prices, nodes, bins)
            for unit in range(instance.unit_count):
                said = (seed, unit, nodes, bins, int(bound[unit]), least[unit], found[unit])
                assert bound[unit] <= least[unit], said
                if nodes > 3 and least[unit] < -1:
                    assert bound[unit] == least[unit] == found[unit], said


def test_evaluator_agrees_with_plain_python() -> None:
    """Tours of every kind cost what docs/cost.md says, and are refused where it says so."""
    for seed in range(20):
        instance = random_instance(seed, jobs=5, units=3, unreachable=0.3)
        a = instance.arrays
        for unit in range(3):
            for n in range(1, instance.max_jobs + 1):
                for jobs in permutations(range(5), n):
                    plain = slow_tour_cost(instance, unit, jobs)
                    cost = int(tour_cost(a, unit, np.array(jobs, np.int32), n))
                    assert cost == (-1 if plain is None else plain), (seed, unit, jobs)


def test_prices_of_leaving_and_of_contractors() -> None:
    """Leaving saves what is priced above its cost; crews take the best few."""
    instance = random_instance(3)
    a = instance.arrays._replace(
        option=np.array([[10, 20, -1, 5, 40, 1]]),
        crews=np.array([2]),
        unserved=np.full(6, 30),
        pin=np.full(3, -1, np.int32),
    )
    prices = np.array([15, 50, 100, 6, 41, 0])
    assert price_contractors(a, prices) == -5 - 30
    assert price_leaving(a, prices) == prices.sum() - 20 - 70 - 11


def test_jobs_that_nobody_can_do_have_no_price() -> None:
    """A job that no unit can have counts TOP, so that tables hold no tour with it."""
    instance = random_instance(1)
    a = instance.arrays
    a.fixed[:, 2] = -1
    assert least_fixed(a)[2] == TOP
    assert make_room(4).count[0] == 0


def test_a_raised_flag_ends_work() -> None:
    """Kernels leave tables as they are, and the Python between them an exception."""
    a, halt = random_instance(2).arrays, Halt()
    halt.look()
    halt.raise_flag()
    with pytest.raises(HaltedError):
        halt.look()
    tables = make_tables(a, 2)
    tables.best[:] = 7
    fill_tables(
        a, np.ones(6, np.int64), least_fixed(a), 0, tables.bin_ms, tables.best, tables.then, tables.other, halt.flag
    )
    assert (tables.best == 7).all()
