"""The cost against an independent oracle written from docs/cost.md."""

from __future__ import annotations

import random
from dataclasses import asdict, fields, replace

import pytest

from engine.cost import check_range, serve_cost, serve_parts, unserved_cost, unserved_parts, weight_vector
from engine.decision import CostParts
from engine.errors import CostOverflowError
from engine.policy import CostWeights, Policy
from tests.engine.cost_oracle import Weights, left, served


def _random_policy(rng: random.Random) -> Policy:
    weights = CostWeights(**{item.name: rng.choice([0.0, 1.0, rng.uniform(0, 100)]) for item in fields(CostWeights)})
    return replace(Policy.default(), cost=replace(weights, unserved=1_000_000.0))


def _nonzero(parts: CostParts) -> dict[str, int]:
    return {name: value for name, value in asdict(parts).items() if value}


def test_parts_and_total_agree_with_the_oracle() -> None:
    """Each part, and the kernel's total, equal the slow oracle's to the last milli-minute."""
    seed = 20_250_301
    rng = random.Random(seed)
    for case in range(3000):
        policy = _random_policy(rng)
        oracle = Weights(**asdict(policy.cost))
        priority, price = rng.choice([0.5, 1.0, 2.0, rng.uniform(0.01, 10)]), rng.choice([0.0, rng.uniform(0, 2000)])
        due = rng.randint(-10_000_000, 10_000_000)
        ready, travel = rng.randint(0, 5_000_000), rng.randint(0, 20_000_000)
        if case % 5 == 0:
            due = ready + travel + rng.randint(-1, 1)
        changed = rng.random() < 0.5
        expected = {k: v for k, v in served(oracle, priority, due, ready, travel, price, changed).items() if v}
        parts = serve_parts(policy, priority, due, ready, travel, price, changed)
        where = f"seed {seed}, case {case}"
        assert _nonzero(parts) == expected, where
        total = serve_cost(weight_vector(policy), priority, due, ready, travel, price, changed)
        assert total == sum(expected.values()) == parts.total, where
        latest = rng.randint(0, 90_000_000)
        expected = {k: v for k, v in left(oracle, priority, due, latest).items() if v}
        parts = unserved_parts(policy, priority, due, latest)
        assert _nonzero(parts) == expected, where
        assert unserved_cost(weight_vector(policy), priority, due, latest) == sum(expected.values()), where


def test_cost_grows_with_travel_and_readiness() -> None:
    """A later or longer drive never costs less: what the index's bound rests on."""
    seed = 7
    rng = random.Random(seed)
    for case in range(2000):
        weights = weight_vector(_random_policy(rng))
        due, ready, travel = rng.randint(-(10**6), 10**7), rng.randint(0, 10**6), rng.randint(0, 10**7)
        more = rng.choice([1, 59_999, rng.randint(0, 10**6)])
        base = serve_cost(weights, 1.0, due, ready, travel, 0.0, False)
        assert base <= serve_cost(weights, 1.0, due, ready, travel + more, 0.0, False), (seed, case)
        assert base <= serve_cost(weights, 1.0, due, ready + more, travel, 0.0, False), (seed, case)
        assert base <= serve_cost(weights, 1.0, due, ready, travel, 5.0, True), (seed, case)


def test_overflow_is_refused() -> None:
    """A due time absurdly long ago is refused with its own error instead of wrapping around."""
    policy = Policy.default()
    check_range(policy, 4.0, -(30 * 86_400_000), 86_400_000)
    with pytest.raises(CostOverflowError, match="check its due time"):
        check_range(policy, 4.0, -(10**13), 86_400_000)
