"""Feed live traffic to a Towline server: ``python examples/python/traffic.py [ADDRESS]``.

Start the server first, in another terminal: ``towline serve --profile default``. Floods a road's surroundings, asks how
long a drive takes before, while and after, and opens the roads again. Needs nothing but what Towline installs.
"""

from __future__ import annotations

import struct
import sys
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from towline.v1 import (
    eta_service_pb2,
    eta_service_pb2_grpc,
    location_pb2,
    region_service_pb2,
    region_service_pb2_grpc,
    traffic_pb2,
)

REGION = "regions/coquimbo"
HERE = location_pb2.Location(lon=-71.2519, lat=-29.9027)
THERE = location_pb2.Location(lon=-71.3436, lat=-29.9533)
NO_WAY = 2**30 - 1


def main(address: str) -> int:
    with grpc.insecure_channel(address) as channel:
        try:
            run(channel)
        except grpc.RpcError as error:
            print(f"{error.code().name}: {error.details()}", file=sys.stderr)
            return 1
    return 0


def run(channel: grpc.Channel) -> None:
    regions = region_service_pb2_grpc.RegionServiceStub(channel)
    etas = eta_service_pb2_grpc.EtaServiceStub(channel)
    print(f"without the flood: {drive(etas)}")
    updates: SimpleQueue[region_service_pb2.StreamTrafficRequest | None] = SimpleQueue()
    answers = regions.StreamTraffic(iter(updates.get, None))
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    flood = traffic_pb2.TrafficEntry(id="example:flood", area=around(THERE, 0.01), factor=0.1, end=stamp(in_an_hour))
    for request in (
        region_service_pb2.StreamTrafficRequest(parent=REGION, entries=[flood]),
        region_service_pb2.StreamTrafficRequest(parent=REGION, remove_ids=["example:flood"]),
    ):
        updates.put(request)
        print(describe(next(answers).result))
        print(f"departing now: {drive(etas)}; in an hour: {drive(etas, in_an_hour)}")
    updates.put(None)
    print(f"the feed ended well: {not list(answers)}")


def drive(etas: eta_service_pb2_grpc.EtaServiceStub, departure: datetime | None = None) -> str:
    """How long it takes, and under which travel times."""
    when = None if departure is None else stamp(departure)
    request = eta_service_pb2.MatrixRequest(region=REGION, origins=[HERE], destinations=[THERE], departure=when)
    answer = etas.Matrix(request, timeout=10)
    (ms,) = struct.unpack("<i", answer.durations_ms)
    return "no way" if ms == NO_WAY else f"{ms / 60_000:.1f} min ({answer.metric_version})"


def describe(result: traffic_pb2.TrafficResult) -> str:
    ignored = "".join(f", {count} ignored ({reason})" for reason, count in sorted(result.ignored_counts.items()))
    took = (result.checking.ToTimedelta() + result.preparing.ToTimedelta()) / timedelta(milliseconds=1)
    return f"epoch {result.epoch}: {result.changed_arc_count} arcs changed{ignored}, in force after {took:.0f} ms"


def around(place: location_pb2.Location, degrees: float) -> traffic_pb2.TrafficArea:
    """A square of roads."""
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    ring = traffic_pb2.TrafficRing(
        lon=[place.lon + degrees * x for x, _ in corners], lat=[place.lat + degrees * y for _, y in corners]
    )
    return traffic_pb2.TrafficArea(polygons=[traffic_pb2.TrafficPolygon(outer=ring)])


def stamp(value: datetime) -> Timestamp:
    message = Timestamp()
    message.FromDatetime(value)
    return message


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051"))
