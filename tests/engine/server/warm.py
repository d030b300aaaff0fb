"""A process that warms a dispatcher up, then answers one of each call; prints what had to be compiled for that.

Used by a test: elsewhere other tests would have compiled things before.
"""

from __future__ import annotations

import gc
import json

import numba.core.dispatcher
import numpy as np
from towline.v1 import dispatch_service_pb2, eta_service_pb2, fleet_pb2, region_service_pb2
from towline.v1 import fleet_service_pb2 as pb

from engine.dispatch import Dispatcher
from engine.server import Server, ServerOptions
from graphs.bundled import load_coquimbo
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
        seen = [pb.UnitPosition(unit=one.name, location=place) for one, place in zip(units, places[::-1], strict=True)]
        client.fleet.ReportPositions(pb.ReportPositionsRequest(parent=REGION, positions=seen[:count]))
        for others in (1, 3, 10, len(places)):
            sides = {"origins": places[:count], "destinations": places[:others]}
            client.eta.Matrix(eta_service_pb2.MatrixRequest(region=REGION, **sides))
            list(client.eta.StreamMatrix(eta_service_pb2.StreamMatrixRequest(region=REGION, **sides)))
    client.fleet.DeleteUnit(pb.DeleteUnitRequest(name=units[0].name))
    client.fleet.DeleteProvider(pb.DeleteProviderRequest(name=provider().name, force=True))
    client.eta.Route(eta_service_pb2.RouteRequest(region=REGION, stops=places[:3]))
    client.eta.Isochrone(eta_service_pb2.IsochroneRequest(region=REGION, place=places[0], limit={"seconds": 600}))


if __name__ == "__main__":
    dispatcher = Dispatcher(load_coquimbo())
    network = dispatcher.region.network
    nodes = np.linspace(0, network.node_count - 1, 700).astype(int)
    somewhere = [place(float(network.node_lon[node]), float(network.node_lat[node])) for node in nodes]
    server = Server({"coquimbo": dispatcher}, options=ServerOptions(clock=lambda: NOW)).start()
    before = compiled()
    use_everything(Client(server.port), somewhere)
    after = compiled()
    server.stop(grace_s=0)
    print(json.dumps(sorted(after - before)))
