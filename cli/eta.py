"""`towline eta`: how long the drive takes, from anywhere to anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console
from cli.choices import BUNDLED, PolicyChoice, RegionChoice, open_region_choice, policy_of

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
    from engine.tables.problems import Problems
    from engine.tables.write import check_csv

    if out is not None:
        check_csv(out)
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
        console.note(f"{durations.size:,} travel times written to {out}")
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
        raise type(error)(error.message.replace("Location 0", f"The place {which}", 1), **error.metadata)
    return Points([text], lon, lat)


def _place(text: str) -> tuple[float, float] | None:
    """Degrees when the text is two numbers, None when it must be the name of a file."""
    from engine.errors import OptionError

    parts: list[Any] = text.split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        if Path(text).suffix:
            return None
        raise OptionError(
            f"{text!r} is neither a place (write it LON,LAT, e.g. -71.2519,-29.9027) nor a table of places", value=text
        ) from None
    return lon, lat
