"""Stand-by on numbers: gains, orders, greedy and exact sets of moves, against brute force and by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine.errors import StandbyError
from engine.siting.limits import Deadline
from engine.standby.advice import StandbyLimits, chosen
from engine.standby.exact import MoveProgram
from engine.standby.local import improve
from engine.standby.meanwhile import Meanwhile
from engine.standby.problem import StandbyProblem, waiting_place
from graphs.search import INF
from tests.engine.standby.cases import every_set, expected, random_problem

MINUTE = 60_000


def toy() -> StandbyProblem:
    """Five nodes in a row, 10 minutes apart, promise 10 minutes, weights 10, 20, 30, 20, 20; two units at node 0."""
    minutes = 10 * np.abs(np.arange(5)[:, None] - np.arange(5)[None, :])
    return StandbyProblem(
        weight=np.array([10.0, 20.0, 30.0, 20.0, 20.0]),
        near=np.array([2, 2, 0, 0, 0]),
        within_ms=np.full(5, 10 * MINUTE),
        travel_ms=(minutes * MINUTE).astype(np.int32),
        allowed=np.ones((5, 1), np.uint64),
        service=np.zeros(5, np.int64),
        here=np.array([[True, True, False, False, False]]),
        crews=np.array([2]),
        ready_ms=np.array([0]),
        territory=np.array([0]),
        able=np.array([[True]]),
        drive_ms=np.array([[INF, 10, 20, 30, 40]]) * np.array([1, MINUTE, MINUTE, MINUTE, MINUTE]),
        busy=0.5,
    )


def free_to_go(problem: StandbyProblem) -> Meanwhile:
    """Nobody minds what is covered meanwhile."""
    return Meanwhile(problem, lambda move: problem.there(*move)[None], -math.inf)


def test_the_toy_by_hand() -> None:
    """Two units at node 0 cover 30 x 0.75 = 22.5; one at node 3 covers 70 x 0.5 = 35 more, and 30 x 0.25 are lost."""
    problem = toy()
    assert problem.expected(problem.near) == pytest.approx(22.5)
    gains = problem.gains(problem.near, problem.crews)[0]
    assert gains[1:].tolist() == pytest.approx([15.0, 22.5, 27.5, 12.5])
    assert waiting_place(problem, 0) == 3


def test_a_freed_unit_goes_where_rows_gain_most() -> None:
    """A unit that covers nothing yet: argmax of d (1 - q) q^k over what each place covers, k being the others."""
    problem = replace(toy(), near=np.array([1, 1, 0, 0, 0]), here=np.zeros((1, 5), bool), crews=np.array([1]))
    worth = [
        sum(
            w * 0.5 * 0.5**k
            for i, (w, k) in enumerate(zip(problem.weight, problem.near, strict=True))
            if abs(i - j) <= 1
        )
        for j in range(5)
    ]
    assert waiting_place(problem, 0) == int(np.argmax(worth)) == 3


@pytest.mark.parametrize("seed", range(12))
def test_gains_are_differences(seed: int) -> None:
    """Each gain is the expected demand after the move less that before, written out."""
    problem = random_problem(seed)
    gains = problem.gains(problem.near, problem.crews)
    for stand, place in zip(*np.nonzero(problem.possible), strict=True):
        apart = expected(problem, [(int(stand), int(place))]) - expected(problem, [])
        assert gains[stand, place] == pytest.approx(apart, abs=1e-9), f"seed {seed}"
    assert (gains[~problem.possible] == -np.inf).all(), f"seed {seed}"


@pytest.mark.parametrize("seed", range(25))
def test_exact_is_the_best_of_all_sets(seed: int) -> None:
    """The program finds and proves the best of all sets of three moves; none in it gains less than is asked for."""
    problem = random_problem(seed)
    least = [0.0, 2.0, 10.0][seed % 3]
    values = [expected(problem, moves) - least * len(moves) for moves in every_set(problem, 3)]
    moves, bound = MoveProgram(problem, 3, least).solve([], Deadline.start(20))
    value = expected(problem, moves) - least * len(moves)
    assert value == pytest.approx(max(values), abs=1e-6), f"seed {seed}"
    assert bound == pytest.approx(value, abs=1e-6), f"seed {seed}"
    for index in range(len(moves)):
        alone = expected(problem, moves[:index] + moves[index + 1 :])
        assert expected(problem, moves) - alone >= least - 1e-6, f"seed {seed}"


@pytest.mark.parametrize("seed", range(25))
def test_greedy_is_never_worse_than_staying_nor_better_than_the_bound(seed: int) -> None:
    """Exchanges end where no single exchange helps, between doing nothing and the proven best."""
    problem = random_problem(seed)
    moves = improve(problem, [], 3, 1.0, free_to_go(problem), Deadline.start(20))
    value = expected(problem, moves) - len(moves)
    best = max(expected(problem, each) - len(each) for each in every_set(problem, 3))
    assert expected(problem, []) - 1e-9 <= value <= best + 1e-9, f"seed {seed}"
    for other in every_set(problem, 1):
        assert (
            value >= expected(problem, [*moves, *other]) - len(moves) - len(other) - 1e-6
            or len(moves) == 3
            or (np.bincount([g for g, _ in [*moves, *other]], minlength=4) > problem.crews).any()
        ), f"seed {seed}"


@pytest.mark.parametrize("seed", range(25))
def test_nothing_is_lost_meanwhile(seed: int) -> None:
    """In the order told, every moment of every drive covers at least as much as before; brute force finds no better."""
    problem = random_problem(seed, stands=3, places=3)
    rng = np.random.default_rng(seed)
    ways = {
        (int(g), int(p)): rng.random((2, problem.weight.size)) < 0.4
        for g, p in zip(*np.nonzero(problem.possible), strict=True)
    }
    before = expected(problem, [])
    meanwhile = Meanwhile(problem, lambda move: ways[move], before)
    moves, bound, _ = chosen(problem, StandbyLimits(3, least_gain=0.0), meanwhile, Deadline.start(20))
    ordered = meanwhile.order(moves)
    assert ordered is not None, f"seed {seed}"
    near = problem.near.astype(int)
    for (stand, place), low in zip(*ordered, strict=True):
        rest = near - problem.here[stand]
        stages = [problem.expected(rest + way) for way in [*ways[stand, place], problem.there(stand, place)]]
        assert min(stages) == pytest.approx(low), f"seed {seed}"
        assert low >= before - 1e-6, f"seed {seed}"
        near = rest + problem.there(stand, place)
    possible = [each for each in every_set(problem, 3) if meanwhile.order(each) is not None]
    best = max(expected(problem, each) for each in possible)
    assert expected(problem, moves) <= best + 1e-6, f"seed {seed}"
    assert bound is not None
    assert bound >= best - 1e-6, f"seed {seed}"


def test_an_order_that_works_is_found() -> None:
    """Where one unit must have arrived before the other may leave, they are told in that order."""
    problem = toy()
    gone = {(0, 3): np.zeros((1, 5), bool), (0, 2): np.array([[False, True, True, True, False]])}
    meanwhile = Meanwhile(problem, lambda move: gone[move], 25.0)
    # driving to node 3 first covers 15 on the way; driving to node 2 first 15 + 50/2 = 37.5 - ...
    found = meanwhile.order([(0, 3), (0, 2)])
    assert found is not None
    assert found[0] == [(0, 2), (0, 3)]
    assert meanwhile.order([(0, 3)]) is None


def test_more_moves_never_cover_less() -> None:
    """With a move more allowed, the best is as good or better."""
    problem = random_problem(99)
    values = [expected(problem, MoveProgram(problem, most, 0.0).solve([], Deadline.start(10))[0]) for most in (1, 2, 3)]
    assert all(then >= first - 1e-9 for first, then in pairwise(values))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"crews": np.array([0])}, "no free unit may move"),
        ({"drive_ms": np.empty((1, 0), np.int64)}, "no places to wait at"),
        ({"busy": 1.0}, "busy is 1.0"),
    ],
)
def test_what_cannot_be_asked(change: dict, told: str) -> None:
    """Nobody to move, nowhere to go, always busy: StandbyError says what to do."""
    with pytest.raises(StandbyError, match=told):
        replace(toy(), **change)


@pytest.mark.parametrize("wrong", [{"moves": 0}, {"moves": 11}, {"drive_minutes": 0.0}, {"least_gain": -0.1}])
def test_limits_that_cannot_be(wrong: dict) -> None:
    """StandbyError names the limit and its range."""
    with pytest.raises(StandbyError, match=next(iter(wrong))):
        StandbyLimits(**wrong)


def test_nobody_within_reach() -> None:
    """A unit that no place is near enough for cannot be advised."""
    with pytest.raises(StandbyError, match="no place is within reach"):
        waiting_place(replace(toy(), drive_ms=np.full((1, 5), INF)), 0)
