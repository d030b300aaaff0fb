"""The answer for one service at one moment: who is reached when, and how much of the demand within its promise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.coverage.arrivals import Arrivals, Reach
from engine.coverage.kernels import add_figures
from engine.coverage.placed import PlacedDemand
from engine.coverage.places import CLASSES, RoadPieces
from engine.coverage.stands import Stands
from engine.decision import PromiseClass
from engine.model import Service
from graphs.network import Float64, Int32, Int64
from graphs.search import INF
from graphs.search.arrays import frozen

#: Units whose arrival is told: the first, and who is left when it, and the second, are busy.
RANKS = 3
#: Stands listed for each place: one more than units are told, so that somebody is left when a provider is taken out.
NEED = RANKS + 1


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Demand of one promise class."""

    promise_minutes: float
    demand: float
    covered: float  # whose first unit is there within the promise

    @property
    def share(self) -> float:
        """Of the demand; 1 where there is none."""
        return self.covered / self.demand if self.demand else 1.0


@dataclass(frozen=True, slots=True)
class CoverageFigures:
    """Key figures. Arrival is from the call: mobilisation and travel.

    Mean and longest are over the demand that is reached, None where nobody is: read them with ``unreached``. Median and
    90 % are over all demand, None where less than that share is ever reached.
    """

    demand: float
    covered: float  # the first unit is there within the promise
    covered_twice: float  # the second, too
    covered_thrice: float
    unreached: float  # nobody ever comes
    mean_minutes: float | None  # until the first unit is there
    median_minutes: float | None
    p90_minutes: float | None
    longest_minutes: float | None
    classes: dict[PromiseClass, ClassFigures]

    @property
    def share(self) -> float:
        """Of the demand within promise."""
        return self.covered / self.demand

    @property
    def share_twice(self) -> float:
        return self.covered_twice / self.demand

    @property
    def share_thrice(self) -> float:
        return self.covered_thrice / self.demand


@dataclass(frozen=True, eq=False)
class CellTable:
    """Every cell with a road, or with demand beside all roads' cells."""

    cell: Int64  # [c] H3 ids, ascending
    arrival_ms: Int32  # [c, RANKS] median over the cell's roads by length; INF: half of them are never reached
    road_share: Float64  # [c] of the length of its roads within promise
    demand: Float64  # [c]
    covered: Float64  # [c] demand within promise


class Coverage:
    """One service under one scenario at one moment; parts are reckoned when asked for."""

    def __init__(
        self,
        reach: Reach,
        service: Service,
        pieces: RoadPieces,
        demand: PlacedDemand,
        promise_minutes: tuple[float, float, float],
    ) -> None:
        """``promise_minutes``: by `CLASSES`."""
        self.reach, self.service, self.pieces, self.demand = reach, service, pieces, demand
        self.promise_minutes = promise_minutes

    @property
    def stands(self) -> Stands:
        """Those that serve; the rows that entries name."""
        return self.reach.stands

    @cached_property
    def at_demand(self) -> Arrivals:
        """Who is first at the places with demand."""
        return self.reach.at(self.demand.places, NEED)

    @cached_property
    def at_roads(self) -> Arrivals:
        """Who is first at every piece of road."""
        return self.reach.at(self.pieces, NEED)

    @cached_property
    def demand_ms(self) -> Int32:
        """[d, RANKS] ms until the first, second, third unit is at each place with demand."""
        return self.at_demand.unit_ms(RANKS)

    @cached_property
    def road_ms(self) -> Int32:
        """[p, RANKS] the same at the middle of every piece of road."""
        return self.at_roads.unit_ms(RANKS)

    def within_ms(self, kind: npt.NDArray[np.uint8]) -> Int64:
        """[k] how long the promise of each class index gives."""
        return np.rint(np.array(self.promise_minutes) * 60_000).astype(np.int64)[kind]

    @cached_property
    def demand_within_ms(self) -> Int64:
        """[d] the promise at each place with demand."""
        return frozen(self.within_ms(self.demand.places.kind), np.int64)

    @cached_property
    def figures(self) -> CoverageFigures:
        """Over all demand."""
        weight, arrival = self.demand.weight, self.demand_ms
        by_class, covered, total = np.zeros((2, len(CLASSES))), np.zeros(RANKS), np.zeros(3)
        add_figures(
            arrival.reshape(-1),
            RANKS,
            self.demand_within_ms,
            weight,
            self.demand.places.kind,
            by_class,
            covered,
            total,
        )
        first = arrival[:, 0]
        reached = first < INF
        ms = first[reached]
        half, most = weighted_quantiles(first, weight, (0.5, 0.9))
        once, twice, thrice = covered.tolist()
        return CoverageFigures(
            demand=float(total[0]),  # added up as what is covered of it is: all of it is all of it
            covered=once,
            covered_twice=twice,
            covered_thrice=thrice,
            unreached=float(total[0] - total[1]),
            mean_minutes=float(total[2] / total[1] / 60_000) if ms.size else None,
            median_minutes=half / 60_000 if half < INF else None,
            p90_minutes=most / 60_000 if most < INF else None,
            longest_minutes=int(ms.max()) / 60_000 if ms.size else None,
            classes={
                each: ClassFigures(self.promise_minutes[index], *by_class[:, index].tolist())
                for index, each in enumerate(CLASSES)
            },
        )

    @cached_property
    def cells(self) -> CellTable:
        """By H3 cell of the road pieces' resolution."""
        pieces, demand = self.pieces, self.demand
        of_demand = demand.places.cells_at(pieces.resolution)
        cell = np.union1d(pieces.cells, of_demand)
        row, length = np.searchsorted(cell, pieces.cell), pieces.length_m
        inside = self.road_ms[:, 0] <= self.within_ms(pieces.kind)
        total = np.bincount(row, weights=length, minlength=cell.size)
        within = np.bincount(row, weights=length * inside, minlength=cell.size)
        median = [grouped_median(row, self.road_ms[:, rank], length, cell.size) for rank in range(RANKS)]
        at = np.searchsorted(cell, of_demand)
        hit = demand.weight * (self.demand_ms[:, 0] <= self.demand_within_ms)
        return CellTable(
            cell,
            np.column_stack(median).astype(np.int32),
            np.divide(within, total, out=np.zeros(cell.size), where=total > 0),
            grouped_sums(at, demand.weight, cell.size),
            grouped_sums(at, hit, cell.size),
        )


def grouped_sums(group: Int64, weight: Float64, groups: int) -> Float64:
    """[groups] the weight of each group."""
    return np.bincount(group, weights=weight, minlength=groups).astype(np.float64)


def weighted_quantiles(values: Float64 | Int32, weight: Float64, shares: tuple[float, ...]) -> list[float]:
    """The least values that at least such shares of the weight do not exceed; NaN of nothing."""
    if not values.size:
        return [float("nan")] * len(shares)
    order = _order(values)
    total = np.cumsum(weight[order])
    at = np.searchsorted(total, np.array(shares) * total[-1] * (1 - 1e-12))
    return values[order[np.minimum(at, values.size - 1)]].tolist()


def _order(values: Float64 | Int32) -> Int64:
    """[k] rows in order of their values, of equal ones the smaller first."""
    if values.dtype != np.int32:
        return np.argsort(values, kind="stable")
    keys = (values.astype(np.int64) << 32) | np.arange(values.size)  # numbers are sorted much faster than rows of them
    return np.sort(keys) & 0xFFFFFFFF


def grouped_median(group: Int64, values: Int32, weight: Float64, groups: int) -> Int64:
    """[groups] the lower weighted median of the values of each group; INF of nothing. O(k log k)."""
    order = np.lexsort((values, group))
    sums = np.cumsum(weight[order])
    first = np.searchsorted(group[order], np.arange(groups))
    last = np.searchsorted(group[order], np.arange(groups), "right")
    before = np.where(first > 0, sums[np.maximum(first, 1) - 1], 0.0)
    after = sums[np.maximum(last, 1) - 1]
    at = np.searchsorted(sums, before + (after - before) / 2 * (1 - 1e-12))
    return np.where(first < last, values[order[np.clip(at, first, np.maximum(last - 1, 0))]], INF).astype(np.int64)
