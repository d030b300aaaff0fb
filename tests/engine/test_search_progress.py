"""What searches tell while they go on: steps that grow, and a gap that ends as the answer's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine import search_progress
from engine.search_progress import SearchProgress, known, pass_on, searching, seen_as, step
from engine.siting import SitingProblem, max_cover, p_centre
from engine.siting.limits import Deadline
from engine.staffing.solve import most_share
from engine.standby.exact import MoveProgram
from tests.engine.siting.cases import small
from tests.engine.staffing.test_solve import random_problem as shifts_of
from tests.engine.standby.cases import random_problem as moves_of


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step is told."""
    monkeypatch.setattr(search_progress, "OFTEN_S", 0.0)


@pytest.mark.usefixtures("eager")
def test_what_is_told():
    """Steps are counted; a gap is known once value and bound are finite; nobody need hear of it."""
    heard: list[SearchProgress] = []
    step()
    known(1.0, 2.0)
    with searching(heard.append):
        step()
        known(math.inf, 3.0)
        known(100.0, 96.79)
        with seen_as(lambda missed: 200.0 - missed):
            known(100.0, 90.0)
        pass_on(SearchProgress(7, None))
    step()
    assert [each.steps for each in heard] == [1, 2, 3, 4, 7]
    assert [each.gap for each in heard[:4]] == [None, None, pytest.approx(0.0321), pytest.approx(0.1)]
    assert [str(each) for each in heard[1:3]] == ["step 2", "step 3, gap so far 3.21%"]


def test_not_more_often_than_people_read(monkeypatch: pytest.MonkeyPatch):
    """Steps go by unheard for a moment; another gap is told at once."""
    monkeypatch.setattr(search_progress, "OFTEN_S", 1000.0)
    heard: list[SearchProgress] = []
    with searching(heard.append):
        for _ in range(50):
            step()
        known(10.0, 9.0)
        known(10.0, 9.0)
    assert [(each.steps, each.gap) for each in heard] == [(1, None), (51, pytest.approx(0.1))]


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("seed", range(5))
def test_searches_tell_their_gap(seed: int):
    """The last one of shifts and of moves is the answer's."""
    heard: list[SearchProgress] = []
    with searching(heard.append):
        shifts = most_share(shifts_of(seed), 6 + seed, seconds=20)
    assert _gaps(heard)[-1] == pytest.approx(shifts.gap, abs=1e-9)
    heard.clear()
    program = MoveProgram(moves_of(seed), 3, 0.0)
    with searching(heard.append):
        moves, bound = program.solve([], Deadline.start(20))
    value = program.net(program.counts(moves))
    assert _gaps(heard)[-1] == pytest.approx(max(0.0, bound - value) / value, abs=1e-9)


@pytest.mark.usefixtures("eager")
def test_sites_tell_their_gap():
    """Of covered weight, not of what is missed; a program may close it further after the last one."""
    told = 0
    for seed in range(12):
        heard: list[SearchProgress] = []
        with searching(heard.append):
            cover = max_cover(small(seed), sites=1, seconds=20)
        assert [each.steps for each in heard] == list(range(1, len(heard) + 1))
        assert all(gap >= cover.gap - 1e-9 for gap in _gaps(heard))
        told += len(_gaps(heard))
    assert told


@pytest.mark.usefixtures("eager")
def test_the_longest_arrival_tells_its_gap():
    """Of the arrivals that are left to try the least is the bound."""
    rng = np.random.default_rng(3)
    times = rng.integers(0, 1000, (60, 25)).astype(np.int64)
    rows, sites = np.ones(60), np.zeros(25, np.int64)
    problem = SitingProblem(times, rows, np.full(60, 500), rng.random(25) * 5, sites > 0, sites)
    heard: list[SearchProgress] = []
    with searching(heard.append):
        found = p_centre(problem, sites=5, seconds=20)
    assert found.proven
    gaps = _gaps(heard)
    assert gaps
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] == 0


def _gaps(heard: list[SearchProgress]) -> list[float]:
    return [each.gap for each in heard if each.gap is not None]
