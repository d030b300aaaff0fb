"""Cities, towns and villages: where they lie, how large they are, their streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphs.classes import CLASS_INDEX
from graphs.network import Float64, Int64
from graphs.province.drawing import Drawing
from graphs.sources.cells import BACKWARD, BOTH, FORWARD

CITY, TOWN, VILLAGE = 0, 1, 2
#: By kind: share of all junctions, metres between streets, people at a junction, least metres to the next of its kind.
SHARE = (0.58, 0.24, 0.12)
SPACING_M = (125.0, 150.0, 190.0)
PEOPLE = (85.0, 45.0, 14.0)
APART_M = (38_000.0, 11_000.0, 3_500.0)
KIND_NAMES = ("City", "Town", "Village")


@dataclass(frozen=True)
class Settlements:
    """``k`` places, cities first, largest first within a kind."""

    kind: Int64  # [k]
    x: Float64  # [k] metres
    y: Float64  # [k]
    junctions: Int64  # [k]

    @property
    def radius_m(self) -> Float64:
        return np.array(SPACING_M)[self.kind] * np.sqrt(self.junctions / np.pi)

    def of(self, *kinds: int) -> Int64:
        return np.flatnonzero(np.isin(self.kind, kinds))


def settle(rng: np.random.Generator, junctions: int, width_m: float, height_m: float) -> Settlements:
    """Places of all kinds, apart from each other; city sizes follow Zipf's law."""
    scale = junctions / 50_000
    counts = (int(np.clip(round(6 * scale**0.5), 2, 14)), max(3, round(40 * scale)), max(6, round(240 * scale)))
    kind = np.repeat([CITY, TOWN, VILLAGE], counts)
    sizes = []
    for each, count in enumerate(counts):
        weight = 1.0 / np.arange(1, count + 1) ** (0.75 if each == CITY else 0.45)
        sizes.append(np.maximum(np.rint(SHARE[each] * junctions * weight / weight.sum()), 9))
    size = np.concatenate(sizes).astype(np.int64)
    radius = np.array(SPACING_M)[kind] * np.sqrt(size / np.pi)
    x, y = np.empty(kind.size), np.empty(kind.size)
    shrink = min(1.0, np.sqrt(width_m * height_m / 3e10))
    for i in range(kind.size):
        apart, tries = APART_M[kind[i]] * shrink, 0
        while True:
            tries += 1
            x[i] = rng.uniform(0.04, 0.96) * width_m
            y[i] = rng.uniform(0.04, 0.96) * height_m
            gap = np.hypot(x[:i] - x[i], y[:i] - y[i]) - radius[:i] - radius[i]
            least = np.where(kind[:i] == kind[i], apart, 0.25 * apart + 600.0)
            if (gap > least * 0.99 ** (tries / 4)).all() or tries > 2000:
                break
    return Settlements(kind, x, y, size)


def draw_settlement(rng: np.random.Generator, board: Drawing, places: Settlements, index: int) -> None:
    """The streets of one place: a turned, jittered grid in a disc; many one-way streets in a city's core."""
    kind = int(places.kind[index])
    spacing, radius = SPACING_M[kind], float(places.radius_m[index])
    half = int(np.ceil(radius / spacing)) + 1
    column, row = (a.ravel() for a in np.meshgrid(np.arange(-half, half + 1), np.arange(-half, half + 1)))
    inside = np.hypot(column, row) * spacing <= max(radius, 1.5 * spacing)
    column, row = column[inside], row[inside]
    turn = rng.uniform(0, np.pi / 2)
    grid = np.column_stack((column, row)) * spacing + rng.normal(0, 0.16 * spacing, (column.size, 2)).clip(-40, 40)
    x = places.x[index] + grid[:, 0] * np.cos(turn) - grid[:, 1] * np.sin(turn)
    y = places.y[index] + grid[:, 0] * np.sin(turn) + grid[:, 1] * np.cos(turn)
    from_centre = np.hypot(column, row) * spacing / max(radius, spacing)
    node = board.add_nodes(x, y, PEOPLE[kind] * np.exp(-0.9 * from_centre) * rng.gamma(2.0, 0.9, x.size))

    at = np.full((2 * half + 2, 2 * half + 2), -1, np.int32)
    at[column + half, row + half] = np.arange(column.size)
    for across in (True, False):
        line = row if across else column
        other = at[column + half + across, row + half + (not across)]
        near = np.flatnonzero(other >= 0)
        road_class = _line_class(line, kind)[near]
        minor = road_class >= CLASS_INDEX["residential"]
        near = near[~(minor & (rng.random(near.size) < 0.14))]
        road_class = _line_class(line, kind)[near]
        drawn = _one_ways(rng, line[near], from_centre[near], road_class, kind)
        name = f"{KIND_NAMES[kind]} {index}, " + ("Street" if across else "Avenue")
        names = [f"{name} {number}" for number in (line[near] + half + 1).tolist()]
        board.add_streets(node[near], node[other[near]], road_class, drawn=drawn, name=names)


def _line_class(line: Int64, kind: int) -> np.ndarray:
    every = (12, 6, 3) if kind == CITY else (10**6, 8, 4)
    classes = np.full(line.size, CLASS_INDEX["residential"], np.uint8)
    for step, name in zip(reversed(every), ("tertiary", "secondary", "primary"), strict=True):
        classes[line % step == 0] = CLASS_INDEX[name]
    if kind == VILLAGE:
        classes[line % 8 == 0] = CLASS_INDEX["tertiary"]
    return classes


def _one_ways(
    rng: np.random.Generator, line: Int64, from_centre: Float64, road_class: np.ndarray, kind: int
) -> np.ndarray:
    """In a city's core about two lines in five run one way, neighbours in opposite directions."""
    if kind != CITY:
        return np.full(line.size, BOTH, np.int8)
    chosen = rng.random(int(np.ptp(line)) + 1) < 0.42
    one_way = chosen[line - line.min()] & (from_centre < 0.65) & (road_class > CLASS_INDEX["primary"])
    return np.where(one_way, np.where(line % 2 == 0, FORWARD, BACKWARD), BOTH).astype(np.int8)
