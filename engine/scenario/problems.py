"""What is wrong with a scenario: collected over all its files, reported together."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import ScenarioError
from engine.scenario.lines import Path
from engine.tables.visible import visible

#: How many problems the message spells out; the exception carries all of them.
SHOWN = 20
#: After so many nothing more is read: who has all wrong needs the first ones.
MOST_FOUND = 1_000
#: Names compared in search of near ones, for all problems together: a thousand take some 60 ms.
MOST_COMPARED = 10_000
_VALUE_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A file, as it was named, and a line of it, from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}" if self.file else f"line {self.line}"


#: Where each key of a scenario stands; nothing is known of one that was built in Python.
Places = Mapping[Path, Place]


@dataclass(frozen=True, slots=True)
class ScenarioProblem:
    """One key (or file) that cannot be used, and what to do about it."""

    file: str  # empty where the scenario was built in Python
    line: int  # from 1; 0 where none is known
    key: str  # such as ``provider[2].crews``, lists counted from 0; empty when the whole file is meant
    message: str  # what is wrong and what to do

    def __str__(self) -> str:
        where = f"line {self.line}" if self.line else ""
        return ": ".join(part for part in (" ".join(p for p in (where, self.key) if p), self.message) if part)


class Problems:
    """Gathers problems of one scenario and raises them together."""

    def __init__(self, places: Places | None = None, file: str = "") -> None:
        """``file`` is meant where no place is known."""
        self.found: list[ScenarioProblem] = []
        self._places, self._file, self._compared = places or {}, file, 0

    def add(self, path: Path, message: str) -> None:
        """A problem of a key, in the line of the nearest part of its path that is written."""
        place = self.place(path)
        self.add_at(place or Place(self._file, 0), key_name(path), message)

    def add_at(self, place: Place, key: str, message: str) -> None:
        """The same in a place; ScenarioError when there are `MOST_FOUND`."""
        self.found.append(ScenarioProblem(place.file, place.line, visible(key), visible(message)))
        if len(self.found) >= MOST_FOUND:
            self.raise_if_any()

    def place(self, path: Path) -> Place | None:
        while path and path not in self._places:
            path = path[:-1]
        return self._places.get(path)

    def named(self, path: Path) -> str:
        """A key with its place, for the message of another's problem."""
        place = self.place(path)
        return f"{key_name(path)} ({place})" if place else key_name(path)

    def nearest(self, name: str, known: Collection[str]) -> str:
        """``; did you mean 'snow'?`` or nothing."""
        if self._compared + len(known) > MOST_COMPARED:
            return ""
        self._compared += len(known)
        near = difflib.get_close_matches(name[:200], sorted(known), 1)
        return f"; did you mean '{near[0]}'?" if near else ""

    def raise_if_any(self) -> None:
        """ScenarioError with every problem, by file in the order met, then by line."""
        if self.found:
            ordered = self.ordered()
            raise ScenarioError(summary(ordered), ordered)

    def ordered(self) -> tuple[ScenarioProblem, ...]:
        """By file in the order met, then by line."""
        files = {file: at for at, file in enumerate(dict.fromkeys(each.file for each in self.found))}
        return tuple(sorted(self.found, key=lambda each: (files[each.file], each.line)))


def key_name(path: Path) -> str:
    """``provider[2].lon``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def shown(value: Any) -> str:
    """A value as messages quote it."""
    try:
        text = repr(value)
    except Exception:  # an integer of thousands of digits, or somebody else's class
        text = f"this {type(value).__name__}"
    return text if len(text) <= _VALUE_SHOWN else text[: _VALUE_SHOWN - 1] + "…"


def summary(problems: tuple[ScenarioProblem, ...], count: int | None = None) -> str:
    """The first problems one a line, grouped by file, then how many more there are; ``count`` of all, if more."""
    count = len(problems) if count is None else count
    what = f"{count:,} problem{'s' if count > 1 else ''} in the scenario"
    if count >= MOST_FOUND:
        what = f"at least {count:,} problems in the scenario, the rest was not read"
    lines = [f"{what}; nothing was done."]
    file = ""
    for problem in problems[:SHOWN]:
        if problem.file != file:
            file = problem.file
            lines.append(f"{visible(file)}:")
        lines.append(f"  {problem}")
    if (more := count - min(len(problems), SHOWN)) > 0:
        lines.append(f"and {more:,} more.")
    return "\n".join(lines)
