"""Units kept free: quantiles of Poisson distributions, by the hour of the region's clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy.stats import poisson

from engine.bookings.held_back import held_back, under_way
from engine.errors import PolicyError
from engine.policy import Policy
from engine.policy_rules import BookingRules


@pytest.mark.parametrize("seed", range(3))
def test_quantiles_are_scipys(seed: int) -> None:
    """The number under way is the Poisson quantile; for great means a normal's, within a few units."""
    rng = np.random.default_rng(seed)
    for mean, cover in zip(rng.uniform(0.01, 400, 60), rng.uniform(0.05, 0.999, 60), strict=True):
        assert under_way(float(mean), float(cover)) == poisson.ppf(cover, mean), (seed, mean, cover)
    for mean in (501.0, 20_000.0):
        assert abs(under_way(mean, 0.9) - poisson.ppf(0.9, mean)) <= 3
    assert under_way(0.0, 0.99) == 0


def test_the_hour_is_the_regions() -> None:
    """Calls at 8 o'clock in China hold units back at midnight UTC."""
    calls = tuple(30.0 if hour == 8 else 0.0 for hour in range(24))
    rules = BookingRules(calls_per_hour=calls, call_minutes=60.0, cover=0.9)
    zone = ZoneInfo("Asia/Shanghai")
    assert held_back(rules, datetime(2026, 3, 3, 0, 30, tzinfo=UTC), zone) == poisson.ppf(0.9, 30.0)
    assert held_back(rules, datetime(2026, 3, 3, 1, 0, tzinfo=UTC), zone) == 0
    assert held_back(replace(rules, calls_per_hour=()), datetime(2026, 3, 3, 0, 30, tzinfo=UTC), zone) == 0


def test_a_day_has_24_hours() -> None:
    """Fewer numbers, words and negative ones are refused by key and line."""
    for text in ("[1, 2]", '["a"]', f"[{', '.join(['-1'] * 24)}]", "5"):
        with pytest.raises(PolicyError, match=r"bookings\.calls_per_hour") as caught:
            Policy.parse(f"[bookings]\ncalls_per_hour = {text}\n")
        assert caught.value.metadata["line"] == "2"
    assert Policy.parse("[bookings]\ncalls_per_hour = []\n").bookings.calls_per_hour == ()
