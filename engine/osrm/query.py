"""An OSRM request: ``/{service}/{version}/{profile}/{coordinates}[.json]?option=value&…``.

Source: https://project-osrm.org/docs/v5.24.0/api. Options that Towline cannot honour are refused, never ignored.
``alternatives`` are never found, which OSRM's contract allows; hints are neither read nor given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

import numpy as np

from graphs.errors import InputError
from graphs.network import Float64

SERVICES = ("table", "route", "nearest")
#: Options without influence on what Towline answers.
HARMLESS = {"generate_hints", "hints"}
KNOWN = {
    "table": {"sources", "destinations", "annotations", "skip_waypoints"},
    "route": {"geometries", "overview", "steps", "annotations", "alternatives", "continue_straight", "skip_waypoints"},
    "nearest": {"number"},
}
MAX_PLACES = 5000


class OsrmQueryError(InputError):
    """A request that is not one of OSRM's, or asks for what Towline does not give; `code` is OSRM's own."""

    reason = "INVALID_OSRM_QUERY"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)
        self.code = code


@dataclass(frozen=True, eq=False)
class OsrmQuery:
    """One parsed request."""

    service: str
    lon: Float64  # [k] degrees
    lat: Float64
    options: Mapping[str, str]

    def option(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """The value of one option, refused when it is none of those allowed."""
        value = self.options.get(name, default)
        if value not in allowed:
            raise OsrmQueryError("InvalidValue", f"{name}={value} is not to be had here; use {' or '.join(allowed)}")
        return value

    @property
    def skips_waypoints(self) -> bool:
        """Whether the snapped places are to be left out of the answer; never for nearest, which is nothing else."""
        return self.option("skip_waypoints", "false", ("false", "true")) == "true"

    def check_route(self) -> None:
        """Turning round at a stop is never forbidden here; alternatives are never found, however many are asked for."""
        self.option("continue_straight", "default", ("default", "false"))
        text = self.options.get("alternatives", "false")
        if text not in ("false", "true") and not text.isdecimal():
            raise OsrmQueryError(
                "InvalidValue", f"alternatives={text} is not to be had here; use false, true or a number"
            )

    def indices(self, name: str) -> list[int]:
        """The places that ``sources`` or ``destinations`` choose; all by default."""
        text = self.options.get(name, "all")
        if text == "all":
            return list(range(self.lon.size))
        try:
            chosen = [int(part) for part in text.split(";")]
        except ValueError:
            raise OsrmQueryError("InvalidValue", f"{name} must be numbers joined by semicolons, not {text!r}") from None
        if not all(0 <= index < self.lon.size for index in chosen):
            raise OsrmQueryError("InvalidValue", f"{name} names a place outside 0 to {self.lon.size - 1}: {text}")
        return chosen


def parse_query(url: str) -> OsrmQuery:
    """The request a path (or whole URL) makes; OsrmQueryError says what is wrong with it."""
    parts = urlsplit(url)
    pieces = [unquote(piece) for piece in parts.path.strip("/").split("/")]
    if len(pieces) != 4:
        raise OsrmQueryError("InvalidUrl", "write /{service}/v1/{profile}/{lon},{lat};{lon},{lat}?{option}={value}")
    service, version, _, places = pieces
    if service not in SERVICES:
        raise OsrmQueryError("InvalidService", f"service {service!r} is not here; use {', '.join(SERVICES)}")
    if version != "v1":
        raise OsrmQueryError("InvalidVersion", f"version {version!r} is not here; use v1")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(options) - KNOWN[service] - HARMLESS)
    if unknown:
        known = ", ".join(sorted(KNOWN[service] | HARMLESS))
        raise OsrmQueryError("InvalidOptions", f"option {unknown[0]!r} cannot be honoured by {service}; known: {known}")
    lon, lat = _places(places.removesuffix(".json"))
    return OsrmQuery(service, lon, lat, options)


def _places(text: str) -> tuple[Float64, Float64]:
    if text.startswith("polyline("):
        raise OsrmQueryError("InvalidQuery", "give the places as lon,lat;lon,lat, not as a polyline")
    try:
        pairs = [tuple(float(part) for part in place.split(",")) for place in text.split(";")]
        lon, lat = (np.array(column, np.float64) for column in zip(*pairs, strict=True))
    except ValueError:
        raise OsrmQueryError("InvalidQuery", f"{text[:60]!r} are no places; write lon,lat;lon,lat") from None
    if lon.size > MAX_PLACES:
        raise OsrmQueryError("TooBig", f"{lon.size} places are more than the {MAX_PLACES} of one request")
    return lon, lat
