"""Expected coverage of a scenario's moments: services together, as their calls share the crews."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.coverage.apply import changed_stands
from engine.coverage.evaluation import Evaluation, Result
from engine.coverage.expected import ExpectedCoverage, ExpectedFigures
from engine.coverage.expected_hours import HOURS_BEFORE, expected_hour
from engine.coverage.expected_streams import CallStream
from engine.coverage.planner import Planner, offered
from engine.coverage.stands import Stands
from engine.errors import OptionError
from engine.generate.curves import DAY_SHARE
from engine.model import Service
from engine.scenario.check import CheckedScenario
from engine.scenario.moments import Moment
from engine.scenario.scenario import Scenario
from engine.scenario.sweep import refuse_sweep
from graphs.metrics.hours import SLOTS
from graphs.network import Int64
from graphs.position import Positions

MOST_CALLS = 1_000_000


@dataclass(frozen=True, eq=False)
class ExpectedMoment:
    """One moment with all services that are called for."""

    moment: Moment
    calls: Mapping[Service, float]  # of each on that day, a scenario's factors of the demand counted
    found: ExpectedCoverage

    @property
    def services(self) -> tuple[Service, ...]:
        return tuple(self.calls)

    def figures(self, service: Service) -> ExpectedFigures:
        """Of one service that is called for."""
        return self.found.of_stream(self.services.index(service))

    def told(self, service: Service) -> ToldExpected | None:
        """Of one service; None of one of which no calls are reckoned: nobody offers it, or only others are asked."""
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
    calls_per_hour: float  # in that hour, of this service
    share: float  # of them within promise
    plus_minus: float  # half of the 95 % interval of the share
    mean_minutes: float | None  # from the call to the arrival, of those who are reached
    nobody_free: float  # share for whom nobody who may serve them is free
    mean_busy: float  # share of the time that all crews, whatever they serve, are at work
    days: int  # that were played
    overloaded: bool  # more is asked than those crews can do


@dataclass(frozen=True, slots=True)
class ToldCalls:
    """What to expect of a scenario's moments, and of how many calls."""

    calls: Mapping[Service, float]  # a day, of every service that is called for: the crews are shared
    rows: tuple[ToldExpected, ...]

    @property
    def calls_per_day(self) -> float:
        """Of all of them."""
        return sum(self.calls.values())


def expected_moments(
    planner: Planner,
    stands: Stands,
    scenario: Scenario | CheckedScenario | None,
    calls_per_day: float,
    calls_of: Collection[Service] = (),
) -> tuple[ExpectedMoment, ...]:
    """As many calls a day, shared among services and hours by the generator's curves.

    They are of all services that are offered, by the fleet as it is or under the scenario at one of its moments, or
    ``calls_of`` some of them alone, as a shift plan for these has it. A scenario that multiplies demand multiplies
    calls. OptionError for calls that are negative or absurd, or of a service that nobody offers.
    """
    if not 0 <= calls_per_day <= MOST_CALLS:
        raise OptionError(
            f"calls a day must be 0 to {MOST_CALLS:,}, not {calls_per_day}", option="calls_per_day", value=calls_per_day
        )
    known = scenario if isinstance(scenario, CheckedScenario) else planner.checked(scenario or Scenario(), stands)
    services = _called_for(planner, stands, known)
    for each in calls_of:
        if each not in services:
            offering = ", ".join(services) or "nothing"
            raise OptionError(
                f"calls of {each} are asked for, and nobody offers it; the fleet offers {offering}",
                option="calls_of",
                value=each.value,
            )
    services = tuple(each for each in services if not calls_of or each in calls_of)
    whole = sum(DAY_SHARE[service] for service in services)
    shares = {service: DAY_SHARE[service] / whole for service in services}
    return tuple(moments_played(planner, stands, known, calls_per_day, shares))


def moments_played(
    planner: Planner, stands: Stands, known: CheckedScenario, calls_per_day: float, shares: Mapping[Service, float]
) -> Iterator[ExpectedMoment]:
    """A scenario's moments one after the other; ``shares`` of the calls by service, which add up to 1."""
    refuse_sweep(known.scenario)
    services, ends = tuple(shares), garages_of(stands)
    known = replace(known, scenario=known.scenario.changed(when=replace(known.scenario.when, services=services)))
    usual = planner.demand.total if known.layer is None else known.layer.total
    for moment in dict.fromkeys(known.moments):
        there = planner.evaluate_at(stands, known, moment, services)
        crews = _on_duty(planner, stands, known.scenario, moment.slot, services)
        yield _moment(planner, moment, there, calls_per_day, shares, usual, ends, crews)


def _on_duty(
    planner: Planner, stands: Stands, scenario: Scenario, slot: int, services: tuple[Service, ...]
) -> Int64 | None:
    """[k, hours before and that one] crews that do each service; None where they are the same at every hour."""
    if not scenario.shifts:
        return None
    slots = (slot - HOURS_BEFORE + np.arange(HOURS_BEFORE + 1)) % SLOTS
    there = [changed_stands(stands, scenario, each, planner.snapped) for each in slots.tolist()]
    return np.array([[each.crews[each.serving(service)].sum() for each in there] for service in services], np.int64)


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
    shares: Mapping[Service, float],
    usual_demand: float,
    garages: Positions | None,
    crews: Int64 | None,
) -> ExpectedMoment:
    streams, calls = [], {}
    for evaluation in each:
        share = shares[evaluation.service] * (evaluation.coverage.demand.total / usual_demand)
        ends = garages if evaluation.service is Service.TOWING else None
        calls[evaluation.service] = calls_per_day * share
        streams.append(CallStream(evaluation.coverage, calls_per_day / 24 * share, ends=ends))
    found = expected_hour(streams, moment.slot % 24, policy=planner.policy, crews=crews)
    return ExpectedMoment(moment, calls, found)


def told_expected(moments: Sequence[ExpectedMoment], result: Result) -> ToldCalls:
    """Of the moments and services of a result; those of which no calls are reckoned have no row."""
    known = {each.moment: each for each in moments}
    found = (known[each.moment].told(each.service) for each in result.evaluations if each.moment in known)
    calls = dict(moments[0].calls) if moments else {}
    return ToldCalls(calls, tuple(each for each in found if each is not None))


def expected_json(expected: ToldCalls | None) -> dict[str, Any]:
    """``calls_per_day`` of each service, and as ``expected`` a row for each moment and service.

    Nothing where nobody asked for any calls.
    """
    if expected is None:
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
        for each in expected.rows
    ]
    return {
        "calls_per_day": {service.value: round(count, 3) for service, count in expected.calls.items()},
        "expected": rows,
    }
