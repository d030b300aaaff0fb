"""A scenario: what a planner changes, validated, with a version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from engine.scenario.form import read_form
from engine.scenario.lines import Path
from engine.scenario.model import (
    Closure,
    DemandChange,
    PromiseMinutes,
    ProviderChange,
    Shift,
    SpeedFactor,
    Sweep,
    When,
)
from engine.scenario.problems import Places, Problems
from engine.scenario.raw import raw_of
from engine.scenario.write import toml_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.coverage.layer import DemandLayer


@dataclass(frozen=True)
class Scenario:
    """What is changed, by its form alone; `check` holds it against a region and a fleet.

    Immutable. Raises ScenarioError with every problem. Lists of ids, hours and words are brought into one order, so
    that scenarios that mean the same are equal; tables stay in theirs.
    """

    title: str = ""
    when: When = field(default_factory=When)
    promise: PromiseMinutes = field(default_factory=PromiseMinutes)
    providers: Sequence[ProviderChange] = ()
    shifts: Sequence[Shift] = ()
    closures: Sequence[Closure] = ()
    speeds: Sequence[SpeedFactor] = ()
    demand: DemandChange = field(default_factory=DemandChange)
    sweep: Sweep | None = None
    #: What the demand's layer is relative to; None: no file of this machine may be named.
    folder: FilePath | None = field(default=FilePath(), compare=False, repr=False)
    #: The rows of the demand's layer where they were brought along: no file is read then.
    brought: DemandLayer | None = field(default=None, compare=False, repr=False)
    #: Where each key stands in which file; of scenarios built in Python nothing is known.
    places: Places = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        problems, raw = Problems(self.places), raw_of(self)
        self._take(read_form(raw, problems), raw, problems)

    @classmethod
    def of_raw(cls, raw: Mapping[str, Any], folder: FilePath | None, places: Places, problems: Problems) -> Scenario:
        """From what a TOML file holds; ScenarioError if there are problems already or now."""
        made = object.__new__(cls)
        object.__setattr__(made, "folder", folder)
        object.__setattr__(made, "places", places)
        made._take(read_form(raw, problems), raw, problems)
        return made

    def _take(self, found: Mapping[str, Any], raw: Mapping[str, Any], problems: Problems) -> None:
        problems.raise_if_any()
        object.__setattr__(self, "_raw", raw)
        for name, value in found.items():
            object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        return hash(self.version)

    def to_toml(self) -> str:
        """The scenario as a file, in one order and without what is said anyway; `parse_scenario` reads it again."""
        return toml_of(raw_of(self))

    def as_written(self) -> str:
        """The same with the keys, and the order of lists, of its files: paths of problems are those of `places`."""
        return toml_of(self.__dict__["_raw"])

    @cached_property
    def version(self) -> str:
        """Sixteen hex digits of all but the title: equal for scenarios that change the same."""
        return hashlib.blake2b(toml_of(raw_of(self, without="title")).encode(), digest_size=8).hexdigest()

    def changed(self, **values: Any) -> Scenario:
        """The same with some fields replaced by values that are known to be right: nothing is checked again."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.__dict__.pop("version", None)
        made.__dict__.update(values)
        return made

    def item(self, path: Path, value: Any) -> Path:
        """The path of one value of a list (or of the list, where it cannot be told), as its file has it."""
        inside: Any = self.__dict__["_raw"]
        for part in path:
            try:
                inside = inside[part]
            except (LookupError, TypeError):
                return path
        return (*path, inside.index(value)) if isinstance(inside, list) and value in inside else path
