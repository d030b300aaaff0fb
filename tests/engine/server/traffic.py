"""Servers with live traffic, and messages of a feed, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from towline.v1 import dispatch_service_pb2, eta_service_pb2, traffic_pb2
from towline.v1 import region_service_pb2 as pb

from engine.dispatch import Dispatcher
from graphs.metrics import MetricStore, TrafficProfile
from graphs.region import Region
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, incident, place, stamp

#: Some kilometres apart in La Serena and Coquimbo.
HERE, THERE = place(LON, LAT), place(-71.3436, -29.9533)
TRAFFIC = f"{REGION}/traffic"
#: Every road of the region.
EVERYWHERE = {"polygons": [{"outer": {"lon": [-73, -69, -69, -73], "lat": [-31, -31, -28, -28]}}]}


def dispatcher_with_traffic(region: Region, profile: TrafficProfile | None = None, **options: Any) -> Dispatcher:
    return Dispatcher(region, metrics=MetricStore(region, profile, **options))


def entry(key: str = "e", **fields: Any) -> traffic_pb2.TrafficEntry:
    values: dict[str, Any] = {"id": key, **fields}
    if not {"ways", "arcs", "area"} & values.keys():
        values["area"] = EVERYWHERE
    return traffic_pb2.TrafficEntry(**values)


def update(client: Client, *entries: traffic_pb2.TrafficEntry, **fields: Any) -> traffic_pb2.TrafficResult:
    request = pb.UpdateTrafficRequest(parent=REGION, entries=entries, **fields)
    return client.region.UpdateTraffic(request).result


def batch(*entries: traffic_pb2.TrafficEntry, **fields: Any) -> pb.StreamTrafficRequest:
    return pb.StreamTrafficRequest(parent=REGION, entries=entries, **fields)


def eta(client: Client, departure: datetime | None = None) -> tuple[int, str]:
    """(ms from HERE to THERE, the metric's version)."""
    request = eta_service_pb2.MatrixRequest(region=REGION, origins=[HERE], destinations=[THERE])
    if departure is not None:
        request.departure.CopyFrom(stamp(departure))
    answer = client.eta.Matrix(request)
    return int(np.frombuffer(answer.durations_ms, "<i4")[0]), answer.metric_version


def recommend(client: Client, now: datetime = NOW, **fields: Any) -> Any:
    request = dispatch_service_pb2.RecommendRequest(
        region=REGION, incident=incident(location=THERE), now=stamp(now), server_fleet={}, **fields
    )
    return client.dispatch.Recommend(request).recommendation


def spread(count: int) -> Iterator[traffic_pb2.TrafficEntry]:
    """Entries of one arc each."""
    for number in range(count):
        yield entry(f"s{number:06}", arcs={"arc_ids": [number % 5000]}, speed_kph=30)
