"""`towline reassign`: a whole region's open incidents, decided in one batch."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli import console
from cli.choices import (
    BUNDLED,
    NowChoice,
    PolicyChoice,
    RegionChoice,
    open_region_choice,
    policy_of,
    region_file,
    time_of,
)
from cli.failures import UNSERVED
from cli.places import DatumChoice, PostsChoice, reading_of
from cli.tours import SecondsChoice, ToursChoice, seconds_of, solver_for, tours_of
from cli.traffic import FeedChoice, ProfileChoice, WeatherChoice, traffic_of

LONG_AGO = timedelta(days=1)


def reassign(
    incidents: Annotated[Path, typer.Option("--incidents", help="Open incidents: CSV, GeoJSON or (Geo)Parquet.")],
    units: Annotated[
        Path | None,
        typer.Option("--units", help="Units, same formats; left out: the providers' crews, at their bases."),
    ] = None,
    providers: Annotated[
        Path | None, typer.Option("--providers", help="Providers: services, territories, prices, bases.")
    ] = None,
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    now: NowChoice = None,
    posts: PostsChoice = None,
    datum: DatumChoice = "wgs84",
    profile: ProfileChoice = None,
    weather: WeatherChoice = None,
    feed: FeedChoice = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the plan: .csv, .geojson or .parquet.")] = None,
    map: Annotated[Path | None, typer.Option("--map", help="Write a map that opens offline: .html.")] = None,
    tours: ToursChoice = "auto",
    seconds: SecondsChoice = None,
    lang: Annotated[str, typer.Option("--lang", help="Language of the reasons: en, zh.")] = "en",
    json: console.Json = False,
) -> None:
    """Decide which unit goes to which open incident, all at once.

    Current assignments are kept unless changing them pays. Where incidents outnumber units, a unit gets several in
    order. The exit code is 4 when an incident has no unit.
    """
    from engine.dispatch import Dispatcher
    from engine.tables.load import load_batch
    from engine.tables.outputs import Outputs, keep_apart
    from engine.tables.plan_json import plan_json
    from engine.tables.write import check_map, check_writable
    from engine.texts import Language, translated

    language, mode, limit = Language.of(lang, "--lang"), tours_of(tours), seconds_of(seconds)
    if out is not None:
        check_writable(out)
    if map is not None:
        check_map(map)
    inputs = {
        "--incidents": incidents,
        "--units": units,
        "--providers": providers,
        "--policy": policy,
        "--posts": posts,
        "--feed": feed,
        "--profile": profile,
    }
    keep_apart({"--out": out, "--map": map}, inputs | {"--region": region_file(region)})
    moment, rules = time_of(now), policy_of(policy)
    area = open_region_choice(region)
    zone = area.timezone
    reading = reading_of(area, posts, datum)
    with console.working("Reading the tables"):
        batch = load_batch(incidents, units, providers, now=moment, region=area, policy=rules, reading=reading)
    with console.working("Preparing the fleet"):
        store = traffic_of(area, moment, None, profile, weather, feed)
        dispatcher = Dispatcher(area, rules, metrics=store, tours=solver_for(limit, rules))
        state = dispatcher.prepare(batch.fleet)
    with console.working("Assigning"):
        plan = dispatcher.optimize(batch.incidents, state, moment, tours=mode)
    if batch.incidents and all(moment - incident.received_at > LONG_AGO for incident in batch.incidents):
        console.note("every incident was received more than a day ago; for an old table, say --now what time it is")
    for remark in batch.notes:
        console.note(remark)
    with Outputs() as files:
        if out is not None:
            from engine.tables.plan_rows import plan_rows
            from engine.tables.write import write_rows

            files.write(
                out, lambda part: write_rows(part, plan_rows(plan, batch.incidents, batch.fleet, zone, language))
            )
        if map is not None:
            from engine.plan_map import write_plan_map

            with console.working("Drawing the map"):
                files.write(
                    map, lambda part: write_plan_map(part, area, batch.fleet, batch.incidents, {"Towline": plan})
                )
    for what, path in (("plan", out), ("map", map)):
        if path is not None:
            console.note(f"{what} written to {path}")
    if json:
        console.print_json(plan_json(plan, batch.incidents, batch.fleet, zone, language=language))
    else:
        from cli.views.plan import print_plan
        from cli.views.words import day_and_clock, plural, text
        from engine.tables.clock import Clock
        from engine.tables.why import Why

        screen = console.stdout()
        counts = f"{plural(len(batch.incidents), 'open incident')}, {plural(len(batch.fleet.units), 'unit')}"
        screen.print(f"[bold]{text(area.metadata.title)}[/bold], {day_and_clock(moment, zone)}: {counts}")
        if batch.incidents:
            screen.print()
            why = Why(plan, batch.incidents, batch.fleet, zone, language)
            print_plan(screen, translated(plan, language), why, Clock(zone, moment))
    if plan.unserved:
        raise typer.Exit(UNSERVED)
