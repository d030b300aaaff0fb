"""Answers of a server as the library tells its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cli.scenario_faults import in_files

if TYPE_CHECKING:
    from engine.coverage.expected_result import ToldCalls
    from engine.coverage.siting_told import ToldSites
    from engine.coverage.told import ToldEvaluation, ToldResult
    from engine.scenario import Scenario
    from engine.staffing.played import PlayedHour
    from engine.staffing.told import ToldShifts
    from engine.standby import StandbyAdvice, StandbyLimits
    from engine.standby.asked import StandbyAsked
    from engine.sweep import SweepRow


def result_of(title: str, evaluations: Sequence[Any], answer: Any) -> ToldResult:
    """A scenario's answer, part of the response ``answer``."""
    from engine.coverage.told import ToldResult

    return ToldResult(title, tuple(_evaluation(each, answer) for each in evaluations))


def expected_of(variant: Any) -> ToldCalls:
    """What to expect of a variant's evaluations, where it is said."""
    from engine.coverage.expected_result import ToldCalls, ToldExpected
    from engine.model import Service

    calls = {Service(_word("Service", each.service)): each.calls_per_day for each in variant.calls}
    rows = tuple(
        ToldExpected(
            moment=each.moment,
            service=Service(_word("Service", each.service)),
            calls_per_hour=each.expected.calls_per_hour,
            share=each.expected.covered_share,
            plus_minus=each.expected.plus_minus_share,
            mean_minutes=_optional(each.expected, "mean_minutes"),
            nobody_free=each.expected.nobody_free_share,
            mean_busy=each.expected.busy_share,
            days=each.expected.day_count,
            overloaded=each.expected.overloaded,
        )
        for each in variant.evaluations
        if each.HasField("expected")
    )
    return ToldCalls(calls, rows)


def rows_of(comparisons: Iterable[Any], scenarios: Sequence[Scenario]) -> tuple[list[SweepRow], list[SweepRow]]:
    """(under the scenarios, as it is), as a sweep in this process tells them."""
    from engine.sweep import messages

    return messages.rows_of(comparisons, lambda index, text: in_files(text, scenarios[index]))


def sites_of(message: Any, answer: Any) -> ToldSites:
    """A siting plan."""
    import math

    from engine.coverage.siting import ChosenSite
    from engine.coverage.siting_steps import Figures, Goal
    from engine.coverage.siting_told import ToldSites
    from engine.model import Service

    def figures(found: Any) -> Figures:
        given = (_optional(found, name) for name in ("mean_minutes", "longest_minutes", "expected_demand"))
        return Figures(found.demand, found.covered_demand, found.unreached_demand, *given)

    def number(name: str) -> float:
        found = _optional(message, name)
        return math.inf if found is None else found

    chosen = tuple(
        ChosenSite(
            row=-1,
            id=each.id,
            lon=each.lon,
            lat=each.lat,
            road=each.road,
            crews=each.crew_count,
            contract_cost=each.contract_cost,
            adds=each.added_demand,
            then=figures(each.then),
            first_for=each.first_demand,
            lost_without=each.lost_demand,
        )
        for each in message.sites
    )
    from engine.scenario import parse_scenario

    return ToldSites(
        goal=Goal(_word("SitingGoal", message.goal)),
        service=Service(_word("Service", message.service)),
        busy=_optional(message, "busy_share"),
        candidates=message.candidates,
        candidate_count=message.candidate_count,
        offering=message.offering_count,
        priced=message.priced,
        objective=number("objective"),
        bound=number("bound"),
        gap=number("gap_share"),
        proven=message.proven,
        cost=message.cost,
        places=message.place_count,
        places_looked_at=message.looked_at_count,
        beyond=message.beyond_demand,
        chosen=chosen,
        figures_before=figures(message.figures_before),
        figures_after=figures(message.figures_after),
        before=result_of("", message.before, answer),
        after=result_of(parse_scenario(message.scenario_toml).title, message.after, answer),
        scenario=message.scenario_toml,
    )


def advice_of(message: Any, demand: Any, limits: StandbyLimits) -> StandbyAdvice:
    """Who should wait where."""
    from engine.standby import Covered, StandbyAdvice, StandbyMove

    def covered(found: Any) -> Covered:
        return Covered(found.expected_demand, found.covered_demand, found.covered_twice_demand)

    moves = tuple(
        StandbyMove(
            unit=each.unit.rpartition("/")[2],
            provider=each.unit.split("/")[3],
            from_lon=each.from_lon,
            from_lat=each.from_lat,
            from_road=each.from_road,
            to_place=each.to_place,
            to_lon=each.to_lon,
            to_lat=each.to_lat,
            to_road=each.to_road,
            drive_minutes=each.drive_minutes,
            drive_km=each.drive_km,
            gain=each.gained_demand,
            lost_without=each.lost_demand,
            least_meanwhile=each.least_meanwhile_demand,
        )
        for each in message.moves
    )
    return StandbyAdvice(
        moves=moves,
        demand=message.demand,
        demand_unit=demand.unit,
        free_units=message.free_unit_count,
        places=message.place_count,
        busy=message.busy_share,
        limits=limits,
        before=covered(message.before),
        after=covered(message.after),
        bound=_optional(message, "bound"),
        gap=_optional(message, "gap_share"),
        method=message.method,
        seconds=0.0,
        asked=_asked(message.question) if message.HasField("question") else None,
    )


def _asked(message: Any) -> StandbyAsked:
    from datetime import datetime

    from engine.model import Service
    from engine.standby.asked import StandbyAsked

    return StandbyAsked(
        services=tuple(Service(_word("Service", each)) for each in message.services),
        at=datetime.fromisoformat(message.moment),
        told_minutes=message.told_duration.ToTimedelta().total_seconds() / 60,
        promise_minutes=tuple(message.promise_minutes),
        hour=message.hour,
        weather=message.weather,
        scenario=message.scenario_title,
    )


def shifts_of(message: Any, answer: Any) -> ToldShifts:
    """Who works when; part of the response ``answer``."""
    from engine.model import Service
    from engine.staffing.told import PlannedHour, PlannedShift, ToldShifts

    shifts = tuple(
        PlannedShift(
            _id(each.provider), each.crew_count, each.from_hour, each.to_hour, tuple(each.days) or None, each.cost
        )
        for each in message.shifts
    )
    hours = tuple(
        PlannedHour(
            each.hour,
            each.call_count,
            each.crew_count,
            each.busy_share,
            each.all_busy_share,
            each.covered_share,
            each.reached_share,
            _played(each),
        )
        for each in message.hours
    )
    return ToldShifts(
        target=_optional(message, "target_share"),
        services={Service(_word("Service", each.service)): each.call_share for each in message.services},
        minutes_per_call=message.call_minutes,
        bases=message.base_count,
        demand_unit=answer.demand.unit,
        versions=versions_of(answer.versions),
        shifts=shifts,
        hours=hours,
        cost=message.cost,
        crew_hours=message.crew_hours,
        share=message.covered_share,
        worst=message.worst_hour_share,
        bound=message.bound,
        gap=message.gap_share,
        told_minutes=message.told_duration.ToTimedelta().total_seconds() / 60,
        promise_minutes=tuple(message.promise_minutes),
    )


def _played(message: Any) -> PlayedHour | None:
    from engine.staffing.played import PlayedHour, PlayedProvider

    if not message.HasField("played_share"):
        return None
    providers = (
        PlayedProvider(_id(each.provider), each.crew_count, each.busy_share) for each in message.played_providers
    )
    return PlayedHour(message.played_share, message.played_plus_minus_share, tuple(providers))


def _evaluation(message: Any, answer: Any) -> ToldEvaluation:
    from engine.coverage.gaps import Gap
    from engine.coverage.never_first import NeverFirst
    from engine.coverage.told import ToldEvaluation, ToldWorth
    from engine.model import Service

    return ToldEvaluation(
        moment=message.moment,
        service=Service(_word("Service", message.service)),
        units=message.unit_count,
        providers=message.provider_count,
        fleet_units=message.fleet_unit_count,
        fleet_providers=message.fleet_provider_count,
        demand_name=message.demand_display_name or answer.demand.display_name,
        demand_unit=message.demand_unit or answer.demand.unit,
        figures=_figures(message.figures),
        versions=versions_of(message.versions),
        traffic=answer.traffic,
        gaps=tuple(
            Gap(
                cell=each.cell,
                lon=each.lon,
                lat=each.lat,
                road=each.road,
                demand=each.demand,
                uncovered=each.uncovered_demand,
                arrival_minutes=_optional(each, "arrival_minutes"),
                nearest_provider=_id(each.nearest_provider) or None,
            )
            for each in message.gaps
        ),
        worth=tuple(
            ToldWorth(
                _id(each.provider),
                each.unit_count,
                each.first_demand,
                each.lost_demand,
                each.unreached_demand,
                each.slower_minutes,
                NeverFirst(_word("NeverFirstReason", each.never_first_reason)) if each.never_first_reason else None,
            )
            for each in message.providers
        ),
        later_minutes=_optional(message, "later_minutes"),
    )


def _figures(message: Any) -> Any:
    from engine.sweep.messages import figures_of

    return figures_of(message)


def versions_of(message: Any) -> Any:
    from engine.sweep import messages

    return messages.versions_of(message)


def _optional(message: Any, field: str) -> Any:
    return getattr(message, field) if message.HasField(field) else None


def _id(name: str) -> str:
    return name.rpartition("/")[2]


def _word(enum: str, number: int) -> str:
    from engine.wire_words import word  # which brings the contract along: other commands need not wait for it

    return word(enum, number)
