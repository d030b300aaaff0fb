"""A made-up province from a seed: as large as asked, with demand."""

from __future__ import annotations

from typing import NamedTuple

import h3
import numpy as np

from graphs.demand import Demand
from graphs.errors import InputError
from graphs.province.drawing import Drawing
from graphs.province.roads import draw_country_roads, draw_motorways, draw_trunk_roads
from graphs.province.settlements import draw_settlement, settle
from graphs.raw import RawNetwork, SourceInfo

FEWEST_JUNCTIONS = 500
H3_RESOLUTION = 8


class Province(NamedTuple):
    """A network to build a region from, and where its people live."""

    raw: RawNetwork
    demand: Demand


def make_province(
    seed: int, *, junctions: int = 50_000, width_km: float | None = None, height_km: float | None = None
) -> Province:
    """Cities joined by motorways and trunk roads, towns, villages and country roads between them.

    About ``junctions`` nodes on 200 x 150 km for 50,000, otherwise as densely, unless a size is given; equal arguments
    give equal networks. Motorways are pairs of one-way carriageways with ramps, city cores have one-way streets, so
    travel times are asymmetric. Raises `InputError` on fewer than 500 junctions or an area too small for them.
    """
    if junctions < FEWEST_JUNCTIONS:
        raise InputError(
            f"A province needs at least {FEWEST_JUNCTIONS} junctions, not {junctions}.", junctions=junctions
        )
    scale = (junctions / 50_000) ** 0.5
    width_km, height_km = width_km or 200.0 * scale, height_km or 150.0 * scale
    if width_km * height_km < junctions / 25:
        raise InputError(
            f"{width_km:g} x {height_km:g} km is too small for {junctions:,} junctions; give at least 1 km² for 25.",
            width_km=width_km,
            height_km=height_km,
        )
    rng = np.random.default_rng(seed)
    places = settle(rng, junctions, width_km * 1000, height_km * 1000)
    board = Drawing()
    for index in range(places.kind.size):
        draw_settlement(rng, board, places, index)
    draw_country_roads(rng, board, places)
    draw_trunk_roads(rng, board, places)
    draw_motorways(rng, board, places)
    info = SourceInfo(f"made-up province, seed {seed}, {junctions} junctions", credits=("made up",), licence="none")
    return Province(board.to_raw(info), _demand(board))


def _demand(board: Drawing) -> Demand:
    lon, lat, people = board.degrees()
    lived = np.flatnonzero(people > 0)
    cells = [h3.latlng_to_cell(lat[i], lon[i], H3_RESOLUTION) for i in lived]
    names, index = np.unique(cells, return_inverse=True)
    weight = np.bincount(index, weights=people[lived]).astype(np.float64)
    return Demand(tuple(names.tolist()), weight.round(3))
