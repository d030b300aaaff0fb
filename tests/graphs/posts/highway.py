"""Ruta 5 through La Serena with made-up kilometre posts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from graphs.geodesy import EARTH_RADIUS_M
from graphs.network import Float64, RoadNetwork
from graphs.posts.walking import place_at


@dataclass(frozen=True)
class Chain:
    """The arcs of one carriageway in driving order."""

    arcs: list[int]
    passed: Float64  # [a + 1] metres driven at the beginning of each arc, and at the end

    def at(self, metres: float) -> tuple[int, float]:
        """Arc and fraction after so many metres."""
        i = int(min(np.searchsorted(self.passed, metres, side="right") - 1, len(self.arcs) - 1))
        return self.arcs[i], float((metres - self.passed[i]) / (self.passed[i + 1] - self.passed[i]))


def carriageways(network: RoadNetwork) -> tuple[Chain, Chain]:
    """Ruta 5 northbound and southbound."""
    named = np.array([name == "Ruta 5 Norte" for name in network.strings])[network.arc_name] & (network.arc_twin < 0)
    onward = {int(network.arc_tail[arc]): int(arc) for arc in np.flatnonzero(named)}
    heads = set(network.arc_head[named].tolist())
    chains = []
    for arc in np.flatnonzero(named):
        if int(network.arc_tail[arc]) in heads:
            continue
        arcs = [int(arc)]
        while (node := int(network.arc_head[arcs[-1]])) in onward:
            arcs.append(onward[node])
        chains.append(Chain(arcs, np.concatenate(([0.0], np.cumsum(network.arc_length_m[arcs].astype(np.float64))))))
    longest = sorted(chains, key=lambda chain: -chain.passed[-1])[:2]
    north, south = sorted(longest, key=lambda chain: network.node_lat[network.arc_tail[chain.arcs[0]]])
    return north, south


def posts(network: RoadNetwork, north: Chain, south: Chain, every_m: float = 1000.0) -> pd.DataFrame:
    """A post each kilometre on the right shoulder; kilometres rise northwards on both carriageways, from km 460."""
    rows = []
    for chain, direction in ((north, "northbound"), (south, "southbound")):
        whole = float(chain.passed[-1])
        for metres in np.arange(0.0, whole, every_m):
            arc, fraction = chain.at(metres)
            lon, lat = place_at(network, arc, fraction)
            ahead_lon, ahead_lat = place_at(network, *chain.at(min(metres + 5.0, whole)))
            east = (ahead_lon - lon) * np.cos(np.radians(lat))
            length = np.hypot(east, ahead_lat - lat) or 1.0
            shift = np.degrees(6.0 / EARTH_RADIUS_M) / length
            km = 460.0 + (metres if direction == "northbound" else whole - metres) / 1000.0
            rows.append(
                {
                    "road": "Ruta 5",
                    "direction": direction,
                    "km": km,
                    "lon": lon + (ahead_lat - lat) * shift / np.cos(np.radians(lat)),
                    "lat": lat - east * shift,
                }
            )
    return pd.DataFrame(rows)
