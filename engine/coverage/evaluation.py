"""A scenario's answer: for every moment and service the coverage, and what it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.coverage.coverage import Coverage
from engine.coverage.digest import digest_of
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
        return digest_of(*(getattr(self, name) for name in self.__slots__))


def result_digest(
    evaluations: Iterable[tuple[str, Service, Versions]], calls: Mapping[Service, float] | None = None
) -> str:
    """Sixteen hex digits of every (moment, service, versions) of a result, in their order: equal for equal figures.

    ``calls``: a day, of each service, where crews are reckoned to be busy with them: they decide the expected figures.
    """
    parts = [part for moment, service, made in evaluations for part in (moment, service.value, made.digest)]
    if calls is not None:
        parts += ["busy with", *(f"{service.value} {count!r}" for service, count in sorted(calls.items()))]
    return digest_of(*parts)


def origin_of(versions: Versions, traffic: str, result: str) -> dict[str, str]:
    """What an answer was made from, for whatever outlives it, such as a page; ``result`` is its digest."""
    return {
        **{name: getattr(versions, name) for name in ("scenario", "region", "policy", "fleet", "demand")},
        "traffic": traffic,
        "result": result,
    }


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One service at one moment under one scenario."""

    moment: Moment
    service: Service
    coverage: Coverage
    stands: Stands  # all of the fleet at that moment, whatever they serve
    versions: Versions
    traffic: str  # as `Planner.traffic`


@dataclass(frozen=True, eq=False)
class Result:
    """All that one scenario asks for, moments first."""

    title: str
    evaluations: tuple[Evaluation, ...]
    calls: Mapping[Service, float] | None = None  # a day, that crews are busy with; None: nobody asked

    @property
    def digest(self) -> str:
        """Of all evaluations; see `result_digest`."""
        return result_digest(((str(each.moment), each.service, each.versions) for each in self.evaluations), self.calls)

    def origin(self) -> dict[str, str]:
        """What it was made from, and its digest: for whatever outlives it, such as a file."""
        first = self.evaluations[0]
        return origin_of(first.versions, first.traffic, self.digest)

    def of(self, moment: Moment, service: Service) -> Evaluation:
        """One of them."""
        return next(each for each in self.evaluations if (each.moment, each.service) == (moment, service))
