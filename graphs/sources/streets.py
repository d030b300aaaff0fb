"""Streets, each drawn once, on their way to becoming arcs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphs.network import Float32, Float64, Int8, Int32, Int64, UInt8
from graphs.raw import RawNetwork, SourceInfo
from graphs.sources.cells import BACKWARD, FORWARD
from graphs.sources.lines import to_fixed


@dataclass(frozen=True)
class Streets:
    """``e`` streets between ``n`` nodes, drawn along ``points[offset[i]:offset[i + 1]]`` from tail to head."""

    node_id: Int64  # [n]
    node_lon: Float64  # [n]
    node_lat: Float64  # [n]
    tail: Int32  # [e]
    head: Int32  # [e]
    drawn: np.ndarray  # [e] int8: FORWARD (one-way as drawn), BACKWARD (one-way against it) or BOTH
    length_m: Float64  # [e]
    road_class: UInt8  # [e]
    kph: Float32  # [e] NaN where not stated
    kph_back: Float32  # [e] against the drawing
    way: Int64  # [e]
    name: Int32  # [e]
    ref: Int32  # [e]
    offset: Int64  # [e + 1]
    points: Float64  # [p, 2] degrees
    strings: tuple[str, ...]
    info: SourceInfo
    level: Int8 | None = None  # [e] `graphs.levels`

    def to_raw(self) -> RawNetwork:
        """One arc per direction that may be driven; both share the street's shape."""
        street = np.arange(self.drawn.size)
        forward, backward = street[self.drawn != BACKWARD], street[self.drawn != FORWARD]
        row = np.concatenate((forward, backward))
        reverse = np.arange(row.size) >= forward.size
        return RawNetwork(
            node_id=self.node_id,
            node_lon=self.node_lon,
            node_lat=self.node_lat,
            arc_tail=np.where(reverse, self.head[row], self.tail[row]),
            arc_head=np.where(reverse, self.tail[row], self.head[row]),
            arc_length_m=self.length_m[row],
            arc_class=self.road_class[row],
            arc_maxspeed_kph=np.where(reverse, self.kph_back[row], self.kph[row]),
            arc_way=self.way[row],
            arc_name=self.name[row],
            arc_ref=self.ref[row],
            arc_shape=np.where(reverse, ~row, row).astype(np.int32),
            shape_offset=self.offset,
            shape_lonlat=to_fixed(self.points),
            strings=self.strings,
            info=self.info,
            arc_layer=None if self.level is None else self.level[row],
        )
