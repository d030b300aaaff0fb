"""A scenario by its form: its tables read by the fields of the model, every key that is wrong told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields
from functools import cache
from typing import Any

from engine.scenario.kinds import MISSING, table, text, unknown_keys
from engine.scenario.lines import Path
from engine.scenario.model import (
    PROVIDER_CHANGES,
    Closure,
    DemandArea,
    DemandChange,
    PromiseMinutes,
    Shift,
    SpeedFactor,
    When,
)
from engine.scenario.problems import Problems, shown
from engine.scenario.rules import check_rules
from engine.scenario.sweep_form import read_sweep

#: Tables of which a file may hold several, by the scenario's field.
LISTS: dict[str, tuple[str, type]] = {
    "shifts": ("shift", Shift),
    "closures": ("close", Closure),
    "speeds": ("speed", SpeedFactor),
}
#: All that a file may hold; ``include`` is followed before its form is looked at.
KEYS = ("title", "include", "when", "promise", "provider", *(name for name, _ in LISTS.values()), "demand", "sweep")
#: More tables of one kind are a mistake.
MOST_ROWS = {"provider": 10_000, "shift": 50_000, "close": 2_000, "speed": 200, "area": 1_000}


def read_form(raw: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """The fields of a `Scenario` from what a TOML file holds; of no use when there are problems.

    Lists are lists (not tuples), words are text. What contradicts itself within the file is a problem, too.
    """
    unknown_keys(raw, KEYS, (), problems)
    found: dict[str, Any] = {"title": ""}
    if "title" in raw:
        found["title"] = text("a title", empty=True)(raw["title"], ("title",), problems)
    found["when"] = _one(When, raw, "when", problems)
    found["promise"] = _one(PromiseMinutes, raw, "promise", problems)
    found["providers"] = tuple(_provider(*each, problems) for each in rows(raw, ("provider",), problems))
    for name, (title, kind) in LISTS.items():
        found[name] = tuple(read_fields(kind, *each, problems) for each in rows(raw, (title,), problems))
    found["demand"] = _demand(raw, problems)
    found["sweep"] = read_sweep(raw["sweep"], problems) if "sweep" in raw else None
    check_rules(found, raw, problems)
    return found


def rows(raw: Mapping[str, Any], path: Path, problems: Problems) -> list[tuple[Any, Path]]:
    """The tables of a list with their paths."""
    name = str(path[-1])
    value = raw.get(name, [])
    if not isinstance(value, list):
        problems.add(path, f"must be a list of tables, [[{'.'.join(map(str, path))}]], not {shown(value)}")
        return []
    if len(value) > MOST_ROWS[name]:
        problems.add(path, f"has {len(value):,} tables; at most {MOST_ROWS[name]:,} are read")
        return []
    return [(item, (*path, at)) for at, item in enumerate(value)]


def key_of(item: Field) -> str:
    """What the file calls a field."""
    return item.metadata["name"] or item.name


@cache
def keyed_fields(kind: Any) -> tuple[tuple[str, Field], ...]:
    """(key in the file, field) of those that keys of the file say."""
    return tuple((key_of(item), item) for item in fields(kind) if "kind" in item.metadata)


def read_fields(kind: type, raw: Any, path: Path, problems: Problems, also: tuple[str, ...] = (), **more: Any) -> Any:
    """An object of a class of the model from its table, or MISSING; keys of ``also`` are somebody else's."""
    content = table(raw, path, problems)
    if content is None:
        return MISSING
    known = keyed_fields(kind)
    unknown_keys(content, [*(name for name, _ in known), *also], path, problems)
    values: dict[str, Any] = dict(more)
    complete = True
    for name, item in known:
        if name not in content:
            if item.metadata["needed"]:
                problems.add(path, f"lacks {name}; add {name} = …")
                complete = False
            continue
        values[item.name] = item.metadata["kind"](content[name], (*path, name), problems)
        complete &= values[item.name] is not MISSING
    return kind(**values) if complete else MISSING


def _one(kind: type, raw: Mapping[str, Any], name: str, problems: Problems) -> Any:
    return read_fields(kind, raw.get(name, {}), (name,), problems)


def _provider(raw: Any, path: Path, problems: Problems) -> Any:
    content = table(raw, path, problems)
    if content is None:
        return MISSING
    verbs = {kind.verb: kind for kind in PROVIDER_CHANGES if kind.verb in content}
    if len(verbs) == 1:
        return read_fields(next(iter(verbs.values())), content, path, problems)
    every = ", ".join(f'{kind.verb} = "id"' for kind in PROVIDER_CHANGES)
    said = f"says {' and '.join(verbs)}" if verbs else "says nothing to do"
    known = sorted({name for kind in PROVIDER_CHANGES for name, _ in keyed_fields(kind)})
    unknown_keys(content, known, path, problems)
    problems.add(path, f"{said}; say exactly one of {every}")
    return MISSING


def _demand(raw: Mapping[str, Any], problems: Problems) -> Any:
    content = table(raw.get("demand", {}), ("demand",), problems)
    if content is None:
        return MISSING
    areas = tuple(read_fields(DemandArea, *each, problems) for each in rows(content, ("demand", "area"), problems))
    return read_fields(DemandChange, content, ("demand",), problems, also=("area",), areas=areas)
