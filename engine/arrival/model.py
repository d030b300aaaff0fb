"""The distribution of arrivals that decisions use: a prior from the policy, until observed arrivals say better."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from engine.arrival.kernels import arrival_quantile, kept_probability
from engine.policy import Policy

#: When a unit is ready: (expected, the soonest it can be, standard deviation of the end of its present job), in ms.
Ready = tuple[int, int, float]


@dataclass(frozen=True, slots=True)
class ArrivalModel:
    """Four numbers that say how an arrival spreads; `engine.arrival.kernels` has the formula.

    Calibration on observed arrivals makes one such model for each stratum (road class, hour, distance, provider) from
    the ratios observed / computed; whoever asks for a model then names the stratum. Until then all share the policy's.
    """

    factor: float  # median of true / computed travel time
    sigma: float  # standard deviation of its logarithm
    delay_ms: float
    delay_spread_ms: float

    @staticmethod
    @lru_cache(maxsize=64)
    def of(policy: Policy) -> ArrivalModel:
        """The policy's prior."""
        rules = policy.arrival
        return ArrivalModel(
            rules.travel_factor, rules.travel_spread, 60_000 * rules.delay_minutes, 60_000 * rules.delay_spread_minutes
        )

    @property
    def prior(self) -> tuple[float, float, float, float]:
        """As the kernels take it."""
        return self.factor, self.sigma, self.delay_ms, self.delay_spread_ms

    def kept(self, ready: Ready, travel_ms: int, due_ms: int) -> float:
        """P(arrival <= due), all times in ms relative to now."""
        expected, soonest, spread = ready
        return float(
            kept_probability(self.prior, float(soonest), float(expected), spread, float(travel_ms), float(due_ms))
        )

    def quantile(self, ready: Ready, travel_ms: int, confidence: float) -> int:
        """The least time in ms by which the unit is there with that confidence, above 0 and below 1."""
        expected, soonest, spread = ready
        return int(arrival_quantile(self.prior, float(soonest), float(expected), spread, float(travel_ms), confidence))
