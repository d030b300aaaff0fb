"""When people need help, by hour of the day: shapes that the generators draw from.

ROADSIDE is the shape of 3,992 timed traffic incidents in Austin, Texas (the city's open data, 2017-2020; their times
are taken to be UTC and shifted by five hours, which puts the least at 4 and the most at 17 o'clock). That other cities
look like it, and the shapes of the booked services, are assumptions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.model import Service

Float64 = npt.NDArray[np.float64]


def _shape(*weights: float) -> Float64:
    curve = np.array(weights, np.float64)
    return curve / curve.sum()


# fmt: off
ROADSIDE: Float64 = _shape(48, 56, 37, 33, 28, 50, 110, 137, 173, 222, 222, 247,
                           278, 255, 269, 244, 287, 306, 247, 216, 182, 146, 115, 84)
_AIRPORT: Float64 = _shape(1, 1, 2, 5, 9, 10, 9, 8, 6, 5, 4, 4, 4, 4, 5, 6, 7, 7, 6, 5, 4, 3, 2, 1)
_EVENING: Float64 = _shape(9, 7, 4, 2, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1, 1, 2, 3, 5, 8, 10, 12, 12)
_OFFICE: Float64 = _shape(0, 0, 0, 0, 0, 0, 1, 4, 9, 10, 9, 8, 6, 6, 8, 9, 8, 6, 3, 1, 0.5, 0, 0, 0)
# fmt: on

#: Each service's share of a day's incidents (an assumption), and its shape over the day.
DAY_SHARE: dict[Service, float] = {
    Service.BREAKDOWN_REPAIR: 0.62,
    Service.TOWING: 0.24,
    Service.AIRPORT_TRANSFER: 0.05,
    Service.DESIGNATED_DRIVER: 0.05,
    Service.VEHICLE_BOOKING: 0.04,
}
SHAPE: dict[Service, Float64] = {
    Service.BREAKDOWN_REPAIR: ROADSIDE,
    Service.TOWING: ROADSIDE,
    Service.AIRPORT_TRANSFER: _AIRPORT,
    Service.DESIGNATED_DRIVER: _EVENING,
    Service.VEHICLE_BOOKING: _OFFICE,
}


def service_mix(hour: float) -> Float64:
    """[services, in the order of `Service`] shares of the incidents at a time of day, 0 <= hour < 24."""
    mix = np.array([DAY_SHARE[service] * SHAPE[service][int(hour) % 24] for service in Service])
    return mix / mix.sum()


def minutes_ago(hour: float, count: int, window: float, rng: np.random.Generator) -> Float64:
    """[count] how long ago incidents of the last ``window`` minutes were received, following the day's shape."""
    steps = np.arange(0.0, window, 1.0)
    rate = ROADSIDE[((hour - steps / 60) % 24).astype(np.int64)]
    return np.minimum(rng.choice(steps, count, p=rate / rate.sum()) + rng.random(count), window)
