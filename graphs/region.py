"""A region: a road network prepared for search, with its time zone and where it came from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from graphs.assemble import assemble_with_rules
from graphs.countries import country as nation
from graphs.errors import InputError, TimeZoneError
from graphs.geodesy import extent
from graphs.network import OPTIONAL_ARRAYS, RoadNetwork
from graphs.raw import RawNetwork
from graphs.report import BuildReport
from graphs.search.hierarchy import Hierarchy
from graphs.search_graph import SearchGraph
from graphs.snap import Snapper
from graphs.speeds import SpeedProfile, load_profile
from graphs.vehicle import Vehicle, load_vehicle

if TYPE_CHECKING:
    from graphs.search.metric import Metric

#: Told about progress: stage, steps done, steps in all.
Progress = Callable[[str, int, int], None]
NAME_PATTERN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class RegionMetadata:
    """What a region says about itself; shown by ``towline region info`` and quoted in decisions."""

    name: str  # the id in resource names, "regions/{name}"
    title: str  # for people
    timezone: str  # IANA key
    version: str  # hash of the content: equal roads, speeds and time zone have equal versions
    created: str  # RFC 3339, UTC
    source: str
    credits: tuple[str, ...]
    licence: str
    profile_name: str
    profile_digest: str
    vehicle_name: str  # whom signs and limits were read for
    vehicle_digest: str
    country: str  # ISO 3166-1 code whose law states limits where no tag does, or an empty string
    report: BuildReport = field(repr=False)
    turning: dict[str, Any] = field(default_factory=dict, repr=False)  # `turning_of`; empty where it costs nothing

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> RegionMetadata:
        content = {"turning": {}, **content}
        known: dict[str, Any] = {key.name: content[key.name] for key in fields(cls)}
        known["credits"] = tuple(known["credits"])
        known["report"] = BuildReport.from_dict(known["report"])
        return cls(**known)


@dataclass(frozen=True, eq=False)
class Region:
    """The whole area one operator dispatches in; immutable, safe to share between threads."""

    network: RoadNetwork
    search_graph: SearchGraph
    hierarchy: Hierarchy
    metadata: RegionMetadata

    @property
    def name(self) -> str:
        return self.metadata.name

    @cached_property
    def timezone(self) -> ZoneInfo:
        return valid_timezone(self.metadata.timezone)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees; west is greater than east across the antimeridian."""
        return extent(self.network.node_lon, self.network.node_lat)

    @cached_property
    def metric(self) -> Metric:
        """The free-flow metric; customised on first use (milliseconds for a city, 50 ms for 250,000 nodes)."""
        return self.customise(self.network.free_flow_ms)

    def customise(self, road_weights_ms: npt.ArrayLike) -> Metric:
        """The metric of one travel time per road arc (int32 ms, 0 .. INF; INF closes it).

        Its weights are those of the search arcs, `search_graph.weights`.
        """
        return self.hierarchy.customise(self.search_graph.weights(road_weights_ms))

    @cached_property
    def snapper(self) -> Snapper:
        """The index that puts locations on roads; built on first use."""
        return Snapper(self.network, round(1000 * self.metadata.turning.get("u_turn_s", 0.0)))


def build_region(
    raw: RawNetwork,
    *,
    name: str,
    timezone: str,
    profile: SpeedProfile | None = None,
    vehicle: Vehicle | None = None,
    country: str | None = None,
    title: str = "",
    created: datetime | None = None,
    progress: Progress | None = None,
) -> Region:
    """Prepare what an importer read: drop what cannot be driven to and from, set speeds, build the hierarchy.

    ``name`` is the id in resource names (lower-case letters, digits, hyphens). ``vehicle`` (a car by default) decides
    which roads are open, ``country`` (ISO 3166-1) states speed limits where no tag does. Raises `InputError` about the
    name, `TimeZoneError`, `CountryError`, `NetworkError`.
    """
    tell = progress or _silent
    if not NAME_PATTERN.fullmatch(name):
        raise InputError(
            f"'{name}' cannot name a region; use up to 63 lower-case letters, digits and hyphens, e.g. la-serena.",
            name=name,
        )
    valid_timezone(timezone)
    profile, vehicle = profile or load_profile(), vehicle or load_vehicle()
    tell("assemble", 0, 1)
    found = assemble_with_rules(raw, profile, vehicle, country)
    network, graph = found.network, found.graph
    tell("assemble", 1, 1)
    hierarchy = Hierarchy.build(graph.tail, graph.head, graph.node_count, progress=progress)
    metadata = RegionMetadata(
        name=name,
        title=title or name,
        timezone=timezone,
        version=content_version(network, graph, timezone),
        created=(created or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds"),
        source=raw.info.source,
        credits=raw.info.credits,
        licence=raw.info.licence,
        profile_name=profile.name,
        profile_digest=profile.digest,
        vehicle_name=vehicle.name,
        vehicle_digest=vehicle.digest,
        country=country or "",
        report=found.report,
        turning=turning_of(profile, country),
    )
    return Region(network, graph, hierarchy, metadata)


def turning_of(profile: SpeedProfile, code: str | None) -> dict[str, Any]:
    """What turning costs, from which the search graph can be made again: `TurnTimes`, and on which side one drives."""
    return {**asdict(profile.turn), "drives_left": nation(code).drives_left} if profile.turn else {}


def valid_timezone(key: str) -> ZoneInfo:
    """The IANA time zone ``key``; raises `TimeZoneError`."""
    try:
        if not key:
            raise ValueError("empty")
        return ZoneInfo(key)
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a KeyError
        raise TimeZoneError(
            f"'{key}' is no IANA time zone; use a name such as America/Santiago or Asia/Shanghai.", timezone=key
        ) from None


def content_version(network: RoadNetwork, graph: SearchGraph, timezone: str) -> str:
    """Sixteen hex digits that change with any node, arc, speed, shape, name or rule, or the time zone."""
    digest = hashlib.blake2b(timezone.encode(), digest_size=8)
    for part, item in ((owner, item) for owner in (network, graph) for item in fields(owner)):
        value = getattr(part, item.name)
        if item.name in OPTIONAL_ARRAYS and not value.size:
            continue
        content = "\0".join(value).encode() if isinstance(value, tuple) else np.ascontiguousarray(value).data
        digest.update(item.name.encode())
        digest.update(content)
    return digest.hexdigest()


def _silent(stage: str, done: int, total: int) -> None:
    """No progress wanted."""
