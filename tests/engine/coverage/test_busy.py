"""Busy fractions: against Erlang's formulas and the exact hypercube."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.coverage.busy import Lists, full_given, solve_busy
from engine.coverage.busy_erlang import busy_counts, erlang_b, erlang_c, first_busy, load_of, odds_table

from .hypercube import hypercube


def lists_of(stand, minutes, per_minute, crews) -> Lists:
    """One stream, all stands."""
    stand, crews = np.array(stand, np.int32), np.array(crews, np.int64)
    minutes = np.broadcast_to(np.array(minutes, float), stand.shape).copy()
    rates = np.array(per_minute, float)
    return Lists(stand, minutes, rates, np.array([0, len(stand)]), crews, np.ones((1, crews.size), bool))


def chances(lists: Lists, busy) -> np.ndarray:
    """[i, s] chance that a stand serves a place's call, who finds nobody being lost."""
    out = np.zeros((len(lists.stand), lists.crews.size))
    for i, row in enumerate(lists.stand):
        left, before = 1.0, 0
        for j in row:
            here = full_given(busy.full[j], busy.odds[0, before, lists.crews[j]])
            out[i, j] = left * (1 - here)
            left *= here
            before += lists.crews[j]
    return out


@pytest.mark.parametrize(("servers", "load"), [(1, 0.3), (3, 2.0), (7, 9.0), (40, 31.0)])
def test_erlang(servers: int, load: float):
    """B and C are the sums of the textbook; counts are the chances behind B, and loads are found again."""
    terms = [load**k / math.factorial(k) for k in range(servers + 1)]
    assert erlang_b(servers, load) == pytest.approx(terms[-1] / sum(terms))
    assert busy_counts(servers, load) == pytest.approx(np.array(terms) / sum(terms), abs=1e-12)
    if load < servers:
        last = terms[-1] * servers / (servers - load)
        assert erlang_c(servers, load) == pytest.approx(last / (sum(terms[:-1]) + last))
    else:
        assert erlang_c(servers, load) == 1.0
    busy = load * (1 - erlang_b(servers, load)) / servers
    assert load_of(servers, busy) == pytest.approx(load, rel=1e-6)


def test_first_busy_is_counted():
    """P(the first m of n are busy) as counting all subsets has it; many servers do not underflow."""
    n, load = 6, 3.1
    chance, log = busy_counts(n, load), np.empty(n + 1)
    first_busy(n, load, n, log)
    for m in range(n + 1):
        told = sum(chance[k] * math.comb(n - m, k - m) / math.comb(n, k) for k in range(m, n + 1))
        assert math.exp(log[m]) == pytest.approx(told)
    many = np.empty(201)
    first_busy(8000, 80.0, 200, many)
    assert np.isfinite(many[:50]).all()
    assert (np.diff(many[:50]) < 0).all()


def test_odds_of_one_crew_first_are_its_own():
    """Nothing is known before the first of a list."""
    table = np.zeros((4, 3))
    odds_table(5, 0.4, np.ones(3, np.bool_), table)
    assert table[0, 1:] == pytest.approx([1.0, 1.0])
    assert (table[1:3, 1] > 1).all()


@pytest.mark.parametrize(("crews", "load"), [(1, 0.6), (4, 1.0), (4, 6.0), (12, 9.0)])
def test_one_stand_is_erlangs(crews: int, load: float):
    """One stand with c crews loses Erlang's B, exactly."""
    busy = solve_busy(lists_of([[0], [0]], 30.0, [load / 90, load / 45], [crews]), tolerance=1e-12)
    assert busy.converged
    assert busy.full[0] == pytest.approx(erlang_b(crews, load), abs=1e-9)


@pytest.mark.parametrize("load", [0.2, 0.7, 1.6])
def test_two_stands_by_hand(load: float):
    """Two alike, each first for half of the calls: p0 : p1 : p2 = 1 : a : a^2/2, exactly."""
    busy = solve_busy(lists_of([[0, 1], [1, 0]], 20.0, [load / 40, load / 40], [1, 1]), tolerance=1e-12)
    none, one, two = 1.0, load, load * load / 2
    total = none + one + two
    assert busy.full == pytest.approx([(one / 2 + two) / total] * 2, abs=1e-7)
    lists = lists_of([[0, 1], [1, 0]], 20.0, [1, 1], [1, 1])
    assert chances(lists, busy)[0] == pytest.approx([(none + one / 2) / total, one / 2 / total], abs=1e-7)


def test_equal_crews_are_larsons():
    """n alike, every order as often as the others: chances are those of M/M/n/n by rank."""
    rows = [[(i + k) % 5 for k in range(5)] for i in range(5)]
    load, log = 3.0, np.empty(6)
    busy = solve_busy(lists_of(rows, 10.0, [load / 50] * 5, [1] * 5), tolerance=1e-12)
    first_busy(5, load, 5, log)
    told = chances(lists_of(rows, 10.0, [1] * 5, [1] * 5), busy)[0]
    assert told == pytest.approx(-np.diff(np.exp(log)), abs=1e-7)


@pytest.mark.parametrize("load", [0.2, 0.4, 0.6, 0.9])
def test_small_systems_against_the_exact_hypercube(load: float):
    """Up to 6 crews at random places: who serves whom within 0.01 on average, busy shares within 0.02, any load."""
    for seed in range(10):
        rng = np.random.default_rng(seed)
        stands = int(rng.integers(2, 6))
        crews = np.ones(stands, np.int64)
        crews[0] += 1
        at, places, weight = rng.random((stands, 2)), rng.random((8, 2)), rng.random(8)
        order = np.argsort(np.hypot(*(places[:, None] - at[None]).transpose(2, 0, 1)), axis=1)
        per_minute = load * crews.sum() * weight / weight.sum() / 25.0
        owner = np.repeat(np.arange(stands), crews)
        every = np.array([[unit for j in row for unit in np.flatnonzero(owner == j)] for row in order])
        exact, busy = hypercube(per_minute, every, np.full(owner.size, 25.0))
        exact = np.array([np.bincount(owner, weights=row, minlength=stands) for row in exact])
        lists = lists_of(order, 25.0, per_minute, crews)
        found = solve_busy(lists)
        told = chances(lists, found)
        assert found.converged, f"seed {seed}"
        assert np.abs(told - exact).mean() < 0.01, f"seed {seed}"
        carried = (told * per_minute[:, None]).sum(axis=0) * 25 / crews
        usual = np.bincount(owner, weights=busy) / crews
        assert np.abs(carried - usual).max() < 0.02, f"seed {seed}"


def test_it_says_when_it_has_not_come_to_rest():
    """Too few iterations: converged is False and the last change is told."""
    busy = solve_busy(lists_of([[0, 1], [1, 0]], 20.0, [0.1, 0.02], [1, 1]), iterations=2, tolerance=1e-9)
    assert not busy.converged
    assert busy.change > 1e-9
