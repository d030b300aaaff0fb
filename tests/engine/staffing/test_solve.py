"""Shifts on numbers: the cheapest and the best plans, against brute force over all plans and by hand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from engine.errors import StaffingError, StaffingImpossibleError
from engine.staffing.calls import busy_together
from engine.staffing.problem import Cover, StaffingProblem
from engine.staffing.solve import least_cost, most_share


def random_problem(seed: int) -> StaffingProblem:
    """Two bases, three shifts, four hours, up to two crews at once: at most 729 plans."""
    rng = np.random.default_rng(seed)
    covers = tuple(Cover(rng.random((5, 2)) < 0.7, rng.dirichlet(np.ones(5)) * rng.uniform(0.8, 1.0)) for _ in range(2))
    calls = rng.uniform(0.1, 1.2, 4) * (rng.random(4) < 0.9)
    on = np.array([[1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 0, 1]], bool)
    cost = rng.integers(1, 6, 2)[:, None] * on.sum(axis=1)[None, :].astype(float)
    return StaffingProblem(calls, 60.0, covers, rng.integers(0, 2, 4), on, np.array([2, 2]), cost)


def every_plan(problem: StaffingProblem) -> Iterator[np.ndarray]:
    """All plans that bases have room for."""
    for values in product(range(3), repeat=problem.cost.size):
        plan = np.array(values).reshape(problem.cost.shape)
        if problem.allows(plan):
            yield plan


def share_of(problem: StaffingProblem, hour: int, plan: np.ndarray) -> float:
    """The expected share in an hour, written out from the definition."""
    duty = [sum(plan[b, s] for s in range(3) if problem.on[s, hour]) for b in range(2)]
    crews = sum(duty)
    together = busy_together(problem.calls[hour] * problem.minutes / 60, crews)
    cover, total = problem.covers[problem.cover_of[hour]], 0.0
    for row, weight in enumerate(cover.weight):
        near = sum(n for b, n in enumerate(duty) if cover.covers[row, b])
        total += weight * (1 - together[near])
    return total


@pytest.mark.parametrize("seed", range(25))
def test_least_cost_is_that_of_all_plans(seed: int) -> None:
    """The cheapest of all plans that hold, proven; or an error that says which hours fail."""
    problem, target = random_problem(seed), 0.3 + 0.02 * seed
    hours = np.flatnonzero(problem.calls)
    holding = [
        problem.costs(plan)
        for plan in every_plan(problem)
        if all(share_of(problem, hour, plan) >= target - 1e-9 for hour in hours)
    ]
    if not holding:
        with pytest.raises(StaffingImpossibleError, match="cannot be reached"):
            least_cost(problem, target, seconds=20)
        return
    found = least_cost(problem, target, seconds=20)
    assert problem.costs(found.plan) == pytest.approx(min(holding)), f"seed {seed}"
    assert found.proven, f"seed {seed}"
    assert problem.allows(found.plan), f"seed {seed}"
    assert all(share_of(problem, hour, found.plan) >= target - 1e-9 for hour in hours), f"seed {seed}"


@pytest.mark.parametrize("seed", range(25))
def test_best_share_is_that_of_all_plans(seed: int) -> None:
    """Of all plans with at most so many crew-hours the one with most calls within promise, proven."""
    problem, crew_hours = random_problem(seed), 3 + seed % 9
    best = max(
        sum(problem.calls[hour] * share_of(problem, hour, plan) for hour in range(4))
        for plan in every_plan(problem)
        if problem.crew_hours(plan) <= crew_hours
    )
    found = most_share(problem, crew_hours, seconds=20)
    assert found.value == pytest.approx(best, abs=1e-6), f"seed {seed}"
    assert found.bound == pytest.approx(best, abs=1e-5), f"seed {seed}"
    assert problem.crew_hours(found.plan) <= crew_hours, f"seed {seed}"
    assert problem.allows(found.plan), f"seed {seed}"


@pytest.mark.parametrize("seed", range(30))
def test_tangents_are_never_below(seed: int) -> None:
    """A plane at any crews is met there, and exceeds every share for the same busy fraction."""
    rng = np.random.default_rng(seed)
    cover = Cover(rng.random((30, 4)) < 0.5, rng.dirichlet(np.ones(30)))
    busy, at = busy_together(float(rng.uniform(0, 15)), 16), rng.uniform(0, 3, 4)
    if seed % 2:
        at = np.rint(at)
    for left in (False, True):
        constant, slopes = cover.tangent(at, busy, left=left)
        assert constant + slopes @ at == pytest.approx(cover.share(at, busy)), f"seed {seed}"
        for _ in range(40):
            crews = rng.integers(0, 5, 4)
            assert cover.share(crews, busy) <= constant + slopes @ crews + 1e-9, f"seed {seed}"


def two_bases() -> StaffingProblem:
    """Base 0 covers 60 %, base 1 the other 40 %; one call in two hours of which each takes half an hour of a crew."""
    cover = Cover(np.eye(2, dtype=bool), np.array([0.6, 0.4]))
    on = np.array([[True, False], [False, True]])
    return StaffingProblem(
        np.array([1.0, 1.0]), 30.0, (cover,), np.zeros(2, int), on, np.array([3, 3]), np.ones((2, 2))
    )


def test_two_bases_by_hand() -> None:
    """One crew is busy half the time: 30 %. Two at base 0, 60 % x (1 - 1/10) = 54 %; one at each: 75 %."""
    problem = two_bases()
    assert problem.share(0, np.array([1, 0])) == pytest.approx(0.3)
    assert problem.share(0, np.array([2, 0])) == pytest.approx(0.54)
    assert problem.share(0, np.array([1, 1])) == pytest.approx(0.75)
    found = least_cost(problem, 0.6)
    assert found.plan.tolist() == [[1, 1], [1, 1]]
    assert (found.value, found.bound, found.proven) == (4.0, pytest.approx(4.0), True)
    best = most_share(problem, 4)
    assert best.plan.tolist() == [[1, 1], [1, 1]]
    assert best.value == pytest.approx(1.5)


def test_hours_that_fail_are_told_with_the_most_there_is() -> None:
    """Six crews with a load of a half: three given ones are all busy once in several thousand calls."""
    most = 1 - busy_together(0.5, 6)[3]
    assert two_bases().best.tolist() == pytest.approx([most, most])
    with pytest.raises(StaffingImpossibleError, match=r"in 2 of 2 hours.*0:00 99\.89%") as caught:
        least_cost(two_bases(), 0.9999)
    assert caught.value.metadata["best_target"] == str(round(most, 6))
    assert caught.value.metadata["hours"] == "0,1"


def test_hours_without_a_shift_are_told() -> None:
    """Calls at an hour when no shift is allowed: the message names the hour."""
    problem = two_bases()
    on = np.array([[True, False], [True, False]])
    gone = StaffingProblem(problem.calls, 30.0, problem.covers, problem.cover_of, on, problem.most, problem.cost)
    with pytest.raises(StaffingImpossibleError, match="no shift is on duty at 1:00"):
        least_cost(gone, 0.5)


def test_hours_that_only_fail_together_are_told() -> None:
    """Shifts that overlap at a base with room for one crew: each hour could be had, all three cannot."""
    cover = Cover(np.ones((1, 1), bool), np.ones(1))
    on = np.array([[True, True, False], [False, True, True]])
    problem = StaffingProblem(
        np.full(3, 0.1), 60.0, (cover,), np.zeros(3, int), on, np.array([1]), np.full((1, 2), 2.0)
    )
    with pytest.raises(StaffingImpossibleError, match="of one plan"):
        least_cost(problem, 0.5, seconds=10)


def test_no_calls_need_nobody() -> None:
    """Hours without calls ask for nothing: the plan is empty, and proven."""
    problem = two_bases()
    quiet = StaffingProblem(np.zeros(2), 30.0, problem.covers, problem.cover_of, problem.on, problem.most, problem.cost)
    found = least_cost(quiet, 0.9)
    assert (found.plan.sum(), found.value, found.proven) == (0, 0.0, True)
    assert quiet.mean_share(quiet.shares(found.plan)) == 1.0


def test_it_ends_in_time_with_a_plan_and_a_bound() -> None:
    """A deadline far too short still answers with a plan that holds, and a bound below its cost."""
    rng = np.random.default_rng(5)
    cover = Cover(rng.random((200, 12)) < 0.4, rng.dirichlet(np.ones(200)))
    cover.covers[:, 0] = True
    on = np.array([[(hour - start) % 24 < 8 for hour in range(24)] for start in range(0, 24, 2)])
    problem = StaffingProblem(
        rng.uniform(2, 9, 24), 60.0, (cover,), np.zeros(24, int), on, np.full(12, 10), np.full((12, 12), 8.0)
    )
    found = least_cost(problem, 0.9, seconds=1.5)
    assert (problem.shares(found.plan) >= 0.9 - 1e-9).all()
    assert found.bound <= found.value + 1e-9


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda problem: least_cost(problem, 1.5), "target share is 1.5"),
        (lambda problem: least_cost(problem, 0.5, seconds=0), "deadline"),
        (lambda problem: most_share(problem, -1), "crew_hours is -1"),
        (lambda problem: StaffingProblem(
            np.array([1.0, -1.0]), 30.0, problem.covers, problem.cover_of, problem.on, problem.most, problem.cost
        ), "calls in hour 1 are -1.0"),
        (lambda problem: StaffingProblem(
            problem.calls, 30.0, problem.covers, problem.cover_of, problem.on, np.zeros(2, int), problem.cost
        ), "no base may have a crew"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(ask, told: str) -> None:
    """Targets, deadlines, budgets and calls out of range: StaffingError says what to give."""
    with pytest.raises(StaffingError, match=told):
        ask(two_bases())


def test_too_few_crew_hours() -> None:
    """Fewer than the shortest shift takes: the message says how many that is."""
    problem = random_problem(3)
    with pytest.raises(StaffingImpossibleError, match="shortest shift takes, 2"):
        most_share(problem, 1)
