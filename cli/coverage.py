"""`towline coverage`: whom a fleet reaches in time, and what if."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli import console, coverage_asked
from cli.choices import BUNDLED, NowChoice, PolicyChoice, RegionChoice, time_of
from cli.compare import compare
from cli.coverage_files import GisChoice, LangChoice, MapChoice, PictureChoice, check_files, check_letters, write_files
from cli.failures import FailureGroup
from cli.planning import (
    CallsChoice,
    CallsOfChoice,
    CrewsChoice,
    DemandChoice,
    HighwayChoice,
    ProvidersChoice,
    ResolutionChoice,
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
from cli.siting import site
from cli.staffing import shifts
from cli.standby import standby
from cli.traffic import DEFAULT, FeedChoice, PlanProfileChoice

app = typer.Typer(cls=FailureGroup, help="Whom a fleet reaches in time, and what if.", no_args_is_help=True)

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (TOML).")]
GapsChoice = Annotated[int, typer.Option("--gaps", min=0, max=1000, help="List so many of the largest gaps.")]
WorthChoice = Annotated[
    int, typer.Option("--worth", min=0, max=100_000, help="List so many of the providers whose leaving costs most.")
]


@app.callback()
def _coverage() -> None:
    """Whom a fleet reaches in time, and what if."""


@app.command("evaluate")
def evaluate(
    context: typer.Context,
    providers: ProvidersChoice = None,
    units: UnitsChoice = None,
    demand: DemandChoice = None,
    highway_share: HighwayChoice = 0.0,
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    scenario: Annotated[Path | None, typer.Option("--scenario", help="A scenario file (TOML).")] = None,
    service: ServiceChoice = None,
    crews: CrewsChoice = "all",
    told_minutes: ToldChoice = 0.0,
    now: NowChoice = None,
    profile: PlanProfileChoice = DEFAULT,
    feed: FeedChoice = None,
    resolution: ResolutionChoice = 8,
    calls_per_day: CallsChoice = None,
    calls_of: CallsOfChoice = None,
    gaps: GapsChoice = 5,
    worth: WorthChoice = 5,
    map: MapChoice = None,
    picture: PictureChoice = None,
    gis: GisChoice = None,
    server: PlanServerChoice = None,
    lang: LangChoice = "en",
    json: console.Json = False,
) -> None:
    """Whom the fleet reaches within the promise, where it is thin, and whom it could not do without.

    Example: towline coverage evaluate --service towing --map coverage.html
    """
    from cli.views import coverage as view
    from engine.coverage.expected_result import expected_json, expected_moments, told_expected
    from engine.coverage.result_json import told_json
    from engine.coverage.told import ToldResult
    from engine.errors import OptionError
    from engine.texts import Language

    asked, outputs = services_of(service), {"--map": map, "--picture": picture, "--gis": gis}
    calls = None if calls_per_day is None else (calls_per_day, services_of(calls_of, "--calls-of"))
    if calls is None and calls_of:
        raise OptionError(
            "--calls-of says what --calls-per-day is of; give that, too, or leave it out", option="--calls-of"
        )
    inputs = inputs_of(providers, units, demand, policy, feed, region, scenario=scenario)
    check_files(outputs, inputs)
    wanted, language = scenario_of(scenario), Language.of(lang, "--lang")
    if server is not None:
        refuse_local(context)
        terms = terms_of(demand, told_minutes, now, crews)
        with planning_at(server, context, region) as at:
            coverage_asked.evaluate(at, wanted, asked, terms, gaps, worth, outputs, told_minutes, calls, language)
        return
    check_letters(picture, language, *([wanted.title] if wanted else []))
    plan = plan_of(
        region, policy, providers, units, demand, highway_share=highway_share, crews=crews,
        now=None if now is None else time_of(now), profile=profile, feed=feed,
        resolution=resolution, told_minutes=told_minutes,
    )  # fmt: skip
    with console.working("Looking who is where first"):
        result = plan.planner.evaluate(plan.stands, wanted, asked)
    tell_hours(plan.planner.traffic, wanted)
    expected = None
    if calls is not None:
        with console.working("Reckoning with busy crews"):
            expected = told_expected(expected_moments(plan.planner, plan.stands, wanted, *calls), result)
        result = replace(result, calls=expected.calls)
    write_files(plan.planner, None, result, map, picture, gis, language=language, expected=expected)
    told = ToldResult.of(result, gaps, worth)
    if json:
        console.print_json(told_json(told, gaps, worth) | expected_json(expected))
        return
    screen = console.stdout()
    view.print_result(screen, plan.planner.region.metadata.title, told, told_minutes)
    if expected is not None:
        view.print_expected(screen, expected, told)
    if len(told.evaluations) == 1:
        view.print_gaps(screen, told.evaluations[0].gaps)
        view.print_worth(screen, told.evaluations[0].worth, told.evaluations[0].demand_unit)


@app.command("whatif")
def whatif(
    context: typer.Context,
    scenario: ScenarioFile,
    providers: ProvidersChoice = None,
    units: UnitsChoice = None,
    demand: DemandChoice = None,
    highway_share: HighwayChoice = 0.0,
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    service: ServiceChoice = None,
    crews: CrewsChoice = "all",
    told_minutes: ToldChoice = 0.0,
    now: NowChoice = None,
    profile: PlanProfileChoice = DEFAULT,
    feed: FeedChoice = None,
    resolution: ResolutionChoice = 8,
    gaps: GapsChoice = 5,
    map: MapChoice = None,
    picture: PictureChoice = None,
    gis: GisChoice = None,
    server: PlanServerChoice = None,
    lang: LangChoice = "en",
    json: console.Json = False,
) -> None:
    """What a scenario changes: before and after, at its moments and for its services.

    Example: towline coverage whatif snow.toml --service towing --map snow.html
    """
    from cli.views import coverage as view
    from engine.coverage.changes import before_and_after, change_json
    from engine.coverage.told import ToldResult
    from engine.texts import Language

    asked, outputs = services_of(service), {"--map": map, "--picture": picture, "--gis": gis}
    inputs = inputs_of(providers, units, demand, policy, feed, region) | {"SCENARIO": scenario}
    check_files(outputs, inputs)
    wanted, language = scenario_of(scenario), Language.of(lang, "--lang")
    assert wanted is not None
    if server is not None:
        refuse_local(context)
        terms = terms_of(demand, told_minutes, now, crews)
        with planning_at(server, context, region) as at:
            coverage_asked.whatif(at, wanted, asked, terms, gaps, outputs, language)
        return
    check_letters(picture, language, wanted.title)
    plan = plan_of(
        region, policy, providers, units, demand, highway_share=highway_share, crews=crews,
        now=None if now is None else time_of(now), profile=profile, feed=feed,
        resolution=resolution, told_minutes=told_minutes,
    )  # fmt: skip
    with console.working("Looking before and after"):
        before, after = before_and_after(plan.planner, plan.stands, wanted, asked)
    tell_hours(plan.planner.traffic, wanted)
    write_files(plan.planner, before, after, map, picture, gis, language=language)
    if json:
        console.print_json(change_json(before, after, gaps_shown=gaps))
        return
    title = plan.planner.region.metadata.title
    view.print_change(console.stdout(), title, ToldResult.of(before), ToldResult.of(after, gaps, before=before))


app.command("compare")(compare)
app.command("site")(site)
app.command("standby")(standby)
app.command("shifts")(shifts)
