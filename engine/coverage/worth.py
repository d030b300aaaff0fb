"""Each provider's marginal worth: what is lost when it, and it alone, leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from engine.coverage.arrivals import Arrivals, Reach
from engine.coverage.coverage import Coverage
from engine.coverage.places import Places
from graphs.network import Float64, Int64
from graphs.search import INF
from graphs.search.nearest_few import MOST, NOBODY


@dataclass(frozen=True, eq=False)
class ProviderWorth:
    """``r`` providers of the fleet, in its order."""

    ids: tuple[str, ...]
    crews: Int64  # [r] that serve
    first: Float64  # [r] demand at which one of its crews is first
    lost: Float64  # [r] demand that is within promise, and without the provider is not
    stranded: Float64  # [r] of the first: demand that nobody else ever reaches
    slower_minutes: Float64  # [r] later arrival, mean over the rest of it

    def ranked(self) -> Int64:
        """[r] rows, the greatest loss first; of equal ones who strands or slows more, then the fleet's order."""
        return np.lexsort((np.arange(len(self.ids)), -self.slower_minutes, -self.stranded, -self.lost))


def provider_worth(coverage: Coverage) -> ProviderWorth:
    """Exact: as if the fleet without each provider had been evaluated. O(places) and a little where one is alone."""
    stands, demand = coverage.stands, coverage.demand
    count = len(stands.providers)
    sums = np.zeros((3, count))
    entries, rows, need = coverage.at_demand, np.arange(len(demand.places)), coverage.at_demand.entries.shape[1]
    delayed = np.zeros(count)
    while True:
        alone = _add(coverage, entries, rows, sums, delayed)
        rows = rows[alone]
        if not rows.size:
            break
        if need == MOST:
            _add_one_by_one(coverage, rows, sums, delayed)
            break
        need = min(MOST, 4 * need)
        entries = coverage.reach.at(_of(demand.places, rows), need)
    slower = np.divide(delayed, sums[2], out=np.zeros(count), where=sums[2] > 0) / 60_000
    return ProviderWorth(
        tuple(provider.id for provider in stands.providers),
        np.bincount(stands.provider, weights=stands.crews, minlength=count).astype(np.int64),
        sums[0],
        sums[1],
        np.maximum(sums[0] - sums[2], 0.0),
        slower,
    )


def _of(places: Places, rows: Int64) -> Places:
    return Places(places.region, places.promises, places.positions.take(rows))


def _add(coverage: Coverage, entries: Arrivals, rows: Int64, sums: Float64, delayed: Float64) -> np.ndarray:
    """Add the places ``rows`` to the sums; which of them cannot be told, as all that are listed are one provider's."""
    alone = np.zeros(rows.size, np.uint8)
    add_places(
        entries.entries,
        coverage.stands.provider,
        coverage.demand.weight[rows],
        coverage.demand_within_ms[rows],
        sums,
        delayed,
        alone,
    )
    return alone == 1


def _add_one_by_one(coverage: Coverage, rows: Int64, sums: Float64, delayed: Float64) -> None:
    """Places around which one provider has more stands than are listed: ask again without it."""
    stands = coverage.stands
    who = stands.provider[coverage.at_demand.told[1][rows, 0]]
    for provider in np.unique(who):
        some = rows[who == provider]
        rest = Reach(
            coverage.reach.region, coverage.reach.metric, stands.take(np.flatnonzero(stands.provider != provider))
        )
        second = rest.at(_of(coverage.demand.places, some), 1).told[0][:, 0].astype(np.int64)
        first = coverage.demand_ms[some, 0].astype(np.int64)
        weight, within = coverage.demand.weight[some], coverage.demand_within_ms[some]
        sums[0, provider] += weight.sum()
        sums[1, provider] += weight[(first <= within) & (second > within)].sum()
        reached = second < INF
        sums[2, provider] += weight[reached].sum()
        delayed[provider] += (weight * (second - first))[reached].sum()


@njit(nogil=True, cache=True)
def add_places(entries, provider, weight, within_ms, sums, delayed, alone):
    """Add places to sums [3, r] and delayed [r] of whoever is first there; alone[i]: no other provider is listed.

    sums: demand at which it is first; demand lost without it; of the first, what others reach. O(places x listed).
    """
    few = entries.shape[1]
    for i in range(weight.size):
        first = entries[i, 0]
        if first >= NOBODY:
            continue
        who = provider[first & np.int64(0xFFFFFFFF)]
        second = NOBODY
        known = False
        for k in range(1, few):
            entry = entries[i, k]
            if entry >= NOBODY or provider[entry & np.int64(0xFFFFFFFF)] != who:
                second = entry
                known = True
                break
        if not known:
            alone[i] = 1
            continue
        sums[0, who] += weight[i]
        if (first >> 32) <= within_ms[i] and (second >> 32) > within_ms[i]:
            sums[1, who] += weight[i]
        if second < NOBODY:
            sums[2, who] += weight[i]
            delayed[who] += weight[i] * np.float64((second >> 32) - (first >> 32))
