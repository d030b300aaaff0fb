"""Which entries of a live feed stand in the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from graphs.errors import NoRouteError
from graphs.metrics import TrafficSnapshot
from graphs.network import Int32
from graphs.position import Positions, destination_seeds, origin_seeds
from graphs.region import Region
from graphs.routes import Route, find_route
from graphs.search import INF, Metric

if TYPE_CHECKING:
    from engine.dispatch import Dispatcher

#: A snapshot, and a departure in ms since 1970.
Moment = tuple[TrafficSnapshot, int]
#: Closures named in a sentence; all of them are in the details.
NAMED = 3
#: Pairs of a matrix whose closures are looked for.
LOOKED_AT = 100


def closures_between(
    region: Region, snapshot: TrafficSnapshot, origin: Positions, target: Positions, departure_ms: int
) -> list[str]:
    """Ids of the entries that close roads on the free-flow way from the one origin to the one target."""
    metric, graph, network = region.metric, region.search_graph, region.network
    path, _ = metric.path(
        origin_seeds(network, metric.weights, origin, graph), destination_seeds(network, metric.weights, target, graph)
    )
    ends = np.concatenate((origin.arc, network.arc_twin[origin.arc], target.arc, network.arc_twin[target.arc]))
    arcs = np.concatenate((graph.road_arcs(path), ends[ends >= 0]))
    return [entry.id for entry in snapshot.feed.closing(arcs, departure_ms)]


def open_routes(region: Region, metric: Metric, stops: Positions, moment: Moment | None) -> list[Route]:
    """The fastest route from each stop to the next.

    NoRouteError says from which stop to which there is none (they count from 1 in words, ``leg`` from 0) and names the
    entries that close the roads at the moment, if any is known.
    """
    routes = []
    for leg in range(len(stops) - 1):
        origin, target = stops.take([leg]), stops.take([leg + 1])
        try:
            routes.append(find_route(region, metric, origin, target))
        except NoRouteError as error:
            closures = closures_between(region, moment[0], origin, target, moment[1]) if moment else []
            named: dict[str, object] = {"closures": ", ".join(closures)} if closures else {}
            why = in_words(closures) if closures else "check for closures around either"
            text = f"No open road leads from stop {leg + 1} ({_at(origin)}) to stop {leg + 2} ({_at(target)}): {why}."
            raise NoRouteError(text, **error.metadata, **named, leg=leg) from None
    return routes


def _at(place: Positions) -> str:
    return f"{place.lon[0]:.6f},{place.lat[0]:.6f}"


def closing_all(
    dispatcher: Dispatcher, origins: Positions, targets: Positions, durations: Int32
) -> dict[tuple[int, int], list[str]]:
    """By (origin, target) without a way the entries that close it: of the first `LOOKED_AT` pairs, each one search."""
    pairs = np.argwhere(durations >= INF)[:LOOKED_AT].tolist()
    found = {(i, j): dispatcher.closures(origins.take([i]), targets.take([j])) for i, j in pairs}
    return {pair: closures for pair, closures in found.items() if closures}


def shut_in(dispatcher: Dispatcher, place: Positions) -> tuple[str, list[str]]:
    """Why nobody gets anywhere from a position (or to it), in words, and the entries that close its road."""
    closures = dispatcher.closures(place, place)
    return "the road of the place is closed" + (f": {in_words(closures)}" if closures else ""), closures


def in_words(closures: Sequence[str]) -> str:
    """The entries as the end of a sentence."""
    return f"traffic entries close the roads ({short_list(closures)})"


def short_list(closures: Sequence[str]) -> str:
    """The first few of them."""
    return ", ".join(closures[:NAMED]) + (" …" if len(closures) > NAMED else "")
