"""Updates of traffic of each kind on a store of no consequence, so that the first one of a feed compiles nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import numpy as np
import shapely

from engine.dispatch import Dispatcher
from engine.model import Fleet, Incident, Location, Provider, Unit, UnitStatus
from graphs.errors import NoRouteError
from graphs.metrics import Arcs, Area, MetricStore, TrafficEntry, TrafficUpdate, Ways


def warm_up_traffic(
    dispatcher: Dispatcher, units: Sequence[Unit], incidents: Sequence[Incident], now: datetime
) -> None:
    """Closures, speeds, ways, areas, few arcs and all; a fleet labelled with them, units that leave in two hours."""
    if dispatcher.metrics is None:
        return
    region = dispatcher.region
    store = MetricStore(region, dispatcher.metrics.times.profile)
    scratch = Dispatcher(region, dispatcher.policy, metrics=store)
    later = [replace(unit, status=UnitStatus.BUSY, free_at=now + timedelta(minutes=65)) for unit in units[::2]]
    for some in (units[:2], [*later, *units[1::2]]):
        state = scratch.prepare(Fleet((Provider("p"),), tuple(some)))
        follow = partial(scratch.warm, state)
        store.follow(follow)
        store.warm(now)
        for update in _updates(region.network.arc_count, int(region.network.arc_way[0]), incidents[0].location, now):
            store.update(update, now)
            scratch.recommend(incidents[0], state, now)
        state = state.moved([some[0].id], [incidents[0].location.lon], [incidents[0].location.lat])
        scratch.optimize(incidents[: len(some)], state, now, deadline_s=None)
        store.unfollow(follow)
    _many_departures(scratch, store, units, incidents, now)
    fixed = scratch.departing(now + timedelta(hours=3))
    places = np.array([[each.location.lon, each.location.lat] for each in incidents[:2]]).T
    fixed.matrix(*places, *places)
    with suppress(NoRouteError):
        fixed.routes(*places)
    store.update(TrafficUpdate([TrafficEntry("a", Arcs(np.arange(region.network.arc_count)), closed=True)]), now)
    scratch.recommend(incidents[-1], state, now)  # nobody gets there: says which closures
    with suppress(NoRouteError):
        scratch.departing(now).routes(*places)


def _many_departures(
    scratch: Dispatcher, store: MetricStore, units: Sequence[Unit], incidents: Sequence[Incident], now: datetime
) -> None:
    """Units that leave one by one while closures around the first incident end one by one."""
    around = shapely.Point(incidents[0].location.lon, incidents[0].location.lat).buffer(0.005)
    moments = [now + timedelta(minutes=4 * (n + 1)) for n in range(12)]
    store.update(
        TrafficUpdate([TrafficEntry(f"m{n}", Area(around), closed=True, end=m) for n, m in enumerate(moments)]), now
    )
    leaving = [
        replace(unit, status=UnitStatus.BUSY, free_at=at + timedelta(minutes=2))
        for unit, at in zip(units, moments, strict=False)
    ]
    state = scratch.prepare(Fleet((Provider("p"),), tuple(leaving)))
    scratch.recommend(incidents[0], state, now)
    store.clear(now)


def _updates(arcs: int, way: int, place: Location, now: datetime) -> list[TrafficUpdate]:
    few, all_of_them = np.arange(0, arcs, max(1, arcs // 50)), np.arange(arcs)
    around = shapely.Point(place.lon, place.lat).buffer(0.005)
    soon = now + timedelta(minutes=30)
    return [
        TrafficUpdate([TrafficEntry("a", Arcs(1), speed_kph=20.0)]),
        TrafficUpdate([TrafficEntry("b", Ways(way), factor=0.5, end=soon)]),
        TrafficUpdate([TrafficEntry("c", Arcs(few), speed_kph=np.linspace(5, 60, few.size), start=soon)]),
        TrafficUpdate([TrafficEntry("d", Area(around), factor=0.5)]),
        TrafficUpdate([TrafficEntry("e", Arcs(all_of_them), speed_kph=30.0)], ["a"]),
        TrafficUpdate(removes=["b", "c", "d", "e"]),
    ]
