"""A process that warms a dispatcher up, then answers one of each call; prints what had to be compiled for that.

Used by a test: elsewhere other tests would have compiled things before.
"""

from __future__ import annotations

import gc
import json
from datetime import timedelta

import numba.core.dispatcher
import numpy as np
from towline.v1 import check_pb2, dispatch_service_pb2, eta_service_pb2, fleet_pb2, location_pb2, region_service_pb2
from towline.v1 import fleet_service_pb2 as pb

from engine.dispatch import Dispatcher
from engine.server import Server, ServerOptions
from graphs.bundled import load_coquimbo
from graphs.metrics import MetricStore, load_traffic_profile
from tests.engine.server.wire import NOW, REGION, Client, incident, place, provider, stamp, unit


def compiled() -> set[str]:
    """All kernels with the types they are compiled for."""
    kernels = [item for item in gc.get_objects() if isinstance(item, numba.core.dispatcher.Dispatcher)]
    return {
        f"{kernel.py_func.__module__}.{kernel.py_func.__name__} {signature}"
        for kernel in kernels
        for signature in kernel.signatures
    }


def use_everything(client: Client, places: list) -> None:
    """Each method, small and large."""
    units = [unit(f"u{k}", location=where) for k, where in enumerate(places)]
    client.fleet.BatchUpsertProviders(pb.BatchUpsertProvidersRequest(parent=REGION, providers=[provider()]))
    client.region.ListRegions(region_service_pb2.ListRegionsRequest())
    for count in (1, 3, len(places)):
        incidents = [incident(f"i{k}", location=where) for k, where in enumerate(places[::-1][:count])]
        client.fleet.BatchUpsertUnits(pb.BatchUpsertUnitsRequest(parent=REGION, units=units[:count]))
        for source in ({"server_fleet": {}}, {"fleet": fleet_pb2.Fleet(units=units[:count])}):
            for few in (incidents[:1], incidents):
                client.dispatch.Optimize(
                    dispatch_service_pb2.OptimizeRequest(region=REGION, incidents=few, now=stamp(), **source)  # ty: ignore[invalid-argument-type]
                )
            client.dispatch.Recommend(
                dispatch_service_pb2.RecommendRequest(region=REGION, incident=incidents[0], now=stamp(), **source)  # ty: ignore[invalid-argument-type]
            )
        client.dispatch.OfferSlots(
            dispatch_service_pb2.OfferSlotsRequest(
                region=REGION,
                booking=incident("new"),
                incidents=incidents[:1],
                fleet=fleet_pb2.Fleet(units=units[:count]),
                now=stamp(),
                since=stamp(NOW),
                until=stamp(NOW + timedelta(hours=1)),
            )
        )
        stops = [check_pb2.PlannedStop(incident=each.name) for each in incidents[:2]]
        client.dispatch.CheckPlan(
            dispatch_service_pb2.CheckPlanRequest(
                region=REGION,
                incidents=incidents[:2],
                now=stamp(),
                server_fleet={},
                tours=[check_pb2.PlannedTour(unit=units[0].name, stops=stops)],
            )
        )
        dear = provider(per_km_price=1.0, night_tariff=fleet_pb2.NightTariff(factor=2.0))
        rest = fleet_pb2.Break(start=stamp(), end=stamp(NOW + timedelta(hours=1)))
        mine = fleet_pb2.Fleet(providers=[dear], units=[unit("u", breaks=[rest], shift_end=rest.end)])
        tow = incident("tow", drop_off=places[0])
        client.dispatch.Recommend(
            dispatch_service_pb2.RecommendRequest(region=REGION, incident=tow, now=stamp(), fleet=mine)
        )
        seen = [pb.UnitPosition(unit=one.name, location=place) for one, place in zip(units, places[::-1], strict=True)]
        client.fleet.ReportPositions(pb.ReportPositionsRequest(parent=REGION, positions=seen[:count]))
        for others in (1, 3, 10, len(places)):
            sides = {"origins": places[:count], "destinations": places[:others]}
            client.eta.Matrix(eta_service_pb2.MatrixRequest(region=REGION, **sides))
            list(client.eta.StreamMatrix(eta_service_pb2.StreamMatrixRequest(region=REGION, **sides)))
    client.fleet.DeleteUnit(pb.DeleteUnitRequest(name=units[0].name))
    client.fleet.DeleteProvider(pb.DeleteProviderRequest(name=provider().name, force=True))
    client.eta.Route(eta_service_pb2.RouteRequest(region=REGION, stops=places[:3]))
    told = [location_pb2.Location(lon=p.lon, lat=p.lat, heading_deg=200, road="Ruta 5", accuracy_m=60) for p in places]
    for asked in (places[:1], told[:1], places, told):
        client.eta.Snap(eta_service_pb2.SnapRequest(region=REGION, locations=asked))
    client.eta.Matrix(eta_service_pb2.MatrixRequest(region=REGION, origins=told[:3], destinations=told))
    use_traffic(client, places, units)
    client.eta.Isochrone(eta_service_pb2.IsochroneRequest(region=REGION, place=places[0], limit={"seconds": 600}))


def use_traffic(client: Client, places: list, units: list) -> None:
    """Updates of every kind, and questions after each: at once and in two hours."""
    region = load_coquimbo()
    circle = {"lon": [-71.26, -71.24, -71.24], "lat": [-29.92, -29.92, -29.9]}
    area = {"polygons": [{"outer": circle}]}
    ways = region.network.arc_way[:500].tolist()
    busy = [
        unit(f"b{k}", location=p, status=2, free_at=stamp(NOW + timedelta(minutes=59 + k)))
        for k, p in enumerate(places[:4])
    ]
    client.fleet.BatchUpsertProviders(pb.BatchUpsertProvidersRequest(parent=REGION, providers=[provider()]))
    client.fleet.BatchUpsertUnits(pb.BatchUpsertUnitsRequest(parent=REGION, units=[*units, *busy]))
    entries = [
        [{"id": "a", "ways": {"way_ids": ways[:1]}, "closed": True}],
        [{"id": "b", "ways": {"way_ids": ways[:1], "direction": 2}, "speed_kph": 20}],
        [{"id": "c", "ways": {"way_ids": ways}, "factors": {"values": [0.5] * len(ways)}}],
        [{"id": f"d{k}", "arcs": {"arc_ids": [k]}, "speed_kph": 20 + k % 9} for k in range(3000)],
        [{"id": "e", "area": area, "factor": 0.5, "start": stamp(NOW + timedelta(minutes=20))}],
        [{"id": "f", "arcs": {"arc_ids": range(region.network.arc_count)}, "closed": True}],
    ]
    for batch in entries:
        client.region.UpdateTraffic(region_service_pb2.UpdateTrafficRequest(parent=REGION, entries=batch))
        for when in (NOW, NOW + timedelta(hours=2)):
            client.dispatch.Recommend(
                dispatch_service_pb2.RecommendRequest(
                    region=REGION, incident=incident(location=places[9]), now=stamp(when), server_fleet={}
                )
            )
            sides = {"origins": places[:3], "destinations": places[:5], "departure": stamp(when)}
            client.eta.Matrix(eta_service_pb2.MatrixRequest(region=REGION, **sides))
    feed = region_service_pb2.StreamTrafficRequest(parent=REGION, remove_ids=["f"])
    list(client.region.StreamTraffic(iter([feed])))
    client.region.SetWeather(region_service_pb2.SetWeatherRequest(parent=REGION, spells=[{"weather": 4}]))
    client.region.GetTraffic(region_service_pb2.GetTrafficRequest(name=f"{REGION}/traffic"))
    client.region.ListTraffic(region_service_pb2.ListTrafficRequest(parent=REGION))
    client.region.ClearTraffic(region_service_pb2.ClearTrafficRequest(parent=REGION))


if __name__ == "__main__":
    coquimbo = load_coquimbo()
    dispatcher = Dispatcher(coquimbo, metrics=MetricStore(coquimbo, load_traffic_profile()))
    network = dispatcher.region.network
    nodes = np.linspace(0, network.node_count - 1, 700).astype(int)
    somewhere = [place(float(network.node_lon[node]), float(network.node_lat[node])) for node in nodes]
    server = Server({"coquimbo": dispatcher}, options=ServerOptions(clock=lambda: NOW)).start()
    before = compiled()
    use_everything(Client(server.port), somewhere)
    after = compiled()
    server.stop(grace_s=0)
    print(json.dumps(sorted(after - before)))
