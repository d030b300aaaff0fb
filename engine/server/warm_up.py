"""One question of each kind before the first caller, so that nobody waits for compilers and page faults."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from engine.bookings.slots import PlannedTours
from engine.check import PlannedStop, PlannedTour, check_plan
from engine.dispatch import Dispatcher
from engine.model import Break, Fleet, Incident, Location, NightTariff, Provider, Service, Unit
from engine.server.warm_up_traffic import warm_up_traffic
from engine.tours.contractors import one_job_costs
from engine.tours.numbers import able_rows, tour_numbers
from graphs.errors import NoRouteError
from graphs.search.tiling import WIDTH
from graphs.snapping.query import Side


def warm_up(dispatcher: Dispatcher, now: datetime) -> None:
    """Snap, locate, label, recommend, optimise, move units, make matrices and a route, few and many at a time.

    Many are labelled and combined by other kernels than few: √n positions of n nodes, and more than a tile.
    """
    network = dispatcher.region.network
    many = max(2 * WIDTH, math.isqrt(network.node_count) + 2)
    nodes = np.linspace(0, network.node_count - 1, many).astype(np.int64)
    lon, lat = network.node_lon[nodes].astype(np.float64), network.node_lat[nodes].astype(np.float64)
    places = [Location(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]
    units = tuple(Unit(f"u{i}", "p", place, frozenset(Service)) for i, place in enumerate(places))
    need = Service.BREAKDOWN_REPAIR
    incidents = [Incident(f"i{i}", place, need, received_at=now) for i, place in enumerate(places)]
    incidents[0] = replace(incidents[0], drop_off=places[-1])
    rest = Break(now, now + timedelta(minutes=10))
    units = (replace(units[0], breaks=(rest,), shift_end=now + timedelta(hours=9)), *units[1:])
    provider = Provider("p", per_km_price=1.0, night=NightTariff(2.0))
    for count in (2, many):
        state = dispatcher.prepare(Fleet((provider,), units[:count]))
        state = state.moved([unit.id for unit in units[:count]], lon[:count][::-1], lat[:count][::-1])
        state = state.updated(units=units[:1])
        dispatcher.recommend(incidents[0], state, now)
        dispatcher.offerable(incidents[0], state, now, 0.9)
        dispatcher.optimize(incidents[: min(count, WIDTH)], state, now, deadline_s=None)
    for rows, columns in ((2, 2), (many, 3), (3, many), (many, many), (many, WIDTH // 2)):
        dispatcher.matrix(lon[:rows], lat[:rows], lon[:columns], lat[:columns], now)
    known = [replace(place, heading=90.0, road="Ruta 5", level=0, side=Side.LEFT) for place in places]
    two = np.zeros(2, np.int64)
    dispatcher.situation(incidents[:1], state, now).pairs_ms(two, dispatcher.positions(known[:2]), two)
    dispatcher.locate(known)
    situation = dispatcher.situation(incidents[:2], state, now)
    numbers = tour_numbers(situation, np.arange(2), able_rows(situation, np.arange(2)), {}, 2)
    PlannedTours(situation, numbers, [0], [1]).insertions(np.array([1]))
    one_job_costs(numbers.instance, np.arange(2))
    tour = PlannedTour("u0", (PlannedStop("i0"), PlannedStop("i1")))
    check_plan(dispatcher, incidents[:2], state, now, [tour])
    with suppress(NoRouteError):
        dispatcher.routes(lon[:2], lat[:2], now)
    for toward in (False, True):
        dispatcher.isochrone(places[0], timedelta(minutes=1), toward=toward, departure=now)
    warm_up_traffic(dispatcher, units, incidents, now)
