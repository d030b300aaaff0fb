"""Where calls come from: places with weights, given by whoever knows, or the junctions of the region by cell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import h3.api.numpy_int as h3
import numpy as np
import numpy.typing as npt

from engine.errors import DemandError
from graphs.junctions import junctions
from graphs.network import Float64, RoadNetwork
from graphs.search.arrays import frozen

#: Cells of about 5 km²: wide enough that a city has hundreds, narrow beside half an hour's drive.
RESOLUTION = 7
#: Of a region's cells, so many with the most junctions are looked at.
HEAVIEST = 500
#: Places that may be given: each is looked at for each unit.
MOST = 5000
MOST_WEIGHT = 1e15


@dataclass(frozen=True, eq=False)
class Demand:
    """``d`` places with the weight of the demand at each, in any unit: shares count.

    Raises DemandError: no places, columns of different lengths, a weight that is negative, not a number or
    absurd, no weight at all. Whether the places are in the region is seen when a `Dispatcher` gets them.
    """

    lon: Float64  # [d] degrees
    lat: Float64  # [d]
    weight: Float64  # [d]

    def __post_init__(self) -> None:
        columns = {name: _column(name, getattr(self, name)) for name in ("lon", "lat", "weight")}
        sizes = {column.size for column in columns.values()}
        if len(sizes) > 1:
            told = ", ".join(f"{column.size:,} of {name}" for name, column in columns.items())
            raise DemandError(f"demand must have one lon, lat and weight for each place, not {told}", field="weight")
        count = sizes.pop()
        if not 1 <= count <= MOST:
            raise DemandError(
                f"demand has {count:,} places; give 1 to {MOST:,}, adding up near ones where there are more",
                field="weight",
                places=count,
            )
        for index, value in enumerate(columns["weight"].tolist()):
            if not 0 <= value <= MOST_WEIGHT:  # nor if it is no number
                raise DemandError(
                    f"demand[{index}]: weight {value} must be 0 to {MOST_WEIGHT:g}",
                    field="weight",
                    index=index,
                    value=value,
                )
        if not columns["weight"].any():
            raise DemandError("the weights of demand are all zero; some must be above", field="weight")
        for name, column in columns.items():
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return int(self.weight.size)

    @property
    def share(self) -> Float64:
        """[d] of all demand; the sum of the weights is correctly rounded, whatever their order."""
        return frozen(self.weight / math.fsum(self.weight.tolist()), np.float64)

    @staticmethod
    def of_network(network: RoadNetwork) -> Demand:
        """Junctions by cell: where roads meet, people live and drive.

        The place of a cell is its junction nearest to the cell's centre; the `HEAVIEST` cells count, of equal ones
        those with the lesser ids.
        """
        found: dict[int, list[int]] = {}
        for node in junctions(network).tolist():
            cell = int(h3.latlng_to_cell(network.node_lat[node], network.node_lon[node], RESOLUTION))
            found.setdefault(cell, []).append(node)
        chosen = sorted(found, key=lambda cell: (-len(found[cell]), cell))[:HEAVIEST]
        at = np.array([_nearest_to_centre(network, cell, found[cell]) for cell in chosen], np.int64)
        weight = np.array([len(found[cell]) for cell in chosen], np.float64)
        return Demand(network.node_lon[at], network.node_lat[at], weight)


def _column(name: str, values: npt.ArrayLike) -> Float64:
    try:
        return frozen(np.array(values, np.float64).reshape(-1), np.float64)
    except (TypeError, ValueError):
        raise DemandError(f"demand: {name} must be a list of numbers", field=name) from None


def _nearest_to_centre(network: RoadNetwork, cell: int, nodes: list[int]) -> int:
    lat, lon = h3.cell_to_latlng(cell)
    near = (network.node_lat[nodes] - lat) ** 2 + ((network.node_lon[nodes] - lon) * math.cos(math.radians(lat))) ** 2
    return nodes[int(np.argmin(near))]
