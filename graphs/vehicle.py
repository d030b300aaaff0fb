"""Vehicle profiles: whom signs mean, and what fits under a bridge."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from graphs.errors import VehicleError

VEHICLES = Path(__file__).parent / "data" / "vehicles"
DEFAULT_VEHICLE = "car"
#: OSM's transport modes that a vehicle may be.
KNOWN_MODES = ("motorcar", "hgv", "goods", "motor_vehicle", "vehicle", "access")


@dataclass(frozen=True)
class Vehicle:
    """One kind of vehicle; ``modes`` are the access keys that mean it, the most specific first."""

    name: str
    modes: tuple[str, ...]
    height_m: float
    width_m: float
    length_m: float
    weight_t: float
    axle_load_t: float
    max_kph: float = 200.0

    def __post_init__(self) -> None:
        for mode in self.modes:
            if mode not in KNOWN_MODES:
                raise VehicleError(
                    f"Unknown mode '{mode}' of vehicle '{self.name}'; use {', '.join(KNOWN_MODES)}.", key="modes"
                )
        for item in fields(self)[2:]:
            value: Any = getattr(self, item.name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not math.isfinite(value) or value <= 0:
                raise VehicleError(
                    f"'{item.name}' of vehicle '{self.name}' is {value!r}; it must be a positive number.", key=item.name
                )

    @property
    def is_goods(self) -> bool:
        """Whether limits for goods vehicles (``maxspeed:hgv``, ``maxweight:hgv``) are for it."""
        return "hgv" in self.modes

    @cached_property
    def digest(self) -> str:
        """Sixteen hex digits that change with any value."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


def load_vehicle(name: str | Path = DEFAULT_VEHICLE) -> Vehicle:
    """A vehicle of Towline's (car, van, flat-bed, heavy-wrecker), or one from a TOML file.

    Raises `VehicleError` naming the key that is unknown, missing or impossible.
    """
    path = VEHICLES / f"{name}.toml" if str(name) in known_vehicles() else Path(name)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise VehicleError(
            f"There is no vehicle '{name}'; use {', '.join(known_vehicles())} or the path of a TOML file.", vehicle=name
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise VehicleError(f"The vehicle {path} is not valid TOML: {error}.", vehicle=name) from error
    return vehicle_from(content, path.stem)


def vehicle_from(content: Mapping[str, Any], default_name: str = "custom") -> Vehicle:
    """A vehicle from the parsed content of a TOML file."""
    known = [item.name for item in fields(Vehicle)]
    for key in content:
        if key not in known:
            raise VehicleError(f"Unknown key '{key}' of a vehicle; it knows {', '.join(known)}.", key=key)
    given: dict[str, Any] = {"name": default_name, **content}
    for key in known[:-1]:
        if key not in given:
            raise VehicleError(f"The vehicle '{given['name']}' lacks '{key}'.", key=key)
    modes = given["modes"]
    if not isinstance(modes, list | tuple) or not modes or not all(isinstance(mode, str) for mode in modes):
        raise VehicleError(
            f"'modes' of vehicle '{given['name']}' must be a list of {', '.join(KNOWN_MODES)}.", key="modes"
        )
    given["modes"] = tuple(modes)
    return Vehicle(**given)


def known_vehicles() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in VEHICLES.glob("*.toml")))
