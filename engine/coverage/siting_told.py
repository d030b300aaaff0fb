"""A siting answer as it is told: numbers and names alone, without the arrays behind them, wherever those are."""

from __future__ import annotations

from dataclasses import dataclass

from engine.coverage.siting import ChosenSite, SiteAnswer
from engine.coverage.siting_steps import Figures, Goal
from engine.coverage.told import ToldResult
from engine.model import Service


@dataclass(frozen=True, slots=True)
class ToldSites:
    """The plan: what it does exactly, and how much better any could be."""

    goal: Goal
    service: Service
    busy: float | None
    candidates: str  # what they are called
    candidate_count: int
    offering: int  # that do the service
    priced: bool  # whether it is known what they cost
    objective: float  # a share, minutes; for all: sites or their cost
    bound: float
    gap: float
    proven: bool
    cost: float
    places: int
    places_looked_at: int
    beyond: float
    chosen: tuple[ChosenSite, ...]
    figures_before: Figures
    figures_after: Figures
    before: ToldResult
    after: ToldResult
    scenario: str  # the text of its file

    @property
    def unit(self) -> str:
        """What objective and bound count."""
        match self.goal:
            case Goal.MEAN | Goal.LONGEST:
                return "minutes"
            case Goal.COVER | Goal.EXPECTED:
                return "share"
            case Goal.ALL:
                return "cost" if self.priced else "sites"

    @staticmethod
    def of(answer: SiteAnswer) -> ToldSites:
        """Without gaps and providers."""
        return ToldSites(
            goal=answer.goal,
            service=answer.service,
            busy=answer.busy,
            candidates=answer.candidates.name,
            candidate_count=len(answer.candidates),
            offering=len(answer.candidates.offering(answer.service)),
            priced=answer.candidates.priced,
            objective=float(answer.objective),
            bound=float(answer.bound),
            gap=float(answer.plan.gap),
            proven=answer.plan.proven,
            cost=float(answer.plan.cost),
            places=answer.rows.places,
            places_looked_at=len(answer.rows),
            beyond=answer.beyond,
            chosen=answer.chosen,
            figures_before=answer.figures_before,
            figures_after=answer.figures_after,
            before=ToldResult.of(answer.before),
            after=ToldResult.of(answer.after, before=answer.before),
            scenario=answer.scenario.to_toml(),
        )
