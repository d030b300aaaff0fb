"""Units kept free for those who will call: how many calls will be under way at once, at a given confidence."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.policy_rules import BookingRules


def under_way(mean: float, cover: float) -> int:
    """The least k with P(N <= k) >= cover for N Poisson with this mean; 0 without calls. O(k).

    Calls come independently of each other and each holds a unit for some time: the number under way is Poisson with
    mean (calls an hour) x (hours a call), whatever the distribution of that time (M/G/infinity; Mirasol 1963).
    """
    if mean <= 0.0:
        return 0
    if mean > 500.0:  # the sum would run out of digits: a normal with the same mean and variance
        return math.ceil(mean + _normal_quantile(cover) * math.sqrt(mean))
    k, term = 0, math.exp(-mean)
    total = term
    while total < cover:
        k += 1
        term *= mean / k
        if term == 0.0:
            break
        total += term
    return k


def _normal_quantile(share: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(share)


def held_back(rules: BookingRules, moment: datetime, zone: ZoneInfo) -> int:
    """Units to keep free for calls under way at a moment."""
    if not rules.calls_per_hour:
        return 0
    local = moment.astimezone(zone)
    return under_way(rules.calls_per_hour[local.hour] * rules.call_minutes / 60.0, rules.cover)
