"""The road network: immutable arrays of nodes, directed arcs and their shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Int8 = npt.NDArray[np.int8]
UInt8 = npt.NDArray[np.uint8]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

#: Shape coordinates are stored as integers of 1e-7 degree (OSM's own precision, about 1 cm).
SHAPE_SCALE = 1e7
#: Flag of an arc on which a trip may start or end but not pass through.
ACCESS_ZONE = 1
#: Flag of an arc of a street that rules leave without a way there or without a way back.
ACCESS_CUT_OFF = 2
#: Arrays that a network may be without (empty); older files lack them, and they then leave no trace in its version.
OPTIONAL_ARRAYS = (
    "arc_layer", "lost_class", "lost_name", "lost_ref", "lost_two_way", "lost_offset", "lost_lonlat",
)  # fmt: skip


@dataclass(frozen=True)
class RoadNetwork:
    """A directed road network of ``n`` nodes and ``m`` arcs; arcs are sorted by tail, so they form a CSR.

    A two-way street is two arcs that share one shape: ``arc_shape`` is the shape's index where the arc runs along
    the shape and its bitwise complement (``~index``, negative) where it runs against it.
    """

    node_lon: Float64  # [n] degrees, WGS-84
    node_lat: Float64  # [n]
    node_id: Int64  # [n] identifier in the source (OSM node id)
    arc_tail: Int32  # [m]
    arc_head: Int32  # [m]
    arc_length_m: Float32  # [m] > 0
    arc_class: UInt8  # [m] index into classes.ROAD_CLASSES
    arc_speed_kph: Float32  # [m] free-flow speed > 0
    arc_delay_ms: Int32  # [m] junction delay charged on entering the arc, >= 0
    arc_access: UInt8  # [m] 0 on public roads, else ACCESS_ZONE, ACCESS_CUT_OFF or their sum
    arc_way: Int64  # [m] OSM way id, 0 when unknown
    arc_name: Int32  # [m] index into strings; 0 is the empty string
    arc_ref: Int32  # [m] index into strings (road number, "G2", "Ruta 5")
    arc_shape: Int32  # [m] see above
    shape_offset: Int64  # [s + 1] points of shape i are shape_lonlat[offset[i]:offset[i + 1]]
    shape_lonlat: Int32  # [p, 2] 1e-7 degrees
    strings: tuple[str, ...]
    #: [m] `graphs.levels`: 0 on the ground, above it positive; empty where all are 0 or nobody knows
    arc_layer: Int8 = field(default_factory=lambda: np.empty(0, np.int8))
    # Roads of the source that are not in the largest strongly connected part, so no arc is theirs: for snapping only.
    lost_class: UInt8 = field(default_factory=lambda: np.empty(0, np.uint8))  # [l] index into classes.ROAD_CLASSES
    lost_name: Int32 = field(default_factory=lambda: np.empty(0, np.int32))  # [l] index into strings
    lost_ref: Int32 = field(default_factory=lambda: np.empty(0, np.int32))  # [l]
    lost_two_way: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))  # [l] else along only
    lost_offset: Int64 = field(default_factory=lambda: np.empty(0, np.int64))  # [l + 1] as shape_offset; or empty
    lost_lonlat: Int32 = field(default_factory=lambda: np.empty((0, 2), np.int32))  # [q, 2] 1e-7 degrees

    @property
    def node_count(self) -> int:
        return int(self.node_lon.size)

    @property
    def arc_count(self) -> int:
        return int(self.arc_tail.size)

    @cached_property
    def first_arc(self) -> Int64:
        """[n + 1] arcs leaving node v are first_arc[v] .. first_arc[v + 1] - 1."""
        return np.searchsorted(self.arc_tail, np.arange(self.node_count + 1)).astype(np.int64)

    @cached_property
    def arc_twin(self) -> Int32:
        """[m] the arc that runs the other way along the same shape, or -1 on a one-way street."""
        twin = np.full(self.arc_count, -1, np.int32)
        shapes = int(self.shape_offset.size) - 1
        forward = np.full(shapes, -1, np.int32)
        backward = np.full(shapes, -1, np.int32)
        along = np.flatnonzero(self.arc_shape >= 0)
        against = np.flatnonzero(self.arc_shape < 0)
        forward[self.arc_shape[along]] = along
        backward[~self.arc_shape[against]] = against
        twin[along] = backward[self.arc_shape[along]]
        twin[against] = forward[~self.arc_shape[against]]
        return twin

    @cached_property
    def free_flow_ms(self) -> Int32:
        """[m] travel time of every arc at its free-flow speed, junction delay included, at least 1 ms."""
        driving = self.arc_length_m.astype(np.float64) / self.arc_speed_kph * 3600.0
        return np.maximum(np.rint(driving) + self.arc_delay_ms, 1).astype(np.int32)

    def shape(self, arc: int) -> Float64:
        """[k, 2] lon, lat in degrees along one arc, from its tail to its head."""
        index = int(self.arc_shape[arc])
        along = index >= 0
        index = index if along else ~index
        points = self.shape_lonlat[self.shape_offset[index] : self.shape_offset[index + 1]] / SHAPE_SCALE
        return points if along else points[::-1]

    def line(self, arcs: npt.ArrayLike) -> Float64:
        """[k, 2] lon, lat in degrees along all of some arcs, one after the other, each from its tail to its head."""
        shape = self.arc_shape[np.asarray(arcs, np.int64)]
        along = shape >= 0
        index = np.where(along, shape, ~shape)
        first, stop = self.shape_offset[index], self.shape_offset[index + 1]
        size = stop - first
        rank = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
        point = np.where(np.repeat(along, size), np.repeat(first, size) + rank, np.repeat(stop, size) - 1 - rank)
        return self.shape_lonlat[point] / SHAPE_SCALE

    def road(self, arc: int) -> str:
        """What people call the road of one arc: name, or number, or both, or an empty string."""
        name, ref = self.strings[self.arc_name[arc]], self.strings[self.arc_ref[arc]]
        return f"{name} ({ref})" if name and ref and name != ref else name or ref
