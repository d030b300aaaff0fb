"""What keys of one scenario say about each other: contradictions that need no region to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.scenario.hours import DAY_HOURS, ClockHours
from engine.scenario.kinds import MISSING
from engine.scenario.lines import Path
from engine.scenario.model import AddProvider, Closure, RemoveProvider, Shift
from engine.scenario.polygons import overlapping
from engine.scenario.problems import Problems

#: Keys of `[when]` of which only one says the hour.
HOURS = ("at", "hour", "hours")


def check_rules(found: Mapping[str, Any], raw: Mapping[str, Any], problems: Problems) -> None:
    """Problems of a read scenario; parts that could not be read are passed over."""
    _check_when(raw, problems)
    for name, key in (("shifts", "shift"), ("closures", "close"), ("speeds", "speed")):
        for at, item in enumerate(found[name]):
            if item is not MISSING:
                _check_hours(item, (key, at), problems)
    for at, item in enumerate(found["closures"]):
        if item is not MISSING:
            _check_closure(item, ("close", at), problems)
    _check_providers(found["providers"], found["shifts"], problems)
    if found["demand"] is not MISSING:
        _check_areas(found["demand"].areas, problems)


def _check_when(raw: Mapping[str, Any], problems: Problems) -> None:
    """By keys, so that a wrong value hides no contradiction."""
    when, sweep = _mapping(raw.get("when")), _mapping(raw.get("sweep"))
    said = [key for key in HOURS if key in when]
    for other in said[1:]:
        told = problems.named(("when", said[0]))
        problems.add(("when", other), f"contradicts {told}: say the hour by one of at, hour and hours")
    if said[:1] == ["at"] and "weekday" in when:
        told = problems.named(("when", "at"))
        problems.add(("when", "weekday"), f"contradicts {told}, which has a day of its own; take one of them out")
    swept = _mapping(sweep.get("when"))
    for key in ("hour", "weekday"):
        held = [other for other in said if other == "at" or (other == "hours" and key == "hour")]
        if key in swept and held:
            told = problems.named(("when", held[0]))
            problems.add(("sweep", "when", key), f"contradicts {told}; take one of them out")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _check_hours(item: ClockHours, path: Path, problems: Problems) -> None:
    if item.from_hour == item.to_hour % DAY_HOURS and item.from_hour:
        text = "from and to are the same hour; for all day say from = 0 and to = 24"
        problems.add((*path, "to"), text)


def _check_closure(item: Closure, path: Path, problems: Problems) -> None:
    if (item.ways is None) == (item.polygon is None):
        said = "says both way and polygon" if item.ways else "says no roads"
        problems.add(path, f"{said}; say exactly one of way = id and polygon = [[lon, lat], …]")
        return
    if item.ways is not None and item.classes is not None:
        problems.add((*path, "class"), "goes with a polygon; a way is closed whatever its class")
    if item.polygon is not None and item.direction.value != "both":
        problems.add((*path, "direction"), "goes with way; a polygon closes both directions")


def _check_providers(changes: tuple[Any, ...], shifts: tuple[Any, ...], problems: Problems) -> None:
    """Of one provider: removed and nothing else, added and nothing else, or moved once and resized once."""
    seen: dict[str, list[tuple[Any, Path]]] = {}
    for at, change in enumerate(changes):
        if change is MISSING:
            continue
        path = ("provider", at, change.verb)
        for other, there in seen.setdefault(change.id, []):
            if type(other) is type(change):
                problems.add(path, f"'{change.id}' is there twice, first in {problems.named(there)}; keep one")
            elif isinstance(other, RemoveProvider | AddProvider) or isinstance(change, RemoveProvider | AddProvider):
                problems.add(path, f"'{change.id}' contradicts {problems.named(there)}; {_advice(change, other)}")
        seen[change.id].append((change, path))
    for at, shift in enumerate(shifts):
        if isinstance(shift, Shift):
            for other, there in seen.get(shift.provider, []):
                if isinstance(other, RemoveProvider):
                    text = f"'{shift.provider}' is removed by {problems.named(there)}; take one of them out"
                    problems.add(("shift", at, "provider"), text)


def _advice(change: Any, other: Any) -> str:
    verbs = {change.verb, other.verb}
    if "remove" in verbs:
        return "who is removed cannot be changed, take one of them out"
    return "say place and crews in the table that adds it"


def _check_areas(areas: tuple[Any, ...], problems: Problems) -> None:
    known = [(at, area) for at, area in enumerate(areas) if area is not MISSING]
    for i, j in overlapping(area.polygon for _, area in known):
        (one, first), (two, second) = known[i], known[j]
        if first.factor != second.factor:
            there = problems.named(("demand", "area", one))
            text = f"overlaps {there} with factor {second.factor:g} here and {first.factor:g} there; cut one of them"
            problems.add(("demand", "area", two, "polygon"), text)
