"""Traffic profiles from files: a TOML file by road class, and a CSV table of single ways."""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from graphs.classes import ROAD_CLASSES
from graphs.errors import TrafficProfileError
from graphs.metrics.hours import DAYS, SLOTS
from graphs.metrics.profile import GREATEST_FACTOR, LEAST_FACTOR, TrafficProfile, WayHours
from graphs.metrics.weather import WEATHERS
from graphs.network import Float64

DEFAULT = Path(__file__).parents[1] / "data" / "traffic" / "default.toml"
#: Which days a name stands for; later groups overrule earlier ones.
DAY_GROUPS: dict[str, range] = {"daily": range(7), "weekday": range(5), "weekend": range(5, 7)} | {
    day: range(number, number + 1) for number, day in enumerate(DAYS)
}
DIRECTIONS = {"": 0, "both": 0, "forward": 1, "backward": -1}
WAY_COLUMNS = ("way", "day", "hour", "factor")


def load_traffic_profile(path: str | Path | None = None, ways: str | Path | None = None) -> TrafficProfile:
    """A profile from a TOML file (Towline's default without one) and optionally a CSV table of ways.

    Raises TrafficProfileError naming the key or row that is unknown or impossible.
    """
    path = DEFAULT if path is None else Path(path)
    try:
        content = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise TrafficProfileError(f"The traffic profile {path} is not valid TOML: {error}.", path=path) from error
    return traffic_profile_from(content, path.stem, read_way_hours(ways) if ways is not None else None)


#: What a profile is called that leaves every hour at free flow because none was named.
FREE_FLOW = "free-flow"


def free_flow_profile() -> TrafficProfile:
    """Free flow at every hour, and the weather of Towline's default."""
    default = load_traffic_profile()
    return replace(default, name=FREE_FLOW, hours=np.ones_like(default.hours))


def traffic_profile_from(
    content: Mapping[str, Any], default_name: str = "custom", ways: WayHours | None = None
) -> TrafficProfile:
    """A profile from the parsed content of a TOML file."""
    for key in content:
        if key not in ("name", "hours", "weather"):
            raise _error(f"Unknown key '{key}'; a traffic profile knows name, [hours.DAYS] and [weather.KIND]", key)
    hours = np.ones((len(ROAD_CLASSES), SLOTS))
    given = _table(content.get("hours", {}), "hours", DAY_GROUPS)
    for group in (name for name in DAY_GROUPS if name in given):
        for rows, value, key in _by_class(given[group], f"hours.{group}"):
            day = _hours(value, key)
            for number in DAY_GROUPS[group]:
                hours[rows, 24 * number : 24 * number + 24] = day
    weather = np.ones((len(WEATHERS), len(ROAD_CLASSES)))
    given = _table(content.get("weather", {}), "weather", WEATHERS)
    for kind, table in given.items():
        for rows, value, key in _by_class(table, f"weather.{kind}"):
            weather[WEATHERS.index(kind), rows] = _factor(value, key)
    return TrafficProfile(str(content.get("name", default_name)), hours, weather, ways or WayHours.none())


def read_way_hours(path: str | Path) -> WayHours:
    """Rows `way, [direction,] day, hour, factor`: hours that are not listed are driven at free flow.

    day is mon … sun, weekday, weekend or daily (later rows overrule earlier ones); direction is forward (as the way is
    drawn), backward or both.
    """
    rows = csv.DictReader(_text(Path(path)).splitlines())
    missing = [name for name in WAY_COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise TrafficProfileError(
            f"{path} lacks the column {missing[0]}; it needs {', '.join(WAY_COLUMNS)}.", path=path
        )
    found: dict[tuple[int, int], Float64] = {}
    for number, row in enumerate(rows, start=2):
        where = f"{path}, line {number}"
        try:
            way, hour, day = int(row["way"]), int(row["hour"]), DAY_GROUPS[row["day"].strip().lower()]
            direction = DIRECTIONS[(row.get("direction") or "").strip().lower()]
            factor = _factor(float(row["factor"]), where)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _error(f"{where} is no line of way, direction, day, hour, factor", where) from None
        if not 0 <= hour <= 23:
            raise _error(f"{where}: hour {hour} must be 0 to 23", where)
        week = found.setdefault((way, direction), np.ones(SLOTS))
        week[[24 * number + hour for number in day]] = factor
    keys = np.array(sorted(found, key=lambda key: abs(key[1])), np.int64).reshape(-1, 2)  # one direction overrules both
    factors = np.array([found[way, direction] for way, direction in keys.tolist()]).reshape(-1, SLOTS)
    return WayHours(keys[:, 0], keys[:, 1], factors)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise TrafficProfileError(f"There is no traffic profile at {path}; check the path.", path=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise TrafficProfileError(f"The traffic profile {path} cannot be read: {error}.", path=path) from error


def _table(value: Any, title: str, known: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _error(f"'{title}' must be a table", title)
    for key in value:
        if key not in known:
            raise _error(f"Unknown key '{title}.{key}'; use any of {', '.join(known)}", f"{title}.{key}")
    return value


def _by_class(table: Any, title: str) -> list[tuple[slice | int, Any, str]]:
    """(rows of classes, value, key) of one table, the default first."""
    table = _table(table, title, ("default", *ROAD_CLASSES))
    found: list[tuple[slice | int, Any, str]] = []
    if "default" in table:
        found.append((slice(None), table["default"], f"{title}.default"))
    found.extend((ROAD_CLASSES.index(k), v, f"{title}.{k}") for k, v in table.items() if k != "default")
    return found


def _hours(value: Any, key: str) -> Float64:
    values = value if isinstance(value, list) else [value] * 24
    if len(values) != 24:
        raise _error(f"'{key}' has {len(values)} hours; give 24, or one factor for all", key)
    return np.array([_factor(item, key) for item in values])


def _factor(value: Any, key: str) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not LEAST_FACTOR <= value <= GREATEST_FACTOR:
        raise _error(f"'{key}' is {value!r}; a factor is {LEAST_FACTOR:g} to {GREATEST_FACTOR:g}", key)
    return float(value)


def _error(message: str, key: str) -> TrafficProfileError:
    return TrafficProfileError(f"{message} (traffic profile).", key=key)
