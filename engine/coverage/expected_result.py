"""Expected coverage of a scenario's moments: all services together, as their calls share the crews."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.coverage.evaluation import Evaluation, Result
from engine.coverage.expected import ExpectedCoverage, ExpectedFigures
from engine.coverage.expected_hours import expected_hour
from engine.coverage.expected_streams import CallStream
from engine.coverage.planner import Planner, offered
from engine.coverage.stands import Stands
from engine.errors import OptionError
from engine.generate.curves import DAY_SHARE
from engine.model import Service
from engine.scenario.check import CheckedScenario
from engine.scenario.moments import Moment
from engine.scenario.scenario import Scenario
from graphs.position import Positions

MOST_CALLS = 1_000_000


@dataclass(frozen=True, eq=False)
class ExpectedMoment:
    """One moment with all services that are called for."""

    moment: Moment
    services: tuple[Service, ...]
    found: ExpectedCoverage

    def figures(self, service: Service) -> ExpectedFigures:
        """Of one service."""
        return self.found.of_stream(self.services.index(service))


def expected_moments(
    planner: Planner, stands: Stands, scenario: Scenario | CheckedScenario | None, calls_per_day: float
) -> tuple[ExpectedMoment, ...]:
    """As many calls a day, shared among the services that are offered and the hours by the generator's curves.

    A scenario that multiplies demand multiplies calls. OptionError for calls that are negative or absurd.
    """
    if not 0 <= calls_per_day <= MOST_CALLS:
        raise OptionError(
            f"calls a day must be 0 to {MOST_CALLS:,}, not {calls_per_day}", option="calls_per_day", value=calls_per_day
        )
    known = scenario if isinstance(scenario, CheckedScenario) else planner.checked(scenario or Scenario(), stands)
    services = offered(stands)
    every = known.scenario.changed(when=replace(known.scenario.when, services=services))
    result = planner.evaluate(stands, replace(known, scenario=every), services)
    usual = planner.demand.total if known.layer is None else known.layer.total
    ends = garages_of(stands)
    return tuple(
        _moment(
            planner, moment, [each for each in result.evaluations if each.moment == moment], calls_per_day, usual, ends
        )
        for moment in dict.fromkeys(each.moment for each in result.evaluations)
    )


def garages_of(stands: Stands) -> Positions | None:
    """Where tows are taken to end, nobody having said it: where those who tow stand. None where nobody does."""
    rows = stands.serving(Service.TOWING)
    if not rows.size:
        return None
    at = stands.positions.take(rows)
    return at.take(np.unique(np.column_stack([at.arc, at.fraction]), axis=0, return_index=True)[1])


def _moment(
    planner: Planner,
    moment: Moment,
    each: list[Evaluation],
    calls_per_day: float,
    usual_demand: float,
    garages: Positions | None,
) -> ExpectedMoment:
    whole = sum(DAY_SHARE[evaluation.service] for evaluation in each)
    streams = []
    for evaluation in each:
        share = DAY_SHARE[evaluation.service] / whole * (evaluation.coverage.demand.total / usual_demand)
        ends = garages if evaluation.service is Service.TOWING else None
        streams.append(CallStream(evaluation.coverage, calls_per_day / 24 * share, ends=ends))
    found = expected_hour(streams, moment.slot % 24, policy=planner.policy)
    return ExpectedMoment(moment, tuple(evaluation.service for evaluation in each), found)


def expected_json(moments: tuple[ExpectedMoment, ...], result: Result) -> list[dict[str, Any]]:
    """Figures of the moments and services of a result."""
    rows = []
    for evaluation in result.evaluations:
        moment = next(each for each in moments if each.moment == evaluation.moment)
        figures = moment.figures(evaluation.service)
        rows.append(
            {
                "moment": str(evaluation.moment),
                "service": evaluation.service.value,
                "calls_per_hour": round(figures.calls_per_hour, 3),
                "share": round(figures.share, 6),
                "plus_minus": round(figures.plus_minus, 6),
                "mean_busy": round(moment.found.mean_busy, 6),
                "nobody_free": round(figures.nobody_free, 6),
                "days": moment.found.days,
                "overloaded": moment.found.overloaded[moment.services.index(evaluation.service)],
            }
        )
    return rows
