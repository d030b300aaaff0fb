"""Ask a Towline server where customers are: ``python examples/python/locate.py [ADDRESS]``.

Start the server first, in another terminal: ``towline serve``. One place as a phone reports it, the same with its
heading, and one that cannot be: each gets its own answer.
"""

from __future__ import annotations

import sys

import grpc
from towline.v1 import enums_pb2, eta_service_pb2, eta_service_pb2_grpc, location_pb2

LON, LAT = -71.2589, -29.9103  # Ruta 5 in La Serena


def main(address: str) -> int:
    places = {
        "a phone": location_pb2.Location(lon=LON, lat=LAT, accuracy_m=15),
        "driving north": location_pb2.Location(lon=LON, lat=LAT, accuracy_m=15, heading_deg=20),
        "on the number": location_pb2.Location(lon=LON, lat=LAT, road="Ruta 5", direction="sur"),
        "a bad compass": location_pb2.Location(lon=LON, lat=LAT, heading_deg=361),
    }
    with grpc.insecure_channel(address) as channel:
        eta = eta_service_pb2_grpc.EtaServiceStub(channel)
        request = eta_service_pb2.SnapRequest(region="regions/coquimbo", locations=places.values())
        try:
            answer = eta.Snap(request, timeout=5)
        except grpc.RpcError as error:
            print(f"{error.code().name}: {error.details()}", file=sys.stderr)
            return 1
    for name, result in zip(places, answer.results, strict=True):
        if result.HasField("error"):
            print(f"{name}: {result.error.reason}: {result.error.message}")
            continue
        found = result.snapped_location
        print(f"{name}: {describe(found.place)}, sure to {found.confidence:.0%}")
        for rival in found.rivals if found.ambiguous else ():
            kind = enums_pb2.RivalKind.Name(rival.kind).removeprefix("RIVAL_KIND_").replace("_", " ").lower()
            print(f"  or {kind}: {describe(rival.place)}")
    return 0


def describe(place: location_pb2.RoadPlace) -> str:
    driven = "both ways" if place.two_way else f"at {place.heading_deg:.0f}°"
    return f"{place.road_name or place.road_ref or place.road_class}, driven {driven}, {place.distance_m:.0f} m away"


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["127.0.0.1:50051"])))
