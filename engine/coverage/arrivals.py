"""Who is at each place first, second, third ...: exact, whoever's territory it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.coverage.allowed import Bits, may_serve, unrestricted
from engine.coverage.kernels import crew_arrivals, keep_allowed, put_direct
from engine.coverage.places import Places, street_of
from engine.coverage.stands import Stands
from graphs.network import Int32, Int64
from graphs.position import Positions, direct_ms, origin_seeds
from graphs.region import Region
from graphs.search import INF, Metric, Seeds
from graphs.search.arrays import frozen
from graphs.search.few import NearestFew, told
from graphs.search.nearest_few import MOST, NOBODY
from graphs.travel import travel_matrix

#: Lists begin this many times as long as needed where territories will strike some of it out.
SPARE = 2
#: Cells of a matrix made at once, where lists do not suffice.
MATRIX_CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Arrivals:
    """The first ``need`` stands of each of ``p`` places, in order of arrival; of equal ones the smaller row first."""

    places: Places
    stands: Stands  # those that serve
    entries: Int64  # [p, need] ms << 32 | row in stands, NOBODY where there are no more

    @cached_property
    def told(self) -> tuple[Int32, Int32]:
        """([p, need] ms from the call until the stand's crews are there, [p, need] row in stands); INF and -1."""
        return told(self.entries)

    def unit_ms(self, most: int) -> Int32:
        """[p, most] ms until the first, second ... unit is there, INF where there is none; most <= need."""
        few = self.entries.shape[1]
        if not 1 <= most <= few:
            raise ValueError(f"most must be 1 to {few}, not {most}")
        out = np.empty(len(self.places) * most, np.int32)
        crew_arrivals(self.entries.reshape(-1), few, self.stands.crews, most, out)
        return out.reshape(-1, most)


class Reach:
    """What the crews of some stands reach under one metric; asked for at any places."""

    def __init__(self, region: Region, metric: Metric, stands: Stands) -> None:
        """``stands``: those that serve, each with a crew at least. Arrival counts mobilisation and travel."""
        self.region, self.metric, self.stands = region, metric, stands
        self._lists: dict[int, NearestFew] = {}

    @cached_property
    def _seeds(self) -> Seeds:
        out = origin_seeds(self.region.network, self.metric.weights, self.stands.positions, self.region.search_graph)
        return Seeds(out.node_a, self._ready(out.cost_a), out.node_b, self._ready(out.cost_b))

    def _ready(self, travel_ms: Int32, rows: Int64 | None = None) -> Int32:
        """Travel times of the stands, or of some, with their mobilisation; INF stays."""
        wait = self.stands.mobilisation_ms if rows is None else self.stands.mobilisation_ms[rows]
        return np.where(travel_ms >= INF, INF, np.minimum(travel_ms + wait, INF)).astype(np.int32)

    def at(self, places: Places, need: int) -> Arrivals:
        """The first ``need`` stands of every place that may serve it."""
        free = unrestricted(self.stands.territories)
        out = np.full((len(places), need), NOBODY)
        if not len(self.stands) or not len(places):
            return Arrivals(places, self.stands, out)
        if free:
            return Arrivals(places, self.stands, self._listed(places, need, None))
        bits = places.allowed(self.stands.territories)
        rows, few = np.arange(len(places)), min(MOST, SPARE * need)
        while rows.size:
            kept, unknown = self._kept(places, rows, few, need, bits)
            out[rows] = kept
            rows = rows[unknown]
            if few == MOST:
                break
            few = min(MOST, 2 * few)
        if rows.size:
            out[rows] = self._looked_at_all(places, rows, need, bits)
        return Arrivals(places, self.stands, out)

    def _kept(self, places: Places, rows: Int64, few: int, need: int, bits: Bits) -> tuple[Int64, np.ndarray]:
        entries = self._listed(places, few, None if rows.size == len(places) else rows)
        kept, unknown = np.empty(rows.size * need, np.int64), np.empty(rows.size, np.uint8)
        keep_allowed(entries.reshape(-1), few, self.stands.territory, rows, bits, need, kept, unknown)
        return kept.reshape(-1, need), unknown == 1

    def _listed(self, places: Places, few: int, rows: Int64 | None) -> Int64:
        """[k, few] entries of some places, all by default, whosever territory they are in."""
        found = self._lists.get(few)
        if found is None:  # two threads may both look
            found = self._lists[few] = self.metric.nearest_few(self._seeds, few)
        seeds = places.seeds(self.metric)
        entries = found.at(seeds if rows is None else seeds[rows])
        stand, place = self._pairs(places)
        if rows is not None:
            position = np.full(len(places), -1, np.int64)
            position[rows] = np.arange(rows.size)
            stand, place = stand[position[place] >= 0], position[place[position[place] >= 0]]
        chosen = places.positions if rows is None else places.positions.take(rows)
        ms = self._ready(self._direct(stand, chosen.take(place)), stand)
        put_direct(frozen(place, np.int64), frozen(stand, np.int64), ms, few, entries.reshape(-1))
        return entries

    def _pairs(self, places: Places) -> tuple[Int64, Int64]:
        """(stand, place) wherever both are on one street, where the way may be shorter than by any node."""
        return places.on_street(street_of(self.region.network, self.stands.positions))

    def _direct(self, stand: Int64, at: Positions) -> Int32:
        return direct_ms(self.region.network, self.metric.weights, self.stands.positions.take(stand), at)

    def _looked_at_all(self, places: Places, rows: Int64, need: int, bits: Bits) -> Int64:
        """Of places where hardly anybody near may serve: everybody is looked at. O(rows x stands)."""
        out = np.empty((rows.size, need), np.int64)
        stands, region = self.stands, self.region
        step = max(1, MATRIX_CELLS // len(stands))
        for begin in range(0, rows.size, step):
            some = rows[begin : begin + step]
            travel = travel_matrix(
                region.network, self.metric, stands.positions, places.positions.take(some), graph=region.search_graph
            )
            ms = np.where(travel >= INF, INF, np.minimum(travel + stands.mobilisation_ms[:, None], INF))
            ms = np.where(may_serve(bits[some], stands.territory), ms, INF)
            entries = np.where(ms >= INF, NOBODY, (ms << 32) | np.arange(len(stands))[:, None]).T
            kept = min(need, len(stands))
            out[begin : begin + step] = NOBODY
            out[begin : begin + step, :kept] = np.sort(np.partition(entries, kept - 1, axis=1)[:, :kept], axis=1)
        return out
