"""Options of coverage commands: whose fleet, whose demand, which answers; and what they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console
from cli.choices import BUNDLED, clock, open_region_choice, policy_of, region_file
from cli.places import reading_of
from cli.traffic import DEFAULT, traffic_of

if TYPE_CHECKING:
    from engine.coverage.layer import DemandLayer
    from engine.coverage.planner import Planner
    from engine.coverage.stands import Crews, Stands
    from engine.model import Fleet, Service
    from engine.policy import Policy
    from engine.scenario import Scenario
    from graphs.region import Region

ProvidersChoice = Annotated[
    Path | None,
    typer.Option("--providers", help="Providers: services, territories, bases, crews. CSV, GeoJSON, Parquet."),
]
UnitsChoice = Annotated[
    Path | None, typer.Option("--units", help="Units where they are; left out: the providers' crews, at their bases.")
]
DemandChoice = Annotated[
    Path | None,
    typer.Option(
        "--demand",
        help="What is to be reached: H3 cells (cell) or places (lon, lat) with weights. Left out: the people of the "
        "region in the box, else the junctions.",
    ),
]
HighwayChoice = Annotated[
    float, typer.Option("--highway-share", min=0.0, max=0.99, help="Of the demand, so much on highways, by length.")
]
ServiceChoice = Annotated[
    list[str] | None, typer.Option("--service", help="Repeat for several; default: the scenario's, else all offered.")
]
CrewsChoice = Annotated[
    str, typer.Option("--crews", help="Which crews count: all, on_duty or free (at the time of --now).")
]
ToldChoice = Annotated[
    float,
    typer.Option(
        "--told-minutes", min=0.0, max=1440.0, help="From the call until a crew is told: promises count from the call."
    ),
]
CallsChoice = Annotated[
    float | None,
    typer.Option(
        "--calls-per-day",
        min=0.0,
        help="Also what to expect when crews are busy: so many calls a day of all services that are offered, whichever "
        "are asked for; see --calls-of.",
    ),
]
CallsOfChoice = Annotated[
    list[str] | None,
    typer.Option(
        "--calls-of",
        metavar="SERVICE",
        help="The calls a day are of this service alone, as those of a shift plan for it; repeat for several.",
    ),
]
ResolutionChoice = Annotated[
    int, typer.Option("--resolution", help="Of the H3 cells, 5 to 10; 8: about 0.7 square km.")
]


@dataclass(frozen=True)
class Plan:
    """What the commands work with."""

    planner: Planner
    stands: Stands
    fleet: Fleet


def plan_of(
    region: str,
    policy: Path | None,
    providers: Path | None,
    units: Path | None,
    demand: Path | None,
    *,
    highway_share: float = 0.0,
    crews: str = "all",
    now: datetime | None = None,
    profile: str = DEFAULT,
    feed: Path | None = None,
    resolution: int = 8,
    told_minutes: float = 0.0,
) -> Plan:
    """The fleet on the region's roads, with its demand; notes say what was assumed. Speeds are by hour unless told."""
    from engine.coverage.planner import Planner

    counted = crews_of(crews)
    rules, area, moment = policy_of(policy), open_region_choice(region), now or clock()
    with console.working("Reading the tables"):
        fleet = _fleet(area, region, rules, providers, units, moment)
        layer = _layer(area, region, rules, demand)
    with console.working("Preparing the region"):
        metrics = traffic_of(area, moment, None, profile, None, feed)
        planner = Planner(
            area, layer, rules, metrics=metrics, resolution=resolution, highway_share=highway_share, remark=console.note
        )
        stands = planner.stands(fleet, crews=counted, at=moment, told_minutes=told_minutes)
    return Plan(planner, stands, fleet)


def inputs_of(
    providers: Path | None,
    units: Path | None,
    demand: Path | None,
    policy: Path | None,
    feed: Path | None,
    region: str,
    **more: Path | None,
) -> dict[str, Path | None]:
    """Files that are read, by option, so that none is written over; ``more`` by the name of the option."""
    return {
        "--providers": providers, "--units": units, "--demand": demand, "--policy": policy, "--feed": feed,
        "--region": region_file(region), **{f"--{name}": path for name, path in more.items()},
    }  # fmt: skip


def crews_of(text: str) -> Crews:
    """Which crews count; OptionError for another word."""
    from typing import get_args

    from engine.coverage.stands import Crews
    from engine.errors import OptionError

    for each in get_args(Crews):
        if text == each:
            return each
    raise OptionError(f"--crews {text!r} is none of: {', '.join(get_args(Crews))}", option="--crews", value=text)


def services_of(names: list[str] | None, option: str = "--service") -> tuple[Service, ...]:
    """Services by name; UnknownServiceError."""
    from engine.errors import UnknownServiceError
    from engine.model import Service

    found = []
    for name in names or []:
        if name not in set(Service):
            known = ", ".join(Service)
            raise UnknownServiceError(f"{option} {name!r} is no service; use {known}", value=name, known=known)
        found.append(Service(name))
    return tuple(dict.fromkeys(found))


def scenario_of(path: Path | None) -> Scenario | None:
    """A scenario file, if one is named; ScenarioError for one with a sweep, which only `compare` does."""
    from engine.scenario import read_scenario, refuse_sweep

    found = None if path is None else read_scenario(path)
    refuse_sweep(found)
    return found


def tell_hours(traffic: str, *scenarios: Scenario | None) -> None:
    """A note where hours are asked for, of shifts always, and traffic does not differ by them."""
    from graphs.metrics import FREE_FLOW

    if traffic == FREE_FLOW and (not scenarios or any(map(_names_hours, scenarios))):
        console.note("hours do not differ by traffic: every one is free flow; --profile has speeds by hour")


def tell_mobilisation(minutes: float) -> None:
    """A note on what was taken of candidates in cells."""
    console.note(f"candidates leave {minutes:g} minutes after they are told, as the fleet; see --mobilisation-minutes")


def _names_hours(scenario: Scenario | None) -> bool:
    if scenario is None:
        return False
    when, sweep = scenario.when, scenario.sweep
    swept: dict[str, Any] = {} if sweep is None else dict(sweep.values)
    said = (when.at, when.weekday, when.hour, when.hours)
    return any(value is not None for value in said) or not swept.keys().isdisjoint(("when.hour", "when.weekday"))


def _fleet(
    area: Region, region: str, rules: Policy, providers: Path | None, units: Path | None, moment: datetime
) -> Fleet:
    from engine.tables.load import load_fleet

    if providers is None and units is None and region == BUNDLED:
        from engine.coverage.example import EXAMPLE, example_fleet

        console.note(f"no fleet is given: an example of {EXAMPLE} is used; see --providers and --units")
        return example_fleet(area)
    fleet, notes = load_fleet(
        units, providers, now=moment, region=area, policy=rules, reading=reading_of(area, None, "wgs84")
    )
    for remark in notes:
        console.note(remark)
    return fleet


def _layer(area: Region, region: str, rules: Policy, demand: Path | None) -> DemandLayer:
    from engine.coverage.layer import DemandLayer, read_layer

    if demand is not None:
        notes: list[str] = []
        layer = read_layer(demand, area, rules.limits.max_snap_m, notes=notes)
        for remark in notes:
            console.note(remark)
        return layer
    if region == BUNDLED:
        from graphs.bundled import load_coquimbo_population

        return DemandLayer.of_cells(load_coquimbo_population())
    console.note("no demand is given: every junction counts the same; see --demand")
    return DemandLayer.of_junctions(area.network)
