"""What a planner allows: shifts, bases, costs, the question; in Python or as a TOML file."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from engine.errors import StaffingError
from graphs.errors import FileMissingError
from graphs.metrics.hours import DAYS

#: What a file calls the fields that are tables.
_TABLES = {"shifts": "shift", "bases": "base"}
MOST_CREWS = 10_000
MOST_COST = 1e9


def _each(name: str, values: Collection[int], least: int, most: int) -> None:
    if not values:
        raise StaffingError(f"{name} is empty; give at least one", field=name)
    for value in values:
        _within(name, value, least, most, whole=True)


def _within(name: str, value: float, least: float, most: float, *, whole: bool = False) -> None:
    if not least <= value <= most or (whole and value != int(value)):
        raise StaffingError(f"{name} is {value}; give {least:g} to {most:g}", field=name, value=value)


@dataclass(frozen=True, slots=True)
class AllowedShift:
    """Shifts of these lengths may begin at these hours, on each of these days alike; ``days`` count for a week only."""

    starts: tuple[int, ...]
    hours: tuple[int, ...] = (8,)
    days: tuple[str, ...] | None = None  # None: in a week each day for itself
    cost_factor: float = 1.0  # of a crew-hour, for unsocial hours

    def __post_init__(self) -> None:
        _each("shift.starts", self.starts, 0, 23)
        _each("shift.hours", self.hours, 1, 24)
        _within("shift.cost_factor", self.cost_factor, 0, MOST_COST)
        for day in self.days or ():
            if day not in DAYS:
                raise StaffingError(f"shift.days {day!r} is no day; use {', '.join(DAYS)}", field="shift.days")
        if self.days is not None and not self.days:
            raise StaffingError("shift.days is empty; leave it out for each day", field="shift.days")


@dataclass(frozen=True, slots=True)
class BaseRule:
    """What holds for one provider's base rather than the general limits."""

    provider: str
    most: int | None = None  # crews on duty at once
    cost: float | None = None  # of a crew-hour

    def __post_init__(self) -> None:
        if self.most is not None:
            _within("base.most", self.most, 0, MOST_CREWS, whole=True)
        if self.cost is not None:
            _within("base.cost", self.cost, 0, MOST_COST)


#: Eight hours from every other hour on, anywhere.
USUAL = (AllowedShift(tuple(range(0, 24, 2))),)


@dataclass(frozen=True, slots=True)
class ShiftRules:
    """A question about shifts: either every hour's ``target``, or the best share with so many ``crew_hours``."""

    calls_per_day: float
    target: float | None = None
    crew_hours: float | None = None  # a day, or a week
    minutes_per_call: float | None = None  # None: the policy's bookings.call_minutes
    calls_factor: float = 1.0  # weather, season
    week: bool = False
    days: Mapping[str, float] = field(default_factory=dict)  # of a week: factors of calls
    shifts: tuple[AllowedShift, ...] = USUAL
    bases: tuple[BaseRule, ...] = ()
    most_crews: int = 10  # at one base at once, where no base rule says more or less
    crew_hour_cost: float = 1.0
    only_bases: bool = False  # nobody but those with a base rule

    def __post_init__(self) -> None:
        _within("calls_per_day", self.calls_per_day, 0, 1e7)
        _within("calls_factor", self.calls_factor, 0, 1000)
        _within("most_crews", self.most_crews, 1, MOST_CREWS, whole=True)
        _within("crew_hour_cost", self.crew_hour_cost, 0, MOST_COST)
        if self.target is not None:
            _within("target", self.target, 1e-6, 1)
        if self.crew_hours is not None:
            _within("crew_hours", self.crew_hours, 1e-6, 1e9)
        if self.minutes_per_call is not None:
            _within("minutes_per_call", self.minutes_per_call, 0.1, 1440)
        if (self.target is None) == (self.crew_hours is None):
            raise StaffingError("say either target (a share) or crew_hours (a number), one of the two", field="target")
        if not self.shifts:
            raise StaffingError("no shift is allowed; give at least one", field="shift")
        seen: set[str] = set()
        for index, base in enumerate(self.bases):
            if base.provider in seen:
                raise StaffingError(
                    f"base {base.provider!r} is there twice; say everything in one",
                    field=f"base[{index}].provider",
                    provider=base.provider,
                )
            seen.add(base.provider)


def read_rules(path: Path, **over: Any) -> ShiftRules:
    """From a TOML file: the fields of `ShiftRules`, ``[days]``, ``[[shift]]``, ``[[base]]``; ``over`` counts over it.

    Raises FileMissingError, and StaffingError with the file and the key.
    """
    if not path.is_file():
        raise FileMissingError(f"there is no file {path}; check the path", file=path)
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StaffingError(f"{path.name} is no TOML: {error}", file=path) from None
    try:
        return parse_rules(raw, **over)
    except StaffingError as error:
        raise StaffingError(f"{path.name}: {error.message}", file=path, **error.metadata) from None


def parse_rules(raw: Mapping[str, Any], **over: Any) -> ShiftRules:
    """The same from what a TOML file holds."""
    raw = dict(raw)
    shifts = tuple(_row(AllowedShift, each, "shift", at) for at, each in enumerate(_tables(raw, "shift")))
    bases = tuple(_row(BaseRule, each, "base", at) for at, each in enumerate(_tables(raw, "base")))
    given = {name: value for name, value in over.items() if value is not None}
    if "target" in given or "crew_hours" in given:
        raw = {name: value for name, value in raw.items() if name not in ("target", "crew_hours")}
    for name, table in _TABLES.items():
        if name in raw:
            raise StaffingError(f"{name!r} is no key; tables are [[{table}]]", field=name)
    known = {"shifts": shifts} if shifts else {}
    return _made(ShiftRules, {**raw, **known, "bases": bases, **given}, "")


def _tables(raw: dict[str, Any], name: str) -> list[Any]:
    found = raw.pop(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise StaffingError(f"{name} must be tables: [[{name}]]", field=name)
    return found


def _row(kind: Any, raw: Mapping[str, Any], name: str, number: int) -> Any:
    """One of several tables; errors name it by its number from 0."""
    try:
        return _made(kind, raw, name)
    except StaffingError as error:
        message = error.message.replace(f"{name}.", f"{name}[{number}].", 1)
        field = str(error.metadata["field"]).replace(f"{name}.", f"{name}[{number}].", 1)
        raise StaffingError(message, **{**error.metadata, "field": field}) from None


def _made(kind: Any, raw: Mapping[str, Any], where: str) -> Any:
    known = {each.name: each for each in fields(kind)}
    made: dict[str, Any] = {}
    for name, value in raw.items():
        key = f"{where}.{name}" if where else name
        if name not in known:
            names = [_TABLES.get(each, each) for each in known]
            near = difflib.get_close_matches(name[:200], names, 1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            raise StaffingError(f"{key!r} is no key; keys are {', '.join(names)}{meant}", field=key)
        made[name] = _typed(str(known[name].type), value, key)
    try:
        return kind(**made)
    except TypeError:
        missing = next(name for name in known if name not in made)
        told = f"{where}.{missing}" if where else missing
        raise StaffingError(f"{told} is missing; give it", field=told) from None


def _typed(kind: str, value: Any, key: str) -> Any:
    if kind.startswith(("tuple[int", "tuple[str")):
        found = tuple(value) if isinstance(value, list | tuple | range) else (value,)
        wanted = int if "int" in kind else str
        if not all(isinstance(each, wanted) and not isinstance(each, bool) for each in found):
            raise StaffingError(f"{key} must be a list of {'whole numbers' if wanted is int else 'texts'}", field=key)
        return found
    wanted_kinds: dict[str, tuple[type, ...]] = {"float": (int, float), "int": (int,), "bool": (bool,), "str": (str,)}
    base = kind.removesuffix(" | None")
    if base in wanted_kinds and value is not None:
        wrong = not isinstance(value, wanted_kinds[base]) or (isinstance(value, bool) and base != "bool")
        if wrong:
            raise StaffingError(f"{key} is {value!r}; give a {base}", field=key)
    if base.startswith("Mapping") and not (
        isinstance(value, Mapping) and all(isinstance(each, int | float) for each in value.values())
    ):
        raise StaffingError(f"{key} must be a table of numbers", field=key)
    return value
