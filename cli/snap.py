"""`towline snap`: which road a place is on, how sure that is, and where else it may be."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console
from cli.choices import BUNDLED, PolicyChoice, RegionChoice, open_region_choice, policy_of
from cli.failures import BAD_INPUT
from cli.places import NUMBERS, PLACE, DatumChoice, PostsChoice, hint, location_of, names_file, reading_of

if TYPE_CHECKING:
    from engine.model import Location
    from engine.policy import Policy
    from engine.tables.locations import Reading
    from engine.tables.points import Points
    from graphs.region import Region


class OnSide(StrEnum):
    """A side of the road."""

    LEFT = "left"
    RIGHT = "right"


def snap(
    places: Annotated[list[str], typer.Argument(metavar="PLACE...", help=f"Places: {PLACE}; or one table of places.")],
    heading: Annotated[float | None, typer.Option("--heading", help="Driving direction, degrees from north.")] = None,
    tolerance: Annotated[float | None, typer.Option("--tolerance", help="How far off it may be; 45 degrees.")] = None,
    accuracy: Annotated[float | None, typer.Option("--accuracy", help="Radius of the place in metres; 20.")] = None,
    road: Annotated[str, typer.Option("--road", help="Name or number of the road.")] = "",
    direction: Annotated[str, typer.Option("--direction", help="Which way it leads: northbound, norte, 北向.")] = "",
    level: Annotated[int | None, typer.Option("--level", min=-10, max=10, help="OSM's layer; 0 is the ground.")] = None,
    side: Annotated[OnSide | None, typer.Option("--side", help="Side of the road, facing the way of driving.")] = None,
    posts: PostsChoice = None,
    datum: DatumChoice = "wgs84",
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    json: console.Json = False,
) -> None:
    """Which road each place is on, how sure that is, and what else it may be.

    What options tell counts for every LON,LAT; a table has columns for it. The exit code is 2 when a place cannot be
    used; the others are answered.

    Example: towline snap -71.2519,-29.9027@200
    """
    from engine.dispatch import Dispatcher
    from engine.snapped import snapped_location

    known: dict[str, Any] = {"heading": heading, "heading_tolerance": tolerance, "accuracy_m": accuracy}
    known |= {"road": road or None, "direction": direction or None, "level": level, "side": side}
    told = {key: value for key, value in known.items() if value is not None}
    dispatcher = Dispatcher(open_region_choice(region), policy_of(policy))
    area, rules = dispatcher.region, dispatcher.policy
    points = _points(places, told, area, rules, posts, datum)
    located = dispatcher.locate(points.places)
    answers = [
        None if i in located.errors else snapped_location(area.network, located, i) for i in range(len(points.ids))
    ]
    words = {i: points.ids[i] + error.message.removeprefix(f"Location {i}") for i, error in located.errors.items()}
    if json:
        from engine.tables.snapped_json import snapped_json

        rows: list[dict[str, Any]] = []
        for i, (name, answer) in enumerate(zip(points.ids, answers, strict=True)):
            if answer is not None:
                rows.append({"id": name, "snapped_location": snapped_json(answer)})
            else:
                error = located.errors[i]
                fault = {"reason": error.reason, "message": words[i], "metadata": error.metadata}
                rows.append({"id": name, "error": fault})
        console.print_json({"region": area.name, "region_version": area.metadata.version, "locations": rows})
    else:
        from cli.views.snap import print_snapped

        print_snapped(console.stdout(), points.ids, answers)
        for i in sorted(words):
            console.plain(f"error: {words[i]}", style="red")
    if words:
        raise typer.Exit(BAD_INPUT)


def _points(
    texts: list[str], told: dict[str, Any], region: Region, policy: Policy, posts: Path | None, datum: str
) -> Points:
    """The places told on the command line, or those of a table."""
    from engine.errors import OptionError
    from engine.tables.points import Points, load_points
    from engine.tables.problems import Problems

    reading, problems = reading_of(region, posts, datum), Problems()
    if len(texts) == 1 and not NUMBERS.fullmatch(texts[0]) and names_file(texts[0]):
        if told:
            names = ", ".join(key.replace("_", " ") for key in told)
            raise OptionError(f"a table has columns of its own for {names}; leave the options out", options=names)
        found = load_points(texts[0], region, policy, problems, reading)
        problems.raise_if_any()
        for remark in problems.notes:
            console.note(remark)
        return found
    return Points(texts, [_told(text, told, reading) for text in texts])


def _told(text: str, told: dict[str, Any], reading: Reading) -> Location:
    from engine.errors import OptionError
    from graphs.snapping.query import Side

    place = location_of(text, reading)
    if place is None:
        raise OptionError(f"{text!r} is no place; write it LON,LAT, e.g. -71.2519,-29.9027{hint(text)}", value=text)
    if place.accuracy_m == 0.0:  # a kilometre post knows better
        return place
    given = {key: Side[value.name] if key == "side" else value for key, value in told.items()}
    if place.heading is not None or place.direction:
        given = {key: value for key, value in given.items() if key not in ("heading", "direction")}
    return replace(place, **given)
