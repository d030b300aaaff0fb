"""The form of ``[sweep]``: lists of values, or ranges in text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.scenario.kinds import LONGEST, MISSING, Kind, table, text, unknown_keys
from engine.scenario.lines import Path
from engine.scenario.model import ALL_PROVIDERS, SWEPT, Sweep
from engine.scenario.problems import Problems, shown

REMOVE_EACH = "remove_each"
#: More values of one key, or ids to remove, are a mistake.
MOST_VALUES = 10_000
_RANGE = re.compile(r"(\d{1,4})\.\.(\d{1,4})")
_LARGE_RANGE = re.compile(r"\d+\.\.\d+")
_ID = text("the id of a provider")


def read_sweep(raw: Any, problems: Problems) -> Any:
    """A `Sweep`, or MISSING."""
    content = table(raw, ("sweep",), problems)
    if content is None:
        return MISSING
    leaves = list(_leaves(content, ("sweep",)))
    for path, value in leaves:
        if ".".join(path[1:]) not in (*SWEPT, REMOVE_EACH):
            unknown_keys({".".join(path[1:]): value}, [*SWEPT, REMOVE_EACH], (), problems, at=path)
    said = {".".join(path[1:]): value for path, value in leaves}
    values = []
    for name, kind in SWEPT.items():
        if name in said:
            values.append((name, _values(said[name], ("sweep", *name.split(".")), kind, problems)))
    each: Any = None
    if REMOVE_EACH in said:
        each = _removed(said[REMOVE_EACH], ("sweep", REMOVE_EACH), problems)
    if not said:
        problems.add(("sweep",), f"sweeps nothing; give a list for any of: {', '.join([*SWEPT, REMOVE_EACH])}")
        return MISSING
    if each is MISSING or any(found is MISSING for _, found in values):
        return MISSING
    return Sweep(tuple(values), each)


def _leaves(content: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, value) of all values, whether written as tables or as dotted keys."""
    for key, value in content.items():
        if isinstance(value, Mapping) and len(path) < 3:
            yield from _leaves(value, (*path, str(key)))
        else:
            yield (*path, str(key)), value


def _values(value: Any, path: Path, kind: Kind, problems: Problems) -> Any:
    """Values in the order given, each once."""
    if isinstance(value, str) and (ends := _RANGE.fullmatch(value)):
        low, high = int(ends[1]), int(ends[2])
        value = list(range(low, high + 1))
    if isinstance(value, str) and _LARGE_RANGE.fullmatch(value):
        problems.add(path, f"is a range of numbers that are too large: {shown(value)}; each end is at most 9999")
        return MISSING
    if not isinstance(value, list) or not value:
        problems.add(path, f'must be a list of values, or a range such as "20..30", not {shown(value)}')
        return MISSING
    return _each(value, path, kind, problems)


def _removed(value: Any, path: Path, problems: Problems) -> Any:
    if value in (ALL_PROVIDERS, [ALL_PROVIDERS]):
        return (ALL_PROVIDERS,)
    if not isinstance(value, list) or not value:
        problems.add(path, f'must be "{ALL_PROVIDERS}" or a list of ids, not {shown(value)}')
        return MISSING
    return _each(value, path, _ID, problems)


def _each(value: list[Any], path: Path, kind: Kind, problems: Problems) -> Any:
    if len(value) > MOST_VALUES:
        problems.add(path, f"has {len(value):,} values; at most {MOST_VALUES:,} are read")
        return MISSING
    items = [kind(item, (*path, at), problems) for at, item in enumerate(value)]
    if any(item is MISSING for item in items):
        return MISSING
    first: dict[Any, int] = {}
    for at, item in enumerate(items):
        if first.setdefault(item, at) != at:
            problems.add((*path, at), f"{shown(item)[:LONGEST]} is there twice; take it out once")
    return tuple(first)
