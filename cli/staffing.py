"""`towline coverage shifts`: how many crews, where and when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import console, coverage_asked
from cli.choices import BUNDLED, PolicyChoice, RegionChoice
from cli.coverage_files import LangChoice, MapChoice, PictureChoice, check_files, check_letters, tell_files
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
    tell_hours,
)
from cli.planning_server import PlanServerChoice, planning_at, refuse_local, terms_of
from cli.traffic import DEFAULT, FeedChoice, PlanProfileChoice

if TYPE_CHECKING:
    from engine.model import Service
    from engine.scenario import Scenario
    from engine.staffing import ShiftRules


def shifts(
    context: typer.Context,
    rules: Annotated[
        Path | None, typer.Argument(metavar="[RULES]", help="Allowed shifts, bases, costs and the question (TOML).")
    ] = None,
    calls_per_day: Annotated[
        float | None,
        typer.Option("--calls-per-day", help="Calls on a usual day, all of the services that are planned for."),
    ] = None,
    target: Annotated[
        float | None, typer.Option("--target", help="Share within promise in every hour, at the least cost: 0.9.")
    ] = None,
    crew_hours: Annotated[
        float | None, typer.Option("--crew-hours", help="Or: the best share with so many, a day or a week.")
    ] = None,
    minutes_per_call: Annotated[
        float | None, typer.Option("--minutes-per-call", help="A crew is busy with it; default: the policy's.")
    ] = None,
    calls_factor: Annotated[
        float | None, typer.Option("--calls-factor", help="Of all calls, for the weather or the season.")
    ] = None,
    most_crews: Annotated[int | None, typer.Option("--most-crews", help="On duty at one base; default 10.")] = None,
    week: Annotated[bool, typer.Option("--week", help="A whole week, hour by hour, instead of a day.")] = False,
    providers: ProvidersChoice = None,
    units: UnitsChoice = None,
    demand: DemandChoice = None,
    highway_share: HighwayChoice = 0.0,
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", help="A scenario file (TOML): day, weather, roads, promises, fleet.")
    ] = None,
    service: ServiceChoice = None,
    told_minutes: ToldChoice = 0.0,
    profile: PlanProfileChoice = DEFAULT,
    feed: FeedChoice = None,
    seconds: Annotated[float, typer.Option("--seconds", help="Search at most so long.")] = 60.0,
    gap: Annotated[float, typer.Option("--gap", help="Good enough when proven to be so near to the best.")] = 0.005,
    save: Annotated[Path | None, typer.Option("--save", help="Write the plan as a scenario file: .toml.")] = None,
    map: MapChoice = None,
    picture: PictureChoice = None,
    server: PlanServerChoice = None,
    play: Annotated[
        bool, typer.Option("--play/--no-play", help="Also play the queue of calls and crews, hour by hour.")
    ] = True,
    lang: LangChoice = "en",
    json: console.Json = False,
) -> None:
    """How many crews, where and when: least cost for a target, or the best share with so many crew-hours.

    Example: towline coverage shifts --calls-per-day 240 --target 0.9 --service towing --save shifts.toml
    """
    from cli.views.staffing import print_plan
    from engine.coverage.planner import offered
    from engine.staffing import parse_rules, plan_shifts, play_shifts, read_rules, usual_shares
    from engine.tables.outputs import Outputs
    from engine.texts import Language

    inputs = inputs_of(providers, units, demand, policy, feed, region, scenario=scenario) | {"RULES": rules}
    check_files({"--save": save, "--map": map, "--picture": picture}, inputs)
    language = Language.of(lang, "--lang")
    check_letters(picture, language)
    said = {
        "calls_per_day": calls_per_day, "target": target, "crew_hours": crew_hours, "calls_factor": calls_factor,
        "minutes_per_call": minutes_per_call, "most_crews": most_crews, "week": week or None,
    }  # fmt: skip
    question = parse_rules({}, **said) if rules is None else read_rules(rules, **said)
    asked, wanted = services_of(service), scenario_of(scenario)
    if not play:
        tell_unplayed()
    if server is not None:
        refuse_local(context, "calls_per_day")
        terms = terms_of(demand, told_minutes, None)
        with planning_at(server, context, region) as at:
            told = coverage_asked.shifts(
                at, rules, said, wanted, asked, terms, seconds, gap, save, map, picture, language, play
            )
        if save is not None:
            tell_saved(save, question, tuple(told.services), told_minutes, wanted)
        return
    plan = plan_of(
        region, policy, providers, units, demand, highway_share=highway_share, profile=profile, feed=feed,
        told_minutes=told_minutes,
    )  # fmt: skip
    services = asked or ((wanted.when.services or ()) if wanted else ()) or offered(plan.stands)
    with console.working("Planning shifts"):
        found = plan_shifts(
            plan.planner, plan.stands, question, usual_shares(tuple(services)), wanted, seconds=seconds, gap=gap
        )
    if play:
        with console.progress_bar() as tell:
            found = play_shifts(found, tell)
    with Outputs() as files:
        if save is not None:
            files.write(save, lambda part: part.write_text(found.scenario().to_toml(), "utf-8"))
        if map is not None:
            from engine.staffing.page import write_shifts

            files.write(map, lambda part: write_shifts(found, part, language))
        if picture is not None:
            from engine.staffing.picture import write_shifts_picture

            files.write(picture, lambda part: write_shifts_picture(found, part, language))
    if save is not None:
        tell_saved(save, question, tuple(found.told().services), told_minutes, wanted)
    tell_files(1, map, picture, None, None)
    tell_hours(plan.planner.traffic)
    if json:
        console.print_json(found.to_json() | {"traffic": plan.planner.traffic})
        return
    print_plan(console.stdout(), plan.planner.region.metadata.title, found.told(), plan.planner.traffic)


def tell_unplayed() -> None:
    """A note that shares are those of the program alone."""
    console.note("the plan is not played (--no-play): hours with idle crews may keep far less than planned")


def tell_saved(
    save: Path, rules: ShiftRules, services: tuple[Service, ...], told_minutes: float, scenario: Scenario | None
) -> None:
    """A note: where the plan is, and the command that evaluates it with busy crews, its calls being those planned."""
    from engine.scenario.moments import DEFAULT_DAY

    day = (None if scenario is None else scenario.when.weekday) or DEFAULT_DAY
    calls = rules.calls_per_day * rules.calls_factor * (rules.days.get(day, 1.0) if rules.week else 1.0)
    told = f" --told-minutes {told_minutes:g}" if told_minutes else ""
    of = "".join(f" --calls-of {each.value}" for each in services)
    console.note(
        f"scenario written to {save}; with busy crews: towline coverage evaluate --scenario {save}{told} "
        f"--calls-per-day {calls:.10g}{of}, with the same fleet, demand, policy and profile"
    )
