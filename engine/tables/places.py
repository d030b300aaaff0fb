"""The places a table names, and whether they lie on the region's roads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.tables.problems import Problems
from engine.tables.table import Table
from graphs.errors import OutsideRegionError
from graphs.geodesy import distance_in_words

if TYPE_CHECKING:
    from graphs.region import Region


@dataclass(frozen=True)
class Places:
    """Two coordinate columns of a table in degrees [n], WGS-84, and which [n] can be used so far."""

    table: Table
    lon_column: str
    lat_column: str
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    usable: npt.NDArray[np.bool_]


#: Adds a problem for every place that cannot be dispatched to or from.
PlaceCheck = Callable[[Places, Problems], None]


def on_roads_of(region: Region, limit_m: float) -> PlaceCheck:
    """A check that every place lies within ``limit_m`` of a road of the region; the others with their distance."""

    def check(places: Places, problems: Problems) -> None:
        index = np.flatnonzero(places.usable)
        if index.size == 0:
            return
        snapped = region.snapper.snap_each(places.lon[index], places.lat[index], limit_m)
        for row, error in sorted(snapped.errors.items()):
            if isinstance(error, OutsideRegionError):
                away = distance_in_words(float(error.metadata["distance_m"]))
                message = (
                    f"lies {away} from the nearest road of {region.name}, more than the {limit_m:,.0f} m allowed; "
                    "correct it, use the region it lies in, or raise limits.max_snap_m in a --policy file"
                )
            else:
                message = "lies far away, but exchanged would lie in the region: longitude and latitude look swapped"
            place = places.table.problem(int(index[row]), places.lon_column, message, error.reason)
            columns = places.lon_column, places.lat_column
            given = [places.table.cells(column)[int(index[row])] for column in columns]
            problems.add(place.of(", ".join(columns), ", ".join(given)))

    return check
