"""A scenario's answer: for every moment and service the coverage, and what it was made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from engine.coverage.coverage import Coverage
from engine.coverage.stands import Stands
from engine.model import Service
from engine.scenario.moments import Moment


@dataclass(frozen=True, slots=True)
class Versions:
    """What a result is made from: the same versions give the same figures."""

    scenario: str
    region: str
    policy: str
    metric: str
    fleet: str
    demand: str

    @property
    def digest(self) -> str:
        """Sixteen hex digits of all of them."""
        known = hashlib.blake2b(digest_size=8)
        for name in self.__slots__:
            known.update(getattr(self, name).encode() + b"\0")
        return known.hexdigest()


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One service at one moment under one scenario."""

    moment: Moment
    service: Service
    coverage: Coverage
    stands: Stands  # all of the fleet at that moment, whatever they serve
    versions: Versions


@dataclass(frozen=True, eq=False)
class Result:
    """All that one scenario asks for, moments first."""

    title: str
    evaluations: tuple[Evaluation, ...]

    def of(self, moment: Moment, service: Service) -> Evaluation:
        """One of them."""
        return next(each for each in self.evaluations if (each.moment, each.service) == (moment, service))
