"""The first view of a map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.render.codec import UNITS_PER_DEGREE, checked_degrees

#: A single place is shown with this many degrees around it (about 1 km).
_MARGIN = 0.01


def first_view(
    wanted: tuple[float, float, float, float] | None,
    places: Sequence[npt.NDArray[np.int64]],
    roads: Sequence[npt.NDArray[np.int64]],
) -> list[float] | None:
    """west, south, east, north in degrees: what is wanted, else around the places, else the roads, else None."""
    if wanted is not None:
        checked_degrees([wanted[0], wanted[2]], [wanted[1], wanted[3]], "bounds of the map")
        return [float(edge) for edge in wanted]
    for group in (places, roads):
        points = np.concatenate([np.empty((0, 2), np.int64), *group])
        if points.size:
            low, high = points.min(axis=0) / UNITS_PER_DEGREE, points.max(axis=0) / UNITS_PER_DEGREE
            grow = np.where(high - low < _MARGIN, _MARGIN, 0.0)
            return [*(low - grow).tolist(), *(high + grow).tolist()]
    return None
