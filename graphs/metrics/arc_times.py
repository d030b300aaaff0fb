"""Road weights: what an arc takes at an hour, in a weather, under what the live feed says."""

from __future__ import annotations

import hashlib

import numpy as np
from numba import njit

from graphs.classes import ROAD_CLASSES
from graphs.metrics.overlay import Overlay
from graphs.metrics.profile import TrafficProfile
from graphs.metrics.weather import WEATHERS, Weather
from graphs.network import Float64, Int32, RoadNetwork
from graphs.search import INF, frozen

#: Nothing that is open is slower than this (read by kernels): whoever means closed says so.
LEAST_KPH = 1.0


@njit(nogil=True, cache=True)
def _arc_ms(length_m, kph, delay_ms):
    """ms of one open arc: driving, and the junction delay, which no traffic stretches; never 0, never INF. O(1)."""
    ms = np.rint(length_m / max(kph, LEAST_KPH) * 3600.0) + delay_ms
    return np.int32(min(max(ms, 1.0), np.float64(INF - 1)))


@njit(nogil=True, cache=True)
def fill_weights(length_m, kph, delay_ms, pattern, hour, arc_class, weather, out):
    """Weights without a feed into out [m]; hour [patterns] and weather [classes] are factors. O(m)."""
    for a in range(out.size):
        share = hour[pattern[a]] * weather[arc_class[a]]
        out[a] = _arc_ms(length_m[a], kph[a] * share, delay_ms[a])


@njit(nogil=True, cache=True)
def overlay_weights(length_m, kph, delay_ms, pattern, hour, arc_class, weather, arcs, speed, factor, closed, out):
    """Weights of `arcs` [k] under the feed into out [k]; inf where it states no speed or factor. O(k).

    A stated speed stands for itself, a factor applies to the speed of the hour and the weather, the slower counts.
    """
    for i in range(arcs.size):
        a = arcs[i]
        if closed[i]:
            out[i] = INF
            continue
        usual = kph[a] * (hour[pattern[a]] * weather[arc_class[a]])
        stated = min(np.float64(speed[i]), usual * np.float64(factor[i]))
        if np.isinf(stated):
            stated = usual
        out[i] = _arc_ms(length_m[a], stated, delay_ms[a])


class ArcTimes:
    """A network under a traffic profile: weights for any slot, weather and overlay. Immutable."""

    def __init__(self, network: RoadNetwork, profile: TrafficProfile) -> None:
        self.network, self.profile = network, profile
        pattern, self._hours, self.unknown_profile_ways = profile.patterns(network)
        self._roads = (
            frozen(network.arc_length_m, np.float64),
            frozen(network.arc_speed_kph, np.float64),
            frozen(network.arc_delay_ms, np.int32),
            frozen(pattern, np.int32),
        )
        self._class = frozen(network.arc_class, np.uint8)
        self._slot_alike = _first_alike(self._hours.T)
        self._weather_alike = _first_alike(profile.weather)

    def alike(self, slot: int, weather: Weather) -> tuple[int, Weather]:
        """The first hour and the first weather with the same factors on every road: they share their metrics."""
        return self._slot_alike[slot], WEATHERS[self._weather_alike[WEATHERS.index(weather)]]

    def weights(self, slot: int, weather: Weather) -> Int32:
        """[m] ms of every road arc without a feed."""
        out = np.empty(self.network.arc_count, np.int32)
        fill_weights(*self._roads, *self._factors(slot, weather), out)
        return out

    def weights_under(self, slot: int, weather: Weather, arcs: Int32, overlay: Overlay) -> Int32:
        """[k] ms of some arcs under an overlay, whether it says anything about them or not."""
        out = np.empty(arcs.size, np.int32)
        speed, factor, closed = overlay.at(arcs)
        overlay_weights(*self._roads, *self._factors(slot, weather), frozen(arcs, np.int32), speed, factor, closed, out)
        return out

    def _factors(self, slot: int, weather: Weather) -> tuple[np.ndarray, ...]:
        classes = np.zeros(256)  # any uint8 is a legal index
        classes[: len(ROAD_CLASSES)] = self.profile.weather[WEATHERS.index(weather)]
        return frozen(self._hours[:, slot], np.float64), self._class, frozen(classes, np.float64)


def _first_alike(rows: Float64) -> list[int]:
    """[k] for each row the first one of the same content."""
    first: dict[bytes, int] = {}
    return [first.setdefault(hashlib.blake2b(row.tobytes()).digest(), at) for at, row in enumerate(rows)]
