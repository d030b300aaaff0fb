"""Speed profiles: how fast each road class is driven where the road itself does not say."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from graphs.classes import ROAD_CLASSES
from graphs.errors import SpeedProfileError
from graphs.maxspeed import HIGHEST_KPH
from graphs.network import Float32, Int32

PROFILES = Path(__file__).parent / "data" / "profiles"
#: A junction that costs more than this is a closure, not a delay.
LONGEST_DELAY_S = 600.0


@dataclass(frozen=True)
class SpeedProfile:
    """Free-flow speed of every road class in km/h, and the seconds lost on entering it at a junction."""

    name: str
    kph: Mapping[str, float]
    junction_delay_s: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_keys(self.kph, "kph", required=True)
        _check_keys(self.junction_delay_s, "junction_delay_s", required=False)
        for key, value in self.kph.items():
            _check_number(f"kph.{key}", value, low=0.0, high=HIGHEST_KPH, low_allowed=False)
        for key, value in self.junction_delay_s.items():
            _check_number(f"junction_delay_s.{key}", value, low=0.0, high=LONGEST_DELAY_S, low_allowed=True)

    @cached_property
    def class_kph(self) -> Float32:
        """[classes] km/h by index into `ROAD_CLASSES`."""
        return np.array([self.kph[name] for name in ROAD_CLASSES], np.float32)

    @cached_property
    def class_delay_ms(self) -> Int32:
        """[classes] junction delay in milliseconds by index into `ROAD_CLASSES`."""
        return np.array([round(self.junction_delay_s.get(name, 0.0) * 1000) for name in ROAD_CLASSES], np.int32)

    @cached_property
    def digest(self) -> str:
        """Sixteen hex digits that change with any speed or delay."""
        content = json.dumps([dict(self.kph), dict(self.junction_delay_s)], sort_keys=True)
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
        if key not in ("name", "kph", "junction_delay_s"):
            raise SpeedProfileError(
                f"Unknown key '{key}' in the speed profile; it knows name, [kph] and [junction_delay_s].", key=key
            )
    tables = {key: content.get(key, {}) for key in ("kph", "junction_delay_s")}
    for key, table in tables.items():
        if not isinstance(table, Mapping):
            raise SpeedProfileError(f"'{key}' must be a table of road classes ([{key}]).", key=key)
    return SpeedProfile(str(content.get("name", default_name)), tables["kph"], tables["junction_delay_s"])


def _check_keys(table: Mapping[str, float], title: str, *, required: bool) -> None:
    for key in table:
        if key not in ROAD_CLASSES:
            raise SpeedProfileError(
                f"Unknown key '{title}.{key}' in the speed profile; road classes are {', '.join(ROAD_CLASSES)}.",
                key=f"{title}.{key}",
            )
    for key in ROAD_CLASSES if required else ():
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
