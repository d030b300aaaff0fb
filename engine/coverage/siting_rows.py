"""Rows of demand for siting: every place, or few enough of them that stand for those around."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.coverage.placed import PlacedDemand
from engine.coverage.places import CLASSES, Places
from graphs.geodesy import great_circle_m
from graphs.network import Float64, Int64

#: Cells by which places are grouped, the finest first.
FINEST, COARSEST = 12, 4


@dataclass(frozen=True, eq=False)
class DemandRows:
    """``n`` rows: places of the demand, with the weight of all that each stands for."""

    place: Int64  # [n] ascending
    weight: Float64  # [n]
    places: int  # in all

    def __len__(self) -> int:
        return int(self.place.size)

    @property
    def exact(self) -> bool:
        """Whether every place stands for itself."""
        return len(self) == self.places

    @staticmethod
    def of(demand: PlacedDemand, most: int) -> DemandRows:
        """All places, or at most so many (or the fewest there can be): one for each class of promise in each cell.

        Cells are the finest of which there are few enough; the place nearest to the middle of their demand stands for
        it. O(places log places) a resolution.
        """
        count = len(demand.places)
        if count <= most:
            return DemandRows(np.arange(count), demand.weight, count)
        group = np.empty(0, np.int64)
        for resolution in range(FINEST, COARSEST - 1, -1):
            groups, group = np.unique(
                demand.places.cells_at(resolution) * len(CLASSES) + demand.places.kind, return_inverse=True
            )
            if groups.size <= most:
                break
        chosen = _representatives(demand.places, demand.weight, group.ravel())
        order = np.argsort(chosen)
        weight = np.bincount(group.ravel(), weights=demand.weight)
        return DemandRows(chosen[order], weight[order].astype(np.float64), count)


def _representatives(places: Places, weight: Float64, group: Int64) -> Int64:
    """[groups] the place nearest to the middle of the demand of each group; of equal ones the first."""
    at = places.positions
    total = np.bincount(group, weights=weight)
    middle = [np.bincount(group, weights=weight * value) / total for value in (at.lon, at.lat)]
    away = great_circle_m(at.lon, at.lat, middle[0][group], middle[1][group])
    order = np.lexsort((np.arange(group.size), away, group))
    return order[np.searchsorted(group[order], np.arange(total.size))]
