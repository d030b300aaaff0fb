"""Advice as messages of the contract: exact, nothing is rounded."""

from __future__ import annotations

import math
from typing import Any

from towline.v1 import coverage_service_pb2
from towline.v1 import planning_service_pb2 as pb

from engine.coverage.siting import ChosenSite, SiteAnswer
from engine.coverage.siting_steps import Figures
from engine.coverage.siting_told import ToldSites
from engine.scenario.scenario import Scenario
from engine.server import coverage_outgoing as outgoing
from engine.server import enums
from engine.server.names import provider_name, unit_name
from engine.staffing.played import PlayedHour
from engine.staffing.told import ToldShifts
from engine.standby import Covered, StandbyAdvice
from engine.standby.asked import StandbyAsked


def sites(told: ToldSites, answer: SiteAnswer) -> pb.SitePlan:
    """The plan, with the fleet before and after."""
    plain = coverage_service_pb2.CoverageDetail()
    return pb.SitePlan(
        goal=enums.SITING_GOAL.write(told.goal),
        service=enums.SERVICE.write(told.service),
        busy_share=told.busy,
        candidates=told.candidates,
        candidate_count=told.candidate_count,
        offering_count=told.offering,
        priced=told.priced,
        objective=_finite(told.objective),
        bound=_finite(told.bound),
        gap_share=_finite(told.gap),
        proven=told.proven,
        cost=told.cost,
        place_count=told.places,
        looked_at_count=told.places_looked_at,
        beyond_demand=told.beyond,
        sites=[_site(each) for each in told.chosen],
        figures_before=_figures(told.figures_before),
        figures_after=_figures(told.figures_after),
        before=[outgoing.before(each, plain) for each in answer.before.evaluations],
        after=[
            outgoing.before(then, plain, old)
            for old, then in zip(answer.before.evaluations, answer.after.evaluations, strict=True)
        ],
        scenario_toml=told.scenario,
    )


def standby(advice: StandbyAdvice, region: str) -> pb.StandbyAdvice:
    """Who should wait where."""
    return pb.StandbyAdvice(
        moves=[
            pb.StandbyMove(
                unit=unit_name(region, each.provider, each.unit),
                from_lon=each.from_lon,
                from_lat=each.from_lat,
                from_road=each.from_road,
                to_place=each.to_place,
                to_lon=each.to_lon,
                to_lat=each.to_lat,
                to_road=each.to_road,
                drive_minutes=each.drive_minutes,
                drive_km=each.drive_km,
                gained_demand=each.gain,
                lost_demand=each.lost_without,
                least_meanwhile_demand=each.least_meanwhile,
            )
            for each in advice.moves
        ],
        demand=advice.demand,
        free_unit_count=advice.free_units,
        place_count=advice.places,
        busy_share=advice.busy,
        before=_cover(advice.before),
        after=_cover(advice.after),
        bound=advice.bound,
        gap_share=advice.gap,
        proven=advice.proven,
        method=advice.method,
        question=None if advice.asked is None else _question(advice.asked),
    )


def _question(asked: StandbyAsked) -> pb.StandbyQuestion:
    found = pb.StandbyQuestion(
        services=[enums.SERVICE.write(service) for service in asked.services],
        moment=asked.at.isoformat(timespec="minutes"),
        promise_minutes=asked.promise_minutes,
        hour=asked.hour,
        weather=asked.weather,
        scenario_title=asked.scenario,
    )
    found.told_duration.FromNanoseconds(round(60e9 * asked.told_minutes))
    return found


def shifts(told: ToldShifts, scenario: Scenario, region: str) -> pb.ShiftPlan:
    """Who works when, and what each hour gets."""
    played = told.played
    plan = pb.ShiftPlan(
        target_share=told.target,
        services=[
            pb.ServiceShare(service=enums.SERVICE.write(each), call_share=share)
            for each, share in told.services.items()
        ],
        call_minutes=told.minutes_per_call,
        base_count=told.bases,
        cost=told.cost,
        crew_hours=told.crew_hours,
        covered_share=told.share,
        worst_hour_share=told.worst,
        bound=told.bound,
        gap_share=told.gap,
        shifts=[
            pb.PlannedShift(
                provider=provider_name(region, each.provider),
                crew_count=each.crews,
                from_hour=each.from_hour,
                to_hour=each.to_hour,
                days=each.days or (),
                cost=each.cost,
            )
            for each in told.shifts
        ],
        hours=[
            pb.PlannedHour(
                hour=each.name,
                call_count=each.calls,
                crew_count=each.crews,
                busy_share=each.busy,
                all_busy_share=each.all_busy,
                covered_share=each.share,
                reached_share=each.within,
                **_played(each.played, region),
            )
            for each in told.hours
        ],
        scenario_toml=scenario.to_toml(),
        played_share=played.share if played else None,
        played_plus_minus_share=played.plus_minus if played else None,
        promise_minutes=told.promise_minutes,
    )
    plan.told_duration.FromNanoseconds(round(60e9 * told.told_minutes))
    return plan


def _played(played: PlayedHour | None, region: str) -> dict[str, Any]:
    if played is None:
        return {}
    return {
        "played_share": played.share,
        "played_plus_minus_share": played.plus_minus,
        "played_providers": [
            pb.PlayedProvider(
                provider=provider_name(region, each.provider), crew_count=each.crews, busy_share=each.busy
            )
            for each in played.providers
        ],
    }


def _site(each: ChosenSite) -> pb.ChosenSite:
    return pb.ChosenSite(
        id=each.id,
        lon=each.lon,
        lat=each.lat,
        road=each.road,
        crew_count=each.crews,
        contract_cost=each.contract_cost,
        added_demand=each.adds,
        then=_figures(each.then),
        first_demand=each.first_for,
        lost_demand=each.lost_without,
    )


def _figures(found: Figures) -> pb.SiteFigures:
    return pb.SiteFigures(
        demand=found.demand,
        covered_demand=found.covered,
        unreached_demand=found.unreached,
        mean_minutes=found.mean_minutes,
        longest_minutes=found.longest_minutes,
        expected_demand=found.expected,
    )


def _cover(found: Covered) -> pb.StandbyCover:
    return pb.StandbyCover(expected_demand=found.expected, covered_demand=found.once, covered_twice_demand=found.twice)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
