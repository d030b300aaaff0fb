"""`towline coverage site`: where the next contractor should be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console, coverage_asked
from cli.choices import BUNDLED, NowChoice, PolicyChoice, RegionChoice, time_of
from cli.coverage_files import GisChoice, LangChoice, MapChoice, PictureChoice, check_files, check_letters, write_files
from cli.planning import (
    CrewsChoice,
    DemandChoice,
    HighwayChoice,
    Plan,
    ProvidersChoice,
    ResolutionChoice,
    ToldChoice,
    UnitsChoice,
    inputs_of,
    plan_of,
    scenario_of,
    services_of,
    tell_hours,
    tell_mobilisation,
)
from cli.planning_server import PlanServerChoice, duration, planning_at, refuse_local, terms_of
from cli.traffic import DEFAULT, FeedChoice, PlanProfileChoice

if TYPE_CHECKING:
    from engine.coverage.siting_candidates import Candidates
    from engine.model import Service
    from engine.scenario import Scenario

CandidatesChoice = Annotated[
    Path | None,
    typer.Option(
        "--candidates",
        help="Candidates: id, lon, lat; contract_cost, crews, services, mobilisation_minutes. CSV, GeoJSON, Parquet.",
    ),
]
CellsChoice = Annotated[
    int | None,
    typer.Option("--candidates-every-cell", metavar="N", help="A candidate in each of the N heaviest cells instead."),
]
MobilisationChoice = Annotated[
    float | None,
    typer.Option("--mobilisation-minutes", help="Of candidates in cells; default: as the fleet's, in the median."),
]
GoalChoice = Annotated[
    str,
    typer.Option(
        "--for",
        help="cover: most demand within promise; all: all of it, with least; mean, longest: arrival; "
        "expected: most demand that finds a crew that is not busy.",
    ),
]


def site(
    context: typer.Context,
    candidates: CandidatesChoice = None,
    every_cell: CellsChoice = None,
    mobilisation_minutes: MobilisationChoice = None,
    service: Annotated[
        list[str] | None, typer.Option("--service", help="Which one service; or the one of the scenario.")
    ] = None,
    goal: GoalChoice = "cover",
    sites: Annotated[
        int | None, typer.Option("--sites", metavar="P", help="At most so many; with --for expected so many crews.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option("--budget", metavar="B", help="At most so much for contract_cost.")
    ] = None,
    busy: Annotated[
        float | None, typer.Option("--busy", metavar="Q", help="Share of the time that a crew is busy, such as 0.3.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", help="The best by then, with its gap.")] = 60.0,
    providers: ProvidersChoice = None,
    units: UnitsChoice = None,
    demand: DemandChoice = None,
    highway_share: HighwayChoice = 0.0,
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    scenario: Annotated[Path | None, typer.Option("--scenario", help="A scenario file (TOML).")] = None,
    crews: CrewsChoice = "all",
    told_minutes: ToldChoice = 0.0,
    now: NowChoice = None,
    profile: PlanProfileChoice = DEFAULT,
    feed: FeedChoice = None,
    resolution: ResolutionChoice = 8,
    map: MapChoice = None,
    picture: PictureChoice = None,
    gis: GisChoice = None,
    write_scenario: Annotated[
        Path | None, typer.Option("--write-scenario", help="Write the plan as a scenario for whatif: .toml.")
    ] = None,
    server: PlanServerChoice = None,
    lang: LangChoice = "en",
    json: console.Json = False,
) -> None:
    """Where the next contractor should be: the best of the candidates, what each adds, and how sure that is.

    Example: towline coverage site --candidates-every-cell 60 --service designated_driver --told-minutes 8 --sites 1
    """
    from cli.views import siting as view
    from engine.coverage.siting import choose_sites
    from engine.coverage.siting_result import answer_json, scenario_text
    from engine.coverage.siting_told import ToldSites
    from engine.errors import OptionError
    from engine.texts import Language

    if (candidates is None) is (every_cell is None):
        raise OptionError("give candidates: either --candidates FILE or --candidates-every-cell N", option="candidates")
    outputs = {"--map": map, "--picture": picture, "--gis": gis, "--write-scenario": write_scenario}
    inputs = inputs_of(providers, units, demand, policy, feed, region, scenario=scenario, candidates=candidates)
    check_files(outputs, inputs)
    wanted, language = scenario_of(scenario), Language.of(lang, "--lang")
    asked = _service(service, wanted)
    if server is not None:
        refuse_local(context)
        question = _question(candidates, every_cell, mobilisation_minutes, goal, sites, budget, busy)
        terms = terms_of(demand, told_minutes, now, crews)
        files = {name: path for name, path in outputs.items() if name != "--write-scenario"}
        with planning_at(server, context, region) as at:
            coverage_asked.site(at, question, wanted, asked, terms, seconds, files, write_scenario, language)
        return
    check_letters(picture, language, *([wanted.title] if wanted else []))
    plan = plan_of(
        region, policy, providers, units, demand, highway_share=highway_share, crews=crews,
        now=None if now is None else time_of(now), profile=profile, feed=feed,
        resolution=resolution, told_minutes=told_minutes,
    )  # fmt: skip
    found = _candidates(plan, candidates, every_cell, mobilisation_minutes, asked)
    with console.working("Looking for the best sites"):
        answer = choose_sites(
            plan.planner, plan.stands, found, asked, goal,
            sites=sites, budget=budget, busy=busy, scenario=wanted, seconds=seconds,
        )  # fmt: skip
    tell_hours(plan.planner.traffic, wanted)
    text = None if write_scenario is None else (write_scenario, scenario_text(answer, write_scenario))
    write_files(plan.planner, answer.before, answer.after, map, picture, gis, text, language)
    if json:
        console.print_json(answer_json(answer))
        return
    view.print_answer(console.stdout(), plan.planner.region.metadata.title, ToldSites.of(answer))


def _question(
    path: Path | None,
    every_cell: int | None,
    minutes: float | None,
    goal: str,
    sites: int | None,
    budget: float | None,
    busy: float | None,
) -> dict[str, Any]:
    """What a server is asked, without the fleet and what counts."""
    from engine.coverage.siting import goal_of
    from engine.coverage.siting_candidates import read_candidates

    asked: dict[str, Any] = {"goal": f"SITING_GOAL_{goal_of(goal).name}"}
    if path is not None:
        _refuse_minutes(minutes)
        asked["candidates"] = coverage_asked.candidates_message(read_candidates(path, None, 0.0))
    else:
        asked["heaviest_cells"] = {"cell_count": every_cell}
        if minutes is not None:
            asked["heaviest_cells"]["mobilisation_duration"] = duration(60 * minutes)
    limits = {"site_count": sites, "budget": budget, "busy_share": busy}
    return asked | {name: value for name, value in limits.items() if value is not None}


def _service(names: list[str] | None, scenario: Scenario | None) -> Service:
    """The one that is asked for; OptionError when it is not said, or several are."""
    from engine.errors import OptionError

    known = () if scenario is None else tuple(scenario.when.services or ())
    asked = services_of(names)
    if len(asked) > 1:
        raise OptionError(
            f"sites are chosen for one service at a time, and {len(asked)} are asked for: "
            f"{', '.join(each.value for each in asked)}; give --service once",
            option="--service",
        )
    if not asked:
        if len(known) != 1:
            raise OptionError("say for which service: --service, or one in the scenario", option="--service")
        return known[0]
    (service,) = asked
    if known and service not in known:
        there = ", ".join(each.value for each in known)
        raise OptionError(f"--service {service.value} is none of the scenario's: {there}", option="--service")
    return service


def _candidates(
    plan: Plan, path: Path | None, every_cell: int | None, minutes: float | None, service: Service
) -> Candidates:
    from engine.coverage.siting_candidates import heaviest_cells, read_candidates, usual_mobilisation

    planner = plan.planner
    if path is not None:
        _refuse_minutes(minutes)
        taken = [provider.id for provider in plan.stands.providers]
        found = read_candidates(path, planner.region, planner.policy.limits.max_snap_m, taken=taken)
        lacking = len(found) - sum(service in each for each in found.services)
        if 0 < lacking < len(found):
            console.note(f"left out: {lacking:,} of {len(found):,} candidates, which do not offer {service.value}")
        return found
    assert every_cell is not None
    if minutes is None:
        minutes = usual_mobilisation(plan.stands, service)
        tell_mobilisation(minutes)
    return heaviest_cells(planner.pieces, planner.demand, every_cell, mobilisation_minutes=minutes)


def _refuse_minutes(minutes: float | None) -> None:
    """OptionError where a table says them."""
    from engine.errors import OptionError

    if minutes is not None:
        raise OptionError(
            "--mobilisation-minutes is for candidates in cells; a table has the column mobilisation_minutes",
            option="--mobilisation-minutes",
        )
