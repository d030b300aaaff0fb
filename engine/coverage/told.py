"""Results as they are told: numbers and names alone, without the arrays behind them, wherever those are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.coverage.compared import compared
from engine.coverage.coverage import Coverage, CoverageFigures
from engine.coverage.evaluation import Evaluation, Result, Versions, result_digest
from engine.coverage.gaps import Gap, gaps
from engine.coverage.never_first import NeverFirst, never_first
from engine.coverage.worth import ProviderWorth, provider_worth
from engine.model import Service


@dataclass(frozen=True, slots=True)
class ToldWorth:
    """What is lost when a provider, and it alone, leaves."""

    provider: str
    crews: int  # that serve
    first: float  # demand at which one of its crews is first
    lost: float  # demand that is within promise, and without the provider is not
    stranded: float  # of the first: demand that nobody else ever reaches
    slower_minutes: float  # later arrival, mean over the rest of it
    never_first: NeverFirst | None = None  # why, where it is first nowhere

    @staticmethod
    def listed(coverage: Coverage, found: ProviderWorth, most: int) -> tuple[ToldWorth, ...]:
        """At most so many of those with crews, whose leaving costs most first."""
        rows = [row for row in found.ranked().tolist() if found.crews[row]][:most]
        why = never_first(coverage, [row for row in rows if not found.first[row]])
        return tuple(
            ToldWorth(
                found.ids[row],
                int(found.crews[row]),
                float(found.first[row]),
                float(found.lost[row]),
                float(found.stranded[row]),
                float(found.slower_minutes[row]),
                why.get(row),
            )
            for row in rows
        )


@dataclass(frozen=True, slots=True)
class ToldEvaluation:
    """One service at one moment."""

    moment: str
    service: Service
    units: int  # that serve
    providers: int  # with any of them
    fleet_units: int  # whatever they serve
    fleet_providers: int
    demand_name: str
    demand_unit: str
    figures: CoverageFigures
    versions: Versions
    traffic: str  # whose speeds by hour; `FREE_FLOW`: hours do not differ
    gaps: tuple[Gap, ...] = ()  # the largest first
    worth: tuple[ToldWorth, ...] = ()  # whose leaving costs most first
    #: Than before, mean over the demand that is reached before and after; None: not compared, or of none.
    later_minutes: float | None = None

    @staticmethod
    def of(
        evaluation: Evaluation, gaps_shown: int = 0, providers_shown: int = 0, before: Evaluation | None = None
    ) -> ToldEvaluation:
        """With so many gaps and providers at most; ``before``: what to compare with."""
        coverage, stands = evaluation.coverage, evaluation.stands
        worth: tuple[ToldWorth, ...] = ()
        if providers_shown:
            worth = ToldWorth.listed(coverage, provider_worth(coverage), providers_shown)
        both = None if before is None else compared(before.coverage, coverage)
        return ToldEvaluation(
            moment=str(evaluation.moment),
            service=evaluation.service,
            units=int(coverage.stands.crews.sum()),
            providers=len(set(coverage.stands.provider.tolist())),
            fleet_units=int(stands.crews.sum()),
            fleet_providers=len(set(stands.provider.tolist())),
            demand_name=coverage.demand.layer.name,
            demand_unit=coverage.demand.layer.unit,
            figures=coverage.figures,
            versions=evaluation.versions,
            traffic=evaluation.traffic,
            gaps=tuple(gaps(coverage, gaps_shown)) if gaps_shown else (),
            worth=worth,
            later_minutes=None if both is None else both.later_minutes,
        )


@dataclass(frozen=True, slots=True)
class ToldResult:
    """All that one scenario asks for, moments first."""

    title: str
    evaluations: tuple[ToldEvaluation, ...]
    calls: Mapping[Service, float] | None = None  # as of `Result`

    @property
    def digest(self) -> str:
        """Of all evaluations, as of the result that is told."""
        return result_digest(((each.moment, each.service, each.versions) for each in self.evaluations), self.calls)

    @staticmethod
    def of(result: Result, gaps_shown: int = 0, providers_shown: int = 0, before: Result | None = None) -> ToldResult:
        """With so many gaps and providers of each evaluation at most; ``before``: the same moments and services."""
        usual = before.evaluations if before else (None,) * len(result.evaluations)
        pairs = zip(result.evaluations, usual, strict=True)
        found = tuple(ToldEvaluation.of(each, gaps_shown, providers_shown, old) for each, old in pairs)
        return ToldResult(result.title, found, result.calls)
