"""The queue of expected coverage against exact Markov chains, Erlang's formulas and a slow double."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import factorial

import numpy as np
import pytest

from engine.coverage.expected_queue import LONGEST_MORE, LONGEST_TURNS, play
from graphs.search import INF

from .hypercube import hypercube, staying

WARM = 200  # calls of each day that are left out


@dataclass
class Small:
    """Calls at places of which crews take equally long on average; drives take next to nothing, but decide."""

    per_minute: np.ndarray  # [i]
    travel: np.ndarray  # [i, l] ms, all different
    base: np.ndarray  # [u]
    minutes: float
    returns: bool = False
    waits: bool = True
    days: int = 40
    calls: int = 1500
    near: int = 0
    owner: np.ndarray | None = None
    able: np.ndarray | None = None
    out: dict[str, np.ndarray] = field(default_factory=dict)

    def run(self, seed: int) -> Small:
        """Into out: place, crew, wait in ms, travel in ms, chance, spare [days, calls]."""
        rng = np.random.default_rng(seed)
        n, crews = self.days * self.calls, self.base.size
        rate = self.per_minute.sum()
        called = np.cumsum(rng.exponential(60_000 / rate, (self.days, self.calls)), axis=1).reshape(-1)
        place = rng.choice(self.per_minute.size, n, p=self.per_minute / rate)
        crew, busy = np.full(n, -1), np.zeros(crews)
        wait, minutes, chance, spare, held = (np.zeros(n) for _ in range(5))
        near = np.argsort(self.travel, axis=1)[:, : self.near].astype(np.int32)
        owner = np.arange(crews) if self.owner is None else self.owner
        able = np.ones((crews, 1), np.bool_) if self.able is None else self.able
        zeros, every = np.zeros(crews, np.int64), np.uint64(1)
        play(
            *(self.calls * np.arange(self.days + 1), called, np.zeros(n, np.int64), place, np.full(n, 50.0)),
            *(rng.exponential(60_000 * self.minutes, n), np.ones(n), np.zeros(n), place),
            *(self.returns, self.waits, 0.0, np.inf, self.travel.astype(np.int32), near),
            *(np.ones((self.per_minute.size, 1), np.uint64), self.base, able, zeros, zeros),
            *(np.full(crews, every), owner, (1.0, 0.2, 0.0, 0.0), crew, wait, minutes, chance, spare, busy, held),
        )
        reached = np.isfinite(minutes)
        driven = np.full(n, np.inf)
        driven[reached] = minutes[reached] * 60_000 - wait[reached]
        names = ("place", "crew", "wait", "driven", "chance", "spare")
        told = (place, crew, wait, driven, chance, spare)
        self.out = {name: each.reshape(self.days, -1) for name, each in zip(names, told, strict=True)}
        return self

    def mean(self, hit: np.ndarray, among: np.ndarray) -> tuple[float, float]:
        """(share of those among, its standard error over days) after the warm calls."""
        hit, among = (hit & among)[:, WARM:].sum(axis=1), among[:, WARM:].sum(axis=1)
        share = hit.sum() / among.sum()
        return share, float(np.std(hit - share * among, ddof=1) / np.sqrt(self.days) / among.mean())


def distances(rng: np.random.Generator, places: int, locations: int) -> np.ndarray:
    """All different."""
    return 1 + rng.permutation(places * locations).reshape(places, locations)


@pytest.mark.parametrize("load", [0.25, 0.55, 0.8])
@pytest.mark.parametrize(("crews", "places"), [(2, 4), (3, 3)])
def test_crews_that_stay_are_the_markov_chain(load: float, crews: int, places: int):
    """From where calls are served, and how many wait: all states of 2 and 3 crews solved exactly."""
    seed = 10 * crews + int(100 * load)
    rng = np.random.default_rng(seed)
    per_minute = rng.uniform(0.2, 1.0, places)
    per_minute *= load * crews / 30 / per_minute.sum()
    travel = distances(rng, places, places)
    case = Small(per_minute, travel, np.zeros(crews, np.int64), 30.0).run(seed)
    exact, waits = staying(per_minute, travel, crews, 30.0)
    later, error = case.mean(case.out["wait"] > 0, case.out["place"] >= 0)
    assert abs(later - waits) <= 4 * error + 1e-4, f"seed {seed}: {later} ±{error}, exactly {waits}"
    for i in range(places):
        here = case.out["place"] == i
        for at in range(places):
            hit = (case.out["wait"] == 0) & (np.rint(case.out["driven"]) == travel[i, at])
            share, error = case.mean(hit, here)
            said = f"seed {seed}, {i} from {at}: {share} ±{error}, exactly {exact[i, at]}"
            assert abs(share - exact[i, at]) <= 4 * error + 1e-3, said


@pytest.mark.parametrize("load", [0.3, 0.7])
def test_crews_that_return_are_the_hypercube(load: float):
    """Who serves whom, of 6 crews at random places, who finds nobody being lost: all 64 states solved exactly."""
    seed, places, crews = int(100 * load), 5, 6
    rng = np.random.default_rng(seed)
    per_minute = rng.uniform(0.2, 1.0, places)
    per_minute *= load * crews / 30 / per_minute.sum()
    travel = distances(rng, places, crews)
    padded = np.hstack([travel, np.full((places, places), 10_000)])  # where calls end, though nobody stays there
    case = Small(per_minute, padded, np.arange(crews), 30.0, returns=True, waits=False).run(seed)
    exact, _ = hypercube(per_minute, np.argsort(travel, axis=1), 30.0)
    for i in range(places):
        for j in range(crews):
            share, error = case.mean(case.out["crew"] == j, case.out["place"] == i)
            said = f"seed {seed}, {i} by {j}: {share} ±{error}, exactly {exact[i, j]}"
            assert abs(share - exact[i, j]) <= 4 * error + 1e-3, said


@pytest.mark.parametrize(("crews", "load"), [(1, 0.5), (4, 0.7)])
def test_waits_are_those_of_erlang(crews: int, load: float):
    """One place: M/M/c's chance to wait, and its mean wait."""
    work = load * crews
    tail = work**crews / factorial(crews) / (1 - load)
    waits = tail / (sum(work**k / factorial(k) for k in range(crews)) + tail)
    case = Small(np.array([work / 30]), np.ones((1, 1)), np.zeros(crews, np.int64), 30.0).run(crews)
    later, error = case.mean(case.out["wait"] > 0, case.out["place"] >= 0)
    assert abs(later - waits) <= 4 * error, f"{later} ±{error}, Erlang {waits}"
    by_day = case.out["wait"][:, WARM:].mean(axis=1) / 60_000
    error = float(np.std(by_day, ddof=1) / np.sqrt(case.days))
    assert abs(by_day.mean() - waits * 30 / (crews - work)) <= 4 * error


@pytest.mark.parametrize("seed", range(4))
def test_looking_near_first_changes_nothing(seed: int):
    """Lists of the nearest locations, however short, find the same crews as looking at everybody."""
    rng = np.random.default_rng(seed)
    places, crews = 12, 15
    per_minute, travel = rng.uniform(0.2, 1.0, places), distances(rng, places, places)
    travel[rng.random(travel.shape) < 0.1] = INF
    per_minute *= 0.6 * crews / 30 / per_minute.sum()
    base, owner = rng.integers(0, places, crews), rng.integers(0, 4, crews)
    cases = [
        Small(per_minute, travel, base, 30.0, days=2, calls=400, near=near, owner=owner).run(seed) for near in (0, 2, 7)
    ]
    for other in cases[1:]:
        for name, values in cases[0].out.items():
            assert np.array_equal(values, other.out[name]), f"seed {seed}, {name}"
    first = cases[0].out
    assert (first["spare"] <= first["chance"] + 1e-12)[first["wait"] == 0].all()
    assert ((first["spare"] > 0) & (first["spare"] < first["chance"])).any()
    gone, at = set(), base.copy()  # who has served already; of the others the nearest goes, if it is one of them
    for place, crew in zip(first["place"][0].tolist(), first["crew"][0].tolist(), strict=True):
        if crew not in gone:
            idle = [(travel[place, at[u]], u) for u in range(crews) if u not in gone and travel[place, at[u]] < INF]
            assert min(idle, default=(0, -1))[1] == crew, f"seed {seed}"
        gone.add(crew)
    assert gone >= set(range(crews))


def test_nobody_joins_a_queue_without_end():
    """Far too many calls: beyond a length that takes hours nobody waits, and all are late."""
    case = Small(np.array([10.0]), np.ones((1, 1)), np.zeros(2, np.int64), 30.0, days=1, calls=3000).run(1)
    served = (case.out["crew"] >= 0).sum()
    assert LONGEST_MORE + 2 * LONGEST_TURNS < served < 400
    assert case.out["chance"][0, WARM:].max() == 0.0


def test_who_cannot_serve_is_passed_over():
    """A crew that does not serve the stream never goes; without any nobody ever comes."""
    case = Small(np.array([0.05]), np.ones((1, 1)), np.zeros(3, np.int64), 30.0, days=1, calls=500)
    case.able = np.array([[True], [False], [True]])
    assert set(np.unique(case.run(1).out["crew"])) == {0, 2}
    case.able = np.zeros((3, 1), np.bool_)
    assert set(np.unique(case.run(1).out["crew"])) == {-1}
