"""One question of each kind before the first caller, so that nobody waits for compilers and page faults."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from engine.dispatch import Dispatcher
from engine.model import Fleet, Incident, Location, Provider, Service, Unit

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def warm_up(dispatcher: Dispatcher) -> None:
    """Snap, label, recommend, optimise, make a matrix and move a unit at two nodes of the region."""
    network = dispatcher.region.network
    nodes = (0, network.node_count - 1)
    places = [Location(float(network.node_lon[node]), float(network.node_lat[node])) for node in nodes]
    units = tuple(Unit(f"u{i}", "p", place, frozenset(Service)) for i, place in enumerate(places))
    incidents = [Incident(f"i{i}", place, Service.BREAKDOWN_REPAIR, received_at=_NOW) for i, place in enumerate(places)]
    state = dispatcher.prepare(Fleet((Provider("p"),), units))
    lon, lat = np.array([place.lon for place in places]), np.array([place.lat for place in places])
    state = state.moved(["u0", "u1"], lon[::-1], lat[::-1])
    dispatcher.recommend(incidents[0], state, _NOW)
    dispatcher.optimize(incidents, state, _NOW, deadline_s=None)
    dispatcher.matrix(lon, lat, lon, lat)
