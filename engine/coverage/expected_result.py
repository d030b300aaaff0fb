"""Expected coverage of a scenario's moments: all services together, as their calls share the crews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.coverage.apply import changed_stands
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
        """Of one service that is called for."""
        return self.found.of_stream(self.services.index(service))

    def told(self, service: Service) -> ToldExpected | None:
        """Of one service; None of one that nobody offers: no calls are reckoned for it."""
        if service not in self.services:
            return None
        figures = self.figures(service)
        return ToldExpected(
            moment=str(self.moment),
            service=service,
            calls_per_hour=figures.calls_per_hour,
            share=figures.share,
            plus_minus=figures.plus_minus,
            mean_minutes=figures.mean_minutes,
            nobody_free=figures.nobody_free,
            mean_busy=self.found.mean_busy,
            days=self.found.days,
            overloaded=bool(self.found.overloaded[self.services.index(service)]),
        )


@dataclass(frozen=True, slots=True)
class ToldExpected:
    """What to expect of one service at one moment: numbers alone, wherever they were reckoned."""

    moment: str
    service: Service
    calls_per_hour: float
    share: float  # of them within promise
    plus_minus: float  # half of the 95 % interval of the share
    mean_minutes: float | None  # from the call to the arrival, of those who are reached
    nobody_free: float  # share for whom nobody who may serve them is free
    mean_busy: float  # share of the time that all crews, whatever they serve, are at work
    days: int  # that were played
    overloaded: bool  # more is asked than those crews can do


def expected_moments(
    planner: Planner, stands: Stands, scenario: Scenario | CheckedScenario | None, calls_per_day: float
) -> tuple[ExpectedMoment, ...]:
    """As many calls a day, shared among the services that are offered and the hours by the generator's curves.

    Offered by the fleet as it is, or under the scenario at one of its moments. A scenario that multiplies demand
    multiplies calls. OptionError for calls that are negative or absurd.
    """
    if not 0 <= calls_per_day <= MOST_CALLS:
        raise OptionError(
            f"calls a day must be 0 to {MOST_CALLS:,}, not {calls_per_day}", option="calls_per_day", value=calls_per_day
        )
    known = scenario if isinstance(scenario, CheckedScenario) else planner.checked(scenario or Scenario(), stands)
    services = _called_for(planner, stands, known)
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


def _called_for(planner: Planner, stands: Stands, known: CheckedScenario) -> tuple[Service, ...]:
    there = [changed_stands(stands, known.scenario, moment.slot, planner.snapped) for moment in known.moments]
    found = {service for each in (stands, *there) for service in offered(each)}
    return tuple(service for service in Service if service in found)


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


def told_expected(moments: Iterable[ExpectedMoment], result: Result) -> tuple[ToldExpected, ...]:
    """Of the moments and services of a result, those that nobody offers left out."""
    known = {each.moment: each for each in moments}
    found = (known[each.moment].told(each.service) for each in result.evaluations if each.moment in known)
    return tuple(each for each in found if each is not None)


def expected_json(expected: Iterable[ToldExpected], calls_per_day: float | None) -> dict[str, Any]:
    """As ``expected`` a row for each moment and service; nothing where nobody asked for any calls."""
    if calls_per_day is None:
        return {}
    rows = [
        {
            "moment": each.moment,
            "service": each.service.value,
            "calls_per_hour": round(each.calls_per_hour, 3),
            "share": round(each.share, 6),
            "plus_minus": round(each.plus_minus, 6),
            "mean_busy": round(each.mean_busy, 6),
            "nobody_free": round(each.nobody_free, 6),
            "days": each.days,
            "overloaded": each.overloaded,
        }
        for each in expected
    ]
    return {"expected": rows}
