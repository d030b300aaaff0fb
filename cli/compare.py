"""`towline coverage compare`: many scenarios, or the sweep of one, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console, coverage_asked
from cli.choices import BUNDLED, NowChoice, PolicyChoice, RegionChoice, time_of
from cli.coverage_files import LangChoice, MapChoice, check_files, write_one
from cli.planning import (
    CrewsChoice,
    DemandChoice,
    HighwayChoice,
    Plan,
    ProvidersChoice,
    ResolutionChoice,
    ServiceChoice,
    ToldChoice,
    UnitsChoice,
    inputs_of,
    plan_of,
    services_of,
    tell_hours,
)
from cli.planning_server import PlanServerChoice, planning_at, refuse_local, terms_of, write_contents
from cli.traffic import DEFAULT, FeedChoice, PlanProfileChoice

if TYPE_CHECKING:
    from engine.model import Service
    from engine.scenario import Scenario
    from engine.sweep import SweepRow

SHOWN = 40


def compare(
    context: typer.Context,
    scenarios: Annotated[list[Path], typer.Argument(metavar="SCENARIO...", help="Scenario files (TOML).")],
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
    workers: Annotated[
        int | None, typer.Option("--workers", min=0, max=256, help="Processes; default: one a core where it pays.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="A Dask cluster: tcp://HOST:PORT.")
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="Refuse sweeps of more scenarios than that.")] = 10_000,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all rows: .csv.")] = None,
    map: MapChoice = None,
    server: PlanServerChoice = None,
    lang: LangChoice = "en",
    json: console.Json = False,
) -> None:
    """Scenarios side by side; a scenario with a sweep is as many as it makes, worst first.

    Example: towline coverage compare who-matters.toml --service towing --csv worth.csv
    """
    from cli.views import compare as view
    from engine.scenario import read_scenario
    from engine.sweep.result import comparison_digest
    from engine.tables.outputs import Outputs
    from engine.tables.write import write_csv
    from engine.texts import Language

    asked, language = services_of(service), Language.of(lang, "--lang")
    inputs = inputs_of(providers, units, demand, policy, feed, region)
    inputs |= {f"SCENARIO {path}": path for path in scenarios}
    check_files({"--csv": csv, "--map": map}, inputs)
    wanted = [read_scenario(path) for path in scenarios]
    if server is not None:
        refuse_local(context)
        terms = terms_of(demand, told_minutes, now, crews)
        with planning_at(server, context, region) as at:
            rows, before, traffic, sent = coverage_asked.compare(at, wanted, asked, terms, map, language)
    else:
        plan = plan_of(
            region, policy, providers, units, demand, highway_share=highway_share, crews=crews,
            now=None if now is None else time_of(now), profile=profile, feed=feed,
            resolution=resolution, told_minutes=told_minutes,
        )  # fmt: skip
        rows, before = _rows(plan, wanted, asked, workers, scheduler, most)
        traffic = plan.planner.traffic
    tell_hours(traffic, *wanted)
    table = list(_table(rows, before))
    with Outputs() as files:
        if csv is not None:
            files.write(csv, lambda part: write_csv(part, table))
    if csv is not None:
        console.note(f"{len(table):,} rows written to {csv}")
    if map is not None and server is not None:
        write_contents(sent, {"--map": map}, {})
        console.note(f"map written to {map}")
    elif map is not None:
        from engine.sweep.page import page_of

        write_one(map, page_of(plan.planner, plan.stands, rows, before, language))
    if json:
        console.print_json(
            {
                "traffic": traffic,
                "told_minutes": told_minutes,
                "as_it_is": _with_versions(_table(before, ()), before),
                "scenarios": _with_versions(table, rows),
                "result": comparison_digest(rows, before),
            }
        )
        return
    view.print_comparison(console.stdout(), rows, before, traffic, told_minutes, SHOWN, csv is not None)


def _rows(
    plan: Plan,
    wanted: list[Scenario],
    asked: tuple[Service, ...],
    workers: int | None,
    scheduler: str | None,
    most: int,
) -> tuple[list[SweepRow], list[SweepRow]]:
    """(under the scenarios, as it is)."""
    from engine.coverage.changes import baseline_of
    from engine.coverage.planner import offered
    from engine.scenario import variants
    from engine.sweep import run_sweep

    services = asked or offered(plan.stands)
    with console.progress_bar() as tell:
        rows: list[SweepRow] = []
        for each in wanted:
            checked = plan.planner.checked(each, plan.stands)
            with run_sweep(
                plan.planner, plan.stands, checked, services, workers=workers, scheduler=scheduler, most=most,
                progress=lambda done, of: tell("Looking at scenarios", done, of),
            ) as found:  # fmt: skip
                rows += found
        ids = [provider.id for provider in plan.stands.providers]
        usual = dict.fromkeys(baseline_of(variant.scenario) for each in wanted for variant in variants(each, ids, most))
        before = list(run_sweep(plan.planner, plan.stands, list(usual), services, workers=0))
    return rows, before


def _with_versions(table: Iterable[dict[str, Any]], rows: Sequence[SweepRow]) -> list[dict[str, Any]]:
    """Of each row what it was made from, too."""
    pairs = zip(table, rows, strict=True)
    return [{**told, "versions": None if row.versions is None else asdict(row.versions)} for told, row in pairs]


def _table(rows: Sequence[SweepRow], before: Sequence[SweepRow]) -> Iterable[dict[str, Any]]:
    """A plain row each, the same columns in all; ranks beside ``before``, if that is given."""
    from engine.coverage.result_json import figures_json
    from engine.sweep.ranking import ranked

    ranks = {id(each.row): each for each in ranked(rows, before)} if before else {}

    names = ("demand", "covered", "share", "share_twice", "share_thrice", "unreached")
    names += ("mean_minutes", "median_minutes", "p90_minutes", "longest_minutes")
    for row in rows:
        figures = {} if row.figures is None else figures_json(row.figures)
        rank = ranks.get(id(row))
        yield {
            **({"rank": rank.rank if rank else None} if before else {}),
            "scenario": row.title,
            "variant": row.variant,
            "moment": row.moment,
            "service": row.service.value if row.service else "",
            **{name: figures.get(name) for name in names},
            **({"share_change": rank.share and round(rank.share, 6) if rank else None} if before else {}),
            "result": row.result,
            "problem": row.problem.message if row.problem else "",
        }
