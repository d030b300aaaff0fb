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


def open_route(region: Region, metric: Metric, origin: Positions, target: Positions, moment: Moment | None) -> Route:
    """The fastest route; NoRouteError names the entries that close the roads at the moment, if any is known."""
    try:
        return find_route(region, metric, origin, target)
    except NoRouteError as error:
        closures = closures_between(region, moment[0], origin, target, moment[1]) if moment else []
        if not closures:
            raise
        text = f"No open road leads from the origin to the target: {in_words(closures)}."
        raise NoRouteError(text, **error.metadata, closures=", ".join(closures)) from None


def closing_all(
    dispatcher: Dispatcher, origins: Positions, targets: Positions, durations: Int32
) -> dict[tuple[int, int], list[str]]:
    """By (origin, target) without a way the entries that close it: of the first `LOOKED_AT` pairs, each one search."""
    pairs = np.argwhere(durations >= INF)[:LOOKED_AT].tolist()
    found = {(i, j): dispatcher.closures(origins.take([i]), targets.take([j])) for i, j in pairs}
    return {pair: closures for pair, closures in found.items() if closures}


def in_words(closures: Sequence[str]) -> str:
    """The entries as the end of a sentence."""
    return f"traffic entries close the roads ({short_list(closures)})"


def short_list(closures: Sequence[str]) -> str:
    """The first few of them."""
    return ", ".join(closures[:NAMED]) + (" …" if len(closures) > NAMED else "")
