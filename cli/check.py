"""`towline check`: a plan made by hand, verified and put beside others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import console
from cli.choices import BUNDLED, NowChoice, PolicyChoice, RegionChoice, open_region_choice, policy_of, time_of
from cli.failures import UNSERVED
from cli.places import DatumChoice, PostsChoice, reading_of
from cli.tours import SecondsChoice, ToursChoice, seconds_of, solver_for, tours_of
from cli.traffic import FeedChoice, ProfileChoice, WeatherChoice, traffic_of


def check(
    incidents: Annotated[Path, typer.Option("--incidents", help="Open incidents: CSV, GeoJSON or (Geo)Parquet.")],
    plan: Annotated[
        Path,
        typer.Option("--plan", help="The plan: incident, unit, and perhaps position and arrives_at; same formats."),
    ],
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
    tours: ToursChoice = "auto",
    seconds: SecondsChoice = None,
    alone: Annotated[bool, typer.Option("--alone", help="Make no other plans to compare with: quicker.")] = False,
    lang: Annotated[str, typer.Option("--lang", help="Language of the messages: en, zh.")] = "en",
    json: console.Json = False,
) -> None:
    """Verify a plan made by hand: every rule it breaks and by how much, and its cost beside Towline's.

    The exit code is 4 when it breaks a rule or leaves an incident; broken promises alone do not change it.
    """
    from engine.check import check_plan
    from engine.dispatch import Dispatcher
    from engine.tables.check_json import check_json
    from engine.tables.load import load_batch
    from engine.tables.planned import load_planned
    from engine.texts import Language

    language, mode, limit = Language.of(lang, "--lang"), tours_of(tours), seconds_of(seconds)
    moment, rules = time_of(now), policy_of(policy)
    area = open_region_choice(region)
    reading = reading_of(area, posts, datum)
    with console.working("Reading the tables"):
        batch = load_batch(incidents, units, providers, now=moment, region=area, policy=rules, reading=reading)
        planned, remarks = load_planned(plan, now=moment)
    with console.working("Preparing the fleet"):
        store = traffic_of(area, moment, None, profile, weather, feed)
        dispatcher = Dispatcher(area, rules, metrics=store, tours=solver_for(limit, rules))
        state = dispatcher.prepare(batch.fleet)
    with console.working("Checking"):
        found = check_plan(dispatcher, batch.incidents, state, moment, planned, compare=not alone, mode=mode)
    found = found.in_language(language)
    for remark in (*batch.notes, *remarks):
        console.note(remark)
    if json:
        console.print_json(check_json(found, batch.incidents, batch.fleet, area.timezone, language=language))
    else:
        from cli.views.check import print_check
        from cli.views.words import day_and_clock, plural, text
        from engine.tables.clock import Clock

        screen = console.stdout()
        counts = f"{plural(len(batch.incidents), 'open incident')}, {plural(len(batch.fleet.units), 'unit')}"
        screen.print(f"[bold]{text(area.metadata.title)}[/bold], {day_and_clock(moment, area.timezone)}: {counts}\n")
        print_check(screen, found, Clock(area.timezone, moment))
    if not found.keeps_rules:
        raise typer.Exit(UNSERVED)
