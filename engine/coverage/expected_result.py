"""Expected coverage of a scenario's moments: all services together, as their calls share the crews."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from engine.coverage.evaluation import Evaluation, Result
from engine.coverage.expected import ExpectedCoverage, ExpectedFigures, expected_coverage
from engine.coverage.expected_hours import at_hour
from engine.coverage.expected_streams import CallStream
from engine.coverage.planner import Planner, offered
from engine.coverage.stands import Stands
from engine.errors import OptionError
from engine.generate.curves import DAY_SHARE
from engine.model import Service
from engine.scenario.check import CheckedScenario
from engine.scenario.moments import Moment
from engine.scenario.scenario import Scenario

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
    return tuple(
        _moment(planner, moment, [each for each in result.evaluations if each.moment == moment], calls_per_day, usual)
        for moment in dict.fromkeys(each.moment for each in result.evaluations)
    )


def _moment(
    planner: Planner, moment: Moment, each: list[Evaluation], calls_per_day: float, usual_demand: float
) -> ExpectedMoment:
    whole = sum(DAY_SHARE[evaluation.service] for evaluation in each)
    streams = [
        at_hour(
            CallStream(
                evaluation.coverage,
                calls_per_day / 24 * DAY_SHARE[evaluation.service] / whole
                * (evaluation.coverage.demand.total / usual_demand),
            ),
            moment.slot % 24,
        )
        for evaluation in each
    ]  # fmt: skip
    found = expected_coverage(streams, policy=planner.policy)
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
                "mean_busy": round(moment.found.mean_busy, 6),
                "nobody_free": round(figures.nobody_free, 6),
                "converged": moment.found.converged,
                "overloaded": moment.found.overloaded[moment.services.index(evaluation.service)],
            }
        )
    return rows
