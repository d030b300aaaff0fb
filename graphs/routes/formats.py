"""Routes and travel times in the shapes other programs read: GeoJSON, encoded polylines, OSRM's JSON.

OSRM: https://project-osrm.org/docs/v5.24.0/api (durations in seconds, distances in metres, lon-lat pairs).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import polyline

from graphs.network import Int32, RoadNetwork
from graphs.position import Positions
from graphs.routes.route import Route
from graphs.search import INF

Geometries = Literal["polyline", "polyline6", "geojson"]


def encoded(route: Route, precision: int = 5) -> str:
    """The way as an encoded polyline (Google's format; 5 or 6 decimal places)."""
    return polyline.encode(route.lonlat.tolist(), precision, geojson=True)


def feature(route: Route) -> dict[str, Any]:
    """The way as a GeoJSON Feature with distance, duration, roads and entrances."""
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": route.lonlat.tolist()},
        "properties": {
            "distance_m": round(route.length_m, 1),
            "duration_s": route.duration_ms / 1000,
            "roads": [
                {
                    "road": s.road,
                    "class": s.road_class,
                    "distance_m": round(s.length_m, 1),
                    "duration_s": s.duration_ms / 1000,
                }
                for s in route.stretches
            ],
            "by_class": {
                name: {"distance_m": round(length, 1), "duration_s": ms / 1000}
                for name, (length, ms) in route.by_class.items()
            },
            "entrances": [
                dict(zip(("lon", "lat"), route.network.shape(arc)[0].tolist(), strict=True)) for arc in route.entrances
            ],
        },
    }


def waypoints(network: RoadNetwork, positions: Positions) -> list[dict[str, Any]]:
    """OSRM's waypoints: the snapped places, the roads they are on, how far away the given ones were."""
    return [
        {
            "hint": "",
            "name": network.road(int(arc)),
            "location": [round(float(lon), 6), round(float(lat), 6)],
            "distance": round(float(distance), 3),
        }
        for arc, lon, lat, distance in zip(
            positions.arc, positions.lon, positions.lat, positions.distance_m, strict=True
        )
    ]


def osrm_table(network: RoadNetwork, origins: Positions, targets: Positions, durations_ms: Int32) -> dict[str, Any]:
    """OSRM's answer to ``/table``; null where there is no way."""
    seconds = np.round(durations_ms / 1000, 1)
    return {
        "code": "Ok",
        "sources": waypoints(network, origins),
        "destinations": waypoints(network, targets),
        "durations": [
            [None if ms >= INF else float(s) for ms, s in zip(row, line, strict=True)]
            for row, line in zip(durations_ms, seconds, strict=True)
        ],
    }


def osrm_nearest(network: RoadNetwork, positions: Positions) -> dict[str, Any]:
    """OSRM's answer to ``/nearest``."""
    return {"code": "Ok", "waypoints": waypoints(network, positions)}


def osrm_route(
    network: RoadNetwork, stops: Positions, legs: Sequence[Route], geometries: Geometries = "polyline"
) -> dict[str, Any]:
    """OSRM's answer to ``/route`` over legs between consecutive stops, without steps."""
    line = np.concatenate([leg.lonlat for leg in legs]).tolist()
    geometry: Any = (
        {"type": "LineString", "coordinates": line}
        if geometries == "geojson"
        else polyline.encode(line, 6 if geometries == "polyline6" else 5, geojson=True)
    )
    parts = [_leg(leg) for leg in legs]
    whole = {
        "geometry": geometry,
        "legs": parts,
        "distance": round(sum(part["distance"] for part in parts), 1),
        "duration": round(sum(part["duration"] for part in parts), 1),
        "weight": round(sum(part["duration"] for part in parts), 1),
        "weight_name": "duration",
    }
    return {"code": "Ok", "routes": [whole], "waypoints": waypoints(network, stops)}


def _leg(leg: Route) -> dict[str, Any]:
    names = [s.road for s in sorted(leg.stretches, key=lambda s: -s.length_m) if s.road]
    return {
        "distance": round(leg.length_m, 1),
        "duration": round(leg.duration_ms / 1000, 1),
        "weight": round(leg.duration_ms / 1000, 1),
        "summary": ", ".join(dict.fromkeys(names[:2])),
        "steps": [],
    }
