"""A scenario built in Python as the tables of its file: lists, numbers, words; defaults are left out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np
import shapely

from engine.scenario.form import LISTS, key_of
from engine.scenario.model import Sweep
from engine.scenario.polygons import lists_of

_TABLES = {"when": "when", "promise": "promise", "demand": "demand", "sweep": "sweep", "providers": "provider"}
_TABLES |= {name: title for name, (title, _) in LISTS.items()}


def raw_of(scenario: Any, without: str = "") -> dict[str, Any]:
    """What the file of a scenario would hold, without one field; whatever cannot be is left as it is."""
    found: dict[str, Any] = {}
    if without != "title" and scenario.title != "":
        found["title"] = plain(scenario.title)
    for name, title in _TABLES.items():
        value = getattr(scenario, name)
        value = _sweep(value) if isinstance(value, Sweep) else _table(value)
        if value is not None and not (isinstance(value, list | dict) and not value):
            found[title] = value
    return found


def _table(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        found = {}
        for item in fields(value):
            inside = getattr(value, item.name)
            if "kind" not in item.metadata:
                if isinstance(inside, list | tuple) and inside:
                    found[item.name.removesuffix("s")] = [_table(each) for each in inside]  # areas: [[demand.area]]
                continue
            if inside is None or (type(inside) is type(item.default) and inside == item.default):
                continue
            found[key_of(item)] = plain(inside, rings=item.name == "polygon")
        return found
    if isinstance(value, list | tuple):
        return [_table(each) for each in value]
    return value


def _sweep(value: Sweep) -> Any:
    """Nested, as TOML has dotted keys."""
    found: dict[str, Any] = {}
    pairs = value.values.items() if isinstance(value.values, Mapping) else value.values
    try:
        for name, values in pairs:
            *above, last = name.split(".")
            inside = found
            for part in above:
                inside = inside.setdefault(part, {})
            inside[last] = plain(values)
    except (TypeError, ValueError, AttributeError):
        return {"values": plain(value.values)}  # an unknown key, which says what is known
    if value.remove_each is not None:
        each = plain(value.remove_each)
        found["remove_each"] = each[0] if each == ["providers"] else each
    return found or {"values": []}


def plain(value: Any, *, rings: bool = False) -> Any:
    """A value as TOML has it; polygons as lists, a single item of a list of words or ids by itself."""
    if isinstance(value, shapely.Polygon | shapely.MultiPolygon):
        return _coordinates(value)
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, os.PathLike):
        return str(value)
    if isinstance(value, set | frozenset):
        value = sorted(value, key=repr)
    if isinstance(value, list | tuple | range):
        if rings and _is_rings(value):
            known: Any = value
            return lists_of(known)
        return [plain(each) for each in value]
    return value


def _is_rings(value: Any) -> bool:
    """Four levels of tuples: what a scenario made of a polygon, and not what somebody gave."""
    for _ in range(4):
        if not isinstance(value, tuple) or not value:
            return False
        value = value[0]
    return not isinstance(value, tuple | list)


def _coordinates(value: shapely.Polygon | shapely.MultiPolygon) -> Any:
    return [
        [shapely.get_coordinates(ring).tolist() for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(value)
    ]
