"""Dual carriageways of a network, and locations on them whose side is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from graphs.classes import CLASS_INDEX
from graphs.geodesy import from_mercator, to_mercator
from graphs.network import Float64, Int32, RoadNetwork

#: A one-way ring no longer than this is a roundabout: a tow truck drives round it.
RING_M = 200.0
CLASSES = tuple(CLASS_INDEX[name] for name in ("motorway", "trunk", "primary"))
APART_M = 50.0
#: Two carriageways run parallel when their directions are this nearly opposite.
OPPOSITE = np.cos(np.radians(160.0))


@dataclass(frozen=True)
class DualLocations:
    """k locations between the outer edge of a carriageway and the middle of the median."""

    arc: Int32  # [k] the carriageway they are on
    opposite: Int32  # [k] an arc of the other carriageway
    lon: Float64
    lat: Float64
    bearing: Float64  # [k] degrees of the road there


def dual_locations(
    network: RoadNetwork, rng: np.random.Generator, noise_m: float = 4.0, inward_m: float = np.inf
) -> DualLocations:
    """Every 40 m along one-way arcs of motorways, trunks and primary roads with an opposite arc within 50 m.

    The true place is moved across the road: by up to ``noise_m`` outwards, or by up to ``inward_m`` inwards, but never
    beyond the middle of the median. Roundabouts are left out.
    """
    arcs = np.flatnonzero(np.isin(network.arc_class, CLASSES) & (network.arc_twin < 0))
    arcs = arcs[[not _in_ring(network, int(arc)) for arc in arcs]]
    if arcs.size == 0:
        none, nowhere = np.empty(0, np.int32), np.empty(0)
        return DualLocations(none, none, nowhere, nowhere, nowhere)
    lat0 = float(network.node_lat.mean())
    scale = 1.0 / np.cos(np.radians(lat0))  # plane metres in a metre
    lines = [np.column_stack(to_mercator(*network.shape(int(arc)).T)) for arc in arcs]
    begin = np.concatenate([line[:-1] for line in lines])
    end = np.concatenate([line[1:] for line in lines])
    owner = np.repeat(arcs, [len(line) - 1 for line in lines])
    tree = shapely.STRtree([shapely.LineString(pair) for pair in np.stack((begin, end), axis=1)])
    rows = []
    for i in range(owner.size):
        leg = end[i] - begin[i]
        length = float(np.hypot(*leg))
        if length < 1.0:
            continue
        ahead = leg / length
        for along in np.arange(min(20.0, length / 2), length, 40.0 * scale):
            place = begin[i] + along * ahead
            across, other = _opposite(place, ahead, begin, end, owner, tree, network, int(owner[i]), scale)
            if across is None:
                continue
            gap = float(np.hypot(*across))
            inward = rng.uniform(-min(noise_m * scale, gap), min(inward_m * scale, gap / 2 * 0.999))
            spot = place + across / gap * inward
            rows.append((owner[i], other, *spot, np.degrees(np.arctan2(ahead[0], ahead[1])) % 360.0))
    table = np.array(rows, np.float64).reshape(-1, 5)
    lon, lat = from_mercator(table[:, 2], table[:, 3])
    return DualLocations(table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), lon, lat, table[:, 4])


def _in_ring(network: RoadNetwork, arc: int) -> bool:
    """Whether one-way arcs lead from the head of an arc back to its tail within `RING_M`."""
    reached = {int(network.arc_head[arc]): float(network.arc_length_m[arc])}
    ahead = list(reached)
    while ahead:
        node = ahead.pop()
        for other in range(int(network.first_arc[node]), int(network.first_arc[node + 1])):
            head, far = int(network.arc_head[other]), reached[node] + float(network.arc_length_m[other])
            if network.arc_twin[other] >= 0 or far > min(reached.get(head, np.inf), RING_M):
                continue
            if head == network.arc_tail[arc]:
                return True
            if far < reached.get(head, np.inf):
                reached[head] = far
                ahead.append(head)
    return False


def _opposite(
    place: Float64,
    ahead: Float64,
    begin: Float64,
    end: Float64,
    owner: npt.NDArray[np.int64],
    tree: shapely.STRtree,
    network: RoadNetwork,
    arc: int,
    scale: float,
) -> tuple[Float64 | None, int]:
    """From a place to the nearest segment of the same class that runs the other way abreast of it, and its arc."""
    best, found = None, -1
    for j in tree.query(shapely.Point(place).buffer(APART_M * scale)):
        leg = end[j] - begin[j]
        square = float(leg @ leg)
        if network.arc_class[owner[j]] != network.arc_class[arc] or square == 0.0:
            continue
        if ahead @ leg / np.sqrt(square) > OPPOSITE:
            continue
        t = (place - begin[j]) @ leg / square
        if not 0.0 <= t <= 1.0:
            continue
        across = begin[j] + t * leg - place
        gap = float(np.hypot(*across))
        if 3.0 * scale < gap <= APART_M * scale and (best is None or gap < float(np.hypot(*best))):
            best, found = across, int(owner[j])
    return best, found


def is_on(places: DualLocations, arc: Int32, bearing: Float64) -> npt.NDArray[np.bool_]:
    """[k] whether an answered arc runs the way of the true carriageway."""
    turn = np.abs((bearing - places.bearing + 180.0) % 360.0 - 180.0)
    return (arc == places.arc) | (turn < 90.0)
