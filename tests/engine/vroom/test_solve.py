"""Solving: no limit is ever broken, small problems are solved to the optimum, everything is accounted for."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations, permutations

import pytest

from engine.errors import TooLargeError
from engine.queues.solve import Budget, solve_queues
from engine.vroom.fits import fits, with_breaks
from engine.vroom.model import Break, Problem
from engine.vroom.route import run_route
from engine.vroom.solve import Solution, solve_problem
from engine.vroom.travel import Travel
from engine.vroom.write import solution_json
from tests.engine.vroom.problems import document, given, job, random_document, vehicle


def quick(instance, _budget, seed, start):
    """The same answer every time: no clock."""
    return solve_queues(instance, Budget(rounds=20, iterations=200), seed=seed, start=start)


def solved(value: dict, seconds: float = 0.4) -> tuple[Problem, Travel, Solution]:
    problem, travel = given(value)
    return problem, travel, solve_problem(problem, travel, seconds=seconds, solver=quick)


def accounted(problem: Problem, found: Solution, label: str) -> None:
    """Every task once, in a route or left; no route breaks a limit."""
    done = [(task.kind, task.id) for route in found.routes for task in route.tasks]
    left = [(task.kind, task.id) for task in found.left]
    assert sorted(done + left) == sorted((task.kind, task.id) for task in problem.tasks), label
    assert [route.violations for route in found.routes] == [{}] * len(found.routes), label
    for route in found.routes:
        taken = {step.action.id for step in route.steps if isinstance(step.action, Break)}
        assert taken == {each.id for each in route.vehicle.breaks}, label


def optimum(problem: Problem, travel: Travel) -> float:
    """Every task done, each vehicle in every order; infinite when that cannot be."""
    tasks, best = problem.tasks, {frozenset(): 0.0}
    for each in problem.vehicles:
        after = dict(best)
        for size in range(1, len(tasks) + 1):
            for chosen in combinations(range(len(tasks)), size):
                costs = [fits(problem, travel, each, [tasks[k] for k in order]) for order in permutations(chosen)]
                least = min((cost for cost in costs if cost is not None), default=None)
                if least is None:
                    continue
                for done, cost in best.items():
                    if not done & set(chosen):
                        key = done | set(chosen)
                        after[key] = min(after.get(key, float("inf")), cost + least)
        best = after
    return best.get(frozenset(range(len(tasks))), float("inf"))


def test_a_line() -> None:
    """One vehicle serves a line in its order; the answer is proven."""
    problem, _, found = solved(document(jobs=[job(3, 3), job(1, 1), job(2, 2)], vehicles=[vehicle(7)]))
    assert [task.id for task in found.routes[0].tasks] == [1, 2, 3]
    assert found.cost == 300
    assert found.gap == pytest.approx(0, abs=1e-4)
    answer = json.loads(json.dumps(solution_json(problem, found)))
    assert answer["summary"]["cost"] == 300
    assert answer["towline"]["gap"] < 1e-4
    assert answer["routes"][0]["steps"][0]["type"] == "start"


@pytest.mark.parametrize("seed", range(8))
def test_small_problems_are_solved_to_the_optimum(seed: int) -> None:
    """Five plain jobs, two vehicles: brute force finds nothing cheaper, and the bound is none above it."""
    problem, travel, found = solved(random_document(seed, jobs=5, vehicles=2, rich=False), 2.0)
    accounted(problem, found, f"seed {seed}")
    assert not found.left, seed
    assert found.cost == pytest.approx(optimum(problem, travel)), seed
    assert found.lower is not None
    assert found.lower <= found.cost + 1e-6, seed


@pytest.mark.parametrize("seed", range(12))
def test_no_limit_is_ever_broken(seed: int) -> None:
    """Skills, windows, loads, ends, limits, breaks, speeds, shipments, all at once."""
    problem, _, found = solved(random_document(seed, jobs=9, vehicles=4, shipments=2))
    accounted(problem, found, f"seed {seed}")
    assert found.routes, seed


@pytest.mark.parametrize("seed", range(20))
def test_trying_and_carrying_out_agree(seed: int) -> None:
    """Whatever order, what fits breaks no limit and costs the same; what does not breaks one."""
    problem, travel = given(random_document(seed, jobs=5, vehicles=3, shipments=1))
    for each in problem.vehicles:
        plain = replace(each, breaks=())
        for size in (1, 2, 3):
            for order in permutations(problem.tasks, size):
                cost = fits(problem, travel, plain, order)
                route = run_route(problem, travel, plain, order)
                assert (cost is None) == bool(route.violations), (seed, each.id, [task.id for task in order])
                assert cost is None or cost == pytest.approx(route.cost), seed


@pytest.mark.parametrize("seed", range(6))
def test_breaks_are_put_in(seed: int) -> None:
    """A route with its breaks placed breaks nothing."""
    problem, travel = given(random_document(seed, jobs=5, vehicles=4))
    for each in problem.vehicles:
        placed = with_breaks(problem, travel, each, problem.tasks[:2])
        if placed is not None:
            assert run_route(problem, travel, each, placed[1]).violations == {}, seed


def test_round_trips_and_starts_anywhere() -> None:
    """The way home counts; a vehicle with an end alone begins at its first job."""
    _, _, found = solved(document(jobs=[job(1, 1), job(3, 3)], vehicles=[vehicle(7, 0, 0)]))
    assert found.cost == 600
    _, _, found = solved(document(jobs=[job(1, 1), job(3, 3)], vehicles=[vehicle(7, None, 0)]))
    assert [task.id for task in found.routes[0].tasks] == [3, 1]
    assert found.cost == 300


def test_priorities_decide_who_is_left() -> None:
    """Room for one of two: the important one."""
    jobs = [job(1, 1, priority=3), job(3, 3, priority=90)]
    _, _, found = solved(document(jobs=jobs, vehicles=[vehicle(7, max_tasks=1)]))
    assert [task.id for task in found.left] == [1]
    assert found.gap is None


def test_more_than_five_jobs_on_a_vehicle() -> None:
    """They are inserted, said so, and nothing is claimed."""
    jobs = [job(k, k % 4 + 1, service=1) for k in range(12)]
    problem, _, found = solved(document(jobs=jobs, vehicles=[vehicle(7)]))
    accounted(problem, found, "one vehicle")
    assert not found.left
    assert found.gap is None
    assert any("more than 5 jobs" in note for note in found.notes)


def test_absolute_times() -> None:
    """Seconds since 1970 are as good as relative ones, also beside a vehicle without hours."""
    now = 1_770_000_000
    jobs = [job(1, 1, time_windows=[[now, now + 500]]), job(2, 2, time_windows=[[now + 50, now + 900]])]
    for hours in ({"time_window": [now - 1000, now + 5000]}, {}):
        problem, _, found = solved(document(jobs=jobs, vehicles=[vehicle(7) | hours]))
        accounted(problem, found, str(hours))
        assert not found.left
        assert found.routes[0].steps[1].arrival >= now - 200


def test_where_there_is_no_way() -> None:
    """A task nobody reaches is left; the others are done."""
    far = 5_000_000
    matrix = [[0, 10, far], [10, 0, far], [far, far, 0]]
    _, _, found = solved(document(jobs=[job(1, 1), job(2, 2)], vehicles=[vehicle(7)], matrix=matrix))
    assert [task.id for task in found.left] == [2]


def test_nothing_to_do() -> None:
    """No job, no vehicle, neither."""
    for jobs, vehicles in (([], [vehicle(7)]), ([job(1, 1)], []), ([], [])):
        problem, _, found = solved(document(jobs=jobs, vehicles=vehicles))
        assert (len(found.routes), len(found.left)) == (0, len(jobs))
        assert solution_json(problem, found)["code"] == 0


def test_too_much_for_one_solve() -> None:
    """Refused before anything is allocated."""
    jobs = [job(k, 1) for k in range(3000)]
    with pytest.raises(TooLargeError):
        solved(document(jobs=jobs, vehicles=[vehicle(7)]))


def test_the_search_begins_from_given_steps() -> None:
    """Steps of the vehicles are tours to start from, and no more than that."""
    given_steps = [{"type": "job", "id": 3}, {"type": "job", "id": 1}]
    _, _, found = solved(document(jobs=[job(1, 1), job(3, 3)], vehicles=[vehicle(7, steps=given_steps)]))
    assert [task.id for task in found.routes[0].tasks] == [1, 3]
