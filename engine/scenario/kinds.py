"""Kinds of values in a scenario: each turns what a file says into what is meant, or tells what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from engine.scenario.lines import Path
from engine.scenario.problems import Problems, shown
from engine.tables.visible import has_commands
from graphs.classes import ROAD_CLASSES
from graphs.metrics.hours import DAYS

#: Ids and titles are not longer.
LONGEST = 200
#: OSM's ids are far from it; it is what a table of ways holds.
MOST_WAY = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 2000, 2099


class _Missing:
    """What is left of a value that cannot be used; its problem has been told."""


MISSING: Final = _Missing()
#: (value, its path, problems) -> what is meant, or MISSING.
Kind = Callable[[Any, Path, Problems], Any]


def number(low: float, high: float, *, above: bool = False) -> Kind:
    """A finite number from ``low`` (not itself where ``above``) to ``high``."""

    def read(value: Any, path: Path, problems: Problems) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            problems.add(path, f"must be a number, not {shown(value)}")
        elif not (low < value if above else low <= value) or not value <= high:
            least = f"above {low:g}" if above else f"at least {low:g}"
            problems.add(path, f"must be {least} and at most {high:g}, not {shown(value)}")
        else:
            return float(value) + 0.0  # no negative zero: equal values are written alike
        return MISSING

    return read


def whole(low: int, high: int) -> Kind:
    """A whole number from ``low`` to ``high``."""

    def read(value: Any, path: Path, problems: Problems) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            problems.add(path, f"must be a whole number, not {shown(value)}")
        elif not low <= value <= high:
            problems.add(path, f"must be {low} to {high:,}, not {shown(value)}")
        else:
            return int(value)
        return MISSING

    return read


def text(what: str, *, empty: bool = False) -> Kind:
    """One line of text."""

    def read(value: Any, path: Path, problems: Problems) -> Any:
        if not isinstance(value, str):
            problems.add(path, f"must be {what} as text in quotes, not {shown(value)}")
        elif has_commands(value):
            problems.add(path, "holds characters that nobody sees; write it anew on one line")
        elif not empty and not value.strip():
            problems.add(path, f"must be {what}, not empty text")
        elif len(value) > LONGEST:
            problems.add(path, f"must be at most {LONGEST} characters long, not {len(value):,}")
        else:
            return str(value)
        return MISSING

    return read


def word(known: Iterable[str], what: str) -> Kind:
    """One of some words; of an enum's values its member."""
    members = {str(each): each for each in known}

    def read(value: Any, path: Path, problems: Problems) -> Any:
        found = members.get(value) if isinstance(value, str) else None
        if found is None:
            near = problems.nearest(value, members) if isinstance(value, str) else ""
            problems.add(path, f"{shown(value)} is no {what}; use any of: {', '.join(members)}{near}")
            return MISSING
        return found

    return read


def several(one: Kind, order: Iterable[Any] | None = None) -> Kind:
    """One value or a list of them, at least one: a tuple without repetitions, ascending or in an order."""
    rank = {each: at for at, each in enumerate(order)} if order is not None else None

    def read(value: Any, path: Path, problems: Problems) -> Any:
        if not isinstance(value, list):
            found = one(value, path, problems)
            return MISSING if found is MISSING else (found,)
        if not value:
            problems.add(path, "is an empty list; leave the key out, or list at least one")
            return MISSING
        items = [one(item, (*path, at), problems) for at, item in enumerate(value)]
        if any(item is MISSING for item in items):
            return MISSING
        return tuple(sorted(set(items), key=None if rank is None else rank.__getitem__))

    return read


def moment(value: Any, path: Path, problems: Problems) -> Any:
    """A time on the region's clock, of this century."""
    if not isinstance(value, datetime):
        problems.add(path, f"must be a date with a time such as 2026-01-15T08:30:00, not {shown(value)}")
    elif value.utcoffset() is not None:
        problems.add(path, "has an offset; write it without one, on the region's own clock")
    elif not FIRST_YEAR <= value.year <= LAST_YEAR:
        problems.add(path, f"must be in the years {FIRST_YEAR} to {LAST_YEAR}, not {value.year}")
    else:
        return value.replace(tzinfo=None)
    return MISSING


def table(value: Any, path: Path, problems: Problems) -> Mapping[str, Any] | None:
    """A table, or None and a problem."""
    if isinstance(value, Mapping):
        return value
    problems.add(path, f"must be a table, not {shown(value)}")
    return None


def unknown_keys(
    value: Mapping[str, Any], known: Iterable[str], path: Path, problems: Problems, at: Path | None = None
) -> None:
    """A problem for each key that nobody reads, ``at`` a path of its own where it is not one key."""
    known = list(known)
    for key in value:
        if key not in known:
            near = problems.nearest(str(key), known)
            problems.add(at or (*path, str(key)), f"is no key that is known here; known are: {', '.join(known)}{near}")


def words(known: type[StrEnum], what: str) -> Kind:
    """One member of an enum, or several, in its order."""
    return several(word(known, what), known)


ROADS = several(word(ROAD_CLASSES, "road class"), ROAD_CLASSES)
WAYS = several(whole(1, MOST_WAY))
DAY = word(DAYS, "day of the week")
WEEKDAYS = several(DAY, DAYS)
