"""`towline coverage standby`: where free units should wait."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console, coverage_asked
from cli.choices import BUNDLED, NowChoice, PolicyChoice, RegionChoice, time_of
from cli.coverage_files import LangChoice, MapChoice, check_files, write_one
from cli.planning import (
    DemandChoice,
    HighwayChoice,
    ProvidersChoice,
    ServiceChoice,
    ToldChoice,
    UnitsChoice,
    inputs_of,
    plan_of,
    scenario_of,
    services_of,
)
from cli.planning_server import PlanServerChoice, planning_at, refuse_local, terms_of
from cli.traffic import DEFAULT, FeedChoice, PlanProfileChoice

if TYPE_CHECKING:
    from cli.planning import Plan
    from engine.standby import WaitingPlaces
    from graphs.region import Region


def standby(
    context: typer.Context,
    providers: ProvidersChoice = None,
    units: UnitsChoice = None,
    unit: Annotated[
        list[str] | None, typer.Option("--unit", help="A free unit that may move; repeat. Default: all.")
    ] = None,
    places: Annotated[
        Path | None, typer.Option("--places", help="Where units may wait (lon, lat); default: bases, heaviest cells.")
    ] = None,
    cells: Annotated[int, typer.Option("--cells", min=0, max=1000, help="So many of the heaviest cells.")] = 20,
    moves: Annotated[int, typer.Option("--moves", help="At most so many units move, 1 to 10.")] = 3,
    drive_minutes: Annotated[float, typer.Option("--drive-minutes", help="Each drives at most so long.")] = 20.0,
    least_gain: Annotated[
        float, typer.Option("--least-gain", help="Each move covers so much more of all demand, or is not made.")
    ] = 0.001,
    busy: Annotated[
        float | None, typer.Option("--busy", help="Share of the time that a unit is busy; default: the policy's.")
    ] = None,
    demand: DemandChoice = None,
    highway_share: HighwayChoice = 0.0,
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", help="Roads, weather and promises of a scenario file (TOML).")
    ] = None,
    service: ServiceChoice = None,
    told_minutes: ToldChoice = 0.0,
    now: NowChoice = None,
    profile: PlanProfileChoice = DEFAULT,
    feed: FeedChoice = None,
    seconds: Annotated[float, typer.Option("--seconds", help="Search at most so long.")] = 10.0,
    map: MapChoice = None,
    server: PlanServerChoice = None,
    lang: LangChoice = "en",
    json: console.Json = False,
) -> None:
    """Which free units should wait elsewhere, and what each move gains.

    Example: towline coverage standby --service designated_driver --told-minutes 8
    """
    from cli.views.standby import print_advice
    from engine.standby import StandbyLimits, advise
    from engine.standby.moment import roads_at, shares_at, versions_at
    from engine.texts import Language

    inputs = inputs_of(providers, units, demand, policy, feed, region, scenario=scenario, places=places)
    check_files({"--map": map}, inputs)
    limits = StandbyLimits(moves, drive_minutes, least_gain, seconds)
    asked, wanted, moment = services_of(service), scenario_of(scenario), time_of(now)
    language = Language.of(lang, "--lang")
    if server is not None:
        refuse_local(context)
        question: dict[str, Any] = {"cell_count": cells, "places": _places_message(places)}
        if busy is not None:
            question["busy_share"] = busy
        with planning_at(server, context, region) as at:
            question["units"] = at.unit_names(unit or [])
            coverage_asked.standby(
                at, question, wanted, asked, terms_of(demand, told_minutes, now), limits, map, language
            )
        return
    plan = plan_of(
        region, policy, providers, units, demand, highway_share=highway_share, crews="free", now=moment,
        profile=profile, feed=feed, told_minutes=told_minutes,
    )  # fmt: skip
    with console.working("Looking where units would help most"):
        metric, promises = roads_at(plan.planner, plan.stands, moment, wanted)
        shares = shares_at(plan.planner, plan.stands, moment, asked, wanted)
        advice = advise(
            plan.planner, plan.fleet, moment, shares, metric=metric,
            places=_places(plan, places), cells=cells, units=unit or (), busy=busy, limits=limits,
            told_minutes=told_minutes, promise_minutes=promises, scenario=wanted,
        )  # fmt: skip
        versions = versions_at(plan.planner, plan.stands, moment, wanted, shares)
    if map is not None:
        from engine.standby.page import page_of

        write_one(map, page_of(advice, plan.planner, plan.stands, shares, versions, language))
    if json:
        console.print_json(advice.to_json() | {"versions": asdict(versions), "traffic": plan.planner.traffic})
        return
    print_advice(console.stdout(), plan.planner.region.metadata.title, advice, plan.planner.traffic, versions)


def _places(plan: Plan, path: Path | None) -> WaitingPlaces | None:
    from engine.standby import WaitingPlaces

    if path is None:
        return None
    names, lon, lat = _points(path, plan.planner.region, plan.planner.policy.limits.max_snap_m)
    return WaitingPlaces.of_points(plan.planner, lon, lat, names)


def _places_message(path: Path | None) -> list[dict[str, Any]]:
    if path is None:
        return []
    names, lon, lat = _points(path, None, 0.0)
    return [{"display_name": name, "lon": x, "lat": y} for name, x, y in zip(names, lon, lat, strict=True)]


def _points(path: Path, region: Region | None, limit_m: float) -> tuple[list[str], list[float], list[float]]:
    """(names, degrees east, degrees north) of a table's rows; of cells their centres."""
    from engine.coverage.layer import read_layer

    layer = read_layer(path, region, limit_m)
    if layer.cells:
        import h3.api.basic_str as h3

        centres = [h3.cell_to_latlng(cell) for cell in layer.cells]
        return list(layer.cells), [x for _, x in centres], [y for y, _ in centres]
    names = [f"{path.name} row {row + 1}" for row in range(len(layer))]
    return names, layer.lon.tolist(), layer.lat.tolist()
