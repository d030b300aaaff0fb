"""One question of each kind before the first caller, so that nobody waits for compilers and page faults."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import numpy as np

from engine.dispatch import Dispatcher
from engine.model import Fleet, Incident, Location, Provider, Service, Unit
from graphs.errors import NoRouteError
from graphs.search.tiling import WIDTH

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def warm_up(dispatcher: Dispatcher) -> None:
    """Snap, label, recommend, optimise, move units, make matrices and a route, few and many at a time.

    Many are labelled and combined by other kernels than few: √n positions of n nodes, and more than a tile.
    """
    network = dispatcher.region.network
    many = max(2 * WIDTH, math.isqrt(network.node_count) + 2)
    nodes = np.linspace(0, network.node_count - 1, many).astype(np.int64)
    lon, lat = network.node_lon[nodes].astype(np.float64), network.node_lat[nodes].astype(np.float64)
    places = [Location(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]
    units = tuple(Unit(f"u{i}", "p", place, frozenset(Service)) for i, place in enumerate(places))
    need = Service.BREAKDOWN_REPAIR
    incidents = [Incident(f"i{i}", place, need, received_at=_NOW) for i, place in enumerate(places)]
    for count in (2, many):
        state = dispatcher.prepare(Fleet((Provider("p"),), units[:count]))
        state = state.moved([unit.id for unit in units[:count]], lon[:count][::-1], lat[:count][::-1])
        state = state.updated(units=units[:1])
        dispatcher.recommend(incidents[0], state, _NOW)
        dispatcher.optimize(incidents[: min(count, WIDTH)], state, _NOW, deadline_s=None)
    for rows, columns in ((2, 2), (many, 3), (3, many), (many, many), (many, WIDTH // 2)):
        dispatcher.matrix(lon[:rows], lat[:rows], lon[:columns], lat[:columns])
    with suppress(NoRouteError):
        dispatcher.routes(lon[:2], lat[:2])
    for toward in (False, True):
        dispatcher.isochrone(places[0], timedelta(minutes=1), toward=toward)
