"""The policy: promise classes, cost weights, priorities and limits, from a validated TOML file."""

from __future__ import annotations

import hashlib
import math
import tomllib
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, get_args, get_type_hints

from engine.errors import PolicyError
from engine.model import Priority
from engine.policy_file import line_of
from engine.policy_rules import (
    ArrivalRules,
    BookingRules,
    ClockRules,
    CoverageRules,
    Deferment,
    LatenessOf,
    LiveRules,
    OfferRules,
    ServiceTimes,
    Stability,
    TourRules,
    Triage,
    bounds_of,
)
from engine.tables.visible import has_commands
from graphs.classes import CLASS_INDEX
from graphs.errors import FileMissingError

#: No number of a policy is larger; rings of cells grow with their square.
MOST, MOST_RINGS = 1_000_000, 20


@dataclass(frozen=True, slots=True)
class PromiseRules:
    """How long each promise class gives, and which roads are highways."""

    urban_minutes: float = 30.0
    highway_minutes: float = 60.0
    other_minutes: float = 60.0
    highway_classes: tuple[str, ...] = ("motorway", "motorway_link")
    built_up_junctions: int = 30
    built_up_rings: int = 1


@dataclass(frozen=True, slots=True)
class CostWeights:
    """Weights of the cost's parts, in minutes-equivalent; see docs/cost.md.

    ``lateness_of``: whether promises are held against the expected arrival, or against its distribution.
    """

    broken_promise: float = 60.0
    lateness: float = 2.0
    lateness_squared: float = 0.05
    waiting: float = 1.0
    driving: float = 0.5
    tariff: float = 0.1
    plan_change: float = 5.0
    unserved: float = 2000.0
    overtime: float = 0.25
    quality: float = 10.0
    acceptance: float = 15.0
    rotation: float = 3.0
    lateness_of: LatenessOf = "point"


@dataclass(frozen=True, slots=True)
class PriorityWeights:
    """How much an incident of each priority weighs."""

    low: float = 0.5
    normal: float = 1.0
    high: float = 2.0
    emergency: float = 4.0

    def of(self, priority: Priority) -> float:
        return float(getattr(self, priority.value))


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what is accepted."""

    max_wait_minutes: float = 1440.0
    max_snap_m: float = 500.0
    max_call_out_price: float = 2000.0
    max_overtime_minutes: float = 120.0


@dataclass(frozen=True)
class Policy:
    """All of it. ``version`` is the file's own version and a hash of the values: every decision quotes it."""

    name: str = "default"
    currency: str = "CNY"
    promise: PromiseRules = field(default_factory=PromiseRules)
    cost: CostWeights = field(default_factory=CostWeights)
    priority: PriorityWeights = field(default_factory=PriorityWeights)
    limits: Limits = field(default_factory=Limits)
    service_time: ServiceTimes = field(default_factory=ServiceTimes)
    arrival: ArrivalRules = field(default_factory=ArrivalRules)
    triage: Triage = field(default_factory=Triage)
    deferment: Deferment = field(default_factory=Deferment)
    stability: Stability = field(default_factory=Stability)
    tours: TourRules = field(default_factory=TourRules)
    bookings: BookingRules = field(default_factory=BookingRules)
    coverage: CoverageRules = field(default_factory=CoverageRules)
    clocks: ClockRules = field(default_factory=ClockRules)
    offers: OfferRules = field(default_factory=OfferRules)
    live: LiveRules = field(default_factory=LiveRules)

    def __post_init__(self) -> None:
        _check_numbers(self)
        for name in self.promise.highway_classes:
            if name not in CLASS_INDEX:
                raise PolicyError(
                    f"promise.highway_classes: {name!r} is no road class; use any of: {', '.join(CLASS_INDEX)}",
                    key="promise.highway_classes",
                    value=name,
                )
        _check_serving_pays(self)
        _check_live(self)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Asked for by every cache of every candidate, of values that never change."""
        return hash(self.version)

    @cached_property
    def version(self) -> str:
        values = repr((self.currency, *(getattr(self, name) for name in SECTIONS)))
        return f"{self.name}+{hashlib.sha256(values.encode()).hexdigest()[:8]}"

    @staticmethod
    @cache
    def default() -> Policy:
        """The policy that ships with Towline."""
        return Policy.parse(resources.files("engine").joinpath("data/policy.toml").read_text("utf-8"))

    @staticmethod
    def load(path: str | Path) -> Policy:
        """A policy file; PolicyError names file, line and key, FileMissingError a file that is not there."""
        where = f"policy file {path}"
        try:
            text = Path(path).read_text("utf-8-sig")
        except FileNotFoundError:
            raise FileMissingError(f"{where} does not exist", path=path) from None
        except IsADirectoryError:
            raise FileMissingError(f"{where} is a folder; give a TOML file", path=path) from None
        except OSError as error:
            raise FileMissingError(f"{where} cannot be read: {error.strerror}", path=path) from None
        except (UnicodeDecodeError, ValueError):
            raise PolicyError(f"{where} is not UTF-8 text; save it as UTF-8", path=path) from None
        return Policy.parse(text, where=where)

    @staticmethod
    def parse(text: str, where: str = "policy") -> Policy:
        """A policy from TOML text; keys left out keep their defaults, unknown keys are errors.

        Every PolicyError begins with ``where`` and, if the key is written in the text, its line.
        """
        try:
            raw = tomllib.loads(text)
        except (ValueError, RecursionError) as error:  # also integers of thousands of digits, brackets without end
            raise PolicyError(f"{where} is not valid TOML: {error}", where=where) from None
        try:
            return _policy(raw)
        except PolicyError as error:
            keys = [error.metadata.get("key", ""), *error.metadata.get("involves", "").split(", ")]
            lines = {key: line for key in keys if key and (line := line_of(text, key)) is not None}
            if not lines:
                raise PolicyError(f"{where}: {error.message}", **error.metadata, where=where) from None
            key, line = next(iter(lines.items()))
            named = "" if key == keys[0] else f"with this {key}, "
            metadata = error.metadata | {"key": key, "where": where, "line": line}
            raise PolicyError(f"{where}, line {line}: {named}{error.message}", **metadata) from None


#: Of a day.
HOURS = 24

#: The tables of a policy file, in its order.
SECTIONS: dict[str, type] = {
    "promise": PromiseRules,
    "cost": CostWeights,
    "priority": PriorityWeights,
    "limits": Limits,
    "service_time": ServiceTimes,
    "arrival": ArrivalRules,
    "triage": Triage,
    "deferment": Deferment,
    "stability": Stability,
    "tours": TourRules,
    "bookings": BookingRules,
    "coverage": CoverageRules,
    "clocks": ClockRules,
    "offers": OfferRules,
    "live": LiveRules,
}


def _policy(raw: dict[str, Any]) -> Policy:
    known = [*SECTIONS, "version", "currency"]
    for key in raw:
        if key not in known:
            raise _unknown_key(key, known)
    built = {name: _section(name, kind, raw.get(name, {})) for name, kind in SECTIONS.items()}
    names = {"version": raw.get("version", "unnamed"), "currency": raw.get("currency", "CNY")}
    for key, value in names.items():
        if not isinstance(value, str) or not value.strip() or has_commands(value):
            raise PolicyError(f"{key} must be text on one line, not {value!r}", key=key, value=value)
    return Policy(name=names["version"], currency=names["currency"], **built)


def _unknown_key(key: str, known: list[str]) -> PolicyError:
    return PolicyError(f"unknown key {key!r}; known here: {', '.join(known)}", key=key)


def _section(name: str, kind: type, raw: Any) -> Any:
    if not isinstance(raw, dict):
        raise PolicyError(f"[{name}] must be a table", key=name)
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in raw.items():
        path = f"{name}.{key}"
        if key not in hints:
            raise _unknown_key(path, list(hints))
        values[key] = _value(path, hints[key], value)
    return kind(**values)


def _value(path: str, hint: Any, value: Any) -> Any:
    """A value of the file as the section wants it: a number, a switch, one of some words, [mean, spread] or names."""
    if hint is bool:
        if not isinstance(value, bool):
            raise PolicyError(f"{path} must be true or false, not {value!r}", key=path, value=value)
        return value
    if hint in (float, int):
        return _number(path, value, whole=hint is int)
    words = get_args(hint)
    if words and all(isinstance(word, str) for word in words):
        if value not in words:
            known = ", ".join(f'"{word}"' for word in words)
            raise PolicyError(f"{path} must be one of {known}, not {value!r}", key=path, value=value)
        return value
    if words == (float, float):
        if not isinstance(value, list) or len(value) != 2:
            raise PolicyError(f"{path} must be [mean, spread] in minutes, not {value!r}", key=path, value=value)
        return tuple(_number(path, item) for item in value)
    if words == (float, ...):
        if not isinstance(value, list) or len(value) not in (0, HOURS):
            raise PolicyError(
                f"{path} must be a list of {HOURS} numbers, or of none, not {value!r}", key=path, value=value
            )
        return tuple(_number(path, item) for item in value)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise PolicyError(f"{path} must be a list of names, not {value!r}", key=path, value=value)
    return tuple(value)


def _number(path: str, value: Any, *, whole: bool = False) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        raise PolicyError(f"{path} must be a {'whole ' if whole else ''}number, not {value!r}", key=path, value=value)
    if isinstance(value, int) and abs(value) > MOST:  # before it meets arithmetic that it would overflow
        raise PolicyError(f"{path} must be at most {MOST:,}", key=path)
    return int(value) if whole else float(value)


def _check_numbers(policy: Policy) -> None:
    """Finite, not negative; durations, priorities and limits above zero unless the section says otherwise."""
    for name in SECTIONS:
        section = getattr(policy, name)
        for item in fields(section):
            value = getattr(section, item.name)
            path = f"{name}.{item.name}"
            numbers = value if isinstance(value, tuple) else (value,)
            for number in numbers:
                if isinstance(number, (int, float)):
                    _check_number(path, number, name, bounds_of(item))
            if name == "service_time" and value[0] <= 0:
                raise PolicyError(f"{path} must have a mean above zero", key=path, value=value)


def _check_number(path: str, value: float, section: str, bounds: tuple[float, float] | None) -> None:
    least, most = bounds or (0, MOST_RINGS if path == "promise.built_up_rings" else MOST)
    positive = bounds is None and (section in ("priority", "limits") or path.endswith("_minutes"))
    if not math.isfinite(value) or value < least or (positive and value == 0):
        wanted = "above zero" if positive else "zero or more" if least == 0 else f"of at least {least:g}"
        raise PolicyError(f"{path} must be a finite number {wanted}, not {value}", key=path, value=value)
    if value > most:
        raise PolicyError(f"{path} must be at most {most:,}, not {value}", key=path, value=value)


def _check_live(policy: Policy) -> None:
    """A ladder has three rungs; a warning ends only where it would not be raised again at once."""
    owners = policy.clocks.owners
    if len(owners) != 3 or not all(owner.strip() and len(owner) <= 64 and not has_commands(owner) for owner in owners):
        raise PolicyError(
            f"clocks.owners must be three names: who answers for a late response, for an incident unresolved, and for "
            f"one unresolved for longer; not {list(owners)!r}",
            key="clocks.owners",
            value=list(owners),
        )
    if policy.live.safe_probability < policy.live.risk_probability:
        raise PolicyError(
            f"live.safe_probability ({policy.live.safe_probability:g}) must be at least live.risk_probability "
            f"({policy.live.risk_probability:g}), or warnings would come and go",
            key="live.safe_probability",
            value=policy.live.safe_probability,
            involves="live.risk_probability",
        )


#: What else makes leaving an incident cheap.
_LEAST = ("cost.acceptance", *(f"priority.{item.name}" for item in fields(PriorityWeights)))


def _check_serving_pays(policy: Policy) -> None:
    """Leaving an incident must cost more than any way of serving it, or callers would be dropped to save money."""
    cost, limits, coverage = policy.cost, policy.limits, policy.coverage
    parts = {
        "cost.driving, limits.max_wait_minutes": cost.driving * limits.max_wait_minutes,
        "cost.plan_change": cost.plan_change,
        "cost.tariff, limits.max_call_out_price": cost.tariff * limits.max_call_out_price,
        "cost.overtime, limits.max_overtime_minutes": cost.overtime * limits.max_overtime_minutes,
        "cost.quality": cost.quality,
        "cost.rotation": cost.rotation,
        "coverage.weight, coverage.busy_fraction": coverage.weight * (1.0 - coverage.busy_fraction),
    }
    worst = sum(parts.values())
    least = min(getattr(policy.priority, item.name) for item in fields(policy.priority))
    surplus = (cost.unserved - cost.acceptance) * least
    if surplus <= worst:
        raise PolicyError(
            f"(cost.unserved - cost.acceptance) x the smallest priority ({surplus:g}) must exceed the dearest drive, "
            f"change, tariff, overtime, quality, rotation and cover lost together ({worst:g}); raise cost.unserved "
            f"above {worst / least + cost.acceptance:g}",
            key="cost.unserved",
            value=cost.unserved,
            involves=", ".join([*sorted(parts, key=lambda keys: -parts[keys]), *_LEAST]),
        )
