"""Local search keeps its books: the costs it adds up are those of its tours."""

from __future__ import annotations

import numpy as np
import pytest

from engine.queues.evaluate import tour_cost
from engine.queues.instance import QueueInstance
from engine.queues.local import fill
from engine.queues.near import make_near
from engine.queues.search import LocalSearch
from engine.queues.state import NO_WAY, State, insertion, make_state, put_in, take_out
from graphs.search import INF
from tests.engine.queues.cases import random_instance


def _whole_cost(instance: QueueInstance, state: State) -> int:
    """From the tours alone."""
    a, units, total = instance.arrays, instance.unit_count, 0
    where = np.full(instance.job_count, -1)
    for unit in range(units):
        jobs = state.tour[unit, : state.size[unit]]
        if jobs.size or a.pin[unit] >= 0:
            cost = int(tour_cost(a, unit, jobs, jobs.size))
            assert cost >= 0, (unit, jobs)
            assert cost == state.total[unit] or not jobs.size
            total += cost
        assert (where[jobs] == -1).all()
        where[jobs] = unit
    for job in np.flatnonzero(where < 0):
        p = int(state.where[job]) - units
        total += int(a.option[p, job]) if p >= 0 else int(a.unserved[job])
        where[job] = state.where[job]
    assert (where == state.where).all()
    load = [int((where == units + p).sum()) for p in range(instance.contractor_count)]
    assert load == state.load.tolist()
    assert (state.load <= a.crews).all()
    return total


@pytest.mark.parametrize("unreachable", [0.0, 0.5])
@pytest.mark.parametrize("expected", [False, True])
def test_ruin_and_recreate_adds_up(unreachable: float, expected: bool) -> None:
    """After thousands of changes the running cost is that of the tours, of the solution under work and of the best."""
    for seed in range(6):
        instance = random_instance(seed, jobs=12, units=4, expected=expected, unreachable=unreachable)
        search = LocalSearch(instance.arrays, make_near(instance.arrays), seed)
        search.begin(None)
        begun = int(search.best.value[0])
        search.run(2000, 0.5, 0.01)
        for state in (search.state, search.best):
            assert _whole_cost(instance, state) == state.value[0], seed
        assert search.best.value[0] <= begun, seed
        room = search.room
        for row in range(int(room.count[0])):
            cost = tour_cost(instance.arrays, room.unit[row], room.jobs[row], room.size[row])
            assert cost == room.cost[row], (seed, row)


def test_insertions_cost_what_they_say() -> None:
    """`insertion` is the difference that `put_in` makes, or no way where the tour would not be allowed."""
    for seed in range(10):
        instance = random_instance(seed, jobs=8, units=3, unreachable=0.4)
        a, rng = instance.arrays, np.random.default_rng(seed)
        state = make_state(a)
        for _ in range(200):
            job, unit = int(rng.integers(8)), int(rng.integers(3))
            if state.where[job] >= 0:
                if a.pin[state.where[job]] == job:
                    continue
                there = int(state.where[job])
                rest = [int(j) for j in state.tour[there, : state.size[there]] if j != job]
                if tour_cost(a, there, np.array(rest, np.int32), len(rest)) >= 0:  # the others can be without it
                    take_out(a, state, job)
                    assert _whole_cost(instance, state) == state.value[0], seed
                continue
            if a.fixed[unit, job] < 0:
                continue
            p = int(rng.integers(state.size[unit] + 1))
            tour = state.tour[unit, : state.size[unit]].tolist()
            tour.insert(p, job)
            cost = int(tour_cost(a, unit, np.array(tour, np.int32), len(tour)))
            more = int(insertion(a, state, unit, p, job, NO_WAY))
            old = int(state.total[unit])
            assert more == (NO_WAY if cost < 0 else cost - old), (seed, unit, tour)
            if cost >= 0:
                put_in(a, state, unit, p, job)
                assert state.total[unit] == cost
                assert _whole_cost(instance, state) == state.value[0], seed


def test_lists_hold_what_can_be() -> None:
    """Nobody is beside itself; units stand in the list of a job only where they have a way to it and may do it."""
    instance = random_instance(4, jobs=9, units=4, unreachable=0.5)
    a, near = instance.arrays, make_near(instance.arrays)
    for job in range(9):
        for jobs in (near.before[job], near.after[job], near.beside[job]):
            assert job not in jobs
        assert {j for j in near.after[job].tolist() if j >= 0} == set(
            np.flatnonzero((a.between[job] < INF) & (np.arange(9) != job)).tolist()
        )
        units = set(np.flatnonzero((a.first[:, job] < INF) & (a.fixed[:, job] >= 0) & (a.pin < 0)).tolist())
        assert {u for u in near.units[job].tolist() if u >= 0} == units


def test_filling_stops_when_told() -> None:
    """With the flag raised nobody is served, and the plan is one all the same."""
    instance = random_instance(5)
    a = instance.arrays
    state = make_state(a)
    fill(a, make_near(a), state, np.arange(6), np.ones(1, np.bool_))
    assert _whole_cost(instance, state) == state.value[0]
