"""Five places in a row along a road, 22 minutes each from the next, and units at some of them."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from engine.cover_lost.demand import Demand
from engine.dispatch import Dispatcher
from engine.model import Incident, Location, Service, Unit
from engine.policy import Policy
from graphs.raw import SourceInfo
from graphs.region import Region, build_region
from graphs.sources.edges_table import edges_to_raw
from tests.engine.fleets import NOW

STEP = 0.2


def spot(at: float) -> Location:
    """Place 0 to 4, or between two of them."""
    return Location(10.0 + STEP * at, 0.0)


def row_of_five() -> Region:
    """Places 0 to 4 along the equator, 22.26 km apart, at 60 km/h."""
    points = [spot(at) for at in range(5)]
    table = pd.DataFrame(
        {
            "u": range(4),
            "v": range(1, 5),
            "highway": "secondary",
            "oneway": "no",
            "maxspeed": "60",
            "osmid": range(4),
            "geometry": [f"LINESTRING ({a.lon} {a.lat}, {b.lon} {b.lat})" for a, b in pairwise(points)],
        }
    )
    return build_region(edges_to_raw(table, directed=False, info=SourceInfo("row")), name="row", timezone="UTC")


def demand_at(**weights: float) -> Demand:
    """Weights by place: ``p0=1.0``."""
    places = [spot(int(name[1:])) for name in weights]
    return Demand(
        np.array([p.lon for p in places]), np.array([p.lat for p in places]), np.array(list(weights.values()))
    )


def policy_of(weight: float, q: float = 0.25) -> Policy:
    """Half an hour everywhere, and a price on cover lost."""
    return Policy.parse(
        f"[promise]\nother_minutes = 30\n[coverage]\nweight = {weight}\nbusy_fraction = {q}\n[cost]\nunserved = 3000\n"
    )


def unit_at(name: str, at: float, **fields) -> Unit:
    return Unit(name, "p", spot(at), services=frozenset(Service), **fields)


def call_at(at: float, name: str = "i", **fields) -> Incident:
    return Incident(name, spot(at), Service.BREAKDOWN_REPAIR, NOW - timedelta(minutes=1), **fields)


def dispatcher_of(region: Region, weight: float, q: float = 0.25, **demand: float) -> Dispatcher:
    return Dispatcher(region, policy_of(weight, q), demand=demand_at(**demand))
