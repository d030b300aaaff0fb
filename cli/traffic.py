"""Options about when a trip departs and what traffic it meets, and what they stand for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import console

if TYPE_CHECKING:
    from engine.dispatch import Dispatcher
    from graphs.metrics import MetricStore, TrafficProfile, Weather
    from graphs.region import Region

DEFAULT, NONE = "default", "none"

DepartChoice = Annotated[
    str | None,
    typer.Option("--depart", metavar="TIME", help="Departure, e.g. 2026-03-03T08:30:00-03:00; default: the clock."),
]
ProfileChoice = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="FILE",
        help=f"Speeds by hour of the week and weather: a traffic profile (TOML), or '{DEFAULT}' for Towline's own; "
        f"left out, or '{NONE}': free flow at every hour.",
    ),
]
PlanProfileChoice = Annotated[
    str,
    typer.Option(
        "--profile",
        metavar="FILE",
        help=f"Speeds by hour of the week and weather: a traffic profile (TOML), '{DEFAULT}' for Towline's own, "
        f"'{NONE}' for free flow at every hour.",
    ),
]
WeatherChoice = Annotated[
    str | None, typer.Option("--weather", help="dry, rain, heavy_rain, snow, fog or ice, all the time.")
]
FeedChoice = Annotated[
    Path | None, typer.Option("--feed", help="Traffic: closures, speeds and factors, as CSV or GeoJSON.")
]


def profile_of(choice: str | None) -> TrafficProfile:
    """A traffic profile by its path, Towline's by its name, free flow without one; also by name, which says it."""
    from graphs.metrics import free_flow_profile, load_traffic_profile

    if choice is None:
        return free_flow_profile()
    if choice == NONE:
        return replace(free_flow_profile(), name=NONE)
    return load_traffic_profile() if choice == DEFAULT else load_traffic_profile(choice)


def weather_of(choice: str | None) -> Weather | None:
    from engine.errors import UnknownWeatherError
    from graphs.metrics import Weather

    if choice is None:
        return None
    try:
        return Weather(choice.strip().lower().replace("-", "_").replace(" ", "_"))
    except ValueError:
        known = ", ".join(Weather)
        raise UnknownWeatherError(f"{choice!r} is no weather; use {known}", value=choice, known=known) from None


def store_of(
    region: Region, profile: str | None, weather: str | None, now: datetime, first_epoch: int = 0
) -> MetricStore:
    """The metrics of a region under a profile and a weather."""
    from graphs.metrics import MetricStore, WeatherSpell

    store = MetricStore(region, profile_of(profile), first_epoch=first_epoch)
    kind = weather_of(weather)
    if kind is not None:
        store.set_weather([WeatherSpell(kind)], now)
    return store


def traffic_of(
    region: Region, now: datetime, depart: str | None, profile: str | None, weather: str | None, feed: Path | None
) -> MetricStore | None:
    """The metrics that the options ask for; None without any: free flow. Says what of the feed cannot be used."""
    if depart is None and profile is None and weather is None and feed is None:
        return None
    store = store_of(region, profile, weather, now)
    if feed is not None:
        _load(store, feed, now)
    elif depart is not None and profile is None:
        console.note(f"without --profile every hour is free flow; --profile {DEFAULT} has hours that are assumed")
    return store


def conditions(dispatcher: Dispatcher, moment: datetime) -> str:
    """Under which travel times a dispatcher answers, in words."""
    if dispatcher.metric_version == "free-flow":
        return "at free flow"
    from cli.views.words import day_and_clock

    weather = dispatcher.metric_version.rpartition("/")[2].replace("_", " ")
    return f"departing {day_and_clock(moment, dispatcher.region.timezone)}, {weather}"


def _load(store: MetricStore, feed: Path, now: datetime) -> None:
    from engine.tables.problems import Problems
    from engine.tables.traffic import read_traffic
    from engine.tables.visible import visible
    from graphs.metrics import TrafficUpdate

    problems = Problems()
    entries = read_traffic(feed, problems)
    problems.raise_if_any()
    for remark in problems.notes:
        console.note(remark)
    done = store.update(TrafficUpdate(entries), now)
    for code, count in done.ignored().items():
        first = next(refusal for refusal in done.refusals if refusal.code is code)
        which = f"entry {visible(first.id)!r}" if count == 1 else f"{count:,} entries, the first {visible(first.id)!r}"
        console.note(f"{feed.name}: {which} ignored: {visible(first.message)}")
    if done.unknown_ways:
        first_way = done.unknown_ways[0]
        console.note(f"{feed.name}: {len(done.unknown_ways):,} ways are not in the region, the first {first_way}")
