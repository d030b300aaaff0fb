"""Speed profiles: how fast each road class is driven where the road itself does not say, and what delays drivers."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from graphs.classes import ROAD_CLASSES
from graphs.controls import CONTROLS
from graphs.errors import SpeedProfileError
from graphs.maxspeed import HIGHEST_KPH
from graphs.network import Float32, Int32
from graphs.raw import TagSet

PROFILES = Path(__file__).parent / "data" / "profiles"
#: A junction that costs more than this is a closure, not a delay.
LONGEST_DELAY_S = 600.0
#: Tables of a profile whose keys are road classes, and those whose keys are values of a tag or kinds of control.
_CLASS_TABLES = ("kph", "junction_delay_s", "yield_delay_s")
_CONTROL_TABLE = "control_delay_s"
_COVER_TABLES = {"surface_kph": "surface", "tracktype_kph": "tracktype", "smoothness_kph": "smoothness"}
TABLES = (*_CLASS_TABLES, _CONTROL_TABLE, *_COVER_TABLES)


@dataclass(frozen=True)
class TurnTimes:
    """Seconds lost in turning at junctions of three or more streets; the formula is in `graphs.rules.turning`."""

    sharp_s: float = 0.0  # what a turn of nearly 180 degrees costs; 90 degrees a third of it away from oncoming traffic
    oncoming_s: float = 0.0  # more for a turn across oncoming traffic
    u_turn_s: float = 0.0  # a U-turn, at a junction or a dead end
    bias: float = 1.0  # above 1: turns across oncoming traffic cost more than those away from it

    def __post_init__(self) -> None:
        for key in ("sharp_s", "oncoming_s", "u_turn_s"):
            _check_number(f"turn.{key}", getattr(self, key), low=0.0, high=LONGEST_DELAY_S, low_allowed=True)
        _check_number("turn.bias", self.bias, low=0.5, high=2.0, low_allowed=True)


@dataclass(frozen=True)
class SpeedProfile:
    """Free-flow speeds in km/h, delays in seconds.

    ``kph``, ``junction_delay_s`` (lost on entering a class at a junction) and ``yield_delay_s`` (lost on a road that
    ends at a larger one of that class) are by road class, ``control_delay_s`` by kind of control, the others by the
    value of their tag: nobody drives faster on such a road.
    """

    name: str
    kph: Mapping[str, float]
    junction_delay_s: Mapping[str, float] = field(default_factory=dict)
    yield_delay_s: Mapping[str, float] = field(default_factory=dict)
    control_delay_s: Mapping[str, float] = field(default_factory=dict)
    surface_kph: Mapping[str, float] = field(default_factory=dict)
    tracktype_kph: Mapping[str, float] = field(default_factory=dict)
    smoothness_kph: Mapping[str, float] = field(default_factory=dict)
    maxspeed_factor: float = 1.0  # of a posted limit that is driven
    turn: TurnTimes | None = None  # None: turning costs nothing, and search keeps the network's own nodes

    def __post_init__(self) -> None:
        for table in _CLASS_TABLES:
            _check_keys(getattr(self, table), table, "road classes", ROAD_CLASSES, required=table == "kph")
        _check_keys(self.control_delay_s, _CONTROL_TABLE, "controls", CONTROLS[1:], required=False)
        for table in TABLES:
            delay = table.endswith("_s")
            for key, value in getattr(self, table).items():
                high = LONGEST_DELAY_S if delay else HIGHEST_KPH
                _check_number(f"{table}.{key}", value, low=0.0, high=high, low_allowed=delay)
        _check_number("maxspeed_factor", self.maxspeed_factor, low=0.0, high=2.0, low_allowed=False)

    def turning(self, costs: bool) -> SpeedProfile:
        """The profile in which turning does or does not cost time: `STANDARD_TURN` where it states no times itself."""
        if costs == (self.turn is not None):
            return self
        return replace(self, turn=STANDARD_TURN if costs else None)

    @cached_property
    def class_kph(self) -> Float32:
        """[classes] km/h by index into `ROAD_CLASSES`."""
        return np.array([self.kph[name] for name in ROAD_CLASSES], np.float32)

    @cached_property
    def class_delay_ms(self) -> Int32:
        """[classes] junction delay in milliseconds by index into `ROAD_CLASSES`."""
        return _milliseconds(self.junction_delay_s, ROAD_CLASSES)

    @cached_property
    def class_yield_ms(self) -> Int32:
        """[classes] delay of yielding to a larger road of that class, in milliseconds."""
        return _milliseconds(self.yield_delay_s, ROAD_CLASSES)

    @cached_property
    def control_ms(self) -> Int32:
        """[controls] delay in milliseconds by index into `graphs.controls.CONTROLS`."""
        return _milliseconds(self.control_delay_s, CONTROLS)

    def cover_kph(self, tags: TagSet) -> float:
        """What a road of these tags can be driven at because of its surface, track type and smoothness; inf if any."""
        found = math.inf
        stated = dict(tags)
        for table, key in _COVER_TABLES.items():
            kph: Mapping[str, float] = getattr(self, table)
            speeds = [kph[part] for part in stated.get(key, "").split(";") if part in kph]
            found = min([found, *speeds])
        return found

    @cached_property
    def digest(self) -> str:
        """Sixteen hex digits that change with any speed or delay."""
        numbers: list[Any] = [*(dict(getattr(self, table)) for table in TABLES), self.maxspeed_factor]
        content = json.dumps(numbers + ([asdict(self.turn)] if self.turn else []), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def load_profile(path: str | Path | None = None) -> SpeedProfile:
    """Read a profile from a TOML file; without a path, Towline's default.

    Raises `SpeedProfileError` naming the key that is unknown, missing or impossible.
    """
    path = PROFILES / "default.toml" if path is None else Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SpeedProfileError(
            f"There is no speed profile at {path}; check the path or leave it out for the default.", path=path
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SpeedProfileError(f"The speed profile {path} is not valid TOML: {error}.", path=path) from error
    return profile_from(content, default_name=path.stem)


def profile_from(content: Mapping[str, Any], default_name: str = "custom") -> SpeedProfile:
    """A profile from the parsed content of a TOML file."""
    for key in content:
        if key not in ("name", "maxspeed_factor", "turn", *TABLES):
            raise SpeedProfileError(
                f"Unknown key '{key}' in the speed profile; it knows name, maxspeed_factor, "
                f"{', '.join(f'[{table}]' for table in (*TABLES, 'turn'))}.",
                key=key,
            )
    tables = {key: content.get(key, {}) for key in TABLES}
    for key, table in tables.items():
        if not isinstance(table, Mapping):
            raise SpeedProfileError(f"'{key}' must be a table ([{key}]).", key=key)
    name, factor = str(content.get("name", default_name)), content.get("maxspeed_factor", 1.0)
    return SpeedProfile(name, **tables, maxspeed_factor=factor, turn=_turn_times(content.get("turn")))


def _turn_times(table: Any) -> TurnTimes | None:
    if table is None:
        return None
    if not isinstance(table, Mapping):
        raise SpeedProfileError("'turn' must be a table ([turn]).", key="turn")
    known = [item.name for item in fields(TurnTimes)]
    for key in table:
        if key not in known:
            raise SpeedProfileError(
                f"Unknown key 'turn.{key}' in the speed profile; [turn] knows {', '.join(known)}.", key=f"turn.{key}"
            )
    return TurnTimes(**table)


def _milliseconds(delays: Mapping[str, float], names: tuple[str, ...]) -> Int32:
    return np.array([round(delays.get(name, 0.0) * 1000) for name in names], np.int32)


def _check_keys(table: Mapping[str, float], title: str, kind: str, known: tuple[str, ...], *, required: bool) -> None:
    for key in table:
        if key not in known:
            raise SpeedProfileError(
                f"Unknown key '{title}.{key}' in the speed profile; {kind} are {', '.join(known)}.",
                key=f"{title}.{key}",
            )
    for key in known if required else ():
        if key not in table:
            raise SpeedProfileError(f"The speed profile lacks '{title}.{key}'; give every road class a speed.", key=key)


def _check_number(key: str, value: Any, *, low: float, high: float, low_allowed: bool) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value > high or value < low or (value == low and not low_allowed):
        bound = "at least" if low_allowed else "above"
        raise SpeedProfileError(
            f"'{key}' in the speed profile is {value!r}; it must be {bound} {low:g} and at most {high:g}.",
            key=key,
            value=value,
        )


#: The constants of OSRM's car profile (profiles/car.lua, BSD-2-Clause), there fitted to samples from real driving.
STANDARD_TURN = TurnTimes(sharp_s=7.5, oncoming_s=2.0, u_turn_s=20.0, bias=1.075)
