"""`towline eta`: how long the drive takes, from anywhere to anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import console
from cli.choices import (
    BUNDLED,
    PolicyChoice,
    RegionChoice,
    departure_of,
    open_region_choice,
    policy_of,
    region_file,
)
from cli.places import NUMBERS, PLACE, DatumChoice, PostsChoice, hint, location_of, names_file, reading_of
from cli.traffic import DepartChoice, FeedChoice, ProfileChoice, WeatherChoice, conditions, traffic_of

if TYPE_CHECKING:
    from engine.model import Location
    from engine.policy import Policy
    from engine.tables.locations import Reading
    from engine.tables.points import Points
    from engine.tables.problems import Problems
    from graphs.region import Region

_PLACE = f"A place: {PLACE}; or a table of places."


def eta(
    origin: Annotated[str, typer.Argument(metavar="FROM", help=_PLACE)],
    target: Annotated[str, typer.Argument(metavar="TO", help="The same.")],
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    posts: PostsChoice = None,
    datum: DatumChoice = "wgs84",
    depart: DepartChoice = None,
    profile: ProfileChoice = None,
    weather: WeatherChoice = None,
    feed: FeedChoice = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write all travel times: .csv, one row a pair.")] = None,
    json: console.Json = False,
) -> None:
    """Travel times by road, for one pair or for all pairs of two tables: at free flow, or as traffic is at a departure.

    Example: towline eta -71.2519,-29.9027 -71.3436,-29.9533
    """
    from engine.closures import closing_all
    from engine.dispatch import Dispatcher
    from engine.tables.matrix import matrix_json, write_matrix
    from engine.tables.outputs import keep_apart
    from engine.tables.problems import Problems
    from engine.tables.write import check_csv

    if out is not None:
        check_csv(out)
        inputs = {"FROM": _file(origin), "TO": _file(target), "--policy": policy, "--region": region_file(region)}
        inputs |= {"--posts": posts, "--feed": feed, "--profile": profile}
        keep_apart({"--out": out}, inputs)
    rules, problems = policy_of(policy), Problems()
    moment = departure_of(depart)
    area = open_region_choice(region)
    reading = reading_of(area, posts, datum)
    origins = _points("FROM", origin, area, rules, problems, reading)
    same = _same(origin, target)
    targets = origins if same else _points("TO", target, area, rules, problems, reading)
    problems.raise_if_any()
    with console.working("Computing travel times"):
        store = traffic_of(area, moment, depart, profile, weather, feed)
        dispatcher = Dispatcher(area, rules, metrics=store).departing(moment)
        ends = dispatcher.positions(origins.places), dispatcher.positions(targets.places)
        durations = dispatcher.durations(*ends)
        closures = closing_all(dispatcher, *ends, durations)
    for remark in problems.notes:
        console.note(remark)
    if out is not None:
        write_matrix(out, origins, targets, durations)
        times = "travel time" if durations.size == 1 else "travel times"
        console.note(f"{durations.size:,} {times} written to {out}")
    if json:
        version = {"region": area.name, "metric_version": dispatcher.metric_version}
        console.print_json({**version, **matrix_json(origins, targets, durations, closures)})
        return
    from cli.views.matrix import print_matrix

    print_matrix(console.stdout(), origins, targets, durations, conditions(dispatcher, moment), closures)


def _points(which: str, text: str, region: Region, policy: Policy, problems: Problems, reading: Reading) -> Points:
    from engine.tables.points import Points, load_points

    place = _place(text, reading)
    if place is None:
        return load_points(text, region, policy, problems, reading)
    from engine.locating import positions_each, query_of

    for error in positions_each(region.snapper, query_of([place]), policy.limits.max_snap_m)[1].values():
        message = error.message.replace("Location 0", f"The place {which}", 1)
        raise type(error)(message, **error.metadata)
    return Points([text], [place])


def _same(origin: str, target: str) -> bool:
    """Whether both are one place or one table, which is then read once and its mistakes told once."""
    both = Path(origin), Path(target)
    return origin == target or (all(path.is_file() for path in both) and both[0].samefile(both[1]))


def _file(text: str) -> str | None:
    """The text when it names a table."""
    return None if NUMBERS.fullmatch(text) else text


def _place(text: str, reading: Reading) -> Location | None:
    """The place a text says, None when it must be the name of a file."""
    from engine.errors import OptionError

    if Path(text).exists() or (names_file(text) and not NUMBERS.fullmatch(text)):
        return None
    found = location_of(text, reading)
    if found is None:
        raise OptionError(
            f"{text!r} is neither a place nor a table of places; write a place LON,LAT such as -71.2519,-29.9027"
            f"{hint(text)}",
            value=text,
        )
    return found
