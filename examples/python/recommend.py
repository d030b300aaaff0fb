"""Ask a Towline server which unit to send: ``python examples/python/recommend.py [ADDRESS]``.

Start the server first, in another terminal: ``towline serve``. Needs nothing but what Towline installs.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_status import rpc_status
from towline.v1 import (
    dispatch_service_pb2,
    dispatch_service_pb2_grpc,
    enums_pb2,
    fleet_pb2,
    incident_pb2,
    location_pb2,
    region_service_pb2,
    region_service_pb2_grpc,
)


def main(address: str) -> int:
    with grpc.insecure_channel(address) as channel:
        try:
            regions = region_service_pb2_grpc.RegionServiceStub(channel)
            region = regions.ListRegions(region_service_pb2.ListRegionsRequest(), timeout=5).regions[0]
            print(f"{region.display_name}: {region.node_count:,} junctions; {region.attribution}")
            dispatch = dispatch_service_pb2_grpc.DispatchServiceStub(channel)
            response = dispatch.Recommend(request(region), timeout=5)
        except grpc.RpcError as error:
            print(explain(error), file=sys.stderr)
            return 1
    answer, offer = response.recommendation, response.offerable
    due = answer.promise.due_at.ToDatetime(tzinfo=UTC)
    print(f"promised until {due:%H:%M} UTC ({answer.promise.reason})")
    if not answer.HasField("best"):
        print(f"nobody: {answer.unserved.message}")
        return 0
    print(f"send {describe(answer.best)}")
    for rival in answer.runners_up:
        print(f"  or {describe(rival)}: {rival.lost.message}")
    minutes = offer.promise_duration.ToTimedelta() / timedelta(minutes=1)
    print(f"one could promise {minutes:.0f} min from the call, kept {offer.confidence:.0%} of the time")
    return 0


def request(region: region_service_pb2.Region) -> dispatch_service_pb2.RecommendRequest:
    """A flat battery in the middle of the region, and three units around it."""
    lon = (region.south_west.lon + region.north_east.lon) / 2
    lat = (region.south_west.lat + region.north_east.lat) / 2
    if region.name == "regions/coquimbo":
        lon, lat = -71.2519, -29.9045  # La Serena, near the market
    now = datetime.now(UTC)
    units = [
        fleet_pb2.Unit(
            name=f"{region.name}/providers/grua-{number}/units/van-{number}",
            location=location_pb2.Location(lon=lon + 0.006 * number, lat=lat - 0.004 * number),
            services=[enums_pb2.SERVICE_BREAKDOWN_REPAIR],
            capabilities=[enums_pb2.CAPABILITY_BATTERY],
            status=enums_pb2.UNIT_STATUS_AVAILABLE,
            mobilisation=timedelta(minutes=2),
        )
        for number in (1, 2, 3)
    ]
    incident = incident_pb2.Incident(
        name=f"{region.name}/incidents/example",
        location=location_pb2.Location(lon=lon, lat=lat),
        service=enums_pb2.SERVICE_BREAKDOWN_REPAIR,
        required_capabilities=[enums_pb2.CAPABILITY_BATTERY],
        received_at=timestamp(now - timedelta(minutes=1)),
    )
    return dispatch_service_pb2.RecommendRequest(
        region=region.name,
        incident=incident,
        fleet=fleet_pb2.Fleet(units=units),
        now=timestamp(now),
        offer_confidence=0.9,
    )


def describe(candidate) -> str:
    minutes = candidate.travel_duration.ToTimedelta() / timedelta(minutes=1)
    arrives = candidate.arrives_at.ToDatetime(tzinfo=UTC)
    kept = "in time" if candidate.promise_kept else "too late"
    return f"{candidate.unit.rpartition('/')[2]}: {minutes:.1f} min of driving, there at {arrives:%H:%M} UTC, {kept}"


def explain(error: grpc.RpcError) -> str:
    """The machine-readable reason of an error, when it has one, and its sentence."""
    status = rpc_status.from_call(error)
    for detail in status.details if status else ():
        info = ErrorInfo()
        if detail.Unpack(info):
            return f"{info.reason}: {error.details()}"
    return f"{error.code().name}: {error.details()}"


def timestamp(value: datetime) -> Timestamp:
    message = Timestamp()
    message.FromDatetime(value)
    return message


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051"))
