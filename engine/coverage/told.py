"""Results as they are told: numbers and names alone, without the arrays behind them, wherever those are."""

from __future__ import annotations

from dataclasses import dataclass

from engine.coverage.coverage import CoverageFigures
from engine.coverage.evaluation import Evaluation, Result, Versions
from engine.coverage.gaps import Gap, gaps
from engine.coverage.worth import provider_worth
from engine.model import Service


@dataclass(frozen=True, slots=True)
class ToldWorth:
    """What is lost when a provider, and it alone, leaves."""

    provider: str
    crews: int  # that serve
    first: float  # demand at which one of its crews is first
    lost: float  # demand that is within promise, and without the provider is not
    slower_minutes: float  # later arrival, mean over the demand at which it is first and then another is


@dataclass(frozen=True, slots=True)
class ToldEvaluation:
    """One service at one moment."""

    moment: str
    service: Service
    units: int  # that serve
    fleet_units: int  # whatever they serve
    fleet_providers: int
    demand_name: str
    demand_unit: str
    figures: CoverageFigures
    versions: Versions
    gaps: tuple[Gap, ...] = ()  # the largest first
    worth: tuple[ToldWorth, ...] = ()  # whose leaving costs most first

    @staticmethod
    def of(evaluation: Evaluation, gaps_shown: int = 0, providers_shown: int = 0) -> ToldEvaluation:
        """With so many gaps and providers at most."""
        coverage, stands = evaluation.coverage, evaluation.stands
        worth: tuple[ToldWorth, ...] = ()
        if providers_shown:
            found = provider_worth(coverage)
            worth = tuple(
                ToldWorth(
                    found.ids[row],
                    int(found.crews[row]),
                    float(found.first[row]),
                    float(found.lost[row]),
                    float(found.slower_minutes[row]),
                )
                for row in found.ranked()[:providers_shown].tolist()
            )
        return ToldEvaluation(
            moment=str(evaluation.moment),
            service=evaluation.service,
            units=int(coverage.stands.crews.sum()),
            fleet_units=int(stands.crews.sum()),
            fleet_providers=len(set(stands.provider.tolist())),
            demand_name=coverage.demand.layer.name,
            demand_unit=coverage.demand.layer.unit,
            figures=coverage.figures,
            versions=evaluation.versions,
            gaps=tuple(gaps(coverage, gaps_shown)) if gaps_shown else (),
            worth=worth,
        )


@dataclass(frozen=True, slots=True)
class ToldResult:
    """All that one scenario asks for, moments first."""

    title: str
    evaluations: tuple[ToldEvaluation, ...]

    @staticmethod
    def of(result: Result, gaps_shown: int = 0, providers_shown: int = 0) -> ToldResult:
        """With so many gaps and providers of each evaluation at most."""
        found = tuple(ToldEvaluation.of(each, gaps_shown, providers_shown) for each in result.evaluations)
        return ToldResult(result.title, found)
