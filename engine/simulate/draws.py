"""Common random numbers: every draw hangs on whose it is, never on when it is made.

Two strategies on one day thus meet the same service times, the same patience and, for the same unit and incident, the
same traffic and the same answer, whatever else they do differently.
"""

from __future__ import annotations

from hashlib import blake2b
from math import exp, log
from statistics import NormalDist

import numpy as np

_NORMAL = NormalDist()
_STEPS = 1 << 53


class Draws:
    """Random numbers of one seed, by identity: any texts and whole numbers that name what is drawn."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def uniform(self, *identity: str | int) -> float:
        """Between 0 and 1, both excluded."""
        return ((self._bits(identity) >> 11) + 0.5) / _STEPS

    def chance(self, probability: float, *identity: str | int) -> bool:
        """Whether something of that probability happens; 0 never, 1 always."""
        return self.uniform(*identity) < probability

    def normal(self, *identity: str | int) -> float:
        """Mean 0, variance 1."""
        return _NORMAL.inv_cdf(self.uniform(*identity))

    def lognormal(self, median: float, spread: float, *identity: str | int) -> float:
        """With the given median; ``spread`` is the standard deviation of its logarithm."""
        return exp(log(median) + spread * self.normal(*identity))

    def generator(self, *identity: str | int) -> np.random.Generator:
        """A generator of its own, for whole arrays."""
        return np.random.default_rng(self._bits(identity))

    def _bits(self, identity: tuple[str | int, ...]) -> int:
        key = "\x1f".join(map(str, (self.seed, *identity))).encode()
        return int.from_bytes(blake2b(key, digest_size=8).digest(), "little")
