"""`towline eta`: how long the drive takes, from anywhere to anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import console
from cli.choices import BUNDLED, PolicyChoice, RegionChoice, open_region_choice, policy_of, region_file
from cli.places import NUMBERS, degrees, hint

if TYPE_CHECKING:
    from engine.policy import Policy
    from engine.tables.points import Points
    from engine.tables.problems import Problems
    from graphs.region import Region

_PLACE = "A place as LON,LAT in degrees, or a table of places (columns id, lon, lat)."


def eta(
    origin: Annotated[str, typer.Argument(metavar="FROM", help=_PLACE)],
    target: Annotated[str, typer.Argument(metavar="TO", help="The same.")],
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write all travel times: .csv, one row a pair.")] = None,
    json: console.Json = False,
) -> None:
    """Travel times by road at free flow, for one pair or for all pairs of two tables.

    Example: towline eta -71.2519,-29.9027 -71.3436,-29.9533
    """
    from engine.dispatch import Dispatcher
    from engine.tables.matrix import matrix_json, write_matrix
    from engine.tables.outputs import keep_apart
    from engine.tables.problems import Problems
    from engine.tables.write import check_csv

    if out is not None:
        check_csv(out)
        inputs = {"FROM": _file(origin), "TO": _file(target), "--policy": policy, "--region": region_file(region)}
        keep_apart({"--out": out}, inputs)
    rules, problems = policy_of(policy), Problems()
    area = open_region_choice(region)
    origins = _points("FROM", origin, area, rules, problems)
    targets = _points("TO", target, area, rules, problems)
    problems.raise_if_any()
    with console.working("Computing travel times"):
        dispatcher = Dispatcher(area, rules)
        durations = dispatcher.matrix(origins.lon, origins.lat, targets.lon, targets.lat)
    for remark in problems.notes:
        console.note(remark)
    if out is not None:
        write_matrix(out, origins, targets, durations)
        times = "travel time" if durations.size == 1 else "travel times"
        console.note(f"{durations.size:,} {times} written to {out}")
    if json:
        console.print_json({"region": area.name, **matrix_json(origins, targets, durations)})
        return
    from cli.views.matrix import print_matrix

    print_matrix(console.stdout(), origins, targets, durations)


def _points(which: str, text: str, region: Region, policy: Policy, problems: Problems) -> Points:
    from engine.tables.points import Points, load_points

    place = _place(text)
    if place is None:
        return load_points(text, region, policy, problems)
    import numpy as np

    lon, lat = np.array([place[0]]), np.array([place[1]])
    for error in region.snapper.snap_each(lon, lat, policy.limits.max_snap_m).errors.values():
        message = error.message.replace("Location 0", f"The place {which}", 1)
        message = message.replace("allow a greater distance", "raise limits.max_snap_m in a --policy file")
        raise type(error)(message, **error.metadata)
    return Points([text], lon, lat)


def _file(text: str) -> str | None:
    """The text when it names a table."""
    return None if NUMBERS.fullmatch(text) else text


def _place(text: str) -> tuple[float, float] | None:
    """Degrees when the text is two numbers, None when it must be the name of a file."""
    from engine.errors import OptionError

    found = degrees(text)
    if found is None and (NUMBERS.fullmatch(text) or not (Path(text).suffix or Path(text).exists())):
        raise OptionError(
            f"{text!r} is neither a place nor a table of places; write a place LON,LAT such as -71.2519,-29.9027"
            f"{hint(text)}",
            value=text,
        )
    return found
