"""Demand layers: what is to be reached, with weights. People by cell, past incidents, a forecast: any of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import h3.api.basic_str as h3
import numpy as np
import numpy.typing as npt

from engine.cover_lost.demand import MOST_WEIGHT
from engine.errors import DemandError
from engine.tables.numbers import coordinates, numbers
from engine.tables.places import Places as TablePlaces
from engine.tables.places import on_roads_of
from engine.tables.problems import Problems
from engine.tables.read import read_table
from engine.tables.table import Table
from graphs.cells import is_cell
from graphs.errors import MissingColumnError
from graphs.junctions import junctions
from graphs.network import Float64, Int64, RoadNetwork
from graphs.search.arrays import frozen

if TYPE_CHECKING:
    from graphs.demand import Demand
    from graphs.region import Region

#: Columns that hold weights, the first one found counts; without any each row weighs 1.
WEIGHTS = ("weight", "demand", "people", "population", "incidents", "count")
MOST_ROWS = 2_000_000
#: What columns count, where it is not what they are called.
UNITS = {"": "demand", "weight": "demand", "population": "people"}


@dataclass(frozen=True, eq=False)
class DemandLayer:
    """``d`` rows: H3 cells (all of one resolution) or points in degrees, each with a weight.

    Raises DemandError: nothing in it, a weight that is negative or not a number, no weight at all.
    """

    name: str
    unit: str  # what is counted, for people: "people", "incidents"
    weight: Float64  # [d]
    cells: tuple[str, ...] = ()  # [d], or
    lon: Float64 = field(default_factory=lambda: np.empty(0))  # [d]
    lat: Float64 = field(default_factory=lambda: np.empty(0))  # [d]
    #: The table that it is from, and its rows as people count them there; of other layers nothing.
    file: str = ""
    rows: Int64 = field(default_factory=lambda: np.empty(0, np.int64))  # [d] or empty

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", frozen(np.array(self.weight, np.float64), np.float64))
        wrong = np.flatnonzero(~((self.weight >= 0) & (self.weight <= MOST_WEIGHT)))
        if wrong.size:
            row = int(wrong[0])
            raise DemandError(
                f"demand layer {self.name}, row {row}: weight {self.weight[row]} must be 0 to {MOST_WEIGHT:g}",
                layer=self.name,
                row=row,
                value=float(self.weight[row]),
            )
        if not self.weight.any():
            whose = self.file or f"demand layer {self.name}"
            raise DemandError(f"{whose} has no weight above zero; somebody must need something", layer=self.name)
        if len({h3.get_resolution(cell) for cell in self.cells if is_cell(cell)}) > 1:
            raise DemandError(
                f"demand layer {self.name} mixes H3 cells of several resolutions; give one", layer=self.name
            )
        sizes = {len(self.cells)} if self.cells else {np.size(self.lon), np.size(self.lat)}
        if sizes != {self.weight.size}:
            raise DemandError(
                f"demand layer {self.name} needs a cell, or a longitude and a latitude, for each of "
                f"{self.weight.size} weights",
                layer=self.name,
            )

    def __len__(self) -> int:
        return int(self.weight.size)

    @property
    def total(self) -> float:
        return float(self.weight.sum())

    @staticmethod
    def of_cells(demand: Demand, *, name: str = "people", unit: str = "people") -> DemandLayer:
        """A layer of cells, such as the bundled region's population."""
        return DemandLayer(name, unit, demand.weight, cells=tuple(demand.cells))

    @staticmethod
    def of_junctions(network: RoadNetwork) -> DemandLayer:
        """Where roads meet, people live and drive: each junction weighs 1, where nothing better is known."""
        at = junctions(network)
        return DemandLayer.of_points(network.node_lon[at], network.node_lat[at], name="junctions", unit="junctions")

    @staticmethod
    def of_points(
        lon: npt.ArrayLike,
        lat: npt.ArrayLike,
        weight: npt.ArrayLike | None = None,
        *,
        name: str = "points",
        unit: str = "incidents",
    ) -> DemandLayer:
        """A layer of places in degrees, each weighing 1 by default."""
        east = np.array(lon, np.float64).reshape(-1)
        weights = np.ones(east.size) if weight is None else np.array(weight, np.float64).reshape(-1)
        return DemandLayer(name, unit, weights, lon=east, lat=np.array(lat, np.float64).reshape(-1))


def read_layer(
    path: str | Path,
    region: Region | None,
    limit_m: float,
    *,
    name: str = "",
    unit: str = "",
    weight: str = "",
    notes: list[str] | None = None,
) -> DemandLayer:
    """A layer from a table (CSV, GeoJSON, Parquet): the column ``cell``, or ``lon`` and ``lat``, and one of `WEIGHTS`.

    ``weight`` names another column. What was assumed is added to ``notes``. Raises TableError with the row of every
    weight, cell or place that cannot be used (points must lie within ``limit_m`` of a road, unless there is no region),
    MissingColumnError, DemandError, and what `read_table` raises.
    """
    problems = Problems()
    table = read_table(path, problems)
    if len(table) > MOST_ROWS:
        raise DemandError(f"{table.file} has {len(table):,} rows; at most {MOST_ROWS:,} are read", rows=len(table))
    column = weight or next((each for each in WEIGHTS if each in table), "")
    if weight and weight not in table:
        raise MissingColumnError(
            f"{table.file} lacks the column {weight}; it has: {', '.join(table.columns)}",
            file=table.file,
            missing=weight,
        )
    weights = np.ones(len(table))
    if column:
        weights = numbers(table, column, problems, low=0, high=MOST_WEIGHT, reason=DemandError.reason)
        for row in np.flatnonzero(np.isnan(weights)):
            if not table.cells(column)[row]:
                problems.add(table.problem(int(row), column, "is empty; give 0 or more", DemandError.reason))
    else:
        problems.notes.append(f"{table.file} has none of the columns {', '.join(WEIGHTS)}: each row counts 1")
    title, what = name or Path(path).stem, unit or UNITS.get(column, column)
    file, rows = table.file, np.array(table.rows, np.int64)
    if "cell" in table:
        cells = _cells(table, problems)
        problems.raise_if_any()
        _tell(notes, problems)
        return DemandLayer(title, what, weights, cells=cells, file=file, rows=rows)
    if "lon" not in table or "lat" not in table:
        raise MissingColumnError(
            f"{table.file} has neither a column cell nor lon and lat; it has: {', '.join(table.columns)}",
            file=table.file,
            missing="cell",
        )
    lon, lat, good = coordinates(table, "lon", "lat", problems)
    if region is not None:
        on_roads_of(region, limit_m)(TablePlaces(table, "lon", "lat", lon, lat, good), problems)
    problems.raise_if_any()
    _tell(notes, problems)
    return DemandLayer(title, what, weights, lon=lon, lat=lat, file=file, rows=rows)


def _tell(notes: list[str] | None, problems: Problems) -> None:
    if notes is not None:
        notes += problems.notes


def _cells(table: Table, problems: Problems) -> tuple[str, ...]:
    """All of one resolution: the first one's. Those that are there again are noted."""
    cells = tuple(table.cells("cell"))
    first, again, usual = {}, {}, None
    for index, cell in enumerate(cells):
        if not is_cell(cell):
            problems.add(table.problem(index, "cell", "is no H3 cell; write it like 89b21901403ffff", "INVALID_DEMAND"))
            continue
        resolution = h3.get_resolution(cell)
        usual = usual or (resolution, table.rows[index])
        if resolution != usual[0]:
            told = f"has resolution {resolution}, and row {usual[1]} has {usual[0]}; give cells of one resolution"
            problems.add(table.problem(index, "cell", told, "INVALID_DEMAND"))
        if first.setdefault(cell, index) != index:
            again.setdefault(cell, table.rows[index])
    if again:
        cell, row = next(iter(again.items()))
        what = "cell is" if len(again) == 1 else "cells are"
        problems.notes.append(
            f"{table.file}: {len(again):,} {what} there more than once, first {cell} in row {row}: weights are added up"
        )
    return cells
