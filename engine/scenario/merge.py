"""One scenario of several: tables of lists one after the other, of other keys the last word."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from engine.scenario.lines import Path
from engine.scenario.problems import Place, Problems, key_name, shown
from engine.scenario.rules import HOURS

#: Lists that are joined; of all others the last one counts.
JOINED: frozenset[Path] = frozenset({("provider",), ("shift",), ("close",), ("speed",), ("demand", "area")})
#: Keys are joined so deep; what is below goes with them.
_DEEPEST = 4
#: Who says the hour one way overrules one who says it another.
_MOMENT = ("weekday", *HOURS)


@dataclass
class Draft:
    """What one file, or several together, hold, and where."""

    raw: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    folder: FilePath | None = FilePath()  # of the layer; None: there is none


class _Places:
    """Places of two drafts while one is joined to the other; each key's are looked up at once."""

    def __init__(self, made: dict[Path, Place], theirs: Mapping[Path, Place]) -> None:
        self.made, self._theirs = made, theirs
        self._old, self._new = _below(made), _below(theirs)

    def replace(self, key: Path) -> None:
        """The second's places of a key instead of the first's."""
        for path in self._old.get(key, ()):
            self.made.pop(path, None)
        for path in self._new.get(key, ()):
            self.made[path] = self._theirs[path]

    def add(self, key: Path, shift: int) -> None:
        """The second's places of a list after the first's, its items numbered on from ``shift``."""
        size = len(key)
        for path in self._new.get(key, ()):
            number = path[size] if len(path) > size else None
            if isinstance(number, int):
                self.made[(*key, number + shift, *path[size + 1 :])] = self._theirs[path]


def _below(places: Mapping[Path, Place]) -> dict[Path, list[Path]]:
    """By a key, all paths in it and its own."""
    found: dict[Path, list[Path]] = {}
    for path in places:
        for size in range(1, min(len(path), _DEEPEST) + 1):
            found.setdefault(path[:size], []).append(path)
    return found


def joined(first: Draft, second: Draft, conflicts: dict[Path, Path] | None = None) -> Draft:
    """Both together; where they say different things the second counts, and ``conflicts`` notes the key.

    Neither is changed. A layer is written relative to the second's folder.
    """
    made = Draft({}, dict(first.places), second.folder)
    made.raw = _joined(first.raw, second.raw, (), _Places(made.places, second.places), conflicts)
    layer = made.raw.get("demand", {})
    layer = layer.get("layer") if isinstance(layer, Mapping) else None
    if isinstance(layer, str) and _said(second.raw, ("demand", "layer")) is None:
        moved = moved_layer(layer, first.folder, second.folder)
        made.raw["demand"] = {**made.raw["demand"], "layer": moved}
    return made


def moved_layer(layer: str, old: FilePath | None, new: FilePath | None) -> str:
    """A file's name relative to another folder."""
    if old is None or new is None or FilePath(layer).is_absolute() or old == new or "\0" in layer:
        return layer
    return FilePath(os.path.relpath(old / layer, new)).as_posix()


def _said(raw: Any, path: Path) -> Any:
    for part in path:
        raw = raw.get(part) if isinstance(raw, Mapping) else None
    return raw


def _joined(
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    path: Path,
    places: _Places,
    conflicts: dict[Path, Path] | None,
) -> dict[str, Any]:
    made = dict(first)
    if path == ("when",) and any(key in second for key in HOURS):
        for key in _MOMENT if "at" in second or "at" in first else HOURS:
            if key in made and key not in second:
                if conflicts is not None:
                    conflicts.setdefault((*path, next(key for key in HOURS if key in second)), (*path, key))
                del made[key]
    for key, value in second.items():
        here = (*path, key)
        old = made.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping) and len(here) < _DEEPEST:
            made[key] = _joined(old, value, here, places, conflicts)
        elif here in JOINED and isinstance(value, list) and isinstance(old, list):
            made[key] = [*old, *value]
            places.add(here, len(old))
        else:
            if key in made and old != value and conflicts is not None and here != ("title",):
                conflicts[here] = here
            made[key] = value
            places.replace(here)
    return made


def tell_conflicts(first: Draft, second: Draft, conflicts: Mapping[Path, Path], own: Any, problems: Problems) -> None:
    """Problems of keys about which two included files disagree, unless the file that includes them says them itself."""
    before, here = Problems(first.places), Problems(second.places)
    for path, other in conflicts.items():
        keys = [("when", key) for key in HOURS] if path[-1] in HOURS else [path]
        if all(_said(own, key) is None for key in keys):
            value, old = shown(_said(second.raw, path)), shown(_said(first.raw, other))
            text = f"is {value} here, but {before.named(other)} says {old}; say it in the file that includes both"
            problems.add_at(here.place(path) or Place("", 0), key_name(path), text)
