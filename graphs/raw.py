"""A road network as read from any source: every arc that was listed, before speeds and before anything is dropped."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphs.network import Float32, Float64, Int8, Int32, Int64, UInt8

OSM_CREDIT = "© OpenStreetMap contributors"
OSM_LICENCE = "ODbL 1.0"


@dataclass(frozen=True)
class SourceInfo:
    """Where a network comes from and what reading it came across."""

    source: str  # file name or place, never a machine's path
    credits: tuple[str, ...] = (OSM_CREDIT,)
    licence: str = OSM_LICENCE
    skipped: dict[str, int] = field(default_factory=dict)  # reason -> rows left out, "highway=footway": 12
    unknown_classes: dict[str, int] = field(default_factory=dict)  # highway value -> rows taken for "road"
    unread_maxspeeds: dict[str, int] = field(default_factory=dict)  # maxspeed value -> rows that got class speed
    ignored: dict[str, int] = field(default_factory=dict)  # rules that were read but not heeded -> how many


#: Tags that decide who may drive a road and how fast, sorted by key.
TagSet = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Restriction:
    """A turn restriction as mapped: ways by id, joined at a node or over ways in between."""

    from_ways: tuple[int, ...]
    via_node: int | None
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]
    tags: TagSet  # restriction, restriction:hgv, except …


@dataclass(frozen=True)
class RoadTags:
    """What the tags of roads and nodes say beyond class, speed and direction; tag set 0 is empty."""

    tagsets: tuple[TagSet, ...]
    arc: Int32 = field(repr=False)  # [m] tag set of each arc's way
    node: Int32 = field(repr=False)  # [n] tag set of a barrier at each node
    node_control: UInt8 = field(repr=False)  # [n] control at the node (`graphs.controls`), 0 for none
    control_arc: Int32 = field(repr=False)  # [c] arcs along which a control stands,
    control_kind: UInt8 = field(repr=False)  # [c] and which
    restrictions: tuple[Restriction, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class RawNetwork:
    """``n`` nodes, ``m`` directed arcs in any order, ``s`` shapes; fields as in `graphs.network.RoadNetwork`."""

    node_id: Int64  # [n]
    node_lon: Float64  # [n]
    node_lat: Float64  # [n]
    arc_tail: Int32  # [m]
    arc_head: Int32  # [m]
    arc_length_m: Float64  # [m]
    arc_class: UInt8  # [m]
    arc_maxspeed_kph: Float32  # [m] NaN where the source states none
    arc_way: Int64  # [m]
    arc_name: Int32  # [m] index into strings; 0 is the empty string
    arc_ref: Int32  # [m]
    arc_shape: Int32  # [m] shape index, or its complement where the arc runs against the shape
    shape_offset: Int64  # [s + 1]
    shape_lonlat: Int32  # [p, 2] 1e-7 degrees
    strings: tuple[str, ...]
    info: SourceInfo
    arc_layer: Int8 | None = field(default=None, repr=False)  # [m] `graphs.levels`; None where the source has none
    tags: RoadTags | None = None  # of OpenStreetMap files; an arc there runs along its way where arc_shape >= 0

    @property
    def node_count(self) -> int:
        return int(self.node_id.size)

    @property
    def arc_count(self) -> int:
        return int(self.arc_tail.size)
