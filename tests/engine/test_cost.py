"""The cost against an independent oracle written from docs/cost.md."""

from __future__ import annotations

import random
from dataclasses import asdict, fields, replace
from typing import Any, Literal

import pytest

from engine.cost import (
    NO_SHIFT_END,
    check_range,
    doing_parts,
    least_cost,
    left_cost,
    pair_cost,
    serve_parts,
    standing_parts,
    unserved_cost,
    unserved_parts,
    weight_vector,
)
from engine.decision import CostParts
from engine.errors import CostOverflowError
from engine.policy import CostWeights, Policy
from tests.engine.cost_oracle import Weights, Work, left, served


def _random_policy(rng: random.Random, lateness_of: Literal["point", "expected"] = "point") -> Policy:
    numbers = [item.name for item in fields(CostWeights) if item.name != "lateness_of"]
    drawn: dict[str, Any] = {name: rng.choice([0.0, 1.0, rng.uniform(0, 100)]) for name in numbers}
    weights = CostWeights(**drawn)
    return replace(Policy.default(), cost=replace(weights, unserved=1_000_000.0, lateness_of=lateness_of))


def _nonzero(parts: CostParts) -> dict[str, int]:
    return {name: value for name, value in asdict(parts).items() if value}


def test_parts_and_total_agree_with_the_oracle() -> None:
    """Each part, and the kernel's total, equal the slow oracle's to the last milli-minute."""
    seed = 20_250_301
    rng = random.Random(seed)
    for case in range(3000):
        policy = _random_policy(rng)
        oracle = Weights(**asdict(policy.cost))
        priority, price = rng.choice([0.5, 1.0, 2.0, rng.uniform(0.01, 10)]), rng.choice([0.0, rng.uniform(0, 3000)])
        due = rng.randint(-10_000_000, 10_000_000)
        ready, travel = rng.randint(0, 5_000_000), rng.randint(0, 20_000_000)
        if case % 5 == 0:
            due = ready + travel + rng.randint(-1, 1)
        changed = rng.random() < 0.5
        where = f"seed {seed}, case {case}"
        plain = {k: v for k, v in served(oracle, priority, due, ready, travel, price, changed).items() if v}
        assert _nonzero(serve_parts(policy, priority, due, ready, travel, price, changed)) == plain, where
        work = Work(
            earliest=rng.choice([0, rng.randint(0, 20_000_000)]),
            carry=rng.choice([0, rng.randint(0, 5_000_000)]),
            busy=rng.randint(0, 9_000_000),
            shift_end=rng.choice([None, rng.randint(0, 30_000_000)]),
            overtime_price=rng.uniform(0, 300),
            acceptance=rng.choice([1.0, rng.uniform(0.01, 1)]),
            quality=rng.choice([1.0, rng.random()]),
            recent_share=rng.choice([0.0, rng.random()]),
            revenue=rng.choice([0.0, rng.uniform(0, 1e4)]),
        )
        expected = {k: v for k, v in served(oracle, priority, due, ready, travel, price, changed, work).items() if v}
        job = (priority, due, work.earliest, work.carry, work.busy)
        shift_end = NO_SHIFT_END if work.shift_end is None else work.shift_end
        terms = (price, work.overtime_price, shift_end, 1 - work.acceptance)
        standing = standing_parts(policy, work.quality, work.recent_share)
        parts = doing_parts(policy, job, (ready, ready, 0.0), terms, standing, travel, changed)
        assert _nonzero(parts) == expected, where
        total = pair_cost(weight_vector(policy), job, (ready, ready, 0.0), terms, sum(standing), travel, changed)
        assert total == sum(expected.values()) == parts.total, where
        latest = rng.randint(0, 90_000_000)
        expected = {k: v for k, v in left(oracle, priority, due, latest, work.earliest, work.revenue).items() if v}
        parts = unserved_parts(policy, priority, due, latest, work.earliest, work.revenue)
        assert _nonzero(parts) == expected, where
        total = left_cost(weight_vector(policy), priority, due, latest, work.earliest, work.revenue)
        assert total == sum(expected.values()), where
        plain = left(oracle, priority, due, latest)
        assert unserved_cost(weight_vector(policy), priority, due, latest) == sum(plain.values()), where


@pytest.mark.parametrize("lateness_of", ["point", "expected"])
def test_no_unit_costs_less_than_the_bound(lateness_of: Literal["point", "expected"]) -> None:
    """A unit that is ready later, drives longer, asks more or has faults never costs less than the bound."""
    seed = 7
    rng = random.Random(seed)
    for case in range(3000):
        policy = _random_policy(rng, lateness_of)
        weights = weight_vector(policy)
        due, ready, travel = rng.randint(-(10**6), 10**7), rng.randint(0, 10**6), rng.randint(0, 10**7)
        earliest = rng.choice([0, rng.randint(0, 10**7)])
        job = (1.0, due, earliest, rng.choice([0, 10**6]), rng.randint(0, 10**7))
        more = rng.choice([0, 1, 59_999, rng.randint(0, 10**6)])
        later = rng.choice([0, 1, 59_999, rng.randint(0, 10**6)])
        price = rng.choice([0.0, 50.0])
        bound = least_cost(weights, job, ready, price, travel)
        readiness = (ready + later, ready, rng.choice([0.0, rng.uniform(0, 1e6)]))
        terms = (price + rng.choice([0.0, 5.0]), 20.0, rng.choice([NO_SHIFT_END, 10**6]), rng.random())
        cost = pair_cost(weights, job, readiness, terms, rng.choice([0, 400]), travel + more, rng.random() < 0.5)
        assert bound <= cost, (seed, case, lateness_of)
        own = pair_cost(weights, job, readiness, terms, 0, travel, False)
        assert own - 4 <= pair_cost(weights, job, readiness, terms, 0, travel + more, False), (seed, case)


def test_overflow_is_refused() -> None:
    """A due time absurdly long ago is refused with its own error instead of wrapping around."""
    policy = Policy.default()
    check_range(policy, 4.0, -(30 * 86_400_000), 86_400_000)
    with pytest.raises(CostOverflowError, match="check its due time"):
        check_range(policy, 4.0, -(10**13), 86_400_000)
