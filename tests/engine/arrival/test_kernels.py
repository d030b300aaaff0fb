"""The closed forms against numerical integration, and what must hold of any distribution of arrivals."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from scipy import integrate, stats

from engine.arrival.kernels import (
    FINE_NODES,
    FINE_WEIGHTS,
    NARROW_MS,
    NODE_WEIGHTS,
    NODES,
    arrival_quantile,
    expected_lateness,
    kept_probability,
)

MINUTE = 60_000.0


def _case(rng: Random) -> tuple[tuple[float, float, float, float], float, float, float, float]:
    prior = (rng.uniform(0.7, 1.5), rng.uniform(0.05, 0.8), rng.choice([0.0, 2 * MINUTE]), rng.choice([0.0, MINUTE]))
    floor = rng.choice([0.0, 3 * MINUTE])
    ready = floor + rng.choice([0.0, rng.uniform(0, 60) * MINUTE])
    return prior, floor, ready, rng.choice([0.0, rng.uniform(0, 20) * MINUTE]), rng.uniform(0.1, 120) * MINUTE


def _points(deviation: float) -> list[tuple[float, float]]:
    fine = deviation > NARROW_MS
    return list(zip(FINE_NODES if fine else NODES, FINE_WEIGHTS if fine else NODE_WEIGHTS, strict=True))


def _moment(median: float, sigma: float, left: float, power: int) -> float:
    """Of lateness in minutes, by adaptive integration over the drive's normal."""
    at = math.log(left / median) / sigma if left > 0 else -12.0

    def late(z: float) -> float:
        return max(0.0, median * math.exp(sigma * z) - left) ** power * stats.norm.pdf(z)

    return integrate.quad(late, max(-12.0, min(at, 12.0)), 14.0, epsabs=1e-10, limit=200)[0]


def test_probability_and_moments_are_those_of_the_integral() -> None:
    """Given the quadrature's points, chance and both moments of lateness equal adaptive integration."""
    seed = 3
    rng = Random(seed)
    for case in range(25):
        prior, floor, ready, spread, travel = _case(rng)
        factor, sigma, delay, delay_spread = prior
        due = ready + travel * rng.uniform(-0.2, 3)
        median, deviation = factor * travel / MINUTE, math.hypot(spread, delay_spread)
        chance, first, second = 0.0, 0.0, 0.0
        for node, weight in _points(deviation):
            left = (due - max(floor, ready + delay + node * deviation)) / MINUTE
            chance += weight * stats.lognorm(sigma, scale=median).sf(left)
            first += weight * _moment(median, sigma, left, 1)
            second += weight * _moment(median, sigma, left, 2)
        found = expected_lateness(prior, floor, ready, spread, travel, due)
        assert found == pytest.approx((chance, first, second), rel=1e-6, abs=1e-6), (seed, case)
        assert kept_probability(prior, floor, ready, spread, travel, due) == pytest.approx(1 - chance, abs=1e-9)


def test_the_points_are_gauss_for_half_a_normal() -> None:
    """Powers up to the seventh over the right half: 2^(k/2) Γ((k+1)/2) / (2 sqrt(π)); the left half mirrors it."""
    right = NODES > 0
    assert NODES[~right][::-1] == pytest.approx(-NODES[right], abs=0)
    for power in range(8):
        exact = 2 ** (power / 2) * math.gamma((power + 1) / 2) / (2 * math.sqrt(math.pi))
        assert (NODE_WEIGHTS[right] * NODES[right] ** power).sum() == pytest.approx(exact, rel=1e-13), power


def _true(prior: tuple[float, ...], ready: float, spread: float, travel: float, due: float) -> float:
    """The probability over thousands of ready times."""
    many = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    begin = np.maximum(0.0, ready + many * math.hypot(spread, prior[3]))
    return float(stats.lognorm(prior[1], scale=travel).cdf(np.maximum(due - begin, 0)).mean())


def test_the_points_stand_for_the_normal() -> None:
    """Against thousands of ready times: drives of 10 min up within half a hundredth, busy units' within one."""
    seed = 5
    rng = Random(seed)
    prior = (1.0, 0.25, 0.0, 2 * MINUTE)
    for case in range(120):
        ready = rng.choice([0.0, 0.0, rng.uniform(0, 90) * MINUTE])
        spread, travel = 0.3 * ready, rng.uniform(10, 60) * MINUTE
        due = ready + travel * rng.uniform(0.3, 2)
        found = kept_probability(prior, 0.0, ready, spread, travel, due)
        true = _true(prior, ready, spread, travel, due)
        assert found == pytest.approx(true, abs=0.01 if ready else 0.005), (seed, case)


def test_short_promises_are_not_hopeful() -> None:
    """An idle unit and 12 minutes: a rule over the whole normal is two hundredths too hopeful, as its points do not
    see that nobody sets off before now."""
    prior = (1.0, 0.25, 0.0, 2 * MINUTE)
    for share in (0.4, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1):
        travel, due = 12 * share * MINUTE, 12 * MINUTE
        found = kept_probability(prior, 0.0, 0.0, 0.0, travel, due)
        assert found == pytest.approx(_true(prior, 0.0, 0.0, travel, due), abs=0.004), share


def test_later_is_never_likelier_nor_cheaper() -> None:
    """More travel or a later start: never likelier kept, never less late; a later promise is never less likely."""
    seed = 11
    rng = Random(seed)
    for case in range(1000):
        prior, floor, ready, spread, travel = _case(rng)
        due = ready + travel * rng.uniform(-0.5, 3)
        more = rng.choice([1.0, 1000.0, rng.uniform(0, 30) * MINUTE])
        now = (kept_probability(prior, floor, ready, spread, travel, due),)
        now += tuple(-x for x in expected_lateness(prior, floor, ready, spread, travel, due)[1:])
        for other in ((floor, ready, spread, travel + more), (floor, ready + more, spread, travel)):
            then = (kept_probability(prior, *other, due),)
            then += tuple(-x for x in expected_lateness(prior, *other, due)[1:])
            assert all(b <= a + 1e-9 * (1 + abs(a)) for a, b in zip(now, then, strict=True)), (seed, case)
        assert kept_probability(prior, floor, ready, spread, travel, due + more) >= now[0] - 1e-12, (seed, case)


def test_quantiles_invert_the_probability() -> None:
    """At the quantile the promise has the confidence, a millisecond sooner it has not."""
    seed = 13
    rng = Random(seed)
    for case in range(200):
        prior, floor, ready, spread, travel = _case(rng)
        confidence = rng.choice([0.5, 0.8, 0.9, 0.99, rng.uniform(0.01, 0.999)])
        at = arrival_quantile(prior, floor, ready, spread, travel, confidence)
        assert kept_probability(prior, floor, ready, spread, travel, float(at)) >= confidence - 1e-9, (seed, case)
        assert kept_probability(prior, floor, ready, spread, travel, float(at - 2)) < confidence, (seed, case)


def test_certain_arrivals_are_certain() -> None:
    """By hand: no delay, no spread, a drive of no length; and the median of a drive is the computed time."""
    prior = (1.0, 0.25, 0.0, 0.0)
    assert kept_probability(prior, 0.0, 5.0, 0.0, 0.0, 5.0) == pytest.approx(1.0)
    assert kept_probability(prior, 0.0, 5.0, 0.0, 0.0, 4.0) == 0.0
    assert expected_lateness(prior, 0.0, 2 * MINUTE, 0.0, 0.0, MINUTE) == pytest.approx((1.0, 1.0, 1.0))
    assert kept_probability(prior, 0.0, 0.0, 0.0, 10 * MINUTE, 10 * MINUTE) == pytest.approx(0.5)
    # 0.25 of a logarithm above the median is one standard deviation: 84.13 %
    assert kept_probability(prior, 0.0, 0.0, 0.0, 10 * MINUTE, 10 * MINUTE * math.exp(0.25)) == pytest.approx(0.841345)
