"""Scenarios from TOML files, with those that they include."""

from __future__ import annotations

import errno
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from engine.scenario.kinds import LONGEST
from engine.scenario.lines import lines_of
from engine.scenario.merge import Draft, joined, tell_conflicts
from engine.scenario.problems import Place, Problems, shown
from engine.scenario.raw import raw_of
from engine.scenario.scenario import Scenario
from graphs.errors import FileMissingError

#: Larger files are no scenarios; layers of demand have files of their own.
MOST_BYTES = 2 << 20
#: Files that a scenario may be made of.
MOST_FILES = 100
INCLUDE = "include"

_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_LONG_NUMBER = re.compile(r"[\d_]{4300,}")
_BOM = b"\xef\xbb\xbf"


def read_scenario(path: str | FilePath) -> Scenario:
    """A scenario's file. ScenarioError names file, line and key of every problem; FileMissingError."""
    path = FilePath(path)
    try:
        data = _bytes(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        raise FileMissingError(f"The scenario {path} cannot be read: {reason}.", path=path) from None
    return parse_scenario(data, str(path), path.parent)


def parse_scenario(text: str | bytes, name: str = "scenario", folder: str | FilePath | None = ".") -> Scenario:
    """A scenario from the text of a file; what it includes, and its layer, are relative to ``folder``.

    Of text from strangers give None: it then names no files of this machine.
    """
    reading = _Reading(Problems(file=name))
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    draft = reading.draft(data, name, None if folder is None else FilePath(folder), ())
    problems = Problems(draft.places, name)
    problems.found = reading.problems.found
    return Scenario.of_raw(draft.raw, draft.folder, draft.places, problems)


def combine(*scenarios: Scenario, title: str = "") -> Scenario:
    """Several in one: tables one after the other, of other keys the last scenario that says them counts."""
    made = Draft()
    for each in scenarios:
        made = joined(made, Draft(raw_of(each), dict(each.places), each.folder))
    made.raw.pop("title", None)
    if title:
        made.raw["title"] = title
    return Scenario.of_raw(made.raw, made.folder, made.places, Problems(made.places))


def _bytes(path: FilePath) -> bytes:
    """Of a plain file: a pipe would keep its reader waiting."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file")
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


@dataclass
class _Reading:
    """Files read so far, each once."""

    problems: Problems
    taken: set[FilePath] = field(default_factory=set)

    def draft(self, data: bytes, name: str, folder: FilePath | None, above: tuple[FilePath, ...]) -> Draft:
        """One file with what it includes; ``above`` are the files on the way to it."""
        raw, draft = self._parsed(data, name), Draft(folder=folder)
        if raw is None:
            return draft
        try:
            lines = lines_of(data.removeprefix(_BOM).decode())
        except RecursionError:
            self._say(name, 1, "lists in lists without end; a scenario has four of them at most")
            return draft
        places = {path: Place(name, line) for path, line in lines.items()}
        wanted = raw.pop(INCLUDE, [])
        own = Draft(raw, places, folder)
        under = Problems(places, name)
        under.found = self.problems.found
        base = Draft(folder=folder)
        if folder is None and wanted:
            under.add((INCLUDE,), "cannot be followed here; send one scenario with all it needs")
            wanted = []
        for at, included in enumerate(self._names(wanted, under)):
            place = ((INCLUDE, at) if isinstance(wanted, list) else (INCLUDE,), under)
            child = self._included(included, folder or FilePath(), name, above, place)
            conflicts: dict[Any, Any] = {}
            merged = joined(base, child, conflicts)
            tell_conflicts(base, child, conflicts, raw, under)
            base = merged
        base.raw.pop("title", None)
        return joined(base, own)

    def _names(self, wanted: Any, problems: Problems) -> list[str | None]:
        """Files to include; None for each that cannot be one."""
        several = wanted if isinstance(wanted, list) else [wanted]
        names: list[str | None] = []
        for at, each in enumerate(several):
            usable = isinstance(each, str) and each.strip() and "\0" not in each and len(each) <= LONGEST
            if not usable:
                problems.add(
                    (INCLUDE, at) if wanted is several else (INCLUDE,),
                    f"must be the name of a scenario's file in quotes, not {shown(each)}",
                )
            names.append(each if usable else None)
        return names

    def _included(
        self,
        included: str | None,
        folder: FilePath,
        name: str,
        above: tuple[FilePath, ...],
        place: tuple[Any, Problems],
    ) -> Draft:
        nothing = Draft(folder=folder)
        if included is None:
            return nothing
        key, problems = place
        path = folder / included
        try:
            real, here = path.resolve(), (folder / FilePath(name).name).resolve()
            if real in (*above, here):
                circle = [each.name for each in (*above, here)]
                told = " → ".join((*circle[circle.index(real.name) :], real.name))
                problems.add(key, f"'{included}' includes itself: {told}; take one of them out")
                return nothing
            if real in self.taken:
                return nothing
            data = _bytes(real)
        except (OSError, ValueError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or "its name cannot be used"
            problems.add(key, f"'{included}' cannot be read: {reason}")
            return nothing
        if len(self.taken) >= MOST_FILES:
            problems.add(key, f"is one more than {MOST_FILES} files; join some of them")
            return nothing
        self.taken.add(real)
        return self.draft(data, str(path), path.parent, (*above, here))

    def _say(self, name: str, line: int, message: str) -> None:
        self.problems.add_at(Place(name, line), "", message)

    def _parsed(self, data: bytes, name: str) -> dict[str, Any] | None:
        """The tables of a file, or None and a problem with its line."""
        if len(data) > MOST_BYTES:
            self._say(name, 0, f"is larger than {MOST_BYTES >> 20} MB; give demand as a layer")
            return None
        data = data.removeprefix(_BOM)
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            self._say(name, 1 + data.count(b"\n", 0, error.start), "is not UTF-8 text; save the file as UTF-8")
            return None
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = _AT.search(str(error))
            line = int(found[1]) if found and found[1] else _last_line(text)
            self._say(name, line, f"is not valid TOML: {_AT.sub('', str(error))}")
        except ValueError:  # an integer of thousands of digits
            found = _LONG_NUMBER.search(text)
            line = 1 + text.count("\n", 0, found.start()) if found else 0
            self._say(name, line, "is not valid TOML: a number with too many digits")
        except RecursionError:
            self._say(name, 1, "is not valid TOML that can be read: lists or tables in each other without end")
        return None


def _last_line(text: str) -> int:
    return 1 + text.rstrip("\n").count("\n")
