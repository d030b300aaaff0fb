"""A demand layer on the roads of a region: how much of it is at each place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

import h3.api.basic_str as h3
import h3.api.numpy_int as h3_int
import numpy as np

from engine.coverage.digest import digest_of
from engine.coverage.layer import DemandLayer
from engine.coverage.places import CLASSES, Places, RoadPieces
from engine.decision import PromiseClass
from engine.errors import DemandError
from engine.policy import Policy
from engine.promise import PromiseTable
from engine.tables.problems import Problems, RowProblem
from graphs.errors import TowlineError
from graphs.geodesy import distance_in_words
from graphs.network import Float64, Int64
from graphs.search.arrays import frozen

#: Share of calls that stand on highways, where a layer of people says nothing of them.
NO_HIGHWAYS = 0.0


@dataclass(frozen=True, eq=False)
class PlacedDemand:
    """``d`` places with the demand at each."""

    layer: DemandLayer
    places: Places
    weight: Float64  # [d] > 0

    @property
    def total(self) -> float:
        return float(self.weight.sum())

    @cached_property
    def digest(self) -> str:
        """Sixteen hex digits of places and weights."""
        return digest_of(self.places.positions.arc, self.places.positions.fraction, self.weight)

    def weighing(self, weight: Float64, where: str = "") -> PlacedDemand:
        """The same places with other weights; DemandError, with ``where`` these are said, when nothing is left."""
        if not weight.any():
            raise DemandError(
                f"{where}{': ' if where else ''}the scenario's factors leave no demand at all; somebody must need "
                "something",
                layer=self.layer.name,
            )
        return PlacedDemand(self.layer, self.places, frozen(weight, np.float64))


def place_demand(
    layer: DemandLayer,
    pieces: RoadPieces,
    policy: Policy,
    promises: PromiseTable,
    *,
    highway_share: float = NO_HIGHWAYS,
) -> PlacedDemand:
    """Cells are shared out among the pieces of road in them by length, those of highways left out; points are snapped.

    So are the centres of cells without such a piece. ``highway_share`` of all demand is then moved to highways, by
    length. Raises DemandError for a cell without a road in or near it and for a point too far from any, naming the row
    (from 0); of a layer from a file TableError with every row as the file counts.
    """
    if not 0 <= highway_share < 1:
        raise DemandError(f"highway_share must be 0 or more and below 1, not {highway_share}", value=highway_share)
    if layer.cells:
        weight, alone = _shared_out(layer, pieces)
    else:
        weight, alone = np.zeros(len(pieces)), np.arange(len(layer))
    if highway_share:
        weight, points = _with_highways(layer, pieces, weight, alone, highway_share)
    else:
        points = layer.weight[alone]
    rows = np.flatnonzero(weight)
    snapped = _snapped(layer, alone[points > 0], pieces, policy, promises)
    points = points[points > 0]
    if not points.size:
        return PlacedDemand(layer, _part(pieces, promises, rows), frozen(weight[rows], np.float64))
    if not rows.size:
        return PlacedDemand(layer, snapped, frozen(points, np.float64))
    both = type(snapped.positions).concatenate([pieces.positions.take(rows), snapped.positions])
    return PlacedDemand(
        layer, Places(pieces.region, promises, both), frozen(np.append(weight[rows], points), np.float64)
    )


def _part(pieces: RoadPieces, promises: PromiseTable, rows: Int64) -> Places:
    return Places(pieces.region, promises, pieces.positions.take(rows))


def _shared_out(layer: DemandLayer, pieces: RoadPieces) -> tuple[Float64, Int64]:
    """([p] weight of every piece, rows of the cells without one)."""
    resolution = h3.get_resolution(layer.cells[0])
    of_piece = pieces.cells_at(resolution)
    length = np.where(pieces.kind == CLASSES.index(PromiseClass.HIGHWAY), 0.0, pieces.length_m)
    cells, inverse = np.unique([int(h3_int.str_to_int(cell)) for cell in layer.cells], return_inverse=True)
    weight = np.bincount(inverse, weights=layer.weight, minlength=cells.size)
    at = np.searchsorted(cells, of_piece)
    inside = (at < cells.size) & (cells[np.minimum(at, cells.size - 1)] == of_piece)
    at = np.where(inside, at, 0)
    total = np.bincount(at, weights=length * inside, minlength=cells.size)
    share = np.divide(weight, total, out=np.zeros(cells.size), where=total > 0)
    return np.where(inside, length * share[at], 0.0), np.flatnonzero(total[inverse] == 0)


def _with_highways(
    layer: DemandLayer, pieces: RoadPieces, weight: Float64, alone: Int64, share: float
) -> tuple[Float64, Float64]:
    """The same with a share of everything on highways."""
    length = np.where(pieces.kind == CLASSES.index(PromiseClass.HIGHWAY), pieces.length_m, 0.0)
    if not length.any():
        raise DemandError("highway_share moves demand to highways, but the region has none; give 0", value=share)
    return weight * (1 - share) + length * (share * layer.total / length.sum()), layer.weight[alone] * (1 - share)


def _snapped(layer: DemandLayer, rows: Int64, pieces: RoadPieces, policy: Policy, promises: PromiseTable) -> Places:
    if layer.cells:
        centres = np.array([h3.cell_to_latlng(layer.cells[row]) for row in rows]).reshape(-1, 2)
        lon, lat = centres[:, 1], centres[:, 0]
        reach = h3.average_hexagon_edge_length(h3.get_resolution(layer.cells[0]), unit="m")
    else:
        lon, lat, reach = layer.lon[rows], layer.lat[rows], 0.0
    found = pieces.region.snapper.snap_each(lon, lat, max(policy.limits.max_snap_m, reach))
    if found.errors:
        if layer.rows.size:
            _refuse_rows(found.errors, layer, rows, pieces.region.name)
        first = min(found.errors)
        raise _of_row(found.errors[first], layer, int(rows[first]), len(found.errors))
    return Places(pieces.region, promises, found.positions)


def _refuse_rows(errors: Mapping[int, TowlineError], layer: DemandLayer, rows: Int64, region: str) -> NoReturn:
    """TableError with every row of the layer's file, as people count them."""
    problems = Problems()
    for at, error in errors.items():
        row = int(rows[at])
        value = layer.cells[row] if layer.cells else f"{layer.lon[row]:g}, {layer.lat[row]:g}"
        message = f"is not on the roads of {region}: it lies {_far(error)}; take it out, or use the region it lies in"
        column = "cell" if layer.cells else "lon, lat"
        problems.add(RowProblem(layer.file, int(layer.rows[row]), column, value, message, DemandError.reason))
    problems.raise_if_any()
    raise AssertionError("there is an error")


def _far(error: TowlineError) -> str:
    away = error.metadata.get("distance_m")
    return "far away" if away is None else f"{distance_in_words(float(away))} from the nearest one"


def _of_row(error: TowlineError, layer: DemandLayer, row: int, count: int) -> DemandError:
    what = f"cell {layer.cells[row]}" if layer.cells else "the place"
    more = f" ({count:,} rows like that)" if count > 1 else ""
    return DemandError(
        f"demand layer {layer.name}, row {row}: {what} is not on the roads of the region: it lies {_far(error)}{more}",
        layer=layer.name,
        row=row,
        rows=count,
    )
