"""Snapped locations as JSON (docs/formats.md)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from engine.snapped import RoadPlace, SnappedLocation
from graphs.snapping.located import PassedOver, RoadMatch
from graphs.snapping.query import Side


def snapped_json(value: SnappedLocation) -> dict[str, Any]:
    """Where a location was taken to be, how sure that is, and where else it may be."""
    return {
        "place": _place(value.place),
        "confidence": round(value.confidence, 4),
        "ambiguous": value.ambiguous,
        "side": None if value.side is Side.ANY else value.side.name.lower(),
        "road_match": None if value.road_match is RoadMatch.NOT_ASKED else value.road_match.name.lower(),
        "passed_over": None if value.passed_over is PassedOver.NOTHING else value.passed_over.name.lower(),
        "rivals": [
            {
                "place": _place(rival.place),
                "confidence": round(rival.confidence, 4),
                "kind": rival.kind.name.lower(),
                "extra_s": _seconds(rival.extra),
            }
            for rival in value.rivals
        ],
        "worst_extra_s": _seconds(value.worst_extra),
    }


def _place(value: RoadPlace) -> dict[str, Any]:
    rounded = {"distance_m": round(value.distance_m, 2), "heading": round(value.heading, 1)}
    return {**asdict(value), "lon": round(value.lon, 7), "lat": round(value.lat, 7), **rounded}


def _seconds(value: timedelta | None) -> float | None:
    return None if value is None else round(value.total_seconds(), 3)
