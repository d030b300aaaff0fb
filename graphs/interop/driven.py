"""Free-flow speeds and junction delays from a table of travel times, to the millisecond."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphs.errors import TravelTimeError
from graphs.network import Float32, Float64, Int32

if TYPE_CHECKING:
    import pandas as pd

#: An edge that takes longer than a day is in another unit than seconds.
LONGEST_S = 86_400.0


def driven(edges: pd.DataFrame, length_m: Float32) -> tuple[Float32, Int32]:
    """([m] km/h, [m] ms of junction delay) with which edges of ``length_m`` take their ``travel_time``.

    What the edge takes in all counts; speed and delay say how it is split. Where they do not add up to it (an edge that
    OSMnx merged of several, or times that somebody changed), the delay stays as far as it fits and the speed gives way.
    Raises `TravelTimeError`.
    """
    delay_s = _floats(edges["junction_delay"])
    total_s = _floats(edges["travel_time"])
    kph = _floats(edges["speed_kph"]).astype(np.float32)
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero(~((total_s > 0) & (total_s <= LONGEST_S)))
    if wrong.size:
        row = int(wrong[0])
        raise TravelTimeError(
            f"Edge row {row}: 'travel_time' is {edges['travel_time'].iloc[row]!r}; give seconds above 0 and at most "
            f"{LONGEST_S:,.0f} ({wrong.size:,} rows are wrong), or drop the column to have times made of speeds.",
            row=row,
            rows=wrong.size,
        )
    total = np.maximum(np.rint(total_s * 1000), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        delay = np.clip(np.where(np.isfinite(delay_s), np.rint(delay_s * 1000), 0), 0, total - 1)
        driving = np.rint(length_m.astype(np.float64) / kph * 3600.0)
        fits = np.isfinite(driving) & (kph > 0) & (np.maximum(driving + delay, 1) == total)
    fitted = (length_m.astype(np.float64) * 3600.0 / (total - delay)).astype(np.float32)
    kph = np.where(fits, kph, fitted)
    # A float32 cannot give every millisecond of a very long edge: the delay takes up what is left.
    left = total - np.rint(length_m.astype(np.float64) / kph * 3600.0) - delay
    delay = np.where(fits, delay, np.maximum(delay + left, 0))
    return kph.astype(np.float32), delay.astype(np.int32)


def _floats(column: pd.Series) -> Float64:
    """[m] the cells as numbers, NaN where a cell holds none or several."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    single = column.map(lambda cell: None if isinstance(cell, list | tuple | set) else cell)
    return pd.to_numeric(single, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
