"""Candidates: where a contractor could be had, from a table or from the heaviest cells."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import h3.api.numpy_int as h3
import numpy as np

from engine.coverage.placed import PlacedDemand
from engine.coverage.places import CLASSES, RoadPieces
from engine.coverage.stands import Stands
from engine.decision import PromiseClass
from engine.errors import DuplicateIdError, SitingError, UnknownServiceError
from engine.model import Service
from engine.scenario.kinds import LONGEST
from engine.scenario.model import MOST_COST, AddProvider
from engine.tables.numbers import coordinates, numbers
from engine.tables.places import Places as TablePlaces
from engine.tables.places import on_roads_of
from engine.tables.problems import Problems
from engine.tables.providers import MOST_CREWS
from engine.tables.read import read_table
from engine.tables.table import Table
from engine.tables.units import MOST_MOBILISATION
from engine.tables.words import choice_sets, identifiers
from graphs.geodesy import great_circle_m
from graphs.network import Float64, Int64
from graphs.region import Region

REQUIRED = ("id", "lon", "lat")
OPTIONAL = ("contract_cost", "crews", "services", "mobilisation_minutes")
#: More are no list of candidates, but everywhere.
MOST_CANDIDATES = 5_000


@dataclass(frozen=True, eq=False)
class Candidates:
    """``m`` providers that could be contracted."""

    name: str
    ids: tuple[str, ...]  # [m]
    lon: Float64  # [m] degrees
    lat: Float64  # [m]
    contract_cost: Float64  # [m]
    crews: Int64  # [m] >= 1
    services: tuple[frozenset[Service], ...]  # [m]
    mobilisation_minutes: Float64  # [m]
    priced: bool = False  # whether costs are known
    sized: bool = False  # whether numbers of crews are known

    def __len__(self) -> int:
        return len(self.ids)

    def offering(self, service: Service) -> Int64:
        """Rows of those that do it; SitingError when nobody does."""
        rows = np.flatnonzero([service in each for each in self.services])
        if not rows.size:
            raise SitingError(
                f"none of the {len(self):,} candidates of {self.name} offers {service.value}; add it to their services",
                field="candidates",
                service=service.value,
            )
        return rows

    def provider(self, row: int, crews: int | None = None) -> AddProvider:
        """What a scenario adds when this one is contracted, with so many crews; by default those that it has."""
        known = self.services[row]
        cost = float(self.contract_cost[row])
        return AddProvider(
            self.ids[row],
            float(self.lon[row]),
            float(self.lat[row]),
            crews=int(self.crews[row]) if crews is None else crews,
            services=None if known == frozenset(Service) else tuple(known),
            mobilisation_minutes=float(self.mobilisation_minutes[row]),
            contract_cost=cost if crews is None else cost * crews,
        )


def read_candidates(
    path: str | Path, region: Region | None, limit_m: float, *, taken: Collection[str] = ()
) -> Candidates:
    """Candidates of a table (CSV, GeoJSON, Parquet) with the columns `REQUIRED` and some of `OPTIONAL`.

    Left out: cost 0, 1 crew, all services, 0 minutes. Raises TableError with the row of every id that is empty, twice
    there or ``taken``, every place farther than ``limit_m`` from a road (unless there is no region) and every number or
    service that cannot be; MissingColumnError, SitingError (too many), and what `read_table` raises.
    """
    problems = Problems()
    table = read_table(path, problems)
    table.require(REQUIRED, OPTIONAL, problems)
    if len(table) > MOST_CANDIDATES:
        raise SitingError(
            f"{table.file} has {len(table):,} candidates; give at most {MOST_CANDIDATES:,}",
            field="candidates",
            most=MOST_CANDIDATES,
        )
    ids = identifiers(table, "id", problems)
    held = set(taken)
    for row, each in enumerate(ids):
        if len(each) > LONGEST:
            told = f"is {len(each):,} characters long; ids of scenarios have at most {LONGEST}"
            problems.add(table.problem(row, "id", told, SitingError.reason))
        if each in held:
            told = "is a provider of the fleet already; take another id"
            problems.add(table.problem(row, "id", told, DuplicateIdError.reason))
    lon, lat, good = coordinates(table, "lon", "lat", problems)
    if region is not None:
        on_roads_of(region, limit_m)(TablePlaces(table, "lon", "lat", lon, lat, good), problems)
    cost = numbers(table, "contract_cost", problems, low=0, high=MOST_COST)
    _refuse_holes(table, "contract_cost", cost, problems)
    crews = numbers(table, "crews", problems, low=1, high=MOST_CREWS, whole=True)
    minutes = numbers(table, "mobilisation_minutes", problems, low=0, high=MOST_MOBILISATION, unit="minutes")
    services = choice_sets(table, "services", Service, problems, reason=UnknownServiceError.reason)
    problems.raise_if_any()
    return Candidates(
        table.file,
        tuple(ids),
        lon,
        lat,
        np.nan_to_num(cost),
        np.where(np.isnan(crews), 1, crews).astype(np.int64),
        tuple(each or frozenset(Service) for each in services),
        np.nan_to_num(minutes),
        priced="contract_cost" in table,
        sized="crews" in table,
    )


def _refuse_holes(table: Table, column: str, values: Float64, problems: Problems) -> None:
    """A candidate whose cost is forgotten would be the cheapest of all."""
    for row in np.flatnonzero(np.isnan(values)):
        if column in table and not table.cells(column)[row]:
            problems.add(table.problem(int(row), column, "is empty; give 0 or more", SitingError.reason))


def usual_mobilisation(stands: Stands, service: Service) -> float:
    """Minutes from being told to leaving: the median over the stands that serve; 0 of none."""
    rows = stands.serving(service)
    return float(np.median(stands.mobilisation_ms[rows] - stands.told_ms)) / 60_000 if rows.size else 0.0


def heaviest_cells(
    pieces: RoadPieces, demand: PlacedDemand, count: int, *, mobilisation_minutes: float = 0.0
) -> Candidates:
    """A candidate in each of the cells with most demand: at the piece of road nearest to the cell's middle.

    Highways only where a cell has no other road; cells without a road are passed over. Of equal cells the lesser id.
    SitingError unless ``count`` is 1 to `MOST_CANDIDATES`. O(pieces + demand).
    """
    if not 0 <= mobilisation_minutes <= MOST_MOBILISATION:
        raise SitingError(
            f"mobilisation takes 0 to {MOST_MOBILISATION:g} minutes, not {mobilisation_minutes}",
            field="mobilisation_minutes",
            value=mobilisation_minutes,
        )
    if not 1 <= count <= MOST_CANDIDATES:
        raise SitingError(
            f"{count} candidates cannot be looked at; give 1 to {MOST_CANDIDATES:,}", field="candidates", value=count
        )
    cells = pieces.cells
    of_demand = demand.places.cells_at(pieces.resolution)
    at = np.minimum(np.searchsorted(cells, of_demand), cells.size - 1)
    weight = np.bincount(at, weights=demand.weight * (cells[at] == of_demand), minlength=cells.size)
    order = np.lexsort((cells, -weight))
    best = _middles(pieces)[order[weight[order] > 0][:count]]
    where, number = pieces.positions, best.size
    if not number:
        raise SitingError("no cell with demand has a road; give candidates in a table", field="candidates")
    return Candidates(
        f"the {number:,} heaviest cells",
        tuple(f"site-{h3.int_to_str(int(cell))}" for cell in pieces.cell[best]),
        np.array(where.lon[best], np.float64),
        np.array(where.lat[best], np.float64),
        np.zeros(number),
        np.ones(number, np.int64),
        (frozenset(Service),) * number,
        np.full(number, mobilisation_minutes),
    )


def _middles(pieces: RoadPieces) -> Int64:
    """[c] the piece nearest to the middle of each of the pieces' cells."""
    middle = np.array([h3.cell_to_latlng(int(cell)) for cell in pieces.cells])[pieces.cell_index]
    away = great_circle_m(pieces.positions.lon, pieces.positions.lat, middle[:, 1], middle[:, 0])
    highway = pieces.kind == CLASSES.index(PromiseClass.HIGHWAY)
    order = np.lexsort((np.arange(len(pieces)), away, highway, pieces.cell_index))
    return order[np.searchsorted(pieces.cell_index[order], np.arange(pieces.cells.size))]
