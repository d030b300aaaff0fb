"""Roads between places: country roads, trunk roads and motorways with separate carriageways and ramps."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay, KDTree

from graphs.network import Float64, Int64
from graphs.province.drawing import Drawing
from graphs.province.settlements import CITY, TOWN, Settlements
from graphs.sources.cells import FORWARD

COUNTRY_STEP_M = 1_900.0
TRUNK_STEP_M = 4_500.0
INTERCHANGE_M = 13_000.0
#: Half the ramp-to-ramp distance of an interchange, and half the distance between carriageways.
RAMP_M, MEDIAN_M = 320.0, 14.0
BEND_M = 900.0
MOTORWAY_KPH, TRUNK_KPH = 120.0, 90.0


def draw_country_roads(rng: np.random.Generator, board: Drawing, places: Settlements) -> None:
    """Neighbouring places joined by two-way roads, with a dead-end lane at every bend."""
    pairs = _gabriel_pairs(places.x, places.y)
    important = (places.kind[pairs] != 2).sum(axis=1)
    gates = _Gates(board, places)
    for (a, b), rank in zip(pairs.tolist(), important.tolist(), strict=True):
        road_class = ("unclassified", "tertiary", "secondary")[rank]
        _draw_two_way(rng, board, gates, a, b, road_class, COUNTRY_STEP_M, lanes=True)


def draw_trunk_roads(rng: np.random.Generator, board: Drawing, places: Settlements) -> None:
    """The shortest tree over cities and towns."""
    gates = _Gates(board, places)
    for number, (a, b) in enumerate(_tree_pairs(places, places.of(CITY, TOWN)).tolist(), start=1):
        _draw_two_way(rng, board, gates, a, b, "trunk", TRUNK_STEP_M, lanes=False, ref=f"T{number}", kph=TRUNK_KPH)


def draw_motorways(rng: np.random.Generator, board: Drawing, places: Settlements) -> None:
    """The shortest tree over the cities and one link more, each as two one-way carriageways with interchanges."""
    cities = places.of(CITY)
    pairs = [tuple(pair) for pair in _tree_pairs(places, cities).tolist()]
    if cities.size > 3:
        rest = [(int(a), int(b)) for i, a in enumerate(cities) for b in cities[i + 1 :] if (a, b) not in pairs]
        spans = [np.hypot(places.x[a] - places.x[b], places.y[a] - places.y[b]) for a, b in rest]
        pairs.append(rest[int(np.argmin(spans))])
    gates = _Gates(board, places)
    for number, (a, b) in enumerate(pairs, start=1):
        _draw_motorway(rng, board, gates, a, b, f"M{number}")


class _Gates:
    """Where roads leave a place: the node at its edge in a direction."""

    def __init__(self, board: Drawing, places: Settlements) -> None:
        self.places = places
        self.x, self.y = board.places()
        self.tree = KDTree(np.column_stack((self.x, self.y)))

    def towards(self, a: int, b: int) -> int:
        x, y, radius = self.places.x, self.places.y, self.places.radius_m
        along = np.array([x[b] - x[a], y[b] - y[a]])
        edge = np.array([x[a], y[a]]) + along / np.hypot(*along) * radius[a]
        return int(self.tree.query(edge)[1])

    def place(self, node: int) -> Float64:
        return np.array([self.x[node], self.y[node]])

    def nearest(self, point: Float64) -> int:
        return int(self.tree.query(point)[1])


def _curve(rng: np.random.Generator, start: Float64, end: Float64, share: Float64, sway: float) -> Float64:
    """[k, 2] points at shares of the way from start to end, swaying to the sides by about that share of the length."""
    along = end - start
    across = np.array([-along[1], along[0]])
    wave = sum(rng.normal(0, sway / n) * np.sin(np.pi * n * share) for n in (1, 2, 3))
    return start + share[:, None] * along + np.asarray(wave)[:, None] * across


def _draw_two_way(
    rng: np.random.Generator,
    board: Drawing,
    gates: _Gates,
    a: int,
    b: int,
    road_class: str,
    step_m: float,
    *,
    lanes: bool,
    ref: str = "",
    kph: float = np.nan,
) -> None:
    first, last = gates.towards(a, b), gates.towards(b, a)
    start, end = gates.place(first), gates.place(last)
    pieces = max(1, round(float(np.hypot(*(end - start))) / step_m))
    points = _curve(rng, start, end, np.linspace(0, 1, 2 * pieces + 1), 0.05)
    inner = board.add_nodes(points[2:-1:2, 0], points[2:-1:2, 1], 4.0)
    chain = np.concatenate(([first], inner, [last]))
    board.add_streets(chain[:-1], chain[1:], road_class, bends=points[1::2][:, None, :], ref=ref, kph=kph)
    if lanes and inner.size:
        away = points[2:-1:2] + rng.normal(0, 350.0, (inner.size, 2))
        farm = board.add_nodes(away[:, 0], away[:, 1], 6.0)
        board.add_streets(inner, farm, "unclassified")


def _draw_motorway(rng: np.random.Generator, board: Drawing, gates: _Gates, a: int, b: int, ref: str) -> None:
    first, last = gates.towards(a, b), gates.towards(b, a)
    start, end = gates.place(first), gates.place(last)
    length = float(np.hypot(*(end - start)))
    count = max(1, round(length / INTERCHANGE_M))
    middle = np.arange(1, count + 1) / (count + 1)
    ramp = RAMP_M / length
    # Ramp mouths in driving order; an interchange k has the mouths 2k (leave) and 2k + 1 (join).
    mouths = np.sort(np.concatenate((middle - ramp, middle + ramp)))
    stops = np.concatenate(([2.5 * ramp], mouths, [1 - 2.5 * ramp]))
    bends = max(1, round(length / (stops.size - 1) / BEND_M))
    fine = np.linspace(stops[:-1], stops[1:], bends + 2, axis=1).ravel()
    curve = _curve(rng, start, end, np.concatenate((fine, middle)), 0.04)
    line, hubs = curve[: fine.size].reshape(stops.size - 1, bends + 2, 2), curve[fine.size :]
    normal = np.array([end[1] - start[1], start[0] - end[0]]) / length  # to the right of the way from a to b
    hub = board.add_nodes(*(hubs + normal * 260.0).T)
    nearby = np.array([gates.nearest(point) for point in hubs])
    board.add_streets(hub, nearby, "secondary")
    for side, from_node, to_node in ((1.0, first, last), (-1.0, last, first)):
        lane = line + side * MEDIAN_M * normal
        if side < 0:
            lane = lane[::-1, ::-1]
        nodes = board.add_nodes(*np.concatenate((lane[:, 0], lane[-1:, -1])).T)
        board.add_streets(
            nodes[:-1], nodes[1:], "motorway", drawn=FORWARD, bends=lane[:, 1:-1], ref=ref, kph=MOTORWAY_KPH
        )
        meets = hub if side > 0 else hub[::-1]
        tails = np.concatenate((nodes[1:-1:2], meets, [from_node], nodes[-1:]))
        heads = np.concatenate((meets, nodes[2:-1:2], nodes[:1], [to_node]))
        board.add_streets(tails, heads, "motorway_link", drawn=FORWARD, ref=ref)


def _gabriel_pairs(x: Float64, y: Float64) -> Int64:
    """[k, 2] pairs of places with no third place in the circle between them."""
    points = np.column_stack((x, y))
    corners = Delaunay(points).simplices
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]).astype(np.int64)
    pairs: Int64 = np.unique(np.sort(sides), axis=0)
    middle = points[pairs].mean(axis=1)
    half = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T) / 2
    gap, _ = KDTree(points).query(middle)
    return pairs[gap >= half * (1 - 1e-9)]


def _tree_pairs(places: Settlements, chosen: Int64) -> Int64:
    """[k, 2] the shortest tree over the chosen places."""
    x, y = places.x[chosen], places.y[chosen]
    row, column = np.triu_indices(chosen.size, 1)
    span = np.hypot(x[row] - x[column], y[row] - y[column])
    tree = minimum_spanning_tree(coo_array((span, (row, column)), shape=(chosen.size,) * 2)).tocoo()
    return np.sort(chosen[np.column_stack((tree.row, tree.col))], axis=1)
