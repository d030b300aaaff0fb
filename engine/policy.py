"""The policy: promise classes, cost weights, priorities and limits, from a validated TOML file."""

from __future__ import annotations

import hashlib
import math
import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, get_type_hints

from engine.errors import PolicyError
from engine.model import Priority
from graphs.classes import CLASS_INDEX
from graphs.errors import FileMissingError


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
    """Weights of the cost's parts, in minutes-equivalent; see docs/cost.md."""

    broken_promise: float = 60.0
    lateness: float = 2.0
    lateness_squared: float = 0.05
    waiting: float = 1.0
    driving: float = 0.5
    tariff: float = 0.1
    plan_change: float = 5.0
    unserved: float = 2000.0


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


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it. ``version`` is the file's own version and a hash of the values: every decision quotes it."""

    name: str = "default"
    currency: str = "CNY"
    promise: PromiseRules = field(default_factory=PromiseRules)
    cost: CostWeights = field(default_factory=CostWeights)
    priority: PriorityWeights = field(default_factory=PriorityWeights)
    limits: Limits = field(default_factory=Limits)

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

    @property
    def version(self) -> str:
        values = repr((self.currency, self.promise, self.cost, self.priority, self.limits))
        return f"{self.name}+{hashlib.sha256(values.encode()).hexdigest()[:8]}"

    @staticmethod
    @cache
    def default() -> Policy:
        """The policy that ships with Towline."""
        return Policy.parse(resources.files("engine").joinpath("data/policy.toml").read_text("utf-8"))

    @staticmethod
    def load(path: str | Path) -> Policy:
        """A policy file; PolicyError names the wrong key, FileMissingError a missing file."""
        try:
            text = Path(path).read_text("utf-8")
        except FileNotFoundError:
            raise FileMissingError(f"policy file {path} does not exist", path=path) from None
        except UnicodeDecodeError:
            raise PolicyError(f"policy file {path} is not UTF-8 text", path=path) from None
        return Policy.parse(text, where=str(path))

    @staticmethod
    def parse(text: str, where: str = "policy") -> Policy:
        """A policy from TOML text; keys left out keep their defaults, unknown keys are errors."""
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise PolicyError(f"{where} is not valid TOML: {error}", where=where) from None
        sections = {"promise": PromiseRules, "cost": CostWeights, "priority": PriorityWeights, "limits": Limits}
        unknown = sorted(set(raw) - set(sections) - {"version", "currency"})
        if unknown:
            raise _unknown_key(where, unknown[0], [*sections, "version", "currency"])
        built = {name: _section(where, name, kind, raw.get(name, {})) for name, kind in sections.items()}
        name, currency = raw.get("version", "unnamed"), raw.get("currency", "CNY")
        if not isinstance(name, str) or not isinstance(currency, str):
            raise PolicyError(f"{where}: version and currency must be text", where=where)
        return Policy(name=name, currency=currency, **built)


def _unknown_key(where: str, key: str, known: list[str]) -> PolicyError:
    return PolicyError(f"{where}: unknown key {key!r}; known here: {', '.join(known)}", where=where, key=key)


def _section(where: str, name: str, kind: type, raw: Any) -> Any:
    if not isinstance(raw, dict):
        raise PolicyError(f"{where}: [{name}] must be a table", where=where, key=name)
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in raw.items():
        path = f"{name}.{key}"
        if key not in hints:
            raise _unknown_key(where, path, list(hints))
        if hints[key] in (float, int):
            whole = hints[key] is int
            if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
                raise PolicyError(
                    f"{where}: {path} must be a {'whole ' if whole else ''}number, not {value!r}", key=path, value=value
                )
            values[key] = hints[key](value)
        else:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise PolicyError(f"{where}: {path} must be a list of names, not {value!r}", key=path, value=value)
            values[key] = tuple(value)
    return kind(**values)


def _check_numbers(policy: Policy) -> None:
    """Finite, not negative; durations, priorities and limits above zero."""
    for name in ("promise", "cost", "priority", "limits"):
        section = getattr(policy, name)
        for item in fields(section):
            value = getattr(section, item.name)
            if not isinstance(value, (int, float)):
                continue
            path = f"{name}.{item.name}"
            positive = name in ("priority", "limits") or item.name.endswith("_minutes")
            if not math.isfinite(value) or value < 0 or (positive and value == 0):
                wanted = "above zero" if positive else "zero or more"
                raise PolicyError(f"{path} must be a finite number {wanted}, not {value}", key=path, value=value)
            if value > 1e6:
                raise PolicyError(f"{path} must be at most 1,000,000, not {value}", key=path, value=value)


def _check_serving_pays(policy: Policy) -> None:
    """Leaving an incident must cost more than any way of serving it, or callers would be dropped to save money."""
    cost, limits = policy.cost, policy.limits
    worst = cost.driving * limits.max_wait_minutes + cost.plan_change + cost.tariff * limits.max_call_out_price
    least = min(getattr(policy.priority, item.name) for item in fields(policy.priority))
    if cost.unserved * least <= worst:
        raise PolicyError(
            f"cost.unserved x the smallest priority ({cost.unserved * least:g}) must exceed the dearest drive, change "
            f"and tariff together ({worst:g}); raise cost.unserved above {worst / least:g}",
            key="cost.unserved",
            value=cost.unserved,
        )
