"""Why a provider with crews is first nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import h3.api.basic_str as h3
import numpy as np

from engine.coverage.allowed import may_serve
from engine.coverage.arrivals import Reach
from engine.coverage.coverage import Coverage
from graphs.network import Int64
from graphs.search import INF


class NeverFirst(StrEnum):
    """The nearest reason."""

    NO_DEMAND = "no_demand"  # its territory, and what concessions of others leave of it, holds no demand
    NO_WAY = "no_way"  # no way leads from its units to anywhere with demand that it may serve
    OUTSIDE_TERRITORY = "outside_territory"  # others are always sooner, as all its units stand outside its territory
    OTHERS_SOONER = "others_sooner"


def never_first(coverage: Coverage, providers: Iterable[int]) -> dict[int, NeverFirst]:
    """Of those of some providers, by their number, who have crews for the service and are first nowhere."""
    stands = coverage.stands
    first = coverage.at_demand.told[1][:, 0]
    busy = set(np.unique(stands.provider[first[first >= 0]]).tolist())
    rows = {number: np.flatnonzero(stands.provider == number) for number in providers if number not in busy}
    return {number: _reason(coverage, number, own) for number, own in rows.items() if own.size}


def _reason(coverage: Coverage, number: int, rows: Int64) -> NeverFirst:
    stands, places = coverage.stands, coverage.demand.places
    bits = places.allowed(stands.territories)
    may = np.flatnonzero(may_serve(bits, stands.territory[rows]).any(axis=0))
    if not may.size:
        return NeverFirst.NO_DEMAND
    alone = Reach(coverage.reach.region, coverage.reach.metric, stands.take(rows))
    if (alone.at(places.part(may), 1).told[0][:, 0] >= INF).all():
        return NeverFirst.NO_WAY
    territory, at = stands.providers[number].territory, stands.positions
    levels = {h3.get_resolution(cell) for cell in territory}
    inside = any(
        h3.latlng_to_cell(float(at.lat[row]), float(at.lon[row]), level) in territory
        for row in rows
        for level in levels
    )
    return NeverFirst.OUTSIDE_TERRITORY if territory and not inside else NeverFirst.OTHERS_SOONER


#: As people read it.
WHY = {
    NeverFirst.NO_DEMAND: "there is no demand where it may serve",
    NeverFirst.NO_WAY: "its units have no way to anybody whom it may serve",
    NeverFirst.OUTSIDE_TERRITORY: "its units stand outside its territory, and others are sooner",
    NeverFirst.OTHERS_SOONER: "others are always sooner",
}
